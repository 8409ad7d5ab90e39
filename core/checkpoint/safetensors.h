// The safetensors container: 8-byte little-endian header length, JSON header, bytes.
#pragma once

#include "core/checkpoint/mapped_file.h"
#include "core/checkpoint/raw_tensor.h"

#include <memory>
#include <vector>

namespace residuum::checkpoint {

/// The tensors of one file, in its order of names; their bytes point into the mapping. Throws Error
/// for a truncated file, a header that is too long or no JSON, an unknown dtype, offsets out of
/// range, overlapping or of another size than dtype and shape demand.
std::vector<RawTensor> readSafetensors(const std::shared_ptr<const MappedFile>& file);

} // namespace residuum::checkpoint
