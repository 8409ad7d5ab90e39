// A result describes its fields once: what they are called, which axes they have and where in the
// result they lie. A walk along the description writes them into a file, reads them back or rounds
// them to what a file holds.
#pragma once

#include "analysis/question/result_file.h"
#include "analysis/question/result_reader.h"

#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace residuum {

struct FieldAxis {
    AxisRef ref;
    std::int64_t length = 0;      ///< in the result
    std::int64_t stored = length; ///< in the file: what is beyond `length` is padding
};
using FieldAxes = std::vector<FieldAxis>;

/// What whole numbers of a field may be; those of files are int32.
struct WholeRange {
    std::int64_t least = 0, most = std::numeric_limits<std::int32_t>::max();
};

/// A dataset of numbers: whole ones, or of the type of the model's numbers.
struct ResultField {
    std::string path;
    FieldAxes axes;
    std::optional<WholeRange> whole{};
    bool isDouble = false; ///< whatever the model's numbers are

    std::vector<std::int64_t> lengths() const;
    std::vector<std::int64_t> stored() const;
};

/// Names are paths in the model's group. Everything throws Error where the file cannot be written,
/// or what is read is not as described: then it names the file and what is wrong in it.
class FieldWalk {
  public:
    explicit FieldWalk(std::string group = {}) : group_(std::move(group)) {}
    virtual ~FieldWalk() = default;
    FieldWalk(const FieldWalk&) = delete;
    FieldWalk& operator=(const FieldWalk&) = delete;

    virtual const ResultReader* reader() const { return nullptr; } ///< null unless it reads
    virtual ResultFile* file() { return nullptr; }                 ///< null unless it writes
    bool reads() const { return reader() != nullptr; }
    bool writes() { return file() != nullptr; }
    /// In the file; "" is the group itself.
    std::string path(const std::string& name) const {
        return name.empty() ? group_ : group_ + "/" + name;
    }
    /// Whether a part, or an attribute of the group, that need not be there is.
    virtual bool has(const std::string&, bool present) const { return present; }
    /// Refuses the file unless what was read is `right`.
    void require(bool right, const std::string& name, const std::string& problem) const;

    /// Coordinates 0 … length-1.
    virtual FieldAxis axis(const std::string&, std::int64_t length) { return {{}, length}; }
    /// The same of a length that only the file tells.
    virtual FieldAxis counted(const std::string&, std::int64_t length) { return {{}, length}; }
    /// At the file's root, of all models.
    virtual FieldAxis shared(const std::string&, std::int64_t length) { return {{}, length}; }
    virtual FieldAxis sample() { return {}; }
    /// `length`: how many positions the result has; empty: as many as the file.
    virtual FieldAxis pos(std::optional<std::int64_t> = {}) { return {}; }
    /// Coordinates that are part of the result.
    virtual FieldAxis labelled(const std::string&, std::vector<std::string>& labels) {
        return {{}, static_cast<std::int64_t>(labels.size())};
    }
    virtual FieldAxis numbered(const std::string&, std::vector<std::int32_t>& values,
                               const WholeRange&) {
        return {{}, static_cast<std::int64_t>(values.size())};
    }
    template <class Tag>
    FieldAxis numbered(const std::string& name, std::vector<Index<Tag>>& values,
                       const WholeRange& range) {
        std::vector<std::int32_t> numbers;
        for (const auto value : values)
            numbers.push_back(value.value);
        auto axis = numbered(name, numbers, range);
        if (reads())
            values = {numbers.begin(), numbers.end()};
        return axis;
    }

    /// A vector, or a table whose columns are all axes but the first.
    template <class Values>
    void numbers(const std::string& name, FieldAxes axes, Values& values,
                 const std::optional<WholeRange>& whole = {}) {
        const ResultField field{path(name), std::move(axes), whole};
        if (!reads())
            return put(field, {values.data(), static_cast<std::size_t>(values.size())});
        take(field, [&](std::size_t count) {
            const auto rows = field.axes.front().length;
            if constexpr (std::same_as<Values, std::vector<double>>)
                values.resize(count);
            else
                values.resize(rows, rows == 0 ? 0 : static_cast<std::int64_t>(count) / rows);
            return values.data();
        });
    }

    /// Numbers that lie apart: `at(i)` refers to the i-th.
    template <class At>
    void each(const std::string& name, const FieldAxis& axis, const At& at,
              const std::optional<WholeRange>& whole = {}) {
        const ResultField field{path(name), {axis}, whole};
        const auto length = static_cast<std::size_t>(axis.length);
        std::vector<double> values;
        if (reads()) {
            take(field, [&](std::size_t count) { return values.resize(count), values.data(); });
        } else {
            for (std::size_t i = 0; i < length; ++i)
                values.push_back(at(i));
            put(field, values);
        }
        for (std::size_t i = 0; i < length && !writes(); ++i)
            at(i) = static_cast<std::remove_reference_t<decltype(at(i))>>(values[i]);
    }

    /// Numbers that follow from the others, for other programs: written only.
    template <class Get>
    void derived(const std::string& name, const FieldAxis& axis, const Get& get,
                 const std::optional<WholeRange>& whole = {}) {
        std::vector<double> values;
        for (std::size_t i = 0; i < static_cast<std::size_t>(axis.length) && writes(); ++i)
            values.push_back(get(i));
        if (writes())
            put({path(name), {axis}, whole}, values);
    }

    /// The same of several axes, in float64 where they are not whole.
    void derived(const std::string& name, FieldAxes axes, std::vector<double> values,
                 const std::optional<WholeRange>& whole = {}) {
        if (writes())
            put({path(name), std::move(axes), whole, true}, values);
    }

    /// What the file says of itself: written only. `name`: of a dataset, "" for the group.
    virtual void note(const std::string&, const std::string&, const AttributeValue&) {}
    /// Attributes of the group.
    virtual void attribute(const std::string&, std::span<double>,
                           const std::optional<WholeRange>& = {}) {}
    template <class Number>
    void attribute(const std::string& name, Number& number, const WholeRange& range) {
        auto value = static_cast<double>(number);
        attribute(name, {&value, 1}, range);
        if (reads())
            number = static_cast<Number>(value);
    }

    /// A text of the group.
    virtual void text(const std::string& /*name*/, std::string&) {}
    /// A dataset of texts, one per place of the axis.
    virtual void texts(const std::string& /*name*/, const FieldAxis&, std::vector<std::string>&) {}

    /// Fields that are walked in blocks: `create` first, which finds out whether what is to be read
    /// has the field's shape.
    virtual void create(const ResultField&, const StorageLayout&) {}
    virtual void block(const ResultField&, const std::vector<std::int64_t>& /*offset*/,
                       const std::vector<std::int64_t>& /*count*/, std::vector<double>&) {}
    virtual StoredNumber type(const ResultField&) const { return StoredNumber::Float64; }
    void requireWhole(const ResultField& field, double value) const;

  private:
    virtual void put(const ResultField&, std::span<double>) {}
    virtual void take(const ResultField&, const Hdf5Reader::Room&) {}

    std::string group_;
};

std::unique_ptr<FieldWalk> writingWalk(ResultFile& file, std::size_t model,
                                       const NumericSettings& numeric);
/// `tokens`: the array that has the file's samples and positions.
std::unique_ptr<FieldWalk> readingWalk(const ResultReader& reader, std::size_t model,
                                       const std::string& tokens);
/// So that a result read back is the one that was computed, bit for bit.
std::unique_ptr<FieldWalk> roundingWalk(const NumericSettings& numeric);

} // namespace residuum
