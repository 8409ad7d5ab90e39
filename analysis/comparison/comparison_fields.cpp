// The fields of comparisons (CONTRACT, kind "compare").
#include "analysis/comparison/comparison_analysis.h"
#include "analysis/comparison/token_lists.h"
#include "analysis/question/row_groups.h"
#include "analysis/question/row_walk.h"

#include <algorithm>
#include <limits>

namespace residuum {

namespace {

using Base = QuestionOf<ComparisonAnalysis, ComparisonRequest, PromptInput, ComparisonResult,
                        ComparisonSettings>;

const char* const massiveMeaning = "features above 100 and above 1000 times the median of their "
                                   "token's stream, where they are largest";

std::vector<RowPlace> placesOf(const std::vector<int>& lengths) {
    std::vector<RowPlace> places;
    for (std::size_t s = 0; s < lengths.size(); ++s)
        for (int p = 0; p < lengths[s]; ++p)
            places.push_back({static_cast<std::int64_t>(s), p});
    return places;
}

/// The inverse: entropy is known at every token.
std::vector<int> lengthsIn(const FieldWalk& walk, const std::vector<RowPlace>& places) {
    std::vector<int> lengths;
    for (const auto& place : places) {
        if (place.pos == 0)
            lengths.push_back(0);
        walk.require(!lengths.empty() &&
                         place.sample == static_cast<std::int64_t>(lengths.size()) - 1 &&
                         place.pos == lengths.back(),
                     "entropy", "does not hold a number for every token of its sequences");
        ++lengths.back();
    }
    walk.require(!lengths.empty(), "entropy", "holds no number");
    return lengths;
}

void describeMean(FieldWalk& walk, const std::string& name, TokenMean& mean) {
    walk.attribute(name, {&mean.mean, 1});
    const auto interval = name + "_ci95";
    if (!walk.has(interval, mean.interval.has_value()))
        return;
    auto ends = mean.interval.value_or(std::array<double, 2>{});
    walk.attribute(interval, ends);
    if (walk.reads())
        mean.interval = ends;
}

void describeTokens(FieldWalk& walk, ComparisonResult& result) {
    auto places =
        walk.reads() ? RowWalk::placesIn(walk, "entropy", true) : placesOf(result.lengths);
    if (walk.reads()) {
        result.lengths = lengthsIn(walk, places);
        result.loss.resize(places.size());
        result.entropy.resize(places.size());
    }
    RowWalk rows(walk, std::move(places), true);
    rows.each(
        "loss", [&](auto r) -> auto& { return result.loss[r]; });
    rows.each(
        "entropy", [&](auto r) -> auto& { return result.entropy[r]; });
    for (const char* name : {"loss", "entropy"})
        walk.note(name, "unit", std::string("nats"));
    walk.note("", "means", std::string("over scored tokens: all but a sequence's last"));
    describeMean(walk, "mean_loss", result.meanLoss);
    describeMean(walk, "mean_entropy", result.meanEntropy);
    walk.attribute("ece", {&result.ece, 1});
    walk.attribute("loss_above_50", {&result.lossAbove50, 1});
}

/// An axis whose labels are always the same.
FieldAxis constant(FieldWalk& walk, const std::string& name, std::vector<std::string> labels) {
    const auto length = static_cast<std::int64_t>(labels.size());
    return walk.reads() ? FieldAxis{{}, length} : walk.labelled(name, labels);
}

/// For other programs: what the program shows follows from losses and tokens.
void describeHighLosses(FieldWalk& walk, const ComparisonResult& result) {
    const auto before = walk.writes() ? beforeHighLosses(result) : std::vector<BeforeHighLoss>();
    if (before.empty())
        return;
    const auto row = walk.counted("loss_above_50_row", static_cast<std::int64_t>(before.size()));
    std::vector<double> numbers;
    std::vector<std::string> texts;
    for (const auto& each : before) {
        numbers.insert(numbers.end(), {static_cast<double>(each.token), each.high, each.scored});
        texts.push_back(result.texts.at(each.token));
    }
    walk.derived("loss_above_50_after",
                 {row, constant(walk, "loss_above_50_column", {"token", "high", "scored"})},
                 std::move(numbers), WholeRange{});
    walk.texts("loss_above_50_after_text", row, texts);
    walk.note("loss_above_50_after", "meaning",
              std::string("tokens after which losses above 50 nats follow, how often, of how many "
                          "times they are scored"));
}

void describeMassive(FieldWalk& walk, ComparisonResult& result) {
    if (!walk.has("massive", !result.massive.empty()))
        return;
    const auto row = walk.counted("massive_row", static_cast<std::int64_t>(result.massive.size()));
    const auto what = constant(walk, "massive_column", {"layer", "pos", "feature", "value"});
    Table table(row.length, 4);
    for (Eigen::Index i = 0; i < table.rows() && !walk.reads(); ++i) {
        const auto& each = result.massive[static_cast<std::size_t>(i)];
        table.row(i) << each.layer, each.position, each.feature, each.value;
    }
    walk.numbers("massive", {row, what}, table);
    walk.note("massive", "meaning", std::string(massiveMeaning));
    result.massive.clear();
    for (Eigen::Index i = 0; i < table.rows(); ++i)
        result.massive.push_back({static_cast<int>(table(i, 0)), static_cast<int>(table(i, 1)),
                                  static_cast<int>(table(i, 2)), table(i, 3)});
}

void describeStream(FieldWalk& walk, const FieldAxis& layer, ComparisonResult& result) {
    const auto point = walk.axis("stream_layer", layer.length + 1);
    walk.numbers("residual_norm", {point, walk.pos()}, result.residualNorm);
    walk.note("residual_norm", "points",
              std::string("hook_resid_pre of each layer, last the final hook_resid_post"));
    if (!walk.has(std::string(streamScoreNames.front()), result.request.layers))
        return;
    const auto group = constant(walk, "position_group", {"first", "rest"});
    for (std::size_t s = 0; s < streamScoreNames.size(); ++s) {
        const std::string name(streamScoreNames[s]);
        walk.numbers(name, {point, group}, result.stream[s]);
        walk.numbers(name + "_mid", {layer, group}, result.streamMid[s]);
    }
    for (const std::string mid : {"", "_mid"}) {
        walk.note("kurtosis" + mid, "centred", std::string("over the width, token by token"));
        for (const std::string name : {"growth", "cosine"})
            walk.note(name + mid, "of",
                      std::string("this point and the same one a layer before, mean over tokens"));
    }
    describeMassive(walk, result);
}

void describeHeads(FieldWalk& walk, const FieldAxis& layer, ComparisonResult& result) {
    if (!walk.has(std::string(headScoreNames.front()), result.request.attention))
        return;
    const auto head = walk.axis("head", result.model.config.n_heads);
    for (std::size_t s = 0; s < headScoreNames.size(); ++s)
        walk.numbers(std::string(headScoreNames[s]), {layer, head}, result.heads[s]);
}

} // namespace

void ComparisonAnalysis::fields(FieldWalk& walk, ComparisonResult& result) {
    describeTokens(walk, result);
    const auto bin = walk.axis("bin", calibrationBins);
    walk.numbers("calibration",
                 {bin, constant(walk, "calibration_column", {"confidence", "accuracy", "count"})},
                 result.calibration);
    describeHighLosses(walk, result);
    const auto layer = walk.axis("layer", result.model.config.n_layers);
    describeStream(walk, layer, result);
    describeHeads(walk, layer, result);
}

std::string pairGroup(const std::string& first, const std::string& second) {
    const std::string_view models = "/models/";
    return "/pairs/" + first.substr(models.size()) + "__" + second.substr(models.size());
}

namespace {

constexpr std::array<std::pair<const char*, std::vector<double> Divergence::*>, 3> perToken{
    {{"kl", &Divergence::kl}, {"kl_reverse", &Divergence::klReverse}, {"jsd", &Divergence::jsd}}};
constexpr std::array<std::pair<const char*, TokenMean Divergence::*>, 3> means{
    {{"mean_kl", &Divergence::meanKl},
     {"mean_kl_reverse", &Divergence::meanKlReverse},
     {"mean_jsd", &Divergence::meanJsd}}};

/// Sequences that are written or read at once, and where their tokens begin.
struct Rows {
    std::int64_t first = 0, count = 0, longest = 0;
    std::size_t token = 0;
};

std::vector<Rows> rowsOf(const std::vector<int>& lengths) {
    std::vector<Rows> all;
    std::size_t token = 0;
    for (std::size_t s = 0; s < lengths.size(); ++s) {
        if (s % static_cast<std::size_t>(rowsAtOnce) == 0)
            all.push_back({static_cast<std::int64_t>(s), 0, 0, token});
        auto& rows = all.back();
        ++rows.count;
        rows.longest = std::max<std::int64_t>(rows.longest, lengths[s]);
        token += static_cast<std::size_t>(lengths[s]);
    }
    return all;
}

/// Calls `use(place in a block of the rows, token)`.
template <class Use>
void forEachToken(const Rows& rows, const std::vector<int>& lengths, const Use& use) {
    auto token = rows.token;
    for (std::int64_t s = 0; s < rows.count; ++s)
        for (int p = 0; p < lengths[static_cast<std::size_t>(rows.first + s)]; ++p)
            use(static_cast<std::size_t>(s * rows.longest + p), token++);
}

/// Texts are read where an id is new.
void readTokens(const ResultReader& reader, ComparisonResult& result) {
    reader.requireShape("/" + textsOf("tokens"), reader.tokenShape());
    for (const auto& rows : rowsOf(result.lengths)) {
        const std::vector<std::int64_t> first{rows.first, 0}, count{rows.count, rows.longest};
        const auto ids = reader.file().numbers("/tokens", first, count);
        std::vector<std::string> words;
        forEachToken(rows, result.lengths, [&](std::size_t place, std::size_t) {
            if (!(ids[place] >= 0.0 && ids[place] <= std::numeric_limits<std::int32_t>::max()))
                reader.refuse("/tokens", "must hold a token wherever entropy holds a number");
            const int id = result.tokens.emplace_back(static_cast<int>(ids[place]));
            if (result.texts.contains(id))
                return;
            if (words.empty())
                words = reader.file().strings("/" + textsOf("tokens"), first, count);
            result.texts[id] = words[place];
        });
    }
}

} // namespace

void writeDistances(ResultFile& file, const std::string& group, const std::vector<int>& lengths,
                    const NumericSettings& numeric, const Divergence& distances) {
    auto& writer = file.writer();
    writer.group(group);
    const auto type = storedNumber(numeric);
    std::int64_t tokens = 0;
    for (const int length : lengths)
        tokens += length;
    const auto layout = paddedLayout({file.samples(), file.width()}, 0, byteSize(type),
                                     (tokens + file.samples() - 1) / file.samples());
    for (const auto& [name, member] : perToken) {
        const auto path = group + "/" + name;
        writer.create(path, type, {file.sampleAxis(), file.posAxis()}, layout);
        for (const auto& rows : rowsOf(lengths)) {
            std::vector<double> values(static_cast<std::size_t>(rows.count * rows.longest),
                                       std::numeric_limits<double>::quiet_NaN());
            forEachToken(rows, lengths, [&](std::size_t place, std::size_t token) {
                values[place] = (distances.*member)[token];
            });
            writer.write(path, {rows.first, 0}, {rows.count, rows.longest},
                         std::span<const double>(values));
        }
        writer.attribute(path, "unit", std::string("nats"));
    }
    for (const auto& [name, member] : means) {
        const auto& mean = distances.*member;
        writer.attribute(group, name, mean.mean);
        if (mean.interval)
            writer.attribute(group, std::string(name) + "_ci95",
                             std::vector<double>(mean.interval->begin(), mean.interval->end()));
    }
}

Divergence readDistances(const ResultReader& reader, const std::string& group,
                         const std::vector<int>& lengths) {
    Divergence distances;
    std::size_t tokens = 0;
    for (const int length : lengths)
        tokens += static_cast<std::size_t>(length);
    for (const auto& [name, member] : perToken) {
        const auto path = group + "/" + name;
        reader.requireShape(path, reader.tokenShape());
        auto& values = distances.*member;
        values.resize(tokens);
        for (const auto& rows : rowsOf(lengths)) {
            const auto found =
                reader.file().numbers(path, {rows.first, 0}, {rows.count, rows.longest});
            forEachToken(rows, lengths, [&](std::size_t place, std::size_t token) {
                values[token] = found[place];
            });
        }
    }
    for (const auto& [name, member] : means) {
        const auto numbers = [&](const std::string& attribute, std::size_t count) {
            auto found = reader.file().numberAttribute(group, attribute);
            if (found.size() != count)
                reader.refuse(group + " @" + attribute,
                              "must hold " + std::to_string(count) + " numbers");
            return found;
        };
        auto& mean = distances.*member;
        mean.mean = numbers(name, 1).front();
        if (const auto interval = std::string(name) + "_ci95";
            reader.file().hasAttribute(group, interval)) {
            const auto ends = numbers(interval, 2);
            mean.interval = std::array{ends[0], ends[1]};
        }
    }
    return distances;
}

void roundAsStored(Divergence& distances, const NumericSettings& numeric) {
    for (const auto& each : perToken)
        for (auto& value : distances.*each.second)
            value = asStored(value, numeric);
}

void ComparisonAnalysis::write(ResultFile& file, std::size_t index,
                               const ComparisonResult& result) {
    Base::write(file, index, result);
    for (const auto& distance : result.distances)
        if (distance.other < index)
            writeDistances(file, pairGroup(file.modelGroup(distance.other), file.modelGroup(index)),
                           result.lengths, result.model.numeric, *distance.numbers);
}

std::shared_ptr<ComparisonResult> ComparisonAnalysis::read(const ResultReader& reader,
                                                           std::size_t index) {
    auto result = Base::read(reader, index);
    readTokens(reader, *result);
    for (std::size_t other = 0; other < reader.modelCount(); ++other) {
        const auto first = std::min(other, index), second = std::max(other, index);
        const auto group = pairGroup(reader.modelGroup(first), reader.modelGroup(second));
        if (other != index && reader.file().contains(group))
            result->distances.push_back(
                {other, reader.modelGroup(other).substr(std::string_view("/models/").size()),
                 index == first,
                 std::make_shared<const Divergence>(
                     readDistances(reader, group, result->lengths))});
    }
    return result;
}

} // namespace residuum
