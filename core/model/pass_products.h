// What a training pass takes at least: its matrix products alone, timed on this machine.
#pragma once

#include <cstdint>

namespace residuum {

struct Weights;

/// Seconds of the products of a forward and a backward pass over [batch, length] tokens, the best
/// of some tries: of one block and of a part of the head, times how many there are.
double passProductSeconds(const Weights& weights, std::int64_t batch, std::int64_t length);

} // namespace residuum
