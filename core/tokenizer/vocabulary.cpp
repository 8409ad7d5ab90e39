#include "core/tokenizer/vocabulary.h"

#include "core/task/error.h"
#include "core/tokenizer/byte_alphabet.h"
#include "core/tokenizer/json_file.h"

#include <algorithm>
#include <utility>
#include <xxhash.h>

namespace residuum {

namespace {

constexpr std::int64_t idBound = 1 << 20; // the largest vocabularies in use have some 260 000
constexpr char endOfTextToken[] = "<|endoftext|>";

/// XXH3-128 over numbers and strings, the same on every platform.
class Hasher {
  public:
    Hasher() : state_(XXH3_createState()) { XXH3_128bits_reset(state_); }
    ~Hasher() { XXH3_freeState(state_); }
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;

    void add(std::uint32_t number) {
        std::array<unsigned char, 4> bytes{};
        for (unsigned i = 0; i < 4; ++i)
            bytes[i] = static_cast<unsigned char>(number >> (8 * i));
        XXH3_128bits_update(state_, bytes.data(), bytes.size());
    }
    void add(std::string_view text) {
        add(static_cast<std::uint32_t>(text.size()));
        XXH3_128bits_update(state_, text.data(), text.size());
    }
    std::string hex() const {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_));
        std::string text;
        for (const unsigned char byte : canonical.digest) {
            text += "0123456789abcdef"[byte >> 4];
            text += "0123456789abcdef"[byte & 15];
        }
        return text;
    }

  private:
    XXH3_state_t* state_;
};

} // namespace

std::int32_t checkedTokenId(const std::filesystem::path& file, const std::string& text,
                            const nlohmann::json& id) {
    const bool isInteger = id.is_number_integer();
    // Read as signed: the JSON's unsigned numbers above 2^63 come out negative, refused as well.
    const std::int64_t value = isInteger ? id.get<std::int64_t>() : -1;
    if (value < 0 || value >= idBound)
        throw Error(file.string(), "token " + inQuotes(text) + " has the id " +
                                       oneLine(id.dump().substr(0, 200), 60) +
                                       "; expected a whole number from 0 to " +
                                       std::to_string(idBound - 1));
    return static_cast<std::int32_t>(value);
}

std::string Vocabulary::fingerprint(std::size_t end) const {
    Hasher hasher;
    end = std::min(end, bytes.size());
    hasher.add(static_cast<std::uint32_t>(end));
    for (std::size_t id = 0; id < end; ++id)
        hasher.add(bytes[id]);
    hasher.add(static_cast<std::uint32_t>(special.size()));
    for (const auto& [id, rule] : special)
        hasher.add(static_cast<std::uint32_t>(id));
    for (const Merge& merge : merges) {
        hasher.add(static_cast<std::uint32_t>(merge.left));
        hasher.add(static_cast<std::uint32_t>(merge.right));
    }
    // What GPT-2 has none of is hashed where there is some.
    for (const auto& [id, rule] : special) {
        // Not whether they are normalized: it orders the search where two overlap, which none do.
        const unsigned flags =
            (rule.lstrip ? 1U : 0U) + (rule.rstrip ? 2U : 0U) + (rule.singleWord ? 4U : 0U);
        if (flags != 0)
            hasher.add("rule " + std::to_string(id) + ' ' + std::to_string(flags));
        if (static_cast<std::size_t>(id) >= end)
            hasher.add("beyond " + bytes[static_cast<std::size_t>(id)]);
    }
    if (prefixSpace)
        hasher.add("prefix space");
    if (unknown)
        hasher.add("unknown " + std::to_string(*unknown) + (fuseUnknown ? " fused" : ""));
    return hasher.hex();
}

std::size_t Vocabulary::plainEnd() const {
    std::int32_t last = -1;
    for (const std::int32_t token : byteTokens)
        last = std::max(last, token == unknown ? -1 : token);
    for (const Merge& merge : merges)
        last = std::max(last, merge.result);
    return static_cast<std::size_t>(last + 1);
}

VocabularyBuilder::VocabularyBuilder(std::filesystem::path file) : file_(std::move(file)) {
    vocabulary_.byteTokens.fill(-1);
}

void VocabularyBuilder::put(const std::filesystem::path& file, const std::string& text,
                            std::int32_t id, std::string bytes) {
    const auto at = static_cast<std::size_t>(id);
    if (at >= vocabulary_.bytes.size())
        vocabulary_.bytes.resize(at + 1);
    if (bytes.empty())
        throw Error(file.string(), "the token with id " + std::to_string(id) +
                                       " is empty; expected at least one character");
    if (!vocabulary_.bytes[at].empty())
        throw Error(file.string(), "tokens " + inQuotes(text) + " and " +
                                       inQuotes(vocabulary_.bytes[at]) + " both have the id " +
                                       std::to_string(id) + "; expected every id once");
    vocabulary_.bytes[at] = std::move(bytes);
}

void VocabularyBuilder::addSpecial(const std::filesystem::path& file, const std::string& text,
                                   const nlohmann::json& id, SpecialRule rule) {
    const std::int32_t value = checkedTokenId(file, text, id);
    put(file, text, value, text);
    if (!specialIds_.emplace(text, value).second)
        throw Error(file.string(),
                    "added token " + inQuotes(text) + " is listed twice; expected it once");
    vocabulary_.special.emplace(value, rule);
}

void VocabularyBuilder::addToken(const std::string& text, const nlohmann::json& id) {
    const std::int32_t value = checkedTokenId(file_, text, id);
    auto bytes = fromByteAlphabet(text);
    const auto special = specialIds_.find(text);
    if (special != specialIds_.end()) {
        if (special->second != value)
            throw Error(file_.string(), "token " + inQuotes(text) + " has the id " +
                                            std::to_string(value) + " in the vocabulary and " +
                                            std::to_string(special->second) +
                                            " among the added tokens; expected one id");
        if (!bytes)
            return; // it is not written in the byte alphabet: no merge can make it
    } else if (!bytes) {
        throw Error(file_.string(), "token " + inQuotes(text) +
                                        " has a character outside GPT-2's byte alphabet; expected "
                                        "a byte-level BPE vocabulary, as GPT-2's");
    }
    ids_.emplace(*bytes, value);
    if (bytes->size() == 1)
        vocabulary_.byteTokens[static_cast<unsigned char>(bytes->front())] = value;
    if (special != specialIds_.end()) {
        // Written as "Ġ" and the like, it would be made by merges and stand for other bytes there.
        if (*bytes != text)
            throw Error(file_.string(), "added token " + inQuotes(text) +
                                            " is also a token in the byte alphabet; expected an "
                                            "added token in plain characters");
        return;
    }
    if (text == endOfTextToken) {
        specialIds_.emplace(text, value);
        vocabulary_.special.emplace(value, SpecialRule{});
    }
    put(file_, text, value, std::move(*bytes));
}

void VocabularyBuilder::addMerge(const std::filesystem::path& file, const std::string& where,
                                 std::string_view left, std::string_view right) {
    std::string joined;
    std::array<std::int32_t, 3> ids{};
    const auto lookUp = [&](const std::string& bytes, std::string_view shown) {
        const auto found = ids_.find(bytes);
        if (found == ids_.end())
            throw Error(file.string(), where + " names " + inQuotes(shown) +
                                           ", which the vocabulary does not have; expected both "
                                           "parts and their union as tokens");
        return found->second;
    };
    std::size_t i = 0;
    for (const std::string_view part : {left, right}) {
        const auto bytes = fromByteAlphabet(part);
        if (!bytes)
            throw Error(file.string(), where + " names " + inQuotes(part) +
                                           ", which has a character outside GPT-2's byte "
                                           "alphabet; expected a byte-level BPE merge");
        ids[i++] = lookUp(*bytes, part);
        joined += *bytes;
    }
    ids[2] = lookUp(joined, std::string(left) + std::string(right));
    const auto pair =
        (static_cast<std::uint64_t>(ids[0]) << 32) | static_cast<std::uint32_t>(ids[1]);
    const auto [earlier, isNew] = mergeAt_.emplace(pair, mergeAt_.size());
    if (!isNew)
        throw Error(file.string(), where + " repeats merge number " +
                                       std::to_string(earlier->second + 1) + ", " + inQuotes(left) +
                                       " with " + inQuotes(right) + "; expected every pair once");
    vocabulary_.merges.push_back({ids[0], ids[1], ids[2]});
}

void VocabularyBuilder::addMerge(const std::filesystem::path& file, const std::string& where,
                                 std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == 0 || space == std::string_view::npos || space + 1 == text.size() ||
        text.find(' ', space + 1) != std::string_view::npos)
        throw Error(file.string(), where + " is " + inQuotes(text) +
                                       "; expected two tokens separated by one space");
    addMerge(file, where, text.substr(0, space), text.substr(space + 1));
}

void VocabularyBuilder::setUnknown(const std::string& text, bool fuse) {
    auto& byteTokens = vocabulary_.byteTokens;
    if (std::find(byteTokens.begin(), byteTokens.end(), -1) == byteTokens.end())
        return; // every text can be spelt
    const auto added = specialIds_.find(text);
    const auto bytes = fromByteAlphabet(text);
    const auto token = bytes ? ids_.find(*bytes) : ids_.end();
    if (added == specialIds_.end() && token == ids_.end())
        throw Error(file_.string(), "names " + inQuotes(text) +
                                        " for what the vocabulary cannot spell, but the vocabulary "
                                        "does not have it; expected one of its tokens");
    vocabulary_.unknown = added != specialIds_.end() ? added->second : token->second;
    vocabulary_.fuseUnknown = fuse;
    std::replace(byteTokens.begin(), byteTokens.end(), -1, *vocabulary_.unknown);
    vocabulary_.warnings.push_back("its vocabulary lacks some bytes: texts that need them get " +
                                   inQuotes(text) + " there, as its files say");
}

Vocabulary VocabularyBuilder::finish(std::string source) {
    if (vocabulary_.bytes.empty())
        throw Error(file_.string(), "has no tokens; expected a vocabulary");
    if (const auto found = specialIds_.find(endOfTextToken); found != specialIds_.end())
        vocabulary_.endOfText = found->second;
    vocabulary_.source = std::move(source);
    return std::move(vocabulary_);
}

} // namespace residuum
