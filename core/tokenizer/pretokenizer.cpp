#include "core/tokenizer/pretokenizer.h"

#include "core/tokenizer/pcre2_code.h"
#include "core/tokenizer/utf8.h"

#include <array>
#include <cstdint>

namespace residuum {

namespace {

// Unicode's White_Space, written out: PCRE2's \s also matches U+180E, which GPT-2's does not.
#define RESIDUUM_SPACE                                                                             \
    "\\x{9}-\\x{D}\\x{20}\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}"    \
    "\\x{205F}\\x{3000}"

constexpr char patternText[] = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+"
                               "| ?[^" RESIDUUM_SPACE "\\p{L}\\p{N}]+"
                               "|[" RESIDUUM_SPACE "]+(?![^" RESIDUUM_SPACE "])"
                               "|[" RESIDUUM_SPACE "]+";

#undef RESIDUUM_SPACE

/// Compiled once per process; PCRE2 shares it between threads.
const pcre2_code* pattern() {
    static const Pcre2Code code = compilePcre2(patternText);
    return code.get();
}

enum Kind : std::uint8_t { letter, number, other, space, beyondAscii };

constexpr std::array<Kind, 256> kinds = [] {
    std::array<Kind, 256> table{};
    for (int c = 0; c < 256; ++c) {
        Kind kind = other;
        if (c >= 0x80)
            kind = beyondAscii;
        else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            kind = letter;
        else if (c >= '0' && c <= '9')
            kind = number;
        else if (c == ' ' || (c >= 0x9 && c <= 0xD))
            kind = space;
        table[static_cast<std::size_t>(c)] = kind;
    }
    return table;
}();

Kind kindOf(char c) {
    return kinds[static_cast<unsigned char>(c)];
}

/// Bytes of the contraction ('s, 're, …) that `rest` begins with; 0 for none.
std::size_t contraction(std::string_view rest) {
    if (rest.size() < 2)
        return 0;
    const char a = rest[1];
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return 2;
    if (rest.size() < 3)
        return 0;
    const char b = rest[2];
    return ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l')) ? 3 : 0;
}

} // namespace

struct Pretokenizer::Match {
    Pcre2Match data;
};

Pretokenizer::Pretokenizer(Path path) : path_(path) {}
Pretokenizer::~Pretokenizer() = default;

void Pretokenizer::start(std::string_view text) {
    text_ = text;
    at_ = 0;
    validEnd_ = endOfValidUtf8(text, 0);
}

bool Pretokenizer::next(std::string_view& piece) {
    if (at_ == text_.size())
        return false;
    std::size_t end = 0;
    if (at_ == validEnd_) {
        end = endOfInvalidUtf8(text_, at_);
        validEnd_ = endOfValidUtf8(text_, end);
    } else {
        if (path_ == Path::fast)
            end = endByHand();
        if (end == 0)
            end = endByPattern();
    }
    piece = text_.substr(at_, end - at_);
    at_ = end;
    return true;
}

/// The end of the piece at `at_`; 0 where characters beyond ASCII have a say in it.
std::size_t Pretokenizer::endByHand() const {
    const char* const text = text_.data();
    const std::size_t end = validEnd_;
    std::size_t i = at_;
    if (text[i] == '\'') {
        if (const std::size_t length = contraction(text_.substr(i, end - i)))
            return i + length;
    } else if (text[i] == ' ' && i + 1 < end && kindOf(text[i + 1]) != space) {
        ++i; // the optional space in front of letters, numbers and the rest
    }
    const Kind kind = kindOf(text[i]);
    if (kind == beyondAscii)
        return 0;
    ++i;
    while (i < end && kindOf(text[i]) == kind)
        ++i;
    if (i < end && kindOf(text[i]) == beyondAscii)
        return 0;
    // \s+(?!\S) leaves the last space to what follows, unless it is the only one.
    const bool leavesOne = kind == space && i < end && i - at_ > 1;
    return leavesOne ? i - 1 : i;
}

std::size_t Pretokenizer::endByPattern() {
    if (!match_)
        match_ = std::make_unique<Match>(Match{makePcre2Match()});
    const int status = pcre2_match(pattern(), reinterpret_cast<PCRE2_SPTR>(text_.data()), validEnd_,
                                   at_, PCRE2_NO_UTF_CHECK, match_->data.get(), nullptr);
    if (status < 0)
        throwPcre2(status);
    return pcre2_get_ovector_pointer(match_->data.get())[1];
}

} // namespace residuum
