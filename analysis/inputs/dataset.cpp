#include "analysis/inputs/dataset_stream.h"

#include "analysis/inputs/dataset_records.h"
#include "analysis/inputs/json_record.h"
#include "analysis/inputs/known_format.h"
#include "analysis/inputs/seeded_shuffle.h"
#include "analysis/inputs/text_encoding.h"
#include "analysis/inputs/text_lines.h"
#include "analysis/inputs/token_width.h"
#include "core/digest/sha256.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace residuum {

namespace {

namespace fs = std::filesystem;

enum class Format { Text, JsonLines, Binary };

constexpr std::string_view separator = "<|endoftext|>";
/// A single document or line; far beyond any context, but a bound on what one record may claim.
constexpr std::uint64_t maximumRecordBytes = std::uint64_t{256} << 20;
constexpr std::array<const char*, 3> splitNames{"documents", "lines", "blocks"};

Format formatOf(const fs::path& file) {
    const auto extension = file.extension();
    if (extension == ".txt")
        return Format::Text;
    if (extension == ".jsonl")
        return Format::JsonLines;
    if (extension == ".bin")
        return Format::Binary;
    throw Error(file.string(), "is no known dataset; .txt, .jsonl or .bin (uint16 or uint32 ids) "
                               "is expected");
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

struct Row {
    TokenSequence sequence;
    std::int64_t line = 1;
};

class DatasetReader {
  public:
    DatasetReader(const DatasetRequest& request, const Tokenizer* tokenizer, int n_ctx, int d_vocab)
        : request_(request), tokenizer_(tokenizer), d_vocab_(d_vocab),
          length_(request.length.value_or(n_ctx)), format_(formatOf(request.file)),
          split_(request.split.value_or(TextSplit::Documents)),
          stream_(request.file, std::ios::binary) {
        if (length_ < 1 || length_ > n_ctx)
            throw Error("--length " + std::to_string(length_),
                        "is out of range; the model's context holds 1 to " + std::to_string(n_ctx) +
                            " tokens");
        if (request.sequences && *request.sequences < 1)
            throw Error("--sequences " + std::to_string(*request.sequences),
                        "is out of range; at least one sequence is needed");
        if (request.split && format_ != Format::Text)
            throw UsageError("--split " + name(*request.split), "goes with a .txt dataset only");
        if (request.tokenWidth && format_ != Format::Binary)
            throw UsageError("--token-width", "goes with a .bin dataset only");
        std::error_code error;
        bytes_ = fs::file_size(request.file, error);
        if (!stream_ || error)
            throw Error(file(), "cannot be read; is the path right?");
        lookAtHead();
        if (request.prependEndOfText)
            endOfText_ = endOfText();
    }

    DatasetContent read(Progress& progress) {
        requireTokenizer();
        auto records = index(progress);
        const bool shuffleRows = request_.seed && split_ == TextSplit::Blocks;
        if (request_.seed && !shuffleRows)
            seededShuffle(records, *request_.seed);
        const auto wanted =
            request_.sequences ? static_cast<std::size_t>(*request_.sequences) : SIZE_MAX;
        progress.begin("reading " + request_.file.filename().string(),
                       static_cast<std::int64_t>(std::min(wanted, records.size())));
        std::vector<Row> rows;
        for (const auto& record : records) {
            if (rows.size() >= wanted && !shuffleRows)
                break;
            add(rows, record);
            progress.advance();
        }
        if (shuffleRows)
            seededShuffle(rows, *request_.seed);
        rows.resize(std::min(rows.size(), wanted));
        if (rows.empty())
            throw Error(file(), "holds no tokens; a dataset with text is needed");
        if (request_.sequences && rows.size() < wanted)
            content_.account.notes.push_back(file() + " has only " +
                                             counted(rows.size(), "sequence") + " of the " +
                                             std::to_string(wanted) + " asked for");
        for (auto& row : rows) {
            content_.tokens.sequences.push_back(std::move(row.sequence));
            content_.account.sourceLines.push_back(row.line);
        }
        noteOneDocument(records);
        content_.account.sha256 = sha256OfFile(request_.file, progress);
        return std::move(content_);
    }

    InputAccount each(const std::function<void(const TokenSequence&)>& take, Progress& progress) {
        requireTokenizer();
        std::vector<Row> rows;
        std::int64_t taken = 0;
        overRecords(
            [&](const DatasetRecord& record) {
                rows.clear();
                add(rows, record);
                taken += static_cast<std::int64_t>(rows.size());
                for (const auto& row : rows)
                    take(row.sequence);
            },
            progress);
        if (taken == 0)
            throw Error(file(), "holds no tokens; a dataset with text is needed");
        content_.account.sha256 = sha256OfFile(request_.file, progress);
        return std::move(content_.account);
    }

    void texts(const std::function<void(const std::string&)>& take, Progress& progress) {
        if (format_ == Format::Binary)
            throw Error(file(), "holds token ids; texts are needed (.txt or .jsonl)");
        overRecords(
            [&](const DatasetRecord& record) {
                const auto text = bytesOf(record.offset, record.size);
                if (text.find_first_not_of(blankBytes) == std::string::npos)
                    return;
                requireUtf8(text, file(), record.line);
                take(format_ == Format::JsonLines ? recordText(text, placeOf(record.line)) : text);
            },
            progress);
    }

  private:
    template <class Use>
    void overRecords(const Use& use, Progress& progress) {
        const auto records = index(progress);
        progress.begin("reading " + request_.file.filename().string(),
                       static_cast<std::int64_t>(records.size()));
        for (const auto& record : records) {
            use(record);
            progress.advance();
        }
    }

    void requireTokenizer() const {
        if (format_ == Format::Text && tokenizer_ == nullptr)
            throw Error(file(), "is text, but the model has no tokenizer; give ids (.bin or .jsonl "
                                "with input_ids)");
    }

    std::string file() const { return request_.file.string(); }
    std::string placeOf(std::int64_t line) const {
        return file() + " line " + std::to_string(line);
    }

    void lookAtHead() {
        const auto size = format_ == Format::Binary ? widthSampleBytes : std::size_t{4096};
        const auto head = bytesOf(0, std::min<std::uint64_t>(size, bytes_));
        constexpr std::array meant{Meant::Text, Meant::Records, Meant::Tokens};
        if (const auto other = foreignFormat(head, meant[static_cast<std::size_t>(format_)]))
            throw Error(file(), *other);
        if (format_ == Format::Binary) {
            width_ = static_cast<std::uint64_t>(
                tokenWidth(request_.tokenWidth, head, bytes_, d_vocab_, file()));
            return;
        }
        requireNoWideText(head, file());
        begin_ = byteOrderMark(head);
    }

    TokenId endOfText() const {
        const auto token = tokenizer_ == nullptr ? std::nullopt : tokenizer_->endOfText();
        if (!token)
            throw Error("--bos", "the model's tokenizer has no end-of-text token to prepend");
        return *token;
    }

    std::size_t textLength() const {
        return static_cast<std::size_t>(length_) - (endOfText_ ? 1 : 0);
    }

    std::vector<DatasetRecord> index(Progress& progress) {
        if (format_ == Format::Binary)
            return blocksOf(bytes_, width_ * std::max<std::size_t>(1, textLength()));
        if (format_ == Format::JsonLines)
            return splitAt(stream_, begin_, {"\n"}, progress);
        if (split_ == TextSplit::Lines)
            return splitAt(stream_, begin_, {"\n", separator}, progress);
        return splitAt(stream_, begin_, {separator}, progress);
    }

    std::string bytesOf(std::uint64_t offset, std::uint64_t size) {
        if (size > maximumRecordBytes)
            throw Error(file(), "the document at byte " + std::to_string(offset) +
                                    " is larger than 256 MB; separate documents with "
                                    "<|endoftext|>");
        std::string bytes(size, '\0');
        stream_.clear();
        stream_.seekg(static_cast<std::streamoff>(offset));
        stream_.read(bytes.data(), static_cast<std::streamsize>(size));
        if (static_cast<std::uint64_t>(stream_.gcount()) != size)
            throw Error(file(), "ended while it was read; was it changed?");
        return bytes;
    }

    void add(std::vector<Row>& rows, const DatasetRecord& record) {
        if (format_ == Format::Binary) {
            rows.push_back({cut(binaryIds(record)), record.line});
            return;
        }
        auto text = bytesOf(record.offset, record.size);
        const auto first = text.find_first_not_of(blankBytes);
        if (first == std::string::npos)
            return leaveOutBlank(record);
        requireUtf8(text, file(), record.line);
        if (format_ == Format::JsonLines)
            return addOrLeaveOut(rows, lineIds(text, record.line), record.line);
        const auto line = record.line + newlines(std::string_view(text).substr(0, first));
        if (filledLines_ == 0) // of the first document, which may be the only one
            filledLines_ = filledLines(text);
        if (split_ == TextSplit::Lines && text.back() == '\r')
            text.pop_back();
        auto ids = encoded(text, record.line);
        if (split_ == TextSplit::Blocks)
            addBlocks(rows, ids, record.line);
        else
            addOrLeaveOut(rows, std::move(ids), line);
    }

    /// Empty lines are no records, nor is what comes before the first and after the last separator.
    void leaveOutBlank(const DatasetRecord& record) {
        if (format_ == Format::Text && split_ != TextSplit::Lines && !record.edge)
            content_.account.leftOut.push_back({record.line, "the document holds no text"});
    }

    void addOrLeaveOut(std::vector<Row>& rows, std::vector<TokenId> ids, std::int64_t line) {
        if (ids.empty())
            content_.account.leftOut.push_back({line, "holds no tokens"});
        else
            rows.push_back({cut(std::move(ids)), line});
    }

    void addBlocks(std::vector<Row>& rows, const std::vector<TokenId>& ids, std::int64_t line) {
        const auto step = std::max<std::size_t>(1, textLength());
        for (std::size_t begin = 0; begin < ids.size(); begin += step) {
            // The block and the token after it.
            const auto end = std::min(begin + step + 1, ids.size());
            rows.push_back({cut({ids.begin() + static_cast<std::ptrdiff_t>(begin),
                                 ids.begin() + static_cast<std::ptrdiff_t>(end)}),
                            line});
            for (std::size_t i = begin; i < std::min(begin + step, ids.size()); ++i)
                line += newlines(tokenizer_->bytes(ids[i]));
        }
    }

    /// The block and the token after it, where the file goes on.
    std::vector<TokenId> binaryIds(const DatasetRecord& record) {
        const auto size = std::min(record.size + width_, bytes_ - record.offset);
        const auto bytes = bytesOf(record.offset, size);
        std::vector<TokenId> ids;
        for (std::size_t i = 0; i + width_ <= bytes.size(); i += width_) {
            std::uint32_t id = 0;
            for (std::size_t byte = width_; byte-- > 0;)
                id = id << 8U | static_cast<unsigned char>(bytes[i + byte]);
            if (id >= static_cast<std::uint32_t>(d_vocab_))
                refuseId(id, record.offset + i);
            ids.emplace_back(static_cast<std::int64_t>(id));
        }
        return ids;
    }

    [[noreturn]] void refuseId(std::uint32_t id, std::uint64_t at) const {
        throw Error(file() + " at byte " + std::to_string(at),
                    "token " + std::to_string(at / width_) + " (counted from 0) is " +
                        std::to_string(id) + ", outside the vocabulary of " +
                        std::to_string(d_vocab_) + " tokens; ids are read as " +
                        (width_ == 2 ? "uint16" : "uint32"));
    }

    std::vector<TokenId> lineIds(const std::string& text, std::int64_t line) const {
        const auto where = placeOf(line);
        const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
        if (json.is_object() && json.contains("input_ids") && json["input_ids"].is_array())
            return recordIds(json["input_ids"], where, d_vocab_);
        if (!json.is_object() || !json.contains("text") || !json["text"].is_string())
            throw Error(where, "one JSON object with `text` or `input_ids` is expected");
        if (tokenizer_ == nullptr)
            throw Error(where, "is text, but the model has no tokenizer; give input_ids");
        return encoded(json["text"].get<std::string>(), line);
    }

    /// Throws Error naming the line on which the text begins.
    std::vector<TokenId> encoded(const std::string& text, std::int64_t line) const {
        try {
            auto ids = tokenizer_->encode(text);
            for (const auto id : ids)
                if (id.value >= d_vocab_)
                    throw Error("token " + std::to_string(id.value),
                                "is outside the vocabulary of " + std::to_string(d_vocab_) +
                                    " tokens");
            return ids;
        } catch (const Error& error) {
            throw Error(placeOf(line), error.what());
        }
    }

    TokenSequence cut(std::vector<TokenId> ids) const {
        TokenSequence sequence;
        if (ids.size() > textLength()) {
            sequence.following = ids[textLength()];
            ids.resize(textLength());
        }
        if (endOfText_)
            ids.insert(ids.begin(), *endOfText_);
        sequence.tokens = std::move(ids);
        return sequence;
    }

    void noteOneDocument(const std::vector<DatasetRecord>& records) {
        const auto documents =
            std::count_if(records.begin(), records.end(), [](const DatasetRecord& record) {
                return !record.edge || record.size > 2; // else what surrounds separators
            });
        if (format_ == Format::Text && !request_.split && documents == 1 && filledLines_ > 1)
            content_.account.notes.push_back(
                file() + " is one document of " + std::to_string(filledLines_) +
                " lines, so it is one sequence" +
                (content_.tokens.sequences.front().following
                     ? ", cut to " + std::to_string(length_) + " tokens"
                     : std::string()) +
                "; --split lines takes each line, --split blocks consecutive pieces");
    }

    const DatasetRequest& request_;
    const Tokenizer* tokenizer_;
    int d_vocab_;
    int length_;
    Format format_;
    TextSplit split_;
    std::ifstream stream_;
    std::uint64_t bytes_ = 0;
    std::uint64_t begin_ = 0; ///< of the text, after a byte-order mark
    std::uint64_t width_ = 2; ///< bytes per id of a .bin
    std::int64_t filledLines_ = 0;
    std::optional<TokenId> endOfText_;
    DatasetContent content_;
};

} // namespace

std::string name(TextSplit split) {
    return splitNames[static_cast<std::size_t>(split)];
}

TextSplit parseTextSplit(const std::string& text, const std::string& subject) {
    for (std::size_t i = 0; i < splitNames.size(); ++i)
        if (text == splitNames[i])
            return static_cast<TextSplit>(i);
    throw UsageError(subject, "\"" + text + "\" is unknown; there are documents, lines, blocks");
}

DatasetContent readDataset(const DatasetRequest& request, const Tokenizer* tokenizer, int n_ctx,
                           int d_vocab, Progress& progress) {
    return DatasetReader(request, tokenizer, n_ctx, d_vocab).read(progress);
}

InputAccount forEachSequence(const DatasetRequest& request, const Tokenizer* tokenizer, int n_ctx,
                             int d_vocab, const std::function<void(const TokenSequence&)>& take,
                             Progress& progress) {
    return DatasetReader(request, tokenizer, n_ctx, d_vocab).each(take, progress);
}

void forEachText(const fs::path& file, const std::function<void(const std::string&)>& take,
                 Progress& progress) {
    DatasetRequest request;
    request.file = file;
    DatasetReader(request, nullptr, std::numeric_limits<int>::max(), 0).texts(take, progress);
}

} // namespace residuum
