// Damage where it hurts: in the structures of an HDF5 file rather than in its numbers.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace residuum::test {

/// The places of bytes that belong to superblock, object headers, B-trees, symbol tables and heaps.
std::vector<std::size_t> structureOf(const std::string& bytes);

/// Changes one to six fields of a byte to eight at such places.
std::string mutated(std::string bytes, const std::vector<std::size_t>& structure,
                    std::mt19937_64& random);

} // namespace residuum::test
