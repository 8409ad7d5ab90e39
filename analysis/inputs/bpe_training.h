// Makes a byte-level BPE vocabulary from texts (Sennrich et al. 2016, on bytes as in GPT-2).
// Torch-free.
#pragma once

#include "core/store/atomic_folder.h"
#include "core/task/progress.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace residuum {

/// Ids as in GPT-2: 256 bytes in the order of its byte alphabet, then a token per merge, then
/// <|endoftext|>.
struct BpeVocabulary {
    std::vector<std::string> tokens;                           ///< their bytes
    std::vector<std::pair<std::int32_t, std::int32_t>> merges; ///< best first

    std::int32_t endOfText() const { return static_cast<std::int32_t>(tokens.size()) - 1; }
};

/// The pieces of texts that GPT-2's pre-tokeniser cuts, and how often each came.
class PieceCounts {
  public:
    /// "<|endoftext|>" in a text is no piece.
    void add(std::string_view text);
    /// In the order of their bytes.
    const std::map<std::string, std::int64_t, std::less<>>& all() const { return counts_; }

  private:
    std::map<std::string, std::int64_t, std::less<>> counts_;
};

/// Merges the most frequent pair of tokens again and again; of equally frequent ones that with the
/// lowest ids: the same on every machine. size: of the vocabulary, at least 257. Fewer tokens where
/// no pair is left that comes twice. Throws Cancelled.
BpeVocabulary trainBpe(const PieceCounts& pieces, int size, Progress& progress);

/// Writes vocab.json, merges.txt, tokenizer_config.json and special_tokens_map.json. Throws Error.
void writeTokenizer(const BpeVocabulary& vocabulary, int n_ctx, const AtomicFolder& folder);

} // namespace residuum
