// Texts and tokenizers that several of these tests use.
#pragma once

#include "core/task/error.h"
#include "core/tokenizer/byte_alphabet.h"
#include "core/tokenizer/tokenizer.h"
#include "support/paths.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace residuum::test {

inline std::filesystem::path demoFolder() {
    return resources() / "demo" / "original";
}

inline std::shared_ptr<const Tokenizer> demoTokenizer() {
    static const auto tokenizer = Tokenizer::open(demoFolder());
    return tokenizer;
}

inline std::vector<std::int32_t> values(const std::vector<TokenId>& ids) {
    std::vector<std::int32_t> out;
    for (const TokenId id : ids)
        out.push_back(id.value);
    return out;
}

inline std::vector<std::string> pieces(const Tokenizer& tokenizer, std::string_view text) {
    std::vector<std::string> out;
    for (const TokenId id : tokenizer.encode(text))
        out.push_back(tokenizer.bytes(id));
    return out;
}

inline void write(const std::filesystem::path& file, const std::string& content) {
    std::ofstream stream(file, std::ios::binary);
    stream << content;
    ASSERT_TRUE(stream.good()) << file;
}

inline std::string read(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A vocabulary of all 256 bytes, ids 0 to 255.
inline nlohmann::json byteVocabulary() {
    nlohmann::json vocabulary;
    for (int byte = 0; byte < 256; ++byte)
        vocabulary[toByteAlphabet(static_cast<std::uint8_t>(byte))] = byte;
    return vocabulary;
}

/// The 256 bytes and, for each merge "a b", the token "ab".
inline nlohmann::json vocabularyWith(const std::vector<std::string>& merges) {
    nlohmann::json vocabulary = byteVocabulary();
    for (std::string merge : merges) {
        merge.erase(merge.find(' '), 1);
        const auto id = vocabulary.size();
        if (!vocabulary.contains(merge))
            vocabulary[merge] = id;
    }
    return vocabulary;
}

inline std::shared_ptr<const Tokenizer> tokenizerOf(const nlohmann::json& vocabulary,
                                                    const std::vector<std::string>& merges = {}) {
    const TemporaryFolder folder;
    std::string lines = "#version: 0.2\n";
    for (const std::string& merge : merges)
        lines += merge + "\n";
    write(folder.path() / "vocab.json", vocabulary.dump());
    write(folder.path() / "merges.txt", lines);
    return Tokenizer::open(folder.path());
}

/// The message of the Error that opening `folder` throws; empty where it throws none.
inline std::string refusal(const std::filesystem::path& folder) {
    try {
        Tokenizer::open(folder);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

inline void appendUtf8(std::string& text, char32_t point) {
    const auto tail = [&](int shift) {
        text += static_cast<char>(0x80 | ((point >> shift) & 0x3F));
    };
    if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += static_cast<char>(0xC0 | (point >> 6));
        tail(0);
    } else if (point < 0x10000) {
        text += static_cast<char>(0xE0 | (point >> 12));
        tail(6);
        tail(0);
    } else {
        text += static_cast<char>(0xF0 | (point >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

/// Text that is rich in what pre-tokenizers get wrong: spaces of all kinds, apostrophes,
/// contractions, digits beside letters, scripts, emoji.
inline std::string randomText(std::mt19937& random, std::size_t parts) {
    static const std::vector<std::string> bits = {
        " ",      "  ",     "\n",     "\t",     "\r\n",        "'",      "'s",
        "'ll",    "'LL",    "'re",    "'v",     "a",           "the",    "Z",
        "0",      "42",     "!",      "...",    "-",           "_",      "\x1C",
        "\x1F",   "\x7F",   "é",      "ß",      "П",           "日",     "本",
        "ा",      "²",      "½",      "٣",      "’",           "’s",     "“",
        "€",      "\u0085", "\u00A0", "\u180E", "\u200B",      "\u2003", "\u2028",
        "\u202F", "\u3000", "\uFEFF", "😀",      "👩‍👧", "𝒜",      "e\u0301"};
    std::string text;
    for (std::size_t i = 0; i < parts; ++i) {
        if (random() % 8 == 0) {
            char32_t point = random() % (random() % 2 == 0 ? 0x3000 : 0x110000);
            appendUtf8(text, point >= 0xD800 && point < 0xE000 ? U'x' : point);
        } else {
            text += bits[random() % bits.size()];
        }
    }
    return text;
}

inline std::string randomBytes(std::mt19937& random, std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i)
        bytes += static_cast<char>(random() % 3 == 0 ? random() % 128 : random() % 256);
    return bytes;
}

} // namespace residuum::test
