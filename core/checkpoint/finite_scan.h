// Finds infinities and NaNs by their exponent bits, at the speed of memory.
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstddef>
#include <optional>
#include <span>

namespace residuum::checkpoint {

/// Whether every element is finite. Integer operations only, in loops that compilers vectorise for
/// any instruction set; `bytes` may be unaligned.
bool allFinite(StoredType type, std::span<const std::byte> bytes);

/// The index of the first element that is not finite (slow; for the message).
std::optional<std::size_t> firstNonFinite(StoredType type, std::span<const std::byte> bytes);

} // namespace residuum::checkpoint
