#include "analysis/comparison/not_finite.h"

#include "core/model/doubles.h"
#include "core/model/forward.h"
#include "core/task/error.h"

#include <ATen/ATen.h>

#include <optional>
#include <vector>

namespace residuum {

namespace {

/// The first point of the residual stream that is not finite, and its first such position.
class FirstNotFinite : public Tap {
  public:
    bool wants(const Hook& hook) const override {
        using enum HookPoint;
        return !found_ &&
               (hook.point == ResidPre || hook.point == ResidMid || hook.point == ResidPost);
    }
    void receive(const Hook& hook, const at::Tensor& value) override {
        const auto finite = doublesOnCpu(value)[0].isfinite().all(-1).contiguous(); // [T]
        for (std::int64_t p = 0; p < finite.size(0) && !found_; ++p)
            if (!finite.data_ptr<bool>()[p]) {
                found_ = hook;
                position_ = p;
            }
    }
    const std::optional<Hook>& found() const { return found_; }
    std::int64_t position() const { return position_; }

  private:
    std::optional<Hook> found_;
    std::int64_t position_ = 0;
};

} // namespace

void throwNotFinite(const Model& model, const at::Tensor& tokens, std::int64_t position,
                    const std::string& sequence, const Progress& progress) {
    FirstNotFinite first;
    forward(model.weights(), tokens, std::vector<std::int64_t>{}, &first, progress);
    const auto where = first.found()
                           ? "its residual stream is not finite from layer " +
                                 std::to_string(first.found()->layer.value) + " (" +
                                 name(*first.found()) + ") on, first at position " +
                                 std::to_string(first.position())
                           : std::string("its residual stream is finite, the numbers overflow "
                                         "behind the last layer");
    throw Error(model.info().name, "gives logits that are not finite at position " +
                                       std::to_string(position) + " of " + sequence + ": " + where +
                                       "; leave the sequence out, or use float64");
}

} // namespace residuum
