// What one model wrote after a prompt. Plain data, immutable once made.
//
// Shapes: step = tokens that were written.
#pragma once

#include "analysis/generation/generation_request.h"
#include "core/index.h"
#include "core/model/model_info.h"
#include "core/text/names.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace residuum {

/// Why a model wrote no further.
enum class GenerationEnd {
    Asked,     ///< as many tokens as were asked for
    EndOfText, ///< the last token is the tokenizer's end-of-text
    Context    ///< prompt and text fill the model's context
};

template <>
struct NamesOf<GenerationEnd> {
    static constexpr std::array<std::pair<GenerationEnd, std::string_view>, 3> list{
        {{GenerationEnd::Asked, "tokens"},
         {GenerationEnd::EndOfText, "end-of-text"},
         {GenerationEnd::Context, "context"}}};
};

struct GenerationResult {
    ModelInfo model;
    GenerationRequest request;
    std::vector<TokenId> tokens;    ///< [step]
    std::vector<std::string> texts; ///< [step], of each token for people; "#12" without a tokenizer
    /// [step], in nats, of the model's own distribution: neither tempered nor cut, whatever was
    /// asked for. The loss of a step is -logProb: of the token that was written.
    std::vector<double> logProb;
    std::vector<double> entropy; ///< [step], of the same distribution
    std::string text; ///< what was written; "12,7,9", as --ids has it, without a tokenizer
    GenerationEnd end = GenerationEnd::Asked;

    double loss(std::size_t step) const { return -logProb[step]; }
    double meanLoss() const; ///< over all steps
};

} // namespace residuum
