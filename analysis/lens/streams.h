// The residual stream at every point of a batch's rows, kept during one forward pass.
//
// Shapes: n = rows, d = d_model, H = n_heads, D = d_head.
#pragma once

#include "core/model/forward.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace residuum {

struct Streams {
    std::vector<at::Tensor> points; ///< [n, d], in the order of lensPoints
    // What is added between them; empty unless asked for.
    at::Tensor embed, posEmbed;     ///< [n, d]
    std::vector<at::Tensor> z;      ///< per layer [n, H, D], with the value bias
    std::vector<at::Tensor> mlpOut; ///< per layer [n, d], with b_out
};

/// Collects them; a row per sequence and position of `positions`, sequence by sequence.
class StreamTap : public Tap {
  public:
    StreamTap(int n_layers, LogitPositions positions, bool parts)
        : n_layers_(n_layers), positions_(std::move(positions)), parts_(parts) {}

    bool wants(const Hook& hook) const override;
    void receive(const Hook& hook, const at::Tensor& value) override;

    const Streams& streams() const { return streams_; }

  private:
    int n_layers_;
    LogitPositions positions_;
    bool parts_;
    Streams streams_;
};

} // namespace residuum
