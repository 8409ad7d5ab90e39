// Where the numbers of a figure come from.
#pragma once

#include "core/model/model_info.h"

#include <string>
#include <vector>

namespace residuum {

class ResultReader;

struct ModelProvenance {
    std::string name, source, weightsHash, normalization, dtype, device;
    std::string created{}; ///< its result's own date; empty: the figure's
    std::string file{};    ///< the result file that it is from; empty: none, or the figure's
};

/// Everything needed to make a figure's numbers again.
struct Provenance {
    std::string kind;    ///< of the result
    std::string created; ///< when the result was computed, ISO 8601 UTC
    std::string version; ///< of the program that computed it
    std::string request; ///< JSON
    std::string key;
    std::vector<ModelProvenance> models;
    std::vector<std::string> commands; ///< shell lines that make result and figure again
    std::string result{}; ///< the file that the lines so far make; empty: several, or none
};

ModelProvenance provenanceOf(const ModelInfo& model);
/// Without the commands.
Provenance provenanceOf(const ResultReader& reader);

/// An object, indented by two spaces.
std::string toJson(const Provenance& provenance);

} // namespace residuum
