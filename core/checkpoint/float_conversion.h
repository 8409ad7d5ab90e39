// Blocks of numbers between the types that files have and float64.
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstddef>
#include <span>

namespace residuum::checkpoint {

/// Every number of `bytes`, exactly; `values` has as many elements.
void decode(StoredType type, std::span<const std::byte> bytes, std::span<double> values);

/// Rounded once, to the nearest number of the type, ties to even; beyond its largest: an infinity.
void encode(StoredType type, std::span<const double> values, std::span<std::byte> bytes);

/// 65504 of float16.
double largestNumber(StoredType type);
/// Below it in magnitude numbers have fewer digits: 6.1e-5 of float16.
double smallestNormalNumber(StoredType type);

} // namespace residuum::checkpoint
