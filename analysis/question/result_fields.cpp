#include "analysis/question/result_fields.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

std::vector<std::int64_t> zeros(const ResultField& field) {
    return std::vector<std::int64_t>(field.axes.size(), 0);
}

class WritingWalk : public FieldWalk {
  public:
    WritingWalk(ResultFile& file, std::size_t model, const NumericSettings& numeric)
        : FieldWalk(file.modelGroup(model)), file_(file), writer_(file.writer()), model_(model),
          number_(storedNumber(numeric)) {}

    ResultFile* file() override { return &file_; }
    StoredNumber type(const ResultField& field) const override {
        return field.whole ? StoredNumber::Int32 : field.isDouble ? StoredNumber::Float64 : number_;
    }

    FieldAxis axis(const std::string& name, std::int64_t length) override {
        return {writer_.axis(path(name), length), length};
    }
    FieldAxis counted(const std::string& name, std::int64_t length) override {
        return axis(name, length);
    }
    FieldAxis labelled(const std::string& name, std::vector<std::string>& labels) override {
        return {writer_.axis(path(name), labels), static_cast<std::int64_t>(labels.size())};
    }
    FieldAxis numbered(const std::string& name, std::vector<std::int32_t>& values,
                       const WholeRange&) override {
        return {writer_.axis(path(name), values), static_cast<std::int64_t>(values.size())};
    }
    FieldAxis shared(const std::string& name, std::int64_t length) override {
        return {model_ == 0 ? writer_.axis("/" + name, length) : AxisRef{"/" + name}, length};
    }
    FieldAxis sample() override { return {file_.sampleAxis(), file_.samples()}; }
    FieldAxis pos(std::optional<std::int64_t> length) override {
        return {file_.posAxis(), length.value_or(file_.width()), file_.width()};
    }

    void note(const std::string& name, const std::string& attribute,
              const AttributeValue& value) override {
        writer_.attribute(path(name), attribute, value);
    }
    void attribute(const std::string& name, std::span<double> values,
                   const std::optional<WholeRange>& whole) override {
        if (whole)
            note("", name, static_cast<std::int64_t>(values.front()));
        else if (values.size() == 1)
            note("", name, values.front());
        else
            note("", name, std::vector<double>(values.begin(), values.end()));
    }

    void text(const std::string& name, std::string& value) override { note("", name, value); }
    void texts(const std::string& name, const FieldAxis& axis,
               std::vector<std::string>& values) override {
        writer_.strings(path(name), {axis.ref}, values);
    }

    void create(const ResultField& field, const StorageLayout& layout) override {
        std::vector<AxisRef> axes;
        for (const auto& axis : field.axes)
            axes.push_back(axis.ref);
        writer_.create(field.path, type(field), axes, layout);
    }
    void block(const ResultField& field, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, std::vector<double>& values) override {
        write(field, offset, count, values);
    }

  private:
    void put(const ResultField& field, std::span<double> values) override {
        create(field, storageFor(values, type(field), field.stored()));
        write(field, zeros(field), field.lengths(), values);
    }
    void write(const ResultField& field, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, std::span<const double> values) {
        if (!values.empty())
            writer_.write(field.path, offset, count, values);
    }

    ResultFile& file_;
    Hdf5Writer& writer_;
    std::size_t model_;
    StoredNumber number_;
};

class ReadingWalk : public FieldWalk {
  public:
    ReadingWalk(const ResultReader& reader, std::size_t model, const std::string& tokens)
        : FieldWalk(reader.modelGroup(model)), reader_(reader), shape_(reader.tokenShape(tokens)) {}

    const ResultReader* reader() const override { return &reader_; }
    bool has(const std::string& name, bool) const override {
        return reader_.file().hasAttribute(path(""), name);
    }

    /// By its coordinates: their number is one that the file holds.
    FieldAxis counted(const std::string& name, std::int64_t) override {
        return {{}, static_cast<std::int64_t>(reader_.file().numbers(path(name)).values.size())};
    }
    FieldAxis labelled(const std::string& name, std::vector<std::string>& labels) override {
        labels = reader_.file().strings(path(name));
        return {{}, static_cast<std::int64_t>(labels.size())};
    }
    FieldAxis numbered(const std::string& name, std::vector<std::int32_t>& values,
                       const WholeRange& range) override {
        const auto numbers = reader_.file().numbers(path(name)).values;
        for (const double number : numbers)
            requireWhole({path(name), {}, range}, number);
        values.assign(numbers.begin(), numbers.end());
        return {{}, static_cast<std::int64_t>(values.size())};
    }
    FieldAxis sample() override { return {{}, shape_[0]}; }
    FieldAxis pos(std::optional<std::int64_t> length) override {
        return {{}, length.value_or(shape_[1]), shape_[1]};
    }

    void attribute(const std::string& name, std::span<double> values,
                   const std::optional<WholeRange>& whole) override {
        const auto found = reader_.file().numberAttribute(path(""), name);
        require(found.size() == values.size(), " @" + name,
                "must hold " + std::to_string(values.size()) + " numbers");
        for (const double number : found)
            if (whole)
                requireWhole({path("") + " @" + name, {}, whole}, number);
        std::copy(found.begin(), found.end(), values.begin());
    }

    void text(const std::string& name, std::string& value) override {
        value = reader_.file().textAttribute(path(""), name);
    }
    void texts(const std::string& name, const FieldAxis& axis,
               std::vector<std::string>& values) override {
        reader_.requireShape(path(name), {axis.stored});
        values = reader_.file().strings(path(name));
    }

    void create(const ResultField& field, const StorageLayout&) override {
        reader_.requireShape(field.path, field.stored());
    }
    void block(const ResultField& field, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, std::vector<double>& values) override {
        values = reader_.file().numbers(field.path, offset, count);
    }

  private:
    void take(const ResultField& field, const Hdf5Reader::Room& room) override {
        reader_.requireShape(field.path, field.stored());
        std::span<double> values;
        const auto keep = [&](std::size_t count) {
            values = {room(count), count};
            return values.data();
        };
        if (field.lengths() == field.stored()) {
            reader_.file().numbers(field.path, keep);
        } else {
            const auto found = reader_.file().numbers(field.path, zeros(field), field.lengths());
            std::copy(found.begin(), found.end(), keep(found.size()));
        }
        for (std::size_t i = 0; i < values.size() && field.whole; ++i)
            requireWhole(field, values[i]);
    }

    const ResultReader& reader_;
    std::vector<std::int64_t> shape_; ///< [sample, pos]
};

class RoundingWalk : public FieldWalk {
  public:
    explicit RoundingWalk(NumericSettings numeric) : numeric_(std::move(numeric)) {}

    void block(const ResultField& field, const std::vector<std::int64_t>&,
               const std::vector<std::int64_t>&, std::vector<double>& values) override {
        put(field, values);
    }

  private:
    void put(const ResultField& field, std::span<double> values) override {
        for (auto& value : values)
            value = field.whole ? value : asStored(value, numeric_);
    }

    NumericSettings numeric_;
};

} // namespace

std::vector<std::int64_t> ResultField::lengths() const {
    std::vector<std::int64_t> list;
    for (const auto& axis : axes)
        list.push_back(axis.length);
    return list;
}

std::vector<std::int64_t> ResultField::stored() const {
    std::vector<std::int64_t> list;
    for (const auto& axis : axes)
        list.push_back(axis.stored);
    return list;
}

void FieldWalk::require(bool right, const std::string& name, const std::string& problem) const {
    if (reads() && !right)
        reader()->refuse(path(name), problem);
}

void FieldWalk::requireWhole(const ResultField& field, double value) const {
    const auto least = static_cast<double>(field.whole->least),
               most = static_cast<double>(field.whole->most);
    if (reads() && !(value >= least && value <= most && value == std::floor(value)))
        reader()->refuse(field.path, "must hold whole numbers from " +
                                         std::to_string(field.whole->least) + " to " +
                                         std::to_string(field.whole->most));
}

std::unique_ptr<FieldWalk> writingWalk(ResultFile& file, std::size_t model,
                                       const NumericSettings& numeric) {
    return std::make_unique<WritingWalk>(file, model, numeric);
}

std::unique_ptr<FieldWalk> readingWalk(const ResultReader& reader, std::size_t model,
                                       const std::string& tokens) {
    return std::make_unique<ReadingWalk>(reader, model, tokens);
}

std::unique_ptr<FieldWalk> roundingWalk(const NumericSettings& numeric) {
    return std::make_unique<RoundingWalk>(numeric);
}

} // namespace residuum
