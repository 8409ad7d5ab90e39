// A tap that keeps the values of some hooks. Below the seam: for files that compute.
#pragma once

#include "core/model/forward.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <map>
#include <vector>

namespace residuum {

class KeptHooks : public Tap {
  public:
    explicit KeptHooks(std::vector<Hook> hooks) : hooks_(std::move(hooks)) {}

    bool wants(const Hook& hook) const override {
        return std::find(hooks_.begin(), hooks_.end(), hook) != hooks_.end();
    }
    void receive(const Hook& hook, const at::Tensor& value) override {
        values_.insert_or_assign(hook, value);
    }
    /// Of a hook that the pass went through.
    const at::Tensor& of(const Hook& hook) const { return values_.at(hook); }

  private:
    std::vector<Hook> hooks_;
    std::map<Hook, at::Tensor> values_;
};

} // namespace residuum
