#include "analysis/removal/training_text.h"

#include "analysis/inputs/dataset.h"
#include "core/checkpoint/json_text.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <utility>

namespace residuum {

namespace {

constexpr std::size_t documentsAtOnce = 512;

bool holdsIdsOnly(const std::filesystem::path& file) {
    return file.extension() == ".bin";
}

/// Whole documents, or the pieces of a .bin.
DatasetContent readFile(const std::filesystem::path& file, const TextReading& reading,
                        Progress& progress) {
    DatasetRequest request;
    request.file = file;
    const auto longest = std::numeric_limits<int>::max();
    if (holdsIdsOnly(file))
        request.length = static_cast<int>(reading.length);
    return readDataset(request, reading.tokenizer, longest, reading.d_vocab, progress);
}

void append(std::vector<std::int32_t>& to, const std::vector<TokenId>& ids) {
    for (const auto id : ids)
        to.push_back(id.value);
}

/// 512 documents at a time, joined and cut.
std::vector<std::int32_t> packed(const TokenInput& documents, const TextReading& reading) {
    std::vector<std::int32_t> all, joined;
    const auto& sequences = documents.sequences;
    for (std::size_t begin = 0; begin < sequences.size(); begin += documentsAtOnce) {
        joined.clear();
        const auto end = std::min(begin + documentsAtOnce, sequences.size());
        for (auto i = begin; i < end; ++i) {
            append(joined, sequences[i].tokens);
            joined.push_back(static_cast<std::int32_t>(reading.endOfText));
        }
        const auto length = static_cast<std::size_t>(reading.length);
        const auto whole = joined.size() / length * length;
        all.insert(all.end(), joined.begin(), joined.begin() + static_cast<std::ptrdiff_t>(whole));
    }
    return all;
}

/// Those of a .bin that are full.
std::vector<std::int32_t> pieces(const TokenInput& blocks, const TextReading& reading) {
    std::vector<std::int32_t> all;
    for (const auto& block : blocks.sequences)
        if (block.tokens.size() == static_cast<std::size_t>(reading.length))
            append(all, block.tokens);
    return all;
}

std::int64_t tokenCount(const TokenInput& input) {
    std::int64_t count = 0;
    for (const auto& sequence : input.sequences)
        count += static_cast<std::int64_t>(sequence.tokens.size());
    return count;
}

/// Fisher-Yates as `--seed` of a dataset does it.
void shuffle(std::vector<std::int32_t>& items, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (std::size_t i = items.size(); i-- > 1;)
        std::swap(items[i], items[((random() >> 32U) * static_cast<std::uint64_t>(i + 1)) >> 32U]);
}

} // namespace

TrainingText readTrainingText(const std::filesystem::path& file, const TextReading& reading,
                              Progress& progress) {
    if (!holdsIdsOnly(file) && reading.endOfText < 0)
        throw Error(file.string(), "cannot be used: the model has no token that ends a text "
                                   "(eos_token_id in config.json); give a .bin of ids");
    const auto content = readFile(file, reading, progress);
    TrainingText text;
    text.file = file;
    text.sha256 = content.account.sha256;
    text.length = reading.length;
    text.tokens =
        holdsIdsOnly(file) ? pieces(content.tokens, reading) : packed(content.tokens, reading);
    if (text.sequences() == 0)
        throw Error(file.string(), "is too short: it has " +
                                       counted(tokenCount(content.tokens), "token") +
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
        shuffle(order_, seed_ + 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(round));
        round_ = round;
    }
    return order_[static_cast<std::size_t>(i)];
}

} // namespace residuum
