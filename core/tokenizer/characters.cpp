#include "core/tokenizer/characters.h"

#include "core/tokenizer/pcre2_code.h"
#include "core/tokenizer/utf8.h"

namespace residuum {

namespace {

// Unicode's \w is Alphabetic, marks, digits, connectors and joiners. PCRE2's own \w has fewer, and
// older versions have no class Alphabetic: it is letters, Nl, marks and the enclosed letters.
constexpr char wordText[] =
    "[\\p{L}\\p{Nl}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}\\x{24B6}-\\x{24E9}"
    "\\x{1F130}-\\x{1F149}\\x{1F150}-\\x{1F169}\\x{1F170}-\\x{1F189}]";

/// Compiled once per process; PCRE2 shares it between threads.
const pcre2_code* wordPattern() {
    static const Pcre2Code code = compilePcre2(wordText);
    return code.get();
}

bool isSpace(char32_t c) {
    return (c >= 0x9 && c <= 0xD) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

std::string_view firstCharacter(std::string_view text) {
    return text.empty() ? text : text.substr(0, utf8Length(text, 0));
}

std::string_view lastCharacter(std::string_view text) {
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
        if (utf8Length(text, text.size() - length) == length)
            return text.substr(text.size() - length);
    }
    return {};
}

bool isOfWords(std::string_view character) {
    if (character.empty())
        return false;
    const auto match = makePcre2Match();
    const int status = pcre2_match(wordPattern(), reinterpret_cast<PCRE2_SPTR>(character.data()),
                                   character.size(), 0, PCRE2_NO_UTF_CHECK, match.get(), nullptr);
    if (status < 0 && status != PCRE2_ERROR_NOMATCH)
        throwPcre2(status);
    return status >= 0;
}

} // namespace

bool beginsWithWord(std::string_view text) {
    return isOfWords(firstCharacter(text));
}

bool endsWithWord(std::string_view text) {
    return isOfWords(lastCharacter(text));
}

std::size_t spaceAtBegin(std::string_view text) {
    std::size_t end = 0;
    for (;;) {
        const auto character = firstCharacter(text.substr(end));
        if (character.empty() || !isSpace(utf8CodePoint(character)))
            return end;
        end += character.size();
    }
}

std::size_t spaceAtEnd(std::string_view text) {
    std::size_t begin = text.size();
    for (;;) {
        const auto character = lastCharacter(text.substr(0, begin));
        if (character.empty() || !isSpace(utf8CodePoint(character)))
            return text.size() - begin;
        begin -= character.size();
    }
}

} // namespace residuum
