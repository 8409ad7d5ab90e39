// What a model is trained on: sequences of one length. Torch-free.
#pragma once

#include "analysis/removal/token_file.h"
#include "core/task/progress.h"
#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace residuum {

/// Immutable once made.
struct TrainingText {
    std::filesystem::path file;
    std::string sha256; ///< of the file
    std::int64_t length = 0;
    std::shared_ptr<const TokenFile> tokens; ///< sequence after sequence
    std::vector<std::string> notes;

    std::int64_t sequences() const { return length == 0 || !tokens ? 0 : tokens->size() / length; }
    /// `count` of them from the i-th on, one after the other.
    std::vector<std::int32_t> from(std::int64_t i, std::int64_t count = 1) const {
        std::vector<std::int32_t> ids(static_cast<std::size_t>(count * length));
        tokens->read(i * length, ids);
        return ids;
    }
};

/// How a text is read.
struct TextReading {
    const Tokenizer* tokenizer = nullptr; ///< null: files of ids only
    int d_vocab = 0;
    std::int64_t endOfText = -1; ///< put after every document; -1: there is none
    std::int64_t length = 0;     ///< of a sequence, in tokens
};

/// A .txt or .jsonl: every document followed by the end of a text, 512 documents joined and cut
/// into sequences, the rest of them left out. A .bin is cut as it is. No more than those are in
/// memory at once. Throws Error as readDataset
/// does, and where the file does not fill one sequence or has no end of a text to mark documents
/// with, or the disk is full.
TrainingText readTrainingText(const std::filesystem::path& file, const TextReading& reading,
                              Progress& progress);

/// The config.json's `eos_token_id` of the model in `folder`, else the tokenizer's (which may be
/// null); -1 where there is none.
std::int64_t endOfTextOf(const std::filesystem::path& folder, const Tokenizer* tokenizer,
                         int d_vocab);

/// Which sequence comes when, endlessly: in the file's order, or each time through in another.
class SequenceOrder {
  public:
    SequenceOrder(std::int64_t sequences, bool shuffled, std::uint64_t seed);
    std::int64_t at(std::int64_t place);

  private:
    std::int64_t sequences_;
    bool shuffled_;
    std::uint64_t seed_;
    std::int64_t round_ = -1; ///< that `order_` is of
    std::vector<std::int32_t> order_;
};

} // namespace residuum
