// A model's UnembeddingSpectrum in a file of the cache.
#pragma once

#include "analysis/neurons/output_vectors.h"

namespace residuum {

class Hdf5Reader;
class Hdf5Writer;

void writeSpectrum(Hdf5Writer& file, const UnembeddingSpectrum& spectrum);
/// The inverse, bit for bit. Throws Error where it holds none.
UnembeddingSpectrum readSpectrum(const Hdf5Reader& file);

} // namespace residuum
