#include "analysis/prompts/dataset.h"

#include "core/task/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace residuum {

namespace {

namespace fs = std::filesystem;

enum class Format { Text, JsonLines, Binary };

constexpr std::string_view separator = "<|endoftext|>";
/// A single document or line; far beyond any context, but a bound on what one record may claim.
constexpr std::uint64_t maximumRecordBytes = std::uint64_t{256} << 20;

/// A document, line or block: a range of bytes. Only ranges are kept, so that a file of any length
/// can be shuffled and cut without being in memory.
struct Record {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

Format formatOf(const fs::path& file) {
    const auto extension = file.extension();
    if (extension == ".txt")
        return Format::Text;
    if (extension == ".jsonl")
        return Format::JsonLines;
    if (extension == ".bin")
        return Format::Binary;
    throw Error(file.string(),
                "is no known dataset; .txt, .jsonl or .bin (uint16 ids) is expected");
}

/// Ranges between occurrences of `mark`, found while streaming through the file.
std::vector<Record> splitAt(std::ifstream& stream, std::string_view mark, Progress& progress) {
    constexpr std::size_t chunk = std::size_t{4} << 20;
    std::vector<Record> records;
    std::string window;
    std::uint64_t windowStart = 0, recordStart = 0;
    for (bool more = true; more;) {
        progress.check();
        const auto kept = window.size();
        window.resize(kept + chunk);
        stream.read(window.data() + kept, static_cast<std::streamsize>(chunk));
        window.resize(kept + static_cast<std::size_t>(stream.gcount()));
        more = static_cast<std::size_t>(stream.gcount()) == chunk;
        std::size_t from = 0;
        for (auto found = window.find(mark); found != std::string::npos;
             found = window.find(mark, from)) {
            records.push_back({recordStart, windowStart + found - recordStart});
            from = found + mark.size();
            recordStart = windowStart + from;
        }
        // A mark may straddle two chunks, so its possible beginning is kept.
        const auto tail = std::max(from, window.size() - std::min(window.size(), mark.size() - 1));
        windowStart += tail;
        window.erase(0, tail);
    }
    records.push_back({recordStart, windowStart + window.size() - recordStart});
    return records;
}

std::vector<Record> blocks(std::uint64_t bytes, int length) {
    std::vector<Record> records;
    const std::uint64_t step = 2 * static_cast<std::uint64_t>(length);
    for (std::uint64_t offset = 0; offset < bytes; offset += step)
        records.push_back({offset, std::min(step, bytes - offset)});
    return records;
}

/// Fisher-Yates from the back, j = (high 32 bits of mt19937_64) · (i + 1) / 2³²: the documented
/// shuffle of `--seed`, the same on every machine.
void shuffle(std::vector<Record>& records, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (std::size_t i = records.size(); i-- > 1;) {
        const std::uint64_t j = ((random() >> 32) * static_cast<std::uint64_t>(i + 1)) >> 32;
        std::swap(records[i], records[j]);
    }
}

class DatasetReader {
  public:
    DatasetReader(const DatasetRequest& request, const Tokenizer* tokenizer, int n_ctx, int d_vocab)
        : request_(request), tokenizer_(tokenizer), d_vocab_(d_vocab),
          length_(request.length.value_or(n_ctx)), format_(formatOf(request.file)),
          stream_(request.file, std::ios::binary) {
        if (length_ < 1 || length_ > n_ctx)
            throw Error("--length " + std::to_string(length_),
                        "is out of range; the model's context holds 1 to " + std::to_string(n_ctx) +
                            " tokens");
        if (request.sequences && *request.sequences < 1)
            throw Error("--sequences " + std::to_string(*request.sequences),
                        "is out of range; at least one sequence is needed");
        std::error_code error;
        bytes_ = fs::file_size(request.file, error);
        if (!stream_ || error)
            throw Error(request.file.string(), "cannot be read; is the path right?");
        if (format_ == Format::Text && tokenizer_ == nullptr)
            throw Error(request.file.string(), "is text, but the model has no tokenizer; give ids "
                                               "(.bin or .jsonl with input_ids)");
        if (format_ == Format::Binary && bytes_ % 2 != 0)
            throw Error(request.file.string(),
                        "has an odd number of bytes; uint16 token ids are expected");
        if (request.prependEndOfText)
            endOfText_ = endOfText();
    }

    TokenInput read(Progress& progress) {
        auto records = index(progress);
        if (request_.seed)
            shuffle(records, *request_.seed);
        const auto wanted =
            request_.sequences ? static_cast<std::size_t>(*request_.sequences) : records.size();
        progress.begin("reading " + request_.file.filename().string(),
                       static_cast<std::int64_t>(std::min(wanted, records.size())));
        TokenInput input;
        for (const auto& record : records) {
            if (input.sequences.size() == wanted)
                break;
            if (auto sequence = toSequence(record); !sequence.tokens.empty()) {
                input.sequences.push_back(std::move(sequence));
                progress.advance();
            }
        }
        if (input.sequences.empty())
            throw Error(request_.file.string(), "holds no tokens; a dataset with text is needed");
        return input;
    }

  private:
    TokenId endOfText() const {
        const auto token = tokenizer_ == nullptr ? std::nullopt : tokenizer_->endOfText();
        if (!token)
            throw Error("--bos", "the model's tokenizer has no end-of-text token to prepend");
        return *token;
    }

    std::size_t textLength() const {
        return static_cast<std::size_t>(length_) - (endOfText_ ? 1 : 0);
    }

    std::vector<Record> index(Progress& progress) {
        switch (format_) {
        case Format::Text:
            return splitAt(stream_, separator, progress);
        case Format::JsonLines:
            return splitAt(stream_, "\n", progress);
        case Format::Binary:
            return blocks(bytes_, std::max<int>(1, static_cast<int>(textLength())));
        }
        return {};
    }

    std::string bytesOf(std::uint64_t offset, std::uint64_t size) {
        if (size > maximumRecordBytes)
            throw Error(request_.file.string(),
                        "the document at byte " + std::to_string(offset) +
                            " is larger than 256 MB; separate documents with <|endoftext|>");
        std::string bytes(size, '\0');
        stream_.clear();
        stream_.seekg(static_cast<std::streamoff>(offset));
        stream_.read(bytes.data(), static_cast<std::streamsize>(size));
        if (static_cast<std::uint64_t>(stream_.gcount()) != size)
            throw Error(request_.file.string(), "ended while it was read; was it changed?");
        return bytes;
    }

    TokenSequence toSequence(const Record& record) {
        if (format_ == Format::Binary)
            return cut(binaryIds(record), record);
        const auto text = bytesOf(record.offset, record.size);
        if (text.find_first_not_of(" \t\r\n") == std::string::npos)
            return {};
        return cut(format_ == Format::Text ? tokenizer_->encode(text) : lineIds(text, record),
                   record);
    }

    /// The block and the token after it, where the file goes on.
    std::vector<TokenId> binaryIds(const Record& record) {
        const auto size = std::min(record.size + 2, bytes_ - record.offset);
        const auto bytes = bytesOf(record.offset, size);
        std::vector<TokenId> ids;
        for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
            ids.emplace_back(static_cast<unsigned char>(bytes[i]) |
                             (static_cast<unsigned char>(bytes[i + 1]) << 8));
        return ids;
    }

    std::vector<TokenId> lineIds(const std::string& line, const Record& record) {
        const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
        if (json.is_object() && json.contains("input_ids") && json["input_ids"].is_array())
            return jsonIds(json["input_ids"], record);
        if (!json.is_object() || !json.contains("text") || !json["text"].is_string())
            throw Error(where(record), "one JSON object with `text` or `input_ids` is expected");
        if (tokenizer_ == nullptr)
            throw Error(where(record), "is text, but the model has no tokenizer; give input_ids");
        return tokenizer_->encode(json["text"].get<std::string>());
    }

    std::vector<TokenId> jsonIds(const nlohmann::json& array, const Record& record) const {
        std::vector<TokenId> ids;
        for (const auto& id : array) {
            // is_number_integer is true for unsigned numbers beyond int64, which get<> would wrap.
            if (!id.is_number_integer() || id < 0 || id >= d_vocab_)
                throw Error(where(record), "input_ids holds " + id.dump() +
                                               "; whole numbers from 0 to " +
                                               std::to_string(d_vocab_ - 1) + " are expected");
            ids.emplace_back(id.get<std::int64_t>());
        }
        return ids;
    }

    std::string where(const Record& record) const {
        return request_.file.string() + " at byte " + std::to_string(record.offset);
    }

    TokenSequence cut(std::vector<TokenId> ids, const Record& record) const {
        for (const auto id : ids) {
            if (id.value >= d_vocab_)
                throw Error(where(record), "token " + std::to_string(id.value) +
                                               " is outside the vocabulary of " +
                                               std::to_string(d_vocab_) + " tokens");
        }
        TokenSequence sequence;
        if (ids.empty())
            return sequence;
        if (ids.size() > textLength()) {
            sequence.following = ids[textLength()];
            ids.resize(textLength());
        }
        if (endOfText_)
            ids.insert(ids.begin(), *endOfText_);
        sequence.tokens = std::move(ids);
        return sequence;
    }

    const DatasetRequest& request_;
    const Tokenizer* tokenizer_;
    int d_vocab_;
    int length_;
    Format format_;
    std::ifstream stream_;
    std::uint64_t bytes_ = 0;
    std::optional<TokenId> endOfText_;
};

} // namespace

TokenInput readDataset(const DatasetRequest& request, const Tokenizer* tokenizer, int n_ctx,
                       int d_vocab, Progress& progress) {
    return DatasetReader(request, tokenizer, n_ctx, d_vocab).read(progress);
}

} // namespace residuum
