#include "core/checkpoint/foreign_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string_view>

namespace residuum::checkpoint {

namespace {

constexpr std::size_t lookedAt = 4096;

struct Mark {
    std::string_view bytes;
    const char* kind;
};
using namespace std::string_view_literals;
constexpr std::array<Mark, 11> marks = {{{"PK\x03\x04"sv, "a zip archive"},
                                         {"\x80\x02"sv, "a Python pickle"},
                                         {"\x80\x03"sv, "a Python pickle"},
                                         {"\x80\x04"sv, "a Python pickle"},
                                         {"\x80\x05"sv, "a Python pickle"},
                                         {"\x89HDF\r\n"sv, "an HDF5 file"},
                                         {"\x93NUMPY"sv, "a NumPy array"},
                                         {"GGUF"sv, "a GGUF file"},
                                         {"\x1F\x8B"sv, "a gzip archive"},
                                         {"%PDF"sv, "a PDF"},
                                         {"\x89PNG"sv, "a picture"}}};

bool isText(std::string_view head) {
    return std::all_of(head.begin(), head.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 || c == '\n' || c == '\r' || c == '\t';
    });
}

/// As many separators, at least one, in each of the first two lines.
bool isTable(std::string_view head) {
    const auto first = head.substr(0, head.find('\n'));
    if (first.size() == head.size())
        return false;
    const auto rest = head.substr(first.size() + 1);
    const auto second = rest.substr(0, rest.find('\n'));
    return std::any_of(std::begin(",;\t"), std::end(",;\t") - 1, [&](char separator) {
        const auto columns = std::count(first.begin(), first.end(), separator);
        return columns > 0 && columns == std::count(second.begin(), second.end(), separator);
    });
}

/// The length of a header, and the header's brace.
bool isSafetensors(std::string_view head) {
    if (head.size() < 9 || head[8] != '{')
        return false;
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < 8; ++i)
        length |= static_cast<std::uint64_t>(static_cast<unsigned char>(head[i])) << (8 * i);
    return length >= 2 && length <= 100'000'000;
}

} // namespace

std::string looksLike(std::span<const std::byte> bytes) {
    std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                          std::min(bytes.size(), lookedAt));
    for (const auto& mark : marks)
        if (head.starts_with(mark.bytes))
            return mark.kind;
    if (isSafetensors(head))
        return "a safetensors file";
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    if (!isText(head))
        return {};
    std::string lower(head.substr(std::min(head.find_first_not_of(" \t\r\n"), head.size())));
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower.starts_with("{") || lower.starts_with("["))
        return "JSON text";
    if (lower.starts_with("<!doctype html") || lower.find("<html") != std::string::npos)
        return "a web page (HTML)";
    if (lower.starts_with("<?xml"))
        return "XML";
    return isTable(head) ? "a table (CSV)" : lower.empty() ? "" : "plain text";
}

std::string lookOf(std::span<const std::byte> bytes) {
    const auto kind = looksLike(bytes);
    if (kind.empty())
        return {};
    if (kind == "a web page (HTML)")
        return "; it looks like a web page (HTML): download the file itself, not the page about it";
    if (kind == "a safetensors file")
        return "; it looks like a safetensors file: name it model.safetensors";
    if (kind == "a zip archive")
        return "; it looks like a zip archive, as torch.save writes it: name it pytorch_model.bin";
    if (kind == "a Python pickle")
        return "; it looks like a Python pickle, which is never executed here: save the weights "
               "with safetensors, or with torch.save(model.state_dict(), \"pytorch_model.bin\")";
    return "; it looks like " + kind;
}

} // namespace residuum::checkpoint
