#include "analysis/patching/agreement.h"

#include "analysis/question/thing.h"
#include "analysis/statistics/correlation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace residuum {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void addLayerErrors(Agreement& agreement, const PatchGrid& exact, const Table& error) {
    if (axesOf(exact.site).neuron)
        return;
    const auto layers = static_cast<Eigen::Index>(exact.shape.front());
    const auto perLayer = error.cols() / std::max<Eigen::Index>(layers, 1);
    for (Eigen::Index layer = 0; layer < layers; ++layer) {
        Table sums(error.rows(), 1);
        for (Eigen::Index prompt = 0; prompt < error.rows(); ++prompt) {
            const auto cells = error.row(prompt).segment(layer * perLayer, perLayer);
            sums(prompt, 0) = cells.isNaN().select(0.0, cells).sum();
        }
        const auto spread = spreadOf(sums);
        agreement.layerError.push_back(spread.mean(0, 0));
        agreement.layerErrorDeviation.push_back(spread.deviation(0, 0));
    }
}

} // namespace

GridSpread spreadOf(const Table& values) {
    GridSpread spread{Table::Constant(1, values.cols(), nan),
                      Table::Constant(1, values.cols(), nan)};
    for (Eigen::Index cell = 0; cell < values.cols(); ++cell) {
        double sum = 0.0, squares = 0.0;
        Eigen::Index n = 0;
        for (Eigen::Index row = 0; row < values.rows(); ++row)
            if (!std::isnan(values(row, cell))) {
                sum += values(row, cell);
                ++n;
            }
        if (n == 0)
            continue;
        const double mean = sum / static_cast<double>(n);
        for (Eigen::Index row = 0; row < values.rows(); ++row)
            if (!std::isnan(values(row, cell)))
                squares += (values(row, cell) - mean) * (values(row, cell) - mean);
        spread.mean(0, cell) = mean;
        spread.deviation(0, cell) = n > 1 ? std::sqrt(squares / static_cast<double>(n - 1)) : 0.0;
    }
    return spread;
}

Agreement agreementOf(const PatchGrid& exact, const PatchGrid& estimate, bool magnitudes,
                      std::size_t worstCells) {
    Agreement agreement;
    Table error = Table::Constant(exact.values.rows(), exact.values.cols(), nan);
    std::vector<double> a, b;
    for (Eigen::Index prompt = 0; prompt < exact.values.rows(); ++prompt)
        for (Eigen::Index cell = 0; cell < exact.values.cols(); ++cell) {
            const double value = exact.values(prompt, cell);
            const double truth = magnitudes ? std::abs(value) : value;
            const double guess = estimate.values(prompt, cell);
            if (std::isnan(truth) || std::isnan(guess))
                continue;
            error(prompt, cell) = std::abs(truth - guess);
            if (truth == 0.0 && guess == 0.0)
                continue;
            a.push_back(truth);
            b.push_back(guess);
            agreement.meanError += std::abs(truth - guess);
            agreement.meanExact += std::abs(truth);
            agreement.worst.push_back({prompt, cell, truth, guess});
        }
    agreement.cells = a.size();
    addLayerErrors(agreement, exact, error);
    agreement.pearson = agreement.spearman = nan;
    if (a.empty())
        return agreement;
    agreement.meanError /= static_cast<double>(a.size());
    agreement.meanExact /= static_cast<double>(a.size());
    agreement.pearson = pearson(a, b);
    agreement.spearman = spearman(a, b);
    const auto keep = std::min(worstCells, agreement.worst.size());
    std::partial_sort(agreement.worst.begin(),
                      agreement.worst.begin() + static_cast<std::ptrdiff_t>(keep),
                      agreement.worst.end(), [](const WorstCell& x, const WorstCell& y) {
                          return std::abs(x.exact - x.estimate) > std::abs(y.exact - y.estimate);
                      });
    agreement.worst.resize(keep);
    return agreement;
}

std::vector<AgreementRow> agreementTable(const PatchResult& result) {
    std::vector<AgreementRow> rows;
    for (const auto& grid : result.grids) {
        const auto* exact = result.find(PatchMethod::Exact, grid.site);
        if (grid.method != PatchMethod::Exact && exact != nullptr)
            rows.push_back({grid.site, grid.method,
                            agreementOf(*exact, grid, grid.method == PatchMethod::AtpStar)});
    }
    return rows;
}

std::string cellLabel(const PatchGrid& grid, const PatchResult& result, Eigen::Index cell) {
    const auto axes = axesOf(grid.site);
    const auto index = static_cast<std::int64_t>(cell);
    if (axes.neuron)
        return result.neurons.at(static_cast<std::size_t>(cell));
    const auto positions = axes.pos ? grid.shape.back() : 1;
    const auto heads = axes.head ? grid.shape[1] : 1;
    const LayerIndex layer(index / (heads * positions));
    const PositionIndex position(index % positions);
    if (!axes.head)
        return label(Position{layer, position});
    const auto head =
        label(Component{ComponentKind::Head, layer, HeadIndex(index / positions % heads)});
    return axes.pos ? labelAt(head, position) : head;
}

} // namespace residuum
