// The activations that attribution needs, at the asked positions only.
//
// Shapes: B = batch, T = pos, R = rows = B × asked positions (sample-major), d = d_model,
// H = n_heads, D = d_head, M = d_mlp.
#pragma once

#include "core/model/forward.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace residuum {

struct RowActivations {
    at::Tensor embed;                ///< [R, d]
    at::Tensor posEmbed;             ///< [R, d]
    std::vector<at::Tensor> z;       ///< per layer [R, H, D], with the value bias
    std::vector<at::Tensor> attnOut; ///< per layer [R, d], with b_O
    std::vector<at::Tensor> mlpOut;  ///< per layer [R, d], with b_out
    std::vector<at::Tensor> mlpPost; ///< per layer [R, M]; empty unless neurons are asked for
    at::Tensor finalResidual;        ///< [R, d], what ln_f reads

    /// One of the rows, R = 1; views.
    RowActivations row(std::int64_t place) const;
};

/// Collects RowActivations during one forward pass and reports its progress, a step per layer.
class RowTap : public Tap {
  public:
    RowTap(int n_layers, LogitPositions positions, bool neurons, Progress& progress);

    bool wants(const Hook& hook) const override;
    void receive(const Hook& hook, const at::Tensor& value) override;

    const RowActivations& rows() const { return rows_; }

  private:
    at::Tensor takeRows(const at::Tensor& value) const;

    int n_layers_;
    LogitPositions positions_;
    bool neurons_;
    Progress& progress_;
    RowActivations rows_;
};

} // namespace residuum
