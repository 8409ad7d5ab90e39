// Single elements of a stored tensor, for buffers and for messages.
#pragma once

#include "core/checkpoint/raw_tensor.h"

#include <cstdint>
#include <string>

namespace residuum::checkpoint {

/// Element `index` (row-major) of any type that is converted exactly or, for large integers,
/// nearly; 8-bit floats give NaN.
double elementAsDouble(const RawTensor& tensor, std::int64_t index);
double elementAsDouble(ElementType type, std::span<const std::byte> bytes, std::int64_t index);

/// Shortest text that reads back as the same number; "nan", "inf", "-inf".
std::string numberText(double value);

} // namespace residuum::checkpoint
