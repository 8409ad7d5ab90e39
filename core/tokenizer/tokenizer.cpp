#include "core/tokenizer/tokenizer.h"

#include "core/task/error.h"
#include "core/tokenizer/bpe.h"
#include "core/tokenizer/json_file.h"
#include "core/tokenizer/pretokenizer.h"
#include "core/tokenizer/special_tokens.h"
#include "core/tokenizer/tokenizer_files.h"
#include "core/tokenizer/utf8.h"
#include "core/tokenizer/vocabulary.h"
#include "core/tokenizer/word_cache.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace residuum {

namespace {

constexpr std::size_t mostTextBytes = 0x7FFFFFFF; // positions within a piece are 32 bits

/// Vocabulary::fingerprint of the vocab.json and merges.txt that OpenAI published.
constexpr std::string_view gpt2Fingerprint = "89adfbfbfe124dd106d5487a407e33ce";

/// Makes one of the tokens `unknown` that stand side by side from `begin` on.
void fuse(std::vector<TokenId>& ids, std::size_t begin, TokenId unknown) {
    const auto from = ids.begin() + static_cast<std::ptrdiff_t>(begin);
    ids.erase(std::unique(from, ids.end(),
                          [&](TokenId a, TokenId b) { return a == unknown && b == unknown; }),
              ids.end());
}

/// Names the character of `text` whose byte at `at` has no token.
[[noreturn]] void throwInexpressible(std::string_view text, std::size_t at) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 3 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80)
        --begin;
    char byte[8];
    std::snprintf(byte, sizeof byte, "0x%02X", static_cast<unsigned char>(text[at]));
    std::size_t length = utf8Length(text, begin);
    if (length == 0 || begin + length <= at) {
        begin = at;
        length = 1;
    }
    const std::string_view character = text.substr(begin, length);
    std::string subject = inQuotes(character);
    if (utf8Length(text, begin) != 0) {
        char point[16];
        std::snprintf(point, sizeof point, " (U+%04X)",
                      static_cast<unsigned>(utf8CodePoint(character)));
        subject += point;
    }
    throw Error(subject, "cannot be encoded: the text has it at byte " + std::to_string(begin) +
                             " and the vocabulary has no token for its byte " + byte +
                             "; remove it, or use a tokenizer with all 256 bytes");
}

} // namespace

/// One text's ids, and what is used while they are found.
struct Tokenizer::Encoding {
    explicit Encoding(std::string_view text) : cache(text.size()) {
        ids.reserve(text.size() / 4 + 8);
    }

    std::vector<TokenId> ids;
    Pretokenizer pretokenizer;
    Bpe::Scratch scratch;
    WordCache cache;
};

struct Tokenizer::Data {
    Data(Vocabulary read, std::size_t idsOfModel)
        : vocabulary(std::move(read)), bpe(vocabulary.merges, vocabulary.byteTokens),
          modelSize(idsOfModel), fingerprint(vocabulary.fingerprint(idsOfModel)) {
        for (const auto& [id, rule] : vocabulary.special)
            special.add(vocabulary.bytes[static_cast<std::size_t>(id)], TokenId{id}, rule);
    }

    Vocabulary vocabulary;
    Bpe bpe;
    SpecialTokens special;
    std::size_t modelSize; ///< ids from here on the model does not know
    std::string fingerprint;
    std::optional<Error> refusal;
};

Tokenizer::Tokenizer(std::unique_ptr<const Data> data) : data_(std::move(data)) {}
Tokenizer::~Tokenizer() = default;

std::shared_ptr<const Tokenizer> Tokenizer::open(const std::filesystem::path& folder,
                                                 std::optional<std::size_t> modelSize) {
    auto vocabulary = readVocabulary(folder);
    const std::size_t end = modelSize.value_or(vocabulary.bytes.size());
    if (vocabulary.bytes.size() > end) {
        const std::string sizes = "has " + std::to_string(vocabulary.bytes.size()) +
                                  " tokens, but the model's vocabulary only " + std::to_string(end);
        if (vocabulary.plainEnd() > end)
            throw Error(folder.string(), "its tokenizer " + sizes +
                                             "; use the tokenizer the model was trained with");
        vocabulary.warnings.push_back("its tokenizer " + sizes +
                                      "; a text that uses one of the others is refused");
    }
    auto data = std::make_unique<const Data>(std::move(vocabulary), end);
    return std::shared_ptr<const Tokenizer>(new Tokenizer(std::move(data)));
}

std::shared_ptr<const Tokenizer> Tokenizer::refusing(const Error& reason) {
    Vocabulary none;
    none.byteTokens.fill(-1);
    auto data = std::make_unique<Data>(std::move(none), 0);
    data->refusal = reason;
    return std::shared_ptr<const Tokenizer>(new Tokenizer(std::move(data)));
}

bool Tokenizer::isPresent(const std::filesystem::path& folder) {
    return hasVocabulary(folder);
}

bool Tokenizer::isHalf(const std::filesystem::path& folder) {
    return hasHalfVocabulary(folder);
}

bool Tokenizer::haveSameFiles(const std::filesystem::path& one,
                              const std::filesystem::path& other) {
    return hasSameFiles(one, other);
}

std::vector<TokenId> Tokenizer::encode(std::string_view text) const {
    if (data_->refusal)
        throw Error(*data_->refusal);
    if (text.size() > mostTextBytes)
        throw Error("the text", "has " + std::to_string(text.size()) +
                                    " bytes; expected less than 2 GB, split it into documents");
    Encoding encoding(text);
    for (const TextPart& part : data_->special.split(text)) {
        if (part.id)
            encoding.ids.push_back(*part.id);
        else
            encodePlain(text, part.begin, part.end, encoding);
    }
    if (data_->vocabulary.bytes.size() > data_->modelSize)
        refuseForeign(encoding.ids);
    return std::move(encoding.ids);
}

/// Appends the tokens of text[begin, end), which lies between special tokens and is not empty.
void Tokenizer::encodePlain(std::string_view text, std::size_t begin, std::size_t end,
                            Encoding& encoding) const {
    std::string_view part = text.substr(begin, end - begin);
    std::string spaced;
    if (data_->vocabulary.prefixSpace && part.front() != ' ')
        part = spaced.append(1, ' ').append(part);
    const auto merge = [&](std::string_view piece) {
        const std::size_t before = encoding.ids.size();
        const std::size_t bad = data_->bpe.encode(piece, encoding.scratch, encoding.ids);
        if (bad != Bpe::complete) {
            const auto at = static_cast<std::size_t>(piece.data() - part.data()) + bad;
            if (spaced.empty())
                throwInexpressible(text, begin + at);
            throwInexpressible(at == 0 ? part : text, at == 0 ? 0 : begin + at - 1);
        }
        if (data_->vocabulary.fuseUnknown)
            fuse(encoding.ids, before, TokenId{*data_->vocabulary.unknown});
    };
    encoding.pretokenizer.start(part);
    for (std::string_view piece; encoding.pretokenizer.next(piece);) {
        if (!encoding.cache.holds(piece)) {
            merge(piece);
            continue;
        }
        WordCache::Entry& known = encoding.cache.entry(piece);
        if (known.count > 0) {
            encoding.ids.insert(encoding.ids.end(), known.ids.begin(),
                                known.ids.begin() + known.count);
            continue;
        }
        const std::size_t before = encoding.ids.size();
        merge(piece);
        WordCache::store(known, encoding.ids.data() + before, encoding.ids.size() - before);
    }
}

/// Throws Error where the model does not know one of `ids`.
void Tokenizer::refuseForeign(const std::vector<TokenId>& ids) const {
    for (const TokenId id : ids) {
        if (static_cast<std::size_t>(id.value) >= data_->modelSize)
            throw Error(inQuotes(bytes(id)),
                        "is token #" + std::to_string(id.value) +
                            " of the tokenizer, but the model has only " +
                            std::to_string(data_->modelSize) +
                            " tokens; remove it, or use the tokenizer the model was trained with");
    }
}

bool Tokenizer::has(TokenId id) const {
    const auto& all = data_->vocabulary.bytes;
    const auto at = static_cast<std::size_t>(static_cast<std::uint32_t>(id.value));
    return at < all.size() && !all[at].empty();
}

std::string Tokenizer::bytes(TokenId id) const {
    return has(id) ? data_->vocabulary.bytes[static_cast<std::size_t>(id.value)]
                   : "#" + std::to_string(id.value);
}

std::string Tokenizer::decode(const std::vector<TokenId>& ids) const {
    std::string joined;
    joined.reserve(4 * ids.size());
    for (const TokenId id : ids)
        joined += bytes(id);
    return joined;
}

std::string Tokenizer::text(TokenId id) const {
    return escapeInvalidUtf8(bytes(id));
}

std::optional<TokenId> Tokenizer::single(std::string_view text) const {
    try {
        const std::vector<TokenId> ids = encode(text);
        return ids.size() == 1 ? std::optional(ids.front()) : std::nullopt;
    } catch (const Error&) {
        return std::nullopt; // a text that the vocabulary cannot express is no token of it
    }
}

std::optional<TokenId> Tokenizer::endOfText() const {
    const auto& id = data_->vocabulary.endOfText;
    const bool known = id && static_cast<std::size_t>(*id) < data_->modelSize;
    return known ? std::optional(TokenId{*id}) : std::nullopt;
}

std::size_t Tokenizer::size() const {
    return data_->vocabulary.bytes.size();
}
const std::string& Tokenizer::fingerprint() const {
    return data_->fingerprint;
}
bool Tokenizer::isGpt2() const {
    return data_->fingerprint == gpt2Fingerprint;
}
const std::vector<std::string>& Tokenizer::warnings() const {
    return data_->vocabulary.warnings;
}
const std::string& Tokenizer::source() const {
    return data_->vocabulary.source;
}

} // namespace residuum
