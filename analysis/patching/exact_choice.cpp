#include "analysis/patching/exact_choice.h"

#include "analysis/patching/shuffle.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <random>
#include <utility>

namespace residuum {

namespace {

constexpr std::size_t cellsPerUnit = 8;

using Unit = std::vector<PairCell>;

/// Of one layer and pair, which are left in any order.
void addUnits(std::vector<Unit>& units, Unit cells, std::mt19937_64& random) {
    shuffle(cells, random);
    for (std::size_t begin = 0; begin < cells.size(); begin += cellsPerUnit)
        units.emplace_back(cells.begin() + static_cast<std::ptrdiff_t>(begin),
                           cells.begin() + static_cast<std::ptrdiff_t>(
                                               std::min(begin + cellsPerUnit, cells.size())));
}

/// Of each site as many as `top`, those that come first by `isBefore`; all for 0.
std::vector<CostlyCell>
firstOfEachSite(const std::vector<CostlyCell>& cells, int top,
                const std::function<bool(const CostlyCell&, const CostlyCell&)>& isBefore) {
    if (top == 0)
        return cells;
    std::vector<CostlyCell> chosen;
    for (auto begin = cells.begin(); begin != cells.end();) {
        const auto end = std::find_if(begin, cells.end(), [&](const CostlyCell& each) {
            return each.cell.site != begin->cell.site;
        });
        std::vector<CostlyCell> ofSite(begin, end);
        std::stable_sort(ofSite.begin(), ofSite.end(), isBefore);
        ofSite.resize(std::min(ofSite.size(), static_cast<std::size_t>(top)));
        std::move(ofSite.begin(), ofSite.end(), std::back_inserter(chosen));
        begin = end;
    }
    return chosen;
}

} // namespace

std::vector<PairCell> exactOrder(const std::vector<PatchSite>& sites, const ModelConfig& config,
                                 std::int64_t length, int width,
                                 const std::vector<NeuronPlace>& neurons, std::size_t pairs) {
    std::mt19937_64 random(0);
    std::vector<Unit> units;
    for (const auto site : sites) {
        const auto cells = cellsOf(site, config, static_cast<int>(length), width, neurons);
        for (std::size_t pair = 0; pair < pairs; ++pair) {
            std::vector<Unit> layers(static_cast<std::size_t>(config.n_layers));
            for (const auto& cell : cells)
                layers[static_cast<std::size_t>(cell.layer)].push_back(
                    {cell, static_cast<std::int64_t>(pair)});
            for (auto& layer : layers)
                addUnits(units, std::move(layer), random);
        }
    }
    shuffle(units, random);
    std::vector<PairCell> order;
    for (const auto& unit : units)
        order.insert(order.end(), unit.begin(), unit.end());
    return order;
}

std::vector<CostlyCell> costlyCells(const std::vector<PatchSite>& sites, const ModelConfig& config,
                                    std::int64_t length, std::int64_t firstDifferent, int width,
                                    const std::vector<NeuronPlace>& neurons, double unembedFlop) {
    std::vector<CostlyCell> costly;
    for (const auto site : sites)
        for (const auto& cell : cellsOf(site, config, static_cast<int>(length), width, neurons))
            if (const auto injection = injectionOf(cell, 0, firstDifferent, config, length))
                costly.push_back({cell, flopOf(*injection, config, length) + unembedFlop});
    return costly;
}

std::vector<CostlyCell> mostImportant(const std::vector<CostlyCell>& cells,
                                      const PatchResult& result, PatchMethod estimate, int top) {
    const auto size = [&](const CostlyCell& each) {
        const auto* grid = result.find(estimate, each.cell.site);
        const double value = grid == nullptr ? 0.0 : std::abs(grid->values(0, each.cell.index));
        return std::isnan(value) ? 0.0 : value;
    };
    return firstOfEachSite(
        cells, top, [&](const CostlyCell& a, const CostlyCell& b) { return size(a) > size(b); });
}

std::vector<CostlyCell> mostCostly(const std::vector<CostlyCell>& cells, int top) {
    return firstOfEachSite(
        cells, top, [](const CostlyCell& a, const CostlyCell& b) { return a.flop > b.flop; });
}

std::vector<ExactAhead> exactAhead(const std::vector<CostlyCell>& cells, const PatchResult& result,
                                   double secondsPerFlop) {
    const auto estimate = result.request.estimate();
    std::vector<int> tops{result.request.cells.top};
    for (const int top : {usualTop, 0})
        if (std::find(tops.begin(), tops.end(), top) == tops.end() && (top == 0 || estimate))
            tops.push_back(top);
    std::vector<ExactAhead> list;
    for (const int top : tops) {
        ExactAhead ahead{{top}};
        for (const auto& each : top == 0 ? cells : mostImportant(cells, result, *estimate, top)) {
            ++ahead.cells;
            const auto* exact = result.find(PatchMethod::Exact, each.cell.site);
            if (exact != nullptr && !std::isnan(exact->values(0, each.cell.index)))
                continue;
            ++ahead.missing;
            ahead.seconds += each.flop * secondsPerFlop;
        }
        list.push_back(ahead);
    }
    return list;
}

} // namespace residuum
