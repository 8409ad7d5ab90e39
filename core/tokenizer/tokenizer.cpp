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

#include <cstdio>
#include <utility>

namespace residuum {

namespace {

constexpr std::size_t mostTextBytes = 0x7FFFFFFF; // positions within a piece are 32 bits

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

struct Tokenizer::Data {
    explicit Data(Vocabulary read)
        : vocabulary(std::move(read)), bpe(vocabulary.merges, vocabulary.byteTokens),
          fingerprint(vocabulary.fingerprint()) {
        for (const std::int32_t id : vocabulary.special)
            special.add(vocabulary.bytes[static_cast<std::size_t>(id)], TokenId{id});
    }

    Vocabulary vocabulary;
    Bpe bpe;
    SpecialTokens special;
    std::string fingerprint;
};

Tokenizer::Tokenizer(std::unique_ptr<const Data> data) : data_(std::move(data)) {}
Tokenizer::~Tokenizer() = default;

std::shared_ptr<const Tokenizer> Tokenizer::open(const std::filesystem::path& folder) {
    auto data = std::make_unique<const Data>(readVocabulary(folder));
    return std::shared_ptr<const Tokenizer>(new Tokenizer(std::move(data)));
}

bool Tokenizer::isPresent(const std::filesystem::path& folder) {
    return hasVocabulary(folder);
}

std::vector<TokenId> Tokenizer::encode(std::string_view text) const {
    if (text.size() > mostTextBytes)
        throw Error("the text", "has " + std::to_string(text.size()) +
                                    " bytes; expected less than 2 GB, split it into documents");
    std::vector<TokenId> ids;
    ids.reserve(text.size() / 4 + 8);
    Pretokenizer pretokenizer;
    Bpe::Scratch scratch;
    WordCache cache(text.size());
    const auto merge = [&](std::string_view piece) {
        const std::size_t bad = data_->bpe.encode(piece, scratch, ids);
        if (bad != Bpe::complete)
            throwInexpressible(text, static_cast<std::size_t>(piece.data() - text.data()) + bad);
    };
    for (std::size_t at = 0;;) {
        const SpecialTokens::Found special = data_->special.find(text, at);
        pretokenizer.start(text.substr(at, special.begin - at));
        for (std::string_view piece; pretokenizer.next(piece);) {
            if (!cache.holds(piece)) {
                merge(piece);
                continue;
            }
            WordCache::Entry& known = cache.entry(piece);
            if (known.count > 0) {
                ids.insert(ids.end(), known.ids.begin(), known.ids.begin() + known.count);
                continue;
            }
            const std::size_t before = ids.size();
            merge(piece);
            WordCache::store(known, ids.data() + before, ids.size() - before);
        }
        if (special.begin == text.size())
            return ids;
        ids.push_back(special.id);
        at = special.end;
    }
}

const std::string& Tokenizer::bytes(TokenId id) const {
    const auto& all = data_->vocabulary.bytes;
    const auto at = static_cast<std::size_t>(static_cast<std::uint32_t>(id.value));
    if (at >= all.size())
        throw Error("token #" + std::to_string(id.value),
                    "is not in the vocabulary; expected an id from 0 to " +
                        std::to_string(all.size() - 1));
    if (all[at].empty())
        throw Error("token #" + std::to_string(id.value),
                    "is an id that the vocabulary leaves out; expected the id of a token");
    return all[at];
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
    return id ? std::optional(TokenId{*id}) : std::nullopt;
}

std::size_t Tokenizer::size() const {
    return data_->vocabulary.bytes.size();
}
const std::string& Tokenizer::fingerprint() const {
    return data_->fingerprint;
}
const std::string& Tokenizer::source() const {
    return data_->vocabulary.source;
}

} // namespace residuum
