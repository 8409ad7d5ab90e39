#include "core/tokenizer/byte_alphabet.h"

#include "core/tokenizer/utf8.h"

#include <array>

namespace residuum {

namespace {

constexpr bool isPrintable(int byte) {
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

/// 256 characters stand for themselves or, unprintable, for 0x100 onwards in ascending order.
struct Alphabet {
    std::array<std::uint16_t, 256> codePoint{};
    std::array<std::int16_t, 0x144> byte{};

    constexpr Alphabet() {
        for (auto& b : byte)
            b = -1;
        int next = 0x100;
        for (int b = 0; b < 256; ++b) {
            const int point = isPrintable(b) ? b : next++;
            codePoint[static_cast<std::size_t>(b)] = static_cast<std::uint16_t>(point);
            byte[static_cast<std::size_t>(point)] = static_cast<std::int16_t>(b);
        }
    }
};

constexpr Alphabet alphabet;

} // namespace

std::string toByteAlphabet(std::uint8_t byte) {
    const unsigned point = alphabet.codePoint[byte];
    if (point < 0x80)
        return std::string(1, static_cast<char>(point));
    return {static_cast<char>(0xC0 | (point >> 6)), static_cast<char>(0x80 | (point & 0x3F))};
}

std::optional<std::string> fromByteAlphabet(std::string_view token) {
    std::string bytes;
    bytes.reserve(token.size());
    for (std::size_t at = 0; at < token.size();) {
        const std::size_t length = utf8Length(token, at);
        if (length == 0)
            return std::nullopt;
        const char32_t point = utf8CodePoint(token.substr(at, length));
        if (point >= alphabet.byte.size() || alphabet.byte[point] < 0)
            return std::nullopt;
        bytes += static_cast<char>(alphabet.byte[point]);
        at += length;
    }
    return bytes;
}

} // namespace residuum
