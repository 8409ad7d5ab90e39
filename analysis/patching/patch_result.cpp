#include "analysis/patching/patch_result.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace residuum {

namespace {

/// Errors of rounding that add up on the way to a metric, in units of the last place of its terms.
/// Against float64, gaps of 600 pairs (three demo models) were off by up to 59 in float32 and 15 in
/// bfloat16, logit differences and log probabilities alike.
constexpr double roundings = 64.0;

/// Of logits, nats, or of a probability itself: less is hardly a gap.
constexpr double smallGap = 0.1;

/// Of the median |gap| of a set: what is smaller would make one pair's quotient as large as all
/// others together.
constexpr double leastGap = 1e-4;

/// Between an edge's ends, as labels of things have it.
constexpr std::string_view edgeWord = " to ";

/// Of an even number the mean of the middle two; 0 of none.
double medianOf(std::vector<double> values) {
    if (values.empty())
        return 0.0;
    std::sort(values.begin(), values.end());
    const auto half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

/// The distance from 1 to the next number.
double epsilonOf(DType dtype) {
    switch (dtype) {
    case DType::Float64:
        return std::numeric_limits<double>::epsilon();
    case DType::BFloat16:
        return 0x1p-7;
    case DType::Float32:
        break;
    }
    return std::numeric_limits<float>::epsilon();
}

} // namespace

std::string edgeLabel(const EdgeGrid& edges, std::size_t sender, std::size_t receiver) {
    return edges.senders[sender] + std::string(edgeWord) + edges.receivers[receiver];
}

std::optional<std::pair<std::size_t, std::size_t>> edgeNamed(const EdgeGrid& edges,
                                                             const std::string& label) {
    const auto at = label.find(edgeWord);
    if (at == std::string::npos)
        return std::nullopt;
    const auto place = [](const std::vector<std::string>& names, const std::string& name) {
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) -
                                        names.begin());
    };
    const auto sender = place(edges.senders, label.substr(0, at)),
               receiver = place(edges.receivers, label.substr(at + edgeWord.size()));
    if (sender == edges.senders.size() || receiver == edges.receivers.size())
        return std::nullopt;
    return std::pair(sender, receiver);
}

const PatchGrid* PatchResult::find(PatchMethod method, PatchSite site) const {
    const auto found = std::find_if(grids.begin(), grids.end(), [&](const PatchGrid& grid) {
        return grid.method == method && grid.site == site;
    });
    return found == grids.end() ? nullptr : &*found;
}

double gapResolution(const PatchResult& result, std::size_t prompt) {
    const double size =
        std::max(std::abs(result.cleanMetric[prompt]), std::abs(result.corruptMetric[prompt]));
    const double unit = roundings * epsilonOf(result.model.numeric.dtype);
    // Logits, their differences and logarithms are sums of terms of about 1 or more, however small
    // they come out; a probability is off by as much of itself as its logarithm is off.
    if (result.request.metric == PatchMetric::Prob)
        return size > 0.0 ? unit * size * std::max(1.0, -std::log(size)) : 0.0;
    return unit * std::max(size, 1.0);
}

std::vector<std::size_t> promptsWithoutGap(const PatchResult& result) {
    std::vector<double> sizes;
    for (std::size_t prompt = 0; prompt < result.cleanMetric.size(); ++prompt)
        sizes.push_back(std::abs(result.gap(prompt)));
    const double least = leastGap * medianOf(sizes);
    std::vector<std::size_t> prompts;
    for (std::size_t prompt = 0; prompt < sizes.size(); ++prompt)
        if (!(sizes[prompt] > gapResolution(result, prompt)) || sizes[prompt] < least)
            prompts.push_back(prompt);
    return prompts;
}

std::string taskProblem(const PatchResult& result, std::size_t prompt) {
    const double clean = result.cleanMetric[prompt], corrupt = result.corruptMetric[prompt];
    const auto metric = result.request.metric;
    const double resolution = gapResolution(result, prompt);
    if (!(std::abs(clean - corrupt) > resolution))
        return "none but rounding";
    if (metric == PatchMetric::Kl) // which has no answer to be right
        return {};
    if (metric == PatchMetric::LogitDiff && !(clean > 0.0))
        return "the clean answer is wrong";
    if (corrupt > clean)
        return "the corrupted prompt answers better";
    // Logits are told apart by their differences, probabilities by their ratios.
    const double size = metric == PatchMetric::Prob ? clean : 1.0;
    return clean - corrupt < smallGap * size ? "hardly any" : "";
}

Table normalised(const PatchGrid& grid, const PatchResult& result) {
    Table values = grid.values;
    for (Eigen::Index prompt = 0; prompt < values.rows(); ++prompt)
        values.row(prompt) /= result.gap(static_cast<std::size_t>(prompt));
    for (const auto prompt : promptsWithoutGap(result))
        values.row(static_cast<Eigen::Index>(prompt)) = std::numeric_limits<double>::quiet_NaN();
    return values;
}

std::shared_ptr<const PatchResult> onlyPair(const std::shared_ptr<const PatchResult>& result,
                                            std::size_t prompt, std::size_t length) {
    const auto row = static_cast<Eigen::Index>(prompt);
    auto only = std::make_shared<PatchResult>(*result);
    only->cleanMetric = {result->cleanMetric.at(prompt)};
    only->corruptMetric = {result->corruptMetric.at(prompt)};
    only->lengths = {static_cast<int>(length)};
    if (prompt < result->roles.positions.size())
        only->roles.positions = {result->roles.positions[prompt]};
    for (auto& grid : only->grids) {
        Table values = grid.values.row(row);
        if (axesOf(grid.site).pos) {
            // What lies beyond this prompt's end is another's.
            const auto width = static_cast<Eigen::Index>(grid.shape.back());
            const auto kept = std::min(width, static_cast<Eigen::Index>(length));
            const Table lines =
                Eigen::Map<const Table>(values.data(), values.size() / width, width).leftCols(kept);
            values = Eigen::Map<const Table>(lines.data(), 1, lines.size());
            grid.shape.back() = kept;
        }
        grid.values = std::move(values);
    }
    const auto pick = [row](Table& values) {
        if (values.rows() > row)
            values = Table(values.row(row));
    };
    for (auto& edges : only->edges)
        pick(edges.kept);
    pick(only->circuits.random);
    if (result->path.values.rows() > row)
        only->path.values = Table(result->path.values.row(row));
    return only;
}

} // namespace residuum
