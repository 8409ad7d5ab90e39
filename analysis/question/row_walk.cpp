#include "analysis/question/row_walk.h"

#include "analysis/question/row_groups.h"

#include <algorithm>
#include <limits>

namespace residuum {

namespace {

constexpr std::size_t valuesAtOnce = std::size_t{1} << 20U;

std::size_t size(std::int64_t length) {
    return static_cast<std::size_t>(length);
}

} // namespace

RowWalk::RowWalk(FieldWalk& walk, std::vector<RowPlace> places, bool positions)
    : walk_(walk), places_(std::move(places)), positions_(positions), sample_(walk.sample()),
      pos_(walk.pos()) {
    std::int64_t longest = 0;
    for (const auto& place : places_)
        longest = std::max(longest, place.pos + 1);
    const auto samples = std::max(sample_.length, places_.empty() ? 0 : places_.back().sample + 1);
    const auto rows = static_cast<std::int64_t>(places_.size());
    padded_ = positions && 3 * rows <= 2 * samples * longest;
    mean_ = (rows + samples - 1) / std::max<std::int64_t>(1, samples);
    const auto step = padded_ ? rowsAtOnce : std::max<std::int64_t>(1, samples);
    std::size_t row = 0;
    for (std::int64_t first = 0; first < samples; first += step) {
        Group group{first, std::min(step, samples - first), 0, row, row};
        for (; group.end < places_.size() && places_[group.end].sample < first + step; ++group.end)
            group.longest = std::max(group.longest, places_[group.end].pos + 1);
        row = group.end;
        if (group.end > group.row)
            groups_.push_back(group);
    }
}

std::vector<RowPlace> RowWalk::placesIn(const FieldWalk& walk, const std::string& name,
                                        bool positions) {
    const auto& reader = *walk.reader();
    const auto path = walk.path(name);
    std::vector<std::int64_t> shape = reader.tokenShape();
    shape.resize(positions ? 2 : 1);
    reader.requireShape(path, shape);
    const auto samples = shape.front();
    std::vector<RowPlace> places;
    for (std::int64_t first = 0; first < samples; first += rowsAtOnce) {
        auto offset = shape, count = shape;
        std::fill(offset.begin(), offset.end(), 0);
        offset.front() = first;
        count.front() = std::min(rowsAtOnce, samples - first);
        const auto width = positions ? shape.back() : 1;
        std::int64_t at = 0;
        for (const double value : reader.file().numbers(path, offset, count)) {
            if (value >= 0.0)
                places.push_back({first + at / width, at % width});
            ++at;
        }
    }
    return places;
}

std::size_t RowWalk::place(const Group& group, std::size_t row) const {
    return size((places_[row].sample - group.first) * group.longest + places_[row].pos);
}

/// [leading…, sample, (pos,) (rank)].
std::vector<std::int64_t> RowWalk::around(std::vector<std::int64_t> leading, std::int64_t sample,
                                          std::int64_t pos, std::int64_t rank,
                                          const Open& open) const {
    leading.push_back(sample);
    if (positions_)
        leading.push_back(pos);
    if (open.field.axes.size() > leading.size())
        leading.push_back(rank);
    return leading;
}

RowWalk::Open RowWalk::begin(const std::string& name, const FieldAxes& leading,
                             const FieldAxes& trailing, const std::optional<WholeRange>& whole) {
    Open open{{walk_.path(name), leading, whole}, leading.size()};
    for (const auto& axis : leading)
        open.lines *= size(axis.length);
    open.field.axes.push_back(sample_);
    if (positions_)
        open.field.axes.push_back(pos_);
    for (const auto& axis : trailing) {
        open.ranks *= size(axis.length);
        open.field.axes.push_back(axis);
    }
    if (walk_.reads())
        walk_.create(open.field, {});
    return open;
}

/// Of what is hardly padded: compressed where that pays, tried on some of its lines.
StorageLayout RowWalk::layout(const Open& open, const Cells& cells) const {
    const auto shape = open.field.stored();
    const auto type = walk_.type(open.field);
    if (padded_)
        return paddedLayout(shape, open.leading, byteSize(type), mean_);
    if (shape.size() < 2 || places_.empty())
        return {};
    std::vector<double> tried;
    const auto count =
        std::min(open.lines, std::max<std::size_t>(1, 16'384 / (places_.size() * open.ranks)));
    const auto first = (open.lines - count) / 2;
    for (auto line = first; line < first + count; ++line)
        for (std::size_t row = 0; row < places_.size(); ++row)
            for (std::size_t rank = 0; rank < open.ranks; ++rank)
                tried.push_back(cells.get(line, row, rank));
    return storageFor(tried, type, shape);
}

void RowWalk::transfer(const Open& open, const Cells& cells) {
    std::vector<std::int64_t> chunk;
    if (walk_.writes()) {
        auto storage = layout(open, cells);
        for (std::size_t axis = 0; axis + 1 < open.leading && !storage.chunk.empty(); ++axis)
            storage.chunk[axis] = 1; // such axes are walked one by one
        walk_.create(open.field, storage);
        chunk = storage.chunk;
    }
    const auto inner = open.leading == 0 ? 1 : size(open.field.axes[open.leading - 1].length);
    for (const auto& group : groups_) {
        const auto perLine = size(group.samples * group.longest) * open.ranks;
        const auto step =
            chunk.empty() || open.leading == 0 // whole chunks where there are any
                ? std::max<std::size_t>(1, valuesAtOnce / std::max<std::size_t>(1, perLine))
                : size(chunk[open.leading - 1]);
        for (std::size_t outer = 0; outer < open.lines; outer += inner)
            for (std::size_t line = 0; line < inner; line += step)
                block(open, group, outer + line, std::min(step, inner - line), cells);
    }
}

/// `lines` from `line` on, all of them along the last leading axis.
void RowWalk::block(const Open& open, const Group& group, std::size_t line, std::size_t lines,
                    const Cells& cells) {
    const auto places = size(group.samples * group.longest);
    std::vector<double> values; // of a file: there once the file has shown that it holds them
    if (!walk_.reads())
        values.assign(lines * places * open.ranks,
                      open.field.whole ? -1.0 : std::numeric_limits<double>::quiet_NaN());
    std::vector<std::size_t> inLine;
    for (auto row = group.row; row < group.end; ++row)
        inLine.push_back(place(group, row));
    const LineRows rows{group.row, open.ranks, inLine};
    const auto perLine = places * open.ranks;
    if (!walk_.reads())
        for (std::size_t l = 0; l < lines; ++l)
            cells.fill(line + l, rows, values.data() + l * perLine);
    std::vector<std::int64_t> at(open.leading), count(open.leading, 1);
    auto left = static_cast<std::int64_t>(line);
    for (auto axis = open.leading; axis-- > 0;) {
        at[axis] = left % open.field.axes[axis].length;
        left /= open.field.axes[axis].length;
    }
    if (!count.empty())
        count.back() = static_cast<std::int64_t>(lines);
    walk_.block(open.field, around(std::move(at), group.first, 0, 0, open),
                around(std::move(count), group.samples, group.longest,
                       static_cast<std::int64_t>(open.ranks), open),
                values);
    if (walk_.writes())
        return;
    for (std::size_t l = 0; l < lines; ++l) {
        if (open.field.whole)
            for (const auto where : inLine)
                for (std::size_t rank = 0; rank < open.ranks; ++rank)
                    walk_.requireWhole(open.field, values[l * perLine + where * open.ranks + rank]);
        cells.take(line + l, rows, values.data() + l * perLine);
    }
}

void RowWalk::texts(const std::string& name, const std::function<std::string(std::size_t)>& get) {
    if (!walk_.writes())
        return;
    const auto open = begin(name, {}, {}, {});
    std::size_t bytes = 1;
    for (std::size_t row = 0; row < places_.size(); ++row)
        bytes = std::max(bytes, storable(get(row)).size());
    auto& writer = walk_.file()->writer();
    std::vector<AxisRef> axes;
    for (const auto& axis : open.field.axes)
        axes.push_back(axis.ref);
    writer.createStrings(open.field.path, bytes, axes,
                         padded_ ? paddedLayout(open.field.stored(), 0, bytes, mean_)
                                 : StorageLayout());
    for (const auto& group : groups_) {
        std::vector<std::string> texts(size(group.samples * group.longest));
        for (auto row = group.row; row < group.end; ++row)
            texts[place(group, row)] = get(row);
        writer.write(open.field.path, around({}, group.first, 0, 0, open),
                     around({}, group.samples, group.longest, 1, open), texts);
    }
}

std::vector<std::string> RowWalk::readTexts(const std::string& name) {
    const auto open = begin(name, {}, {}, {});
    std::vector<std::string> texts(places_.size());
    for (const auto& group : groups_) {
        const auto found =
            walk_.reader()->file().strings(open.field.path, around({}, group.first, 0, 0, open),
                                           around({}, group.samples, group.longest, 1, open));
        for (auto row = group.row; row < group.end; ++row)
            texts[row] = found[place(group, row)];
    }
    return texts;
}

} // namespace residuum
