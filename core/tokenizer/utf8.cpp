#include "core/tokenizer/utf8.h"

#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <cstring>
#include <string>

namespace residuum {

namespace {

/// Whether `byte` may follow `lead` in second place (Unicode 15, table 3-7).
bool isSecondByte(unsigned char lead, unsigned char byte) {
    switch (lead) {
    case 0xE0:
        return byte >= 0xA0 && byte <= 0xBF;
    case 0xED:
        return byte >= 0x80 && byte <= 0x9F;
    case 0xF0:
        return byte >= 0x90 && byte <= 0xBF;
    case 0xF4:
        return byte >= 0x80 && byte <= 0x8F;
    default:
        return byte >= 0x80 && byte <= 0xBF;
    }
}

std::size_t lengthFromLead(unsigned char lead) {
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2)
        return 0;
    if (lead < 0xE0)
        return 2;
    if (lead < 0xF0)
        return 3;
    return lead < 0xF5 ? 4 : 0;
}

} // namespace

std::size_t utf8Length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::size_t length = lengthFromLead(byte(at));
    if (length <= 1)
        return length;
    if (text.size() - at < length || !isSecondByte(byte(at), byte(at + 1)))
        return 0;
    for (std::size_t i = at + 2; i < at + length; ++i) {
        if ((byte(i) & 0xC0) != 0x80)
            return 0;
    }
    return length;
}

char32_t utf8CodePoint(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character[0]);
    if (character.size() == 1)
        return lead;
    char32_t point = lead & (0xFFU >> (character.size() + 1));
    for (const char c : character.substr(1))
        point = (point << 6) | (static_cast<unsigned char>(c) & 0x3FU);
    return point;
}

std::size_t endOfValidUtf8(std::string_view text, std::size_t begin) {
    constexpr std::uint64_t highBits = 0x8080808080808080U;
    std::size_t at = begin;
    while (at < text.size()) {
        // Eight ASCII bytes at once: most text is ASCII.
        if (text.size() - at >= 8) {
            std::uint64_t block = 0;
            std::memcpy(&block, text.data() + at, 8);
            if ((block & highBits) == 0) {
                at += 8;
                continue;
            }
        }
        const std::size_t length = utf8Length(text, at);
        if (length == 0)
            return at;
        at += length;
    }
    return at;
}

std::size_t endOfInvalidUtf8(std::string_view text, std::size_t begin) {
    std::size_t at = begin;
    while (at < text.size() && utf8Length(text, at) == 0)
        ++at;
    return at;
}

std::string escapeInvalidUtf8(std::string_view bytes) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string escaped;
    escaped.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t valid = endOfValidUtf8(bytes, at);
        escaped += bytes.substr(at, valid - at);
        const std::size_t invalid = endOfInvalidUtf8(bytes, valid);
        for (at = valid; at < invalid; ++at) {
            const auto byte = static_cast<unsigned char>(bytes[at]);
            escaped += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return escaped;
}

} // namespace residuum
