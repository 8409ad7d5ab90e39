// Reading datasets into token sequences (CONTRACT, "INPUT").
#pragma once

#include "analysis/prompts/token_input.h"
#include "core/task/progress.h"
#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace residuum {

/// A `.txt` (documents separated by <|endoftext|>), `.jsonl` (`text` or `input_ids` per line) or
/// `.bin` (uint16 ids, nanoGPT) file. Documents or lines are sequences in file order, each cut to
/// `length`; `.bin` is cut into consecutive blocks.
struct DatasetRequest {
    std::filesystem::path file;
    std::optional<int> sequences;      ///< the first N (after the shuffle, if any)
    std::optional<int> length;         ///< default n_ctx
    std::optional<std::uint64_t> seed; ///< shuffle: Fisher-Yates with std::mt19937_64
    bool prependEndOfText = false;     ///< --bos

    friend bool operator==(const DatasetRequest&, const DatasetRequest&) = default;
};

/// `tokenizer` may be null where the file holds ids. Every sequence carries its following token
/// where the document has one. Throws Error with the file, the line and what was expected.
TokenInput readDataset(const DatasetRequest& request, const Tokenizer* tokenizer, int n_ctx,
                       int d_vocab, Progress& progress);

} // namespace residuum
