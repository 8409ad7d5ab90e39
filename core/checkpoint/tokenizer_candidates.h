// Whose tokenizer a model without one could be read with. Torch-free; no network.
#pragma once

#include "core/checkpoint/hub.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace residuum {

/// A folder with tokenizer files of the right vocabulary size.
struct TokenizerCandidate {
    std::string name; ///< for people: the folder's path, or a Hub id
    std::filesystem::path folder;
    /// Letters of its name that the model's begins with, as "gpt2-small_LNFree300" does with
    /// "gpt2-small"; 0 where it is none that the model can be a variant of.
    std::size_t kinship = 0;
};

/// The folders beside `model`'s and the GPT-2 models in the Hub cache whose vocabulary has
/// `d_vocab` tokens: the nearest kin first, then those that are called gpt2, then the others by
/// name.
std::vector<TokenizerCandidate> tokenizerCandidates(const ModelLocation& model, int d_vocab);

} // namespace residuum
