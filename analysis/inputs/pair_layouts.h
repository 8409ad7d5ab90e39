// The layouts in which pairs of prompts are written, here and by other tools.
#pragma once

#include "analysis/inputs/csv.h"
#include "analysis/inputs/pair_request.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace residuum {

/// A pair of a file, or why its record is none that can be used.
struct PairRecord {
    std::int64_t line = 1; ///< as InputAccount::sourceLines
    PromptPair pair;
    std::string problem; ///< empty: `pair` holds
};

/// One object: this program's layout (clean, corrupt or clean_ids, corrupt_ids; correct, incorrect,
/// each an answer or a list of them) or feature-circuits' (clean_prefix, patch_prefix,
/// clean_answer, patch_answer). Throws Error naming `where` and what is missing or of the wrong
/// kind.
PromptPair pairOfObject(const nlohmann::json& object, const std::string& where);

/// Whether an object is AutoCircuit's: a list `prompts`.
bool isAutoCircuit(const nlohmann::json& object);
/// Its pairs (clean, corrupt, answers, wrong_answers; of several answers the mean counts). Throws
/// Error naming `file` and the entry.
std::vector<PairRecord> pairsOfAutoCircuit(const nlohmann::json& object, const std::string& file);

/// EAP-IG's tables: clean, corrupted, correct_idx, incorrect_idx (token ids), or clean_answer_idx,
/// corrupted_answer_idx; other columns have no meaning here. Throws Error naming `file`, and the
/// layout where it is known to have no such pairs.
std::vector<PairRecord> pairsOfTable(const std::vector<CsvRow>& rows, const std::string& file);

} // namespace residuum
