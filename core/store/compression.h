// Whether and how a dataset is compressed. Internal to core/store.
#pragma once

#include "core/store/hdf5_writer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace residuum {

/// Of zlib: beyond it files get hardly smaller, but slower to write.
inline constexpr unsigned deflateLevel = 4;

/// Whether storing `values` shuffled and deflated saves a fifth or more, tried on a sample from
/// their middle. Float noise does not compress; padding, integers and repeated numbers do.
bool compressionPays(std::span<const double> values, StoredNumber type);

/// A chunk of at most 1 MiB: whole trailing axes, as much of the leading ones as fits.
std::vector<std::int64_t> chunkShape(std::vector<std::int64_t> shape, std::size_t elementBytes);

} // namespace residuum
