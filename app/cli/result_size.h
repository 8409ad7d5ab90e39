// What a result will take, said before it is computed.
#pragma once

#include "core/model/model_info.h"

#include <cstdint>
#include <string>

namespace residuum {

/// Announces a result of more than 2 GB on standard output (unless `quiet`) and refuses, with an
/// Error, one that does not fit the disk of `output`. `less`: what to ask for instead.
void checkSize(std::uint64_t bytes, const std::string& output, const std::string& less, bool quiet);

/// What holding a result takes whose numbers take `bytes` in a file: float64, and a quarter more
/// for the batch in hand.
std::uint64_t heldBytes(std::uint64_t bytes, const ModelInfo& model);

/// The same for a result that is held in memory until it is written.
void checkMemory(std::uint64_t bytes, const std::string& subject, const std::string& less,
                 bool quiet);

/// Of this machine, in bytes; 0: unknown.
std::uint64_t memoryOfMachine();

} // namespace residuum
