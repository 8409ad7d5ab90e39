#include "analysis/patching/pair_columns.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

namespace residuum {

namespace {

PairColumns byPosition(const PatchResult& result) {
    PairColumns columns;
    for (const auto& grid : result.grids)
        if (axesOf(grid.site).pos)
            for (auto at = std::int64_t(columns.labels.size()); at < grid.shape.back(); ++at)
                columns.labels.push_back(std::to_string(at));
    return columns;
}

/// In the order in which they stand in the prompts, in the mean.
std::vector<std::size_t> rolesInOrder(const PairRoles& roles) {
    std::vector<std::pair<double, std::size_t>> places;
    for (std::size_t role = 0; role < roles.names.size(); ++role) {
        double sum = 0.0;
        int count = 0;
        for (const auto& positions : roles.positions)
            if (positions[role] >= 0) {
                sum += positions[role];
                ++count;
            }
        if (count > 0)
            places.emplace_back(sum / count, role);
    }
    std::sort(places.begin(), places.end());
    std::vector<std::size_t> order;
    for (const auto& [place, role] : places)
        order.push_back(role);
    return order;
}

bool everyPairHasSome(const PairRoles& roles, std::size_t pairs) {
    return roles.positions.size() == pairs &&
           std::all_of(roles.positions.begin(), roles.positions.end(), [](const auto& positions) {
               return std::any_of(positions.begin(), positions.end(),
                                  [](int position) { return position >= 0; });
           });
}

PairColumns byRole(const PairRoles& roles) {
    PairColumns columns{ColumnsBy::Role, {}, {}};
    const auto order = rolesInOrder(roles);
    for (const auto role : order)
        columns.labels.push_back(roles.names[role]);
    for (const auto& positions : roles.positions) {
        auto& own = columns.positions.emplace_back();
        for (const auto role : order)
            own.push_back(positions[role]);
    }
    return columns;
}

PairColumns fromEnd(const std::vector<int>& lengths) {
    PairColumns columns{ColumnsBy::End, {}, {}};
    const int longest = *std::max_element(lengths.begin(), lengths.end());
    for (int column = 0; column < longest; ++column)
        columns.labels.push_back(std::to_string(column - longest));
    for (const int length : lengths) {
        auto& own = columns.positions.emplace_back();
        for (int column = 0; column < longest; ++column)
            own.push_back(std::max(column - (longest - length), -1));
    }
    return columns;
}

} // namespace

PairColumns columnsOf(const PatchResult& result) {
    const auto& lengths = result.lengths;
    if (std::adjacent_find(lengths.begin(), lengths.end(), std::not_equal_to<>()) == lengths.end())
        return byPosition(result);
    return everyPairHasSome(result.roles, lengths.size()) ? byRole(result.roles) : fromEnd(lengths);
}

PatchGrid inColumns(const PatchGrid& grid, const PairColumns& columns) {
    if (columns.positions.empty() || !axesOf(grid.site).pos)
        return grid;
    auto aligned = grid;
    const auto width = grid.shape.back(), count = static_cast<std::int64_t>(columns.labels.size());
    aligned.shape.back() = count;
    const auto lines = width == 0 ? 0 : grid.values.cols() / width;
    aligned.values = Table::Constant(grid.values.rows(), lines * count,
                                     std::numeric_limits<double>::quiet_NaN());
    for (Eigen::Index prompt = 0; prompt < grid.values.rows(); ++prompt)
        for (Eigen::Index column = 0; column < count; ++column) {
            const int at =
                columns
                    .positions[static_cast<std::size_t>(prompt)][static_cast<std::size_t>(column)];
            for (Eigen::Index line = 0; line < lines && at >= 0 && at < width; ++line)
                aligned.values(prompt, line * count + column) =
                    grid.values(prompt, line * width + at);
        }
    return aligned;
}

} // namespace residuum
