#include "analysis/patching/edge_study.h"

#include "analysis/patching/circuit_runs.h"
#include "analysis/patching/edge_patches.h"
#include "analysis/patching/shuffle.h"
#include "analysis/question/thing.h"

#include <algorithm>
#include <limits>
#include <random>

namespace residuum {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Table unknown(std::size_t prompts, std::size_t columns) {
    return Table::Constant(static_cast<Eigen::Index>(prompts), static_cast<Eigen::Index>(columns),
                           nan);
}

/// Rows of a group's values into those of all pairs.
void place(const Table& values, const std::vector<std::size_t>& members, Table& into,
           Eigen::Index firstColumn, Eigen::Index step) {
    for (std::size_t row = 0; row < members.size(); ++row)
        for (Eigen::Index column = 0; column < values.cols(); ++column)
            into(static_cast<Eigen::Index>(members[row]), firstColumn + column * step) =
                values(static_cast<Eigen::Index>(row), column);
}

/// The first edges of a list, as many as each size says.
std::vector<Circuit> growing(const std::vector<EdgePlace>& edges,
                             const std::vector<std::int32_t>& sizes, const ModelConfig& config) {
    std::vector<Circuit> circuits;
    for (const auto size : sizes)
        circuits.push_back(
            circuitOf(std::span(edges).first(static_cast<std::size_t>(size)), config));
    return circuits;
}

} // namespace

EdgesAhead edgesAhead(const PatchGroup& group, const PairTokens& pairs, const PatchRequest& request,
                      double seconds, bool scored) {
    const auto& config = group.weights.config;
    const auto& resid = group.runs.base.residFinal;
    const double perFlop =
        seconds / (2.0 * passFlop(config, static_cast<double>(resid.size(0) * resid.size(1))));
    auto scores = request;
    scores.checkEdges = 0;
    scores.faithfulness = {};
    const double all = totalFlop(pairs, request, config, nullptr).all,
                 ofScores = totalFlop(pairs, scores, config, nullptr).all;
    return {scored ? 0.0 : perFlop * ofScores, perFlop * (all - ofScores)};
}

bool takeUpScores(const PatchResult& begun, PatchResult& result) {
    std::vector<EdgeGrid> edges;
    for (const auto method : {PatchMethod::Eap, PatchMethod::EapIg}) {
        if (!result.request.asks(method))
            continue;
        const auto found = std::find_if(begun.edges.begin(), begun.edges.end(),
                                        [&](const auto& each) { return each.method == method; });
        if (found == begun.edges.end())
            return false;
        edges.push_back(*found);
        edges.back().checked.clear();
        edges.back().exact = edges.back().kept = Table();
    }
    result.edges = std::move(edges);
    return !result.edges.empty();
}

EdgeStudy::EdgeStudy(const PatchRequest& request, PatchResult& result)
    : request_(request), config_(result.model.config), result_(result) {
    if (!asked())
        return;
    const auto prompts = result.cleanMetric.size();
    auto& circuits = result.circuits;
    circuits.sizes = request.faithfulness.of(edgeCount(config_));
    circuits.draws = circuits.sizes.empty() ? 0 : request.randomCircuits;
    circuits.random =
        unknown(prompts, circuits.sizes.size() * static_cast<std::size_t>(circuits.draws));
    for (auto& edges : result.edges) {
        const auto most = std::max<std::int64_t>(
            request.checkEdges, circuits.sizes.empty() ? 0 : circuits.sizes.back());
        ranked_.push_back(rankedEdges(edges.mean, config_, most));
        const auto checked =
            std::min(ranked_.back().size(), static_cast<std::size_t>(request.checkEdges));
        for (std::size_t i = 0; i < checked; ++i) {
            const auto& edge = ranked_.back()[i];
            edges.checked.push_back(edgeLabel(edges, edge.sender, edge.receiver));
        }
        edges.exact = unknown(prompts, checked);
        edges.kept = unknown(prompts, circuits.sizes.size());
    }
}

void EdgeStudy::add(const PatchGroup& group, const std::vector<std::size_t>& members,
                    const Division& division, Progress& progress) {
    if (request_.checkEdges > 0)
        check(group, members, division, progress);
    if (!result_.circuits.sizes.empty())
        keep(group, members, division, progress);
}

void EdgeStudy::check(const PatchGroup& group, const std::vector<std::size_t>& members,
                      const Division& division, Progress& progress) {
    const auto rows = division.batchRows(group.runs.base.residFinal.size(1));
    // An edge that two estimates have found is patched once.
    std::vector<EdgePlace> all;
    for (std::size_t i = 0; i < ranked_.size(); ++i)
        for (std::size_t n = 0; n < result_.edges[i].checked.size(); ++n)
            if (std::find(all.begin(), all.end(), ranked_[i][n]) == all.end())
                all.push_back(ranked_[i][n]);
    const auto effects = patchEdges(group, all, rows, progress);
    for (std::size_t i = 0; i < ranked_.size(); ++i)
        for (std::size_t n = 0; n < result_.edges[i].checked.size(); ++n) {
            const auto found = std::find(all.begin(), all.end(), ranked_[i][n]) - all.begin();
            place(effects.col(found), members, result_.edges[i].exact, static_cast<Eigen::Index>(n),
                  1);
        }
}

void EdgeStudy::keep(const PatchGroup& group, const std::vector<std::size_t>& members,
                     const Division& division, Progress& progress) {
    const bool intoCorrupt = request_.direction == PatchDirection::CleanIntoCorrupt;
    CleanAndCorrupt runs{intoCorrupt ? group.runs.source : group.runs.base,
                         intoCorrupt ? group.runs.base : group.runs.source,
                         {}};
    for (const auto member : members)
        runs.corruptMetric.push_back(result_.corruptMetric[member]);
    const auto rows = division.batchRows(runs.corrupt.residFinal.size(1));
    const auto& sizes = result_.circuits.sizes;
    const auto metric = [&](const std::vector<EdgePlace>& edges) {
        return runCircuits(group, runs, growing(edges, sizes, config_), division.workBytes(), rows,
                           progress);
    };
    for (std::size_t i = 0; i < ranked_.size(); ++i)
        place(metric(ranked_[i]), members, result_.edges[i].kept, 0, 1);
    std::mt19937_64 random(request_.circuitSeed);
    auto edges = everyEdge(config_);
    for (Eigen::Index draw = 0; draw < result_.circuits.draws; ++draw) {
        shuffle(edges, random);
        place(metric(edges), members, result_.circuits.random, draw, result_.circuits.draws);
    }
}

} // namespace residuum
