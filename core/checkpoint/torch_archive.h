// pytorch_model.bin: a zip of a pickle and raw storages, or the single pickle of PyTorch
// before 1.6.
#pragma once

#include "core/checkpoint/mapped_file.h"
#include "core/checkpoint/raw_tensor.h"

#include <memory>

namespace residuum::checkpoint {

/// Adds the tensors of a state dict to `into`. Their bytes point into the mapping, save those of
/// tensors that are not contiguous, which are copied. Nothing in the pickle is executed. Throws
/// Error for anything else than a plain state dict, and for storages or tensors that do not fit.
void readTorchArchive(const std::shared_ptr<const MappedFile>& file, RawCheckpoint& into);

} // namespace residuum::checkpoint
