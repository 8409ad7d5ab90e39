#include "analysis/attribution/row_arrays.h"

#include <algorithm>
#include <limits>

namespace residuum {

namespace {

constexpr std::int64_t valuesAtOnce = std::int64_t{1} << 20;

} // namespace

RowArrays::RowArrays(ResultFile& file, const std::vector<AttributionRow>& rows,
                     const TokenInput& input, bool allPositions)
    : file_(file), rows_(rows), allPositions_(allPositions),
      padded_(allPositions && isMostlyPadding(input)),
      samples_(static_cast<std::int64_t>(input.sequences.size())), mean_(meanLength(input)) {
    auto groups = std::vector{RowGroup{0, samples_, allPositions ? file.width() : 1}};
    if (padded_)
        groups = rowGroups(input);
    std::size_t at = 0;
    for (const auto& group : groups) {
        const auto first = at;
        while (at < rows.size() && rows[at].sample < group.first + group.count)
            ++at;
        groups_.push_back({group, first, at});
    }
}

std::size_t RowArrays::place(const Group& group, std::size_t row) const {
    const auto sample = rows_[row].sample - group.samples.first;
    return static_cast<std::size_t>(
        allPositions_ ? sample * group.samples.longest + rows_[row].position.value : sample);
}

std::vector<std::int64_t> RowArrays::around(std::vector<std::int64_t> leading, std::int64_t a,
                                            std::int64_t b,
                                            const std::vector<std::int64_t>& rest) const {
    leading.push_back(a);
    if (allPositions_)
        leading.push_back(b);
    leading.insert(leading.end(), rest.begin(), rest.end());
    return leading;
}

StorageLayout RowArrays::layout(const std::vector<std::int64_t>& shape, StoredNumber type,
                                std::int64_t lines, std::size_t ranks, const Get& get) const {
    if (shape.size() < 2 || rows_.empty())
        return {};
    std::vector<double> sample;
    const auto perLine = static_cast<std::int64_t>(rows_.size() * ranks);
    const auto count = std::min(lines, std::max<std::int64_t>(1, 16'384 / perLine));
    const auto first = (lines - count) / 2;
    for (auto line = first; line < first + count; ++line)
        for (std::size_t row = 0; row < rows_.size(); ++row)
            for (std::size_t rank = 0; rank < ranks; ++rank)
                sample.push_back(get(line, row, rank));
    return storageFor(sample, type, shape);
}

std::vector<AxisRef> RowArrays::axes(const Axes& leading, const Axes& trailing) const {
    std::vector<AxisRef> list;
    for (const auto& [axis, length] : leading)
        list.push_back(axis);
    list.push_back(file_.sampleAxis());
    if (allPositions_)
        list.push_back(file_.posAxis());
    for (const auto& [axis, length] : trailing)
        list.push_back(axis);
    return list;
}

void RowArrays::write(const std::string& path, StoredNumber type, const Axes& leading,
                      const Axes& trailing, const Get& get) {
    std::vector<std::int64_t> before, after;
    for (const auto& axis : leading)
        before.push_back(axis.second);
    for (const auto& axis : trailing)
        after.push_back(axis.second);
    const auto shape = around(before, samples_, file_.width(), after);
    const std::int64_t inner = before.empty() ? 1 : before.back();
    std::int64_t outer = 1;
    for (std::size_t axis = 0; axis + 1 < before.size(); ++axis)
        outer *= before[axis];
    const auto ranks = static_cast<std::size_t>(after.empty() ? 1 : after.front());
    auto chunks = padded_ ? paddedLayout(shape, before.size(), byteSize(type), mean_)
                          : layout(shape, type, outer * inner, ranks, get);
    if (before.size() == 2 && !chunks.chunk.empty())
        chunks.chunk.front() = 1; // the outer axis is walked one by one
    file_.writer().create(path, type, axes(leading, trailing), chunks);
    for (const auto& group : groups_) {
        const auto perLine =
            group.samples.count * group.samples.longest * (after.empty() ? 1 : after.front());
        // Whole chunks where there are any.
        const auto step =
            !chunks.chunk.empty() && !before.empty()
                ? chunks.chunk[before.size() - 1]
                : std::max<std::int64_t>(1, valuesAtOnce / std::max<std::int64_t>(1, perLine));
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t line = 0; line < inner; line += step) {
                std::vector<std::int64_t> at;
                if (before.size() == 2)
                    at.push_back(o);
                if (!before.empty())
                    at.push_back(line);
                writeLines(path, type, group, at, std::min(step, inner - line), o * inner + line,
                           trailing, get);
            }
    }
}

void RowArrays::writeLines(const std::string& path, StoredNumber type, const Group& group,
                           std::vector<std::int64_t> at, std::int64_t lines, std::int64_t firstLine,
                           const Axes& trailing, const Get& get) {
    const auto ranks = static_cast<std::size_t>(trailing.empty() ? 1 : trailing.front().second);
    const auto places = static_cast<std::size_t>(group.samples.count * group.samples.longest);
    std::vector<double> block(
        static_cast<std::size_t>(lines) * places * ranks,
        type == StoredNumber::Int32 ? -1.0 : std::numeric_limits<double>::quiet_NaN());
    for (std::int64_t line = 0; line < lines; ++line)
        for (auto row = group.first; row < group.end; ++row) {
            auto* cell =
                &block[(static_cast<std::size_t>(line) * places + place(group, row)) * ranks];
            for (std::size_t rank = 0; rank < ranks; ++rank)
                cell[rank] = get(firstLine + line, row, rank);
        }
    std::vector<std::int64_t> count(at.size(), 1);
    if (!count.empty())
        count.back() = lines;
    std::vector<std::int64_t> none, all;
    if (!trailing.empty()) {
        none.push_back(0);
        all.push_back(trailing.front().second);
    }
    if (!block.empty())
        file_.writer().write(path, around(std::move(at), group.samples.first, 0, none),
                             around(count, group.samples.count, group.samples.longest, all),
                             std::span<const double>(block));
}

void RowArrays::writeTexts(const std::string& path,
                           const std::function<std::string(std::size_t)>& get) {
    std::size_t bytes = 1;
    for (std::size_t row = 0; row < rows_.size(); ++row)
        bytes = std::max(bytes, storable(get(row)).size());
    file_.writer().createStrings(path, bytes, axes({}, {}),
                                 padded_ ? paddedLayout({samples_, file_.width()}, 0, bytes, mean_)
                                         : StorageLayout());
    for (const auto& group : groups_) {
        std::vector<std::string> texts(
            static_cast<std::size_t>(group.samples.count * group.samples.longest));
        for (auto row = group.first; row < group.end; ++row)
            texts[place(group, row)] = get(row);
        if (!texts.empty())
            file_.writer().write(path, around({}, group.samples.first, 0, {}),
                                 around({}, group.samples.count, group.samples.longest, {}), texts);
    }
}

} // namespace residuum
