// What a question's input comes to in files: the same for every question that takes it.
#pragma once

#include "analysis/inputs/input_request.h"
#include "analysis/inputs/pair_request.h"
#include "analysis/question/result_file.h"

#include <string>

namespace residuum {

/// The token arrays of a result over the input.
ResultTokens tokensOf(const PromptInput& input);
ResultTokens tokensOf(const PairInput& input);
/// One line of JSON from which the input can be made again, from any folder.
std::string inputJson(const PromptInput& input);
std::string inputJson(const PairInput& input);

} // namespace residuum
