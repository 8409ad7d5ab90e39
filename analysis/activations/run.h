// Logits and named activations of whole sequences, streamed into a result file (CONTRACT, kind
// "run"): they are too large to be held as a result struct.
#pragma once

#include "analysis/inputs/token_input.h"
#include "analysis/question/result_file.h"
#include "core/model/model.h"
#include "core/task/progress.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace residuum {

inline constexpr int runAnalysisVersion = 1;

struct RunRequest {
    /// TransformerLens's names; "all" stands for every hook but attn.hook_result, which is as large
    /// as all others together.
    std::vector<std::string> activations;
    bool lastOnly = false; ///< logits at each sequence's last position only

    friend bool operator==(const RunRequest&, const RunRequest&) = default;
};

nlohmann::ordered_json toJson(const RunRequest& request);

/// Bytes that the numbers of one model will take in the file. Throws Error for an unknown name.
std::int64_t runBytes(const ModelInfo& model, const TokenInput& input, const RunRequest& request);

/// Computes one model and writes its datasets into the `index`-th group of `file`.
void runInto(ResultFile& file, std::size_t index, const Model& model, const TokenInput& input,
             const RunRequest& request, Progress& progress);

} // namespace residuum
