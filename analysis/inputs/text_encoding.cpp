#include "analysis/inputs/text_encoding.h"

#include "core/task/error.h"
#include "core/tokenizer/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace residuum {

namespace {

using namespace std::string_view_literals;

[[noreturn]] void refuse(const std::string& file, std::int64_t line, const std::string& encoding,
                         const std::string& iconv) {
    throw Error(file + " line " + std::to_string(line),
                "is not UTF-8; it looks like " + encoding +
                    ", so convert the file first: iconv -f " + iconv + " -t UTF-8");
}

struct WideText {
    std::string_view mark;
    const char* name;
    const char* iconv;
};

/// The longer marks first: UTF-32's begins with UTF-16's.
constexpr std::array wideTexts{
    WideText{"\xff\xfe\0\0"sv, "UTF-32", "UTF-32"},
    WideText{"\0\0\xfe\xff"sv, "UTF-32", "UTF-32"},
    WideText{"\xff\xfe"sv, "UTF-16", "UTF-16"},
    WideText{"\xfe\xff"sv, "UTF-16", "UTF-16"},
};

} // namespace

std::size_t byteOrderMark(std::string_view head) {
    return head.starts_with("\xef\xbb\xbf") ? 3 : 0;
}

void requireNoWideText(std::string_view head, const std::string& file) {
    for (const auto& wide : wideTexts)
        if (head.starts_with(wide.mark))
            refuse(file, 1, wide.name, wide.iconv);
    // Without a mark: nearly every second byte of western text is zero, and the others are not.
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < head.size(); ++i)
        zeros[i % 2] += head[i] == '\0' ? 1 : 0;
    const auto half = head.size() / 2;
    for (const std::size_t parity : {0, 1})
        if (half >= 2 && zeros[parity] * 10 >= half * 8 && zeros[1 - parity] * 10 <= half)
            refuse(file, 1, "UTF-16 without a byte-order mark",
                   parity == 1 ? "UTF-16LE" : "UTF-16BE");
}

void requireUtf8(std::string_view text, const std::string& file, std::int64_t line) {
    const auto end = endOfValidUtf8(text, 0);
    if (end == text.size())
        return;
    const auto before = text.substr(0, end);
    refuse(file, line + std::count(before.begin(), before.end(), '\n'), "Latin-1 or Windows-1252",
           "WINDOWS-1252");
}

} // namespace residuum
