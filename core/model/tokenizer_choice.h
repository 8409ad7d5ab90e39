// Which tokenizer a model's texts are read with. Torch-free.
#pragma once

#include "core/checkpoint/hub.h"
#include "core/tokenizer/tokenizer.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

/// A tokenizer, or the reason why there is none.
struct TokenizerChoice {
    std::shared_ptr<const Tokenizer> tokenizer; ///< null: the model works with token ids alone
    /// Where `tokenizer` is null for a reason that a text's refusal should give: throws it.
    std::shared_ptr<const Tokenizer> refusing;
    std::string origin; ///< as ModelInfo::tokenizerOrigin
    /// Where the tokenizer's files lie, also those of the model's own that cannot be read.
    std::filesystem::path folder;
    std::vector<std::string> warnings;
};

/// The tokenizer in the folder `named`, where it is not empty; else the model's own; else, for a
/// model that has none (the published LN-free checkpoints carry none), one of its size that lies
/// beside it or in the Hub cache: that of its own family, or GPT-2's, or the one that all the
/// others agree on. A choice that is not the model's own is a warning. d_vocab: the model's number
/// of tokens; where it is unknown, no others' are looked for. Throws Error only for `named`.
TokenizerChoice chooseTokenizer(const ModelLocation& model, const std::filesystem::path& named,
                                std::optional<std::size_t> d_vocab);

} // namespace residuum
