// The matrix products of a forward pass and nothing else.
#pragma once

#include "core/model/weights.h"

#include <cstdint>

namespace residuum::bench {

/// Products of one pass over `sequences` of `tokens` positions each, with logits at `logitRows`
/// rows of all: weights as they lie in the model, attention's products per head over all keys at or
/// before a block of queries. With `splitColumns` as the program calls the BLAS (one
/// single-threaded call per thread), else one call each with the BLAS's own threads; the faster is
/// the honest reference.
void runProducts(const Weights& weights, std::int64_t sequences, std::int64_t tokens,
                 std::int64_t logitRows, bool splitColumns);

/// The faster of the two ways.
class FasterProducts {
  public:
    FasterProducts(const Weights& weights, std::int64_t sequences, std::int64_t tokens,
                   std::int64_t logitRows);
    void operator()() const { runProducts(weights_, sequences_, tokens_, logitRows_, split_); }

  private:
    const Weights& weights_;
    std::int64_t sequences_, tokens_, logitRows_;
    bool split_ = true;
};

} // namespace residuum::bench
