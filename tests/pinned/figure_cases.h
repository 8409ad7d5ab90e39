// The figures that are pinned: every view of every kind, and every option that changes one.
#pragma once

#include <string>
#include <vector>

namespace residuum::test {

struct FigureCase {
    std::string name;                   ///< of its goldens
    std::string result;                 ///< the golden result drawn
    std::vector<std::string> arguments; ///< of `residuum figure RESULT`, without -o
    bool vectors = false;               ///< its drawing is pinned too, not only its numbers
};

std::vector<FigureCase> figureCases();

/// Arguments of `residuum figure`, without -o where they name one, that it refuses, or that are of
/// another kind of result.
std::vector<std::vector<std::string>> refusedFigures();
std::vector<std::vector<std::string>> figuresWithForeignOptions();

} // namespace residuum::test
