#include "analysis/removal/training_text.h"

#include "analysis/inputs/dataset_stream.h"
#include "analysis/inputs/seeded_shuffle.h"
#include "core/checkpoint/json_text.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

namespace residuum {

namespace {

constexpr std::size_t documentsAtOnce = 512;

bool holdsIdsOnly(const std::filesystem::path& file) {
    return file.extension() == ".bin";
}

/// Sequences made of documents: 512 at a time, joined and cut.
class Packing {
  public:
    Packing(const TextReading& reading, TokenFile& into) : reading_(reading), into_(into) {}

    void document(const TokenSequence& document) {
        add(document);
        joined_.push_back(static_cast<std::int32_t>(reading_.endOfText));
        if (++documents_ == documentsAtOnce)
            cut();
    }
    /// Of a .bin.
    void block(const TokenSequence& block) {
        add(block);
        cut();
    }
    void cut() {
        const auto length = static_cast<std::size_t>(reading_.length);
        into_.append(std::span(joined_).first(joined_.size() / length * length));
        joined_.clear();
        documents_ = 0;
    }
    std::int64_t seen() const { return seen_; }

  private:
    void add(const TokenSequence& sequence) {
        seen_ += static_cast<std::int64_t>(sequence.tokens.size());
        for (const auto id : sequence.tokens)
            joined_.push_back(id.value);
    }

    const TextReading& reading_;
    TokenFile& into_;
    std::vector<std::int32_t> joined_;
    std::size_t documents_ = 0;
    std::int64_t seen_ = 0;
};

} // namespace

TrainingText readTrainingText(const std::filesystem::path& file, const TextReading& reading,
                              Progress& progress) {
    if (!holdsIdsOnly(file) && reading.endOfText < 0)
        throw Error(file.string(), "cannot be used: the model has no token that ends a text "
                                   "(eos_token_id in config.json); give a .bin of ids");
    DatasetRequest request;
    request.file = file;
    const bool ids = holdsIdsOnly(file);
    if (ids)
        request.length = static_cast<int>(reading.length);
    const auto tokens = std::make_shared<TokenFile>(file);
    Packing packing(reading, *tokens);
    const auto account = forEachSequence(
        request, reading.tokenizer, std::numeric_limits<int>::max(), reading.d_vocab,
        [&](const TokenSequence& sequence) {
            if (ids)
                packing.block(sequence);
            else
                packing.document(sequence);
        },
        progress);
    packing.cut();
    tokens->finish();
    TrainingText text;
    text.file = file;
    text.sha256 = account.sha256;
    text.length = reading.length;
    text.tokens = tokens;
    if (text.sequences() == 0)
        throw Error(file.string(), "is too short: it has " + counted(packing.seen(), "token") +
                                       ", one sequence needs " + std::to_string(reading.length) +
                                       "; give more text or a smaller --length");
    return text;
}

std::int64_t endOfTextOf(const std::filesystem::path& folder, const Tokenizer* tokenizer,
                         int d_vocab) {
    const auto config = checkpoint::readObject(folder / "config.json");
    if (const auto found = config.find("eos_token_id"); found != config.end()) {
        const auto id = checkpoint::asInteger(*found);
        if (id && *id >= 0 && *id < d_vocab)
            return *id;
    }
    const auto token = tokenizer == nullptr ? std::nullopt : tokenizer->endOfText();
    return token ? token->value : -1;
}

SequenceOrder::SequenceOrder(std::int64_t sequences, bool shuffled, std::uint64_t seed)
    : sequences_(sequences), shuffled_(shuffled), seed_(seed) {}

std::int64_t SequenceOrder::at(std::int64_t place) {
    const auto round = place / sequences_, i = place % sequences_;
    if (!shuffled_)
        return i;
    if (round != round_) {
        order_.resize(static_cast<std::size_t>(sequences_));
        std::iota(order_.begin(), order_.end(), 0);
        // Rounds of neighbouring seeds are not to be the same.
        seededShuffle(order_, seed_ + 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(round));
        round_ = round;
    }
    return order_[static_cast<std::size_t>(i)];
}

} // namespace residuum
