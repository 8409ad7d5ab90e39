#include "analysis/inputs/csv.h"

#include "core/task/error.h"

#include <algorithm>

namespace residuum {

namespace {

class CsvReader {
  public:
    CsvReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    std::vector<CsvRow> read() {
        std::vector<CsvRow> rows;
        while (at_ < text_.size()) {
            CsvRow row{line_, {}};
            bool empty = true;
            do {
                row.cells.push_back(cell());
                empty = empty && row.cells.back().empty();
            } while (more());
            if (row.cells.size() > 1 || !empty)
                rows.push_back(std::move(row));
        }
        return rows;
    }

  private:
    /// Whether the row goes on; passes the comma or the row's end.
    bool more() {
        if (at_ == text_.size())
            return false;
        const char c = text_[at_++];
        if (c == '\n')
            ++line_;
        return c == ',';
    }

    std::string cell() {
        if (at_ < text_.size() && text_[at_] == '"')
            return quoted();
        const auto end = std::min(text_.find_first_of(",\n", at_), text_.size());
        auto value = text_.substr(at_, end - at_);
        at_ = end;
        if (value.ends_with('\r') && (at_ == text_.size() || text_[at_] == '\n'))
            value.remove_suffix(1);
        return std::string(value);
    }

    std::string quoted() {
        const auto begun = line_;
        std::string value;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\n')
                ++line_;
            if (text_[at_] != '"') {
                value += text_[at_];
            } else if (text_.substr(at_ + 1).starts_with('"')) {
                value += text_[++at_];
            } else {
                ++at_;
                if (text_.substr(at_).starts_with("\r\n") || text_.substr(at_) == "\r")
                    ++at_;
                if (at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n')
                    return value;
                refuse(line_, "a quoted cell goes on after its closing quote; \"\" is a quote "
                              "inside one");
            }
        }
        refuse(begun, "a quoted cell begins here and does not end");
    }

    [[noreturn]] void refuse(std::int64_t line, const std::string& reason) const {
        throw Error(file_ + " line " + std::to_string(line), reason);
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t at_ = 0;
    std::int64_t line_ = 1;
};

} // namespace

std::vector<CsvRow> parseCsv(std::string_view text, const std::string& file) {
    return CsvReader(text, file).read();
}

} // namespace residuum
