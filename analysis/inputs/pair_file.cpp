#include "analysis/inputs/pair_file.h"

#include "analysis/inputs/known_format.h"
#include "analysis/inputs/text_encoding.h"
#include "core/digest/sha256.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <algorithm>
#include <fstream>
#include <optional>

namespace residuum {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t largestFile = std::size_t{1} << 30;
constexpr const char* blank = " \t\r\n";

std::string bytesOf(const fs::path& file) {
    std::error_code error;
    if (fs::is_directory(file, error))
        throw Error(file.string(), "is a folder; a file of prompt pairs is expected");
    std::ifstream in(file, std::ios::binary);
    const auto size = fs::file_size(file, error);
    if (!in || error)
        throw Error(file.string(), "cannot be opened; a JSONL file of prompt pairs is expected");
    if (size > largestFile)
        throw Error(file.string(), "is larger than 1 GB; split it into several files of pairs");
    std::string bytes(size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    if (static_cast<std::uint64_t>(in.gcount()) != size)
        throw Error(file.string(), "cannot be read to its end");
    return bytes;
}

struct Line {
    std::int64_t number = 1;
    std::string_view text;
};

/// Lines with something in them.
std::vector<Line> linesOf(std::string_view text) {
    std::vector<Line> lines;
    std::int64_t number = 1;
    for (std::size_t begin = 0; begin < text.size(); ++number) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const auto line = text.substr(begin, end - begin);
        if (line.find_first_not_of(blank) != std::string_view::npos)
            lines.push_back({number, line});
        begin = end + 1;
    }
    return lines;
}

std::string at(const std::string& file, std::int64_t line) {
    return file + " line " + std::to_string(line);
}

/// The whole text as one JSON value, where it is one.
std::optional<json> wholeJson(std::string_view text, const std::string& file) {
    if (!json::accept(text.begin(), text.end()))
        return std::nullopt;
    return parseStrictJson(file, text);
}

json lineJson(const Line& line, const std::string& file) {
    const auto where = at(file, line.number);
    if (!json::accept(line.text.begin(), line.text.end()))
        throw Error(where, "is no whole JSON value; one pair of prompts per line is expected, or a "
                           "JSON list of them (a file over several lines is made into lines with "
                           "jq -c)");
    return parseStrictJson(where, line.text);
}

std::vector<PairRecord> recordsOfList(const json& list, const std::string& file) {
    std::vector<PairRecord> records;
    for (const auto& entry : list) {
        const auto number = static_cast<std::int64_t>(records.size()) + 1;
        records.push_back(
            {number, pairOfObject(entry, file + ", entry " + std::to_string(number)), {}});
    }
    return records;
}

std::vector<PairRecord> recordsOfJson(std::string_view text, const std::string& file) {
    const auto lines = linesOf(text);
    const auto& first = lines.front();
    // Several whole values, one a line, are the usual case; else it is one value over all lines.
    const bool byLine = lines.size() > 1 && json::accept(first.text.begin(), first.text.end());
    if (const auto whole = byLine ? std::nullopt : wholeJson(text, file)) {
        if (whole->is_array())
            return recordsOfList(*whole, file);
        if (isAutoCircuit(*whole))
            return pairsOfAutoCircuit(*whole, file);
        return {{first.number, pairOfObject(*whole, at(file, first.number)), {}}};
    }
    std::vector<PairRecord> records;
    for (const auto& line : lines)
        records.push_back(
            {line.number, pairOfObject(lineJson(line, file), at(file, line.number)), {}});
    return records;
}

} // namespace

PairFile readPairFile(const fs::path& path) {
    const auto file = path.string();
    const auto bytes = bytesOf(path);
    PairFile read;
    Sha256 digest;
    digest.add(bytes);
    read.sha256 = digest.hex();
    const auto head = std::string_view(bytes).substr(0, 4096);
    if (const auto other = foreignFormat(head, Meant::Records))
        throw Error(file, *other);
    requireNoWideText(head, file);
    const auto text = std::string_view(bytes).substr(byteOrderMark(head));
    requireUtf8(text, file, 1);
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos)
        return read;
    const auto firstLine = text.substr(0, text.find('\n'));
    const bool json = text[first] == '{' || text[first] == '[';
    read.records = !json && firstLine.find(',') != std::string_view::npos
                       ? pairsOfTable(parseCsv(text, file), file)
                       : recordsOfJson(text, file);
    return read;
}

} // namespace residuum
