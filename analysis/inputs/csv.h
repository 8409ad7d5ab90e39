// Comma-separated values as RFC 4180 has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace residuum {

struct CsvRow {
    std::int64_t line = 1; ///< on which it begins, counted from 1
    std::vector<std::string> cells;
};

/// Rows of `text`, which lies in `file`: cells may be quoted (with "" for a quote, commas and line
/// breaks inside), rows end in LF or CRLF, empty lines are none. Throws Error naming file and line
/// for a quote that does not end or stands inside a bare cell.
std::vector<CsvRow> parseCsv(std::string_view text, const std::string& file);

} // namespace residuum
