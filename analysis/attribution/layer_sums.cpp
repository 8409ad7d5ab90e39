#include "analysis/attribution/layer_sums.h"

#include <numeric>

namespace residuum {

namespace {

std::size_t placeOf(const Component& component) {
    const bool isEmbedding =
        component.kind == ComponentKind::Embed || component.kind == ComponentKind::PosEmbed;
    return isEmbedding ? 0 : static_cast<std::size_t>(component.layer.value) + 1;
}

double meanBias(const DlaResult& result) {
    double sum = 0.0;
    for (const auto& row : result.rows)
        sum += row.unembedBias;
    return sum / static_cast<double>(result.rows.size());
}

std::vector<double> cumulative(const DlaResult& result, const Table& values,
                               std::optional<int> row) {
    std::vector<double> sums(static_cast<std::size_t>(result.model.config.n_layers) + 1, 0.0);
    sums.front() = row ? result.rows[static_cast<std::size_t>(*row)].unembedBias : meanBias(result);
    for (std::size_t c = 0; c < result.components.size(); ++c) {
        const auto place = static_cast<Eigen::Index>(c);
        sums[placeOf(result.components[c])] += row ? values(place, *row) : values.row(place).mean();
    }
    std::partial_sum(sums.begin(), sums.end(), sums.begin());
    return sums;
}

} // namespace

LayerSums layerSums(const DlaResult& result, std::optional<int> row) {
    return {cumulative(result, result.dla, row), cumulative(result, result.directEffect, row)};
}

} // namespace residuum
