// Reading datasets into token sequences (CONTRACT, "INPUT").
#pragma once

#include "analysis/inputs/input_account.h"
#include "analysis/inputs/token_input.h"
#include "core/task/progress.h"
#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace residuum {

/// Of a `.txt`: what is one sequence.
enum class TextSplit {
    Documents, ///< separated by <|endoftext|>
    Lines,
    Blocks ///< consecutive pieces of `length` tokens of each document
};
/// "documents", "lines", "blocks".
std::string name(TextSplit split);
/// Throws UsageError naming `subject`.
TextSplit parseTextSplit(const std::string& text, const std::string& subject);

/// A `.txt` (documents separated by <|endoftext|>), `.jsonl` (`text` or `input_ids` per line) or
/// `.bin` (uint16 or uint32 ids, nanoGPT) file. Documents or lines are sequences in file order,
/// each cut to `length`; `.bin` is cut into consecutive blocks.
struct DatasetRequest {
    std::filesystem::path file;
    std::optional<int> sequences;      ///< the first N (after the shuffle, if any)
    std::optional<int> length;         ///< default n_ctx
    std::optional<std::uint64_t> seed; ///< shuffle: Fisher-Yates with std::mt19937_64
    std::optional<TextSplit> split;    ///< of a .txt; default documents
    std::optional<int> tokenWidth;     ///< of a .bin: bytes per id, 2 (default) or 4
    bool prependEndOfText = false;     ///< --bos

    friend bool operator==(const DatasetRequest&, const DatasetRequest&) = default;
};

/// A file's sequences and what is to be said of them.
struct DatasetContent {
    TokenInput tokens;
    InputAccount account;

    friend bool operator==(const DatasetContent&, const DatasetContent&) = default;
};

/// `tokenizer` may be null where the file holds ids. Every sequence carries its following token
/// where the document has one. Texts are UTF-8. Throws Error with the file, the line (of a .bin:
/// byte and token) and what was expected.
DatasetContent readDataset(const DatasetRequest& request, const Tokenizer* tokenizer, int n_ctx,
                           int d_vocab, Progress& progress);

} // namespace residuum
