// A text read token by token: what a block's later positions need of the earlier ones, their keys
// and values, is kept, so that another token costs one row of products.
//
// Shapes: d = d_model, V = d_vocab.
#pragma once

#include "core/index.h"
#include "core/task/progress.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace at {
class Tensor;
}

namespace residuum {

struct Weights;

class Decoder {
  public:
    /// Reads `prompt` in one forward pass. 1 ≤ tokens ≤ n_ctx, every id below V (checked by
    /// callers, who can name the prompt). `more`: how many tokens may be read after it, as far as
    /// the context goes; room for their keys and values is taken at once. `weights` must outlive
    /// this. Throws Cancelled.
    Decoder(const Weights& weights, const std::vector<TokenId>& prompt, std::int64_t more,
            const Progress& progress);
    ~Decoder();
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    /// Of the token after all that were read, [V], in the weights' dtype on their device.
    const at::Tensor& logits() const;
    /// Tokens that may still be read.
    std::int64_t room() const;
    /// Reads one more token; there must be room. Polls `progress` for cancellation. Throws
    /// Cancelled, after which this is not to be used.
    void read(TokenId token, const Progress& progress);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Bytes of the keys and values of `tokens` tokens.
std::int64_t keysValuesBytes(const Weights& weights, std::int64_t tokens);

} // namespace residuum
