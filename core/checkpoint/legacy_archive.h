// pytorch_model.bin as PyTorch before 1.6 wrote it: four pickles, then each storage's bytes.
#pragma once

#include "core/checkpoint/mapped_file.h"
#include "core/checkpoint/raw_tensor.h"

#include <cstddef>
#include <span>

namespace residuum::checkpoint {

bool looksLikeLegacyArchive(std::span<const std::byte> bytes);

/// Adds the tensors of its state dict to `into`; throws as readTorchArchive does.
void readLegacyArchive(const MappedFile& file, RawCheckpoint& into);

} // namespace residuum::checkpoint
