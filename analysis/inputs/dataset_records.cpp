#include "analysis/inputs/dataset_records.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace residuum {

namespace {

/// The next occurrence of each mark in a window, looked for once only.
class NextMark {
  public:
    NextMark(const std::string& window, const std::vector<std::string_view>& marks)
        : window_(window), marks_(marks) {
        for (const auto mark : marks)
            places_.push_back(window.find(mark));
    }

    /// The first mark at or after `from`: its place (npos: none) and its length.
    std::pair<std::size_t, std::size_t> after(std::size_t from) {
        std::pair first(std::string::npos, std::size_t{0});
        for (std::size_t i = 0; i < marks_.size(); ++i) {
            if (places_[i] != std::string::npos && places_[i] < from)
                places_[i] = window_.find(marks_[i], from);
            if (places_[i] < first.first)
                first = {places_[i], marks_[i].size()};
        }
        return first;
    }

  private:
    const std::string& window_;
    const std::vector<std::string_view>& marks_;
    std::vector<std::size_t> places_;
};

} // namespace

std::vector<DatasetRecord> splitAt(std::ifstream& stream, std::uint64_t begin,
                                   const std::vector<std::string_view>& marks, Progress& progress) {
    constexpr std::size_t chunk = std::size_t{4} << 20;
    std::size_t longest = 1;
    for (const auto mark : marks)
        longest = std::max(longest, mark.size());
    std::vector<DatasetRecord> records;
    std::string window;
    std::uint64_t windowStart = begin;
    DatasetRecord open{begin, 0, 1, true};
    std::int64_t line = 1; // of the window's byte `counted`
    std::size_t counted = 0;
    const auto countTo = [&](std::size_t end) {
        line += std::count(window.begin() + static_cast<std::ptrdiff_t>(counted),
                           window.begin() + static_cast<std::ptrdiff_t>(end), '\n');
        counted = end;
    };
    stream.seekg(static_cast<std::streamoff>(begin));
    for (bool more = true; more;) {
        progress.check();
        const auto kept = window.size();
        window.resize(kept + chunk);
        stream.read(window.data() + kept, static_cast<std::streamsize>(chunk));
        window.resize(kept + static_cast<std::size_t>(stream.gcount()));
        more = static_cast<std::size_t>(stream.gcount()) == chunk;
        NextMark next(window, marks);
        std::size_t from = 0;
        for (auto [found, length] = next.after(0); found != std::string::npos;
             std::tie(found, length) = next.after(from)) {
            open.size = windowStart + found - open.offset;
            records.push_back(open);
            from = found + length;
            countTo(from);
            open = {windowStart + from, 0, line, false};
        }
        // A mark may straddle two chunks, so its possible beginning is kept.
        const auto tail = std::max(from, window.size() - std::min(window.size(), longest - 1));
        countTo(tail);
        windowStart += tail;
        window.erase(0, tail);
        counted = 0;
    }
    open.size = windowStart + window.size() - open.offset;
    open.edge = true;
    records.push_back(open);
    return records;
}

std::vector<DatasetRecord> blocksOf(std::uint64_t bytes, std::uint64_t step) {
    std::vector<DatasetRecord> records;
    for (std::uint64_t offset = 0; offset < bytes; offset += step)
        records.push_back({offset, std::min(step, bytes - offset),
                           static_cast<std::int64_t>(records.size()) + 1, false});
    return records;
}

} // namespace residuum
