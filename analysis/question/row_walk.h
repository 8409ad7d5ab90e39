// Fields of which each number belongs to a row, one (sample, position) that was asked for: arrays
// [leading…, sample(, pos)(, trailing)]. They are walked in blocks, so that what an array is padded
// with is never held in memory; one that is hardly padded and has no leading axes is one block.
#pragma once

#include "analysis/question/result_fields.h"

#include <functional>
#include <string>
#include <type_traits>
#include <vector>

namespace residuum {

struct RowPlace {
    std::int64_t sample = 0, pos = 0; ///< pos: 0 without such an axis
};

class RowWalk {
  public:
    /// `places` of the rows, sample-major. positions: there is a pos axis.
    RowWalk(FieldWalk& walk, std::vector<RowPlace> places, bool positions);
    std::size_t rowCount() const { return places_.size(); }
    /// While reading: every place in [sample(, pos)] where the field is no padding is a row.
    static std::vector<RowPlace> placesIn(const FieldWalk& walk, const std::string& name,
                                          bool positions);

    /// `at(row)` refers to the row's number. Places without a row hold NaN, or -1.
    template <class At>
    void each(const std::string& name, const At& at, const std::optional<WholeRange>& whole = {}) {
        const auto open = begin(name, {}, {}, whole);
        transfer(open, cells([&](auto, auto row, auto) -> auto& { return at(row); }));
    }
    /// A list per row, along `rank`; `list(row)` has its length. `at(element)` refers to a number.
    template <class List, class At>
    void ranked(const std::string& name, const FieldAxis& rank, const List& list, const At& at,
                const std::optional<WholeRange>& whole = {}) {
        const auto open = begin(name, {}, {rank}, whole);
        // Lists get their length when their numbers are there: lengths of files are only claimed.
        transfer(open, cells([&](auto, auto row, auto i) -> auto& {
                     auto& elements = list(row);
                     if (walk_.reads() && elements.size() != open.ranks)
                         elements.resize(open.ranks);
                     return at(elements[i]);
                 }));
    }
    /// values: [leading axes flattened, row].
    template <class Table>
    void table(const std::string& name, const FieldAxes& leading, Table& values,
               const std::optional<WholeRange>& whole = {}) {
        if (!walk_.reads() && !walk_.writes())
            return walk_.numbers(name, {}, values, whole); // at once: there is no padding
        const auto open = begin(name, leading, {}, whole);
        if (walk_.reads())
            values.resize(static_cast<std::int64_t>(open.lines),
                          static_cast<std::int64_t>(places_.size()));
        transfer(open, cells([&, rows = places_.size() ](auto line, auto row, auto) -> auto& {
                     return values.data()[line * rows + row];
                 }));
    }
    /// For readers without what the texts come from: written; read only by `readTexts`.
    void texts(const std::string& name, const std::function<std::string(std::size_t row)>& get);
    std::vector<std::string> readTexts(const std::string& name);

  private:
    /// Consecutive samples whose rows are walked at once.
    struct Group {
        std::int64_t first = 0, samples = 0, longest = 0;
        std::size_t row = 0, end = 0;
    };
    struct Open {
        ResultField field;
        std::size_t leading = 0; ///< axes before the sample's
        std::size_t lines = 1, ranks = 1;
    };
    /// Rows [first, first + places.size()) of a group, each at its place of a line.
    struct LineRows {
        std::size_t first, ranks;
        const std::vector<std::size_t>& places;
    };
    /// The numbers of rows. line: of the leading axes flattened; rank: 0 without such an axis.
    /// Whole lines at a time: a call for every number takes longer than reading them.
    struct Cells {
        std::function<double(std::size_t line, std::size_t row, std::size_t rank)> get;
        std::function<void(std::size_t line, const LineRows& rows, double* values)> fill;
        std::function<void(std::size_t line, const LineRows& rows, const double* values)> take;
    };
    template <class At>
    static Cells cells(const At& at) {
        const auto each = [](const LineRows& rows, const auto& visit) {
            for (std::size_t i = 0; i < rows.places.size(); ++i)
                for (std::size_t rank = 0; rank < rows.ranks; ++rank)
                    visit(rows.first + i, rank, rows.places[i] * rows.ranks + rank);
        };
        return {[at](auto line, auto row, auto rank) {
                    return static_cast<double>(at(line, row, rank));
                },
                [at, each](auto line, const LineRows& rows, double* values) {
                    each(rows, [&](auto row, auto rank, auto place) {
                        values[place] = static_cast<double>(at(line, row, rank));
                    });
                },
                [at, each](auto line, const LineRows& rows, const double* values) {
                    each(rows, [&](auto row, auto rank, auto place) {
                        auto& number = at(line, row, rank);
                        number =
                            static_cast<std::remove_reference_t<decltype(number)>>(values[place]);
                    });
                }};
    }

    Open begin(const std::string& name, const FieldAxes& leading, const FieldAxes& trailing,
               const std::optional<WholeRange>& whole);
    void transfer(const Open& open, const Cells& cells);
    StorageLayout layout(const Open& open, const Cells& cells) const;
    void block(const Open& open, const Group& group, std::size_t line, std::size_t lines,
               const Cells& cells);
    std::size_t place(const Group& group, std::size_t row) const;
    std::vector<std::int64_t> around(std::vector<std::int64_t> leading, std::int64_t sample,
                                     std::int64_t pos, std::int64_t rank, const Open& open) const;

    FieldWalk& walk_;
    std::vector<RowPlace> places_;
    bool positions_, padded_ = false; ///< padded: mostly, so that it is left out
    std::int64_t mean_ = 0;           ///< rows of a sample
    FieldAxis sample_, pos_;
    std::vector<Group> groups_;
};

} // namespace residuum
