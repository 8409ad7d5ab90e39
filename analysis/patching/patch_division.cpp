#include "analysis/patching/patch_division.h"

#include "analysis/patching/circuit.h"
#include "analysis/patching/circuit_runs.h"
#include "analysis/patching/edge_patches.h"
#include "analysis/patching/edges.h"
#include "analysis/patching/exact_choice.h"
#include "analysis/patching/patch_checks.h"
#include "analysis/patching/patching.h"
#include "analysis/question/row_groups.h"
#include "core/task/wording.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace residuum {

Division::Division(const Weights& weights, const PatchRequest& request, const PatchLimits& limits)
    : weights_(weights), gradients_(needsGradients(request)),
      edgeMethods_(std::int64_t{request.asks(PatchMethod::Eap)} +
                   std::int64_t{request.asks(PatchMethod::EapIg)}),
      // Of eap-ig a step's and the sum of the steps before.
      edgeScores_(request.asks(PatchMethod::EapIg) ? 2 : edgeMethods_),
      vocabulary_(request.metric == PatchMetric::LogitDiff ? 0 : weights.config.d_vocab),
      half_(std::max<std::int64_t>((limits.bytes - edgeTableBytes()) / 2, 1)) {}

std::int64_t Division::elementBytes() const {
    return static_cast<std::int64_t>(weights_.W_pos.element_size());
}

std::int64_t Division::bytesPerPair(std::int64_t length) const {
    auto bytes = runBytesPerPair(weights_, length);
    if (gradients_) // one run between, and a block's gradients and patterns
        bytes += 3 * bytes / 4 +
                 4 * std::int64_t{weights_.config.n_heads} * length * length * elementBytes();
    // Edges' products copy what they multiply. A quarter more for what allocators keep.
    return (bytes + vocabulary_ * elementBytes() +
            (edgeMethods_ > 0 ? 5 * edgeBytesPerPair(weights_, length) / 2 : 0) +
            edgeScores_ * edgeScoreBytes(weights_.config)) *
           5 / 4;
}

std::int64_t Division::edgeTableBytes() const {
    // Sums and squares, what is added to them, mean and deviation on their way into the result.
    return edgeMethods_ == 0 ? 0 : (4 * edgeMethods_ + 4) * edgeScoreBytes(weights_.config);
}

std::int64_t Division::unembeddingBytes() const {
    return 64 * vocabulary_ * (2 * elementBytes() + 16);
}

std::int64_t Division::pairsPerGroup(std::int64_t length) const {
    return std::clamp<std::int64_t>(half_ / bytesPerPair(length), 1, mostPairs_);
}

std::int64_t Division::groups(const std::map<int, std::vector<std::size_t>>& lengths) const {
    std::int64_t count = 0;
    for (const auto& [length, pairs] : lengths) {
        const auto each = pairsPerGroup(length);
        count += (std::ssize(pairs) + each - 1) / each;
    }
    return count;
}

std::int64_t Division::batchRows(std::int64_t length) const {
    return rowsPerBatch(weights_, half_, length);
}

std::map<int, std::vector<std::size_t>> pairsByLength(const PairTokens& pairs) {
    std::map<int, std::vector<std::size_t>> lengths;
    for (std::size_t pair = 0; pair < pairs.size(); ++pair)
        lengths[static_cast<int>(pairs.clean.sequences[pair].tokens.size())].push_back(pair);
    return lengths;
}

std::int64_t Division::batchBytes(const PatchRequest& request, std::int64_t length) const {
    const auto rows = batchRows(length);
    const bool patches = request.asks(PatchMethod::Exact) || request.checkEdges > 0;
    const auto circuits = request.faithfulness.empty()
                              ? 0
                              : std::max(std::min(half_, rows * circuitRunBytes(weights_, 1)),
                                         circuitRunBytes(weights_, length));
    return std::max(patches ? rows * batchBytesPerRow(weights_) : 0, circuits);
}

double unembedFlop(const PatchRequest& request, const ModelConfig& config) {
    return request.metric == PatchMetric::LogitDiff ? 0.0 : 2.0 * config.d_model * config.d_vocab;
}

int patchedNeurons(const PatchRequest& request, const ModelConfig& config) {
    return static_cast<int>(
        std::min(std::int64_t{request.neurons}, std::int64_t{config.n_layers} * config.d_mlp));
}

std::vector<NeuronPlace> someNeurons(const PatchRequest& request, const ModelConfig& config) {
    std::vector<NeuronPlace> neurons;
    for (int i = 0; i < patchedNeurons(request, config); ++i)
        neurons.push_back({i % config.n_layers, i / config.n_layers});
    return neurons;
}

double passFlop(const ModelConfig& config, double tokens) {
    const double d = config.d_model;
    return tokens * config.n_layers * (8.0 * d * d + 4.0 * d * config.d_mlp);
}

double passesOf(const PatchRequest& request, const ModelConfig& config) {
    double passes = 2.0;
    passes += request.asks(PatchMethod::Attribution) ? 1.0 : 0.0;
    passes += request.asks(PatchMethod::AtpStar) ? config.n_layers : 0.0;
    passes += request.asks(PatchMethod::IntegratedGradients) ? 2.0 * request.steps : 0.0;
    passes += request.asks(PatchMethod::Eap) ? 4.0 : 0.0;
    passes += request.asks(PatchMethod::EapIg) ? 5.0 * request.steps : 0.0;
    return passes;
}

double edgeStudyFlop(const PatchRequest& request, const ModelConfig& config, std::int64_t length,
                     std::int64_t firstDifferent) {
    if (!request.asksEdges() || (request.checkEdges == 0 && request.faithfulness.empty()))
        return 0.0;
    const auto edges = edgeCount(config);
    const auto methods = std::int64_t{request.asks(PatchMethod::Eap)} +
                         std::int64_t{request.asks(PatchMethod::EapIg)};
    // Into the first head's keys: no receiver is further from the end.
    const double patch =
        edgePatchFlop({0, 1}, config, length, firstDifferent) + unembedFlop(request, config);
    const auto checked =
        static_cast<double>(methods * std::min<std::int64_t>(request.checkEdges, edges));
    const auto circuits = static_cast<double>(std::ssize(request.faithfulness.of(edges)) *
                                              (methods + request.randomCircuits));
    return checked * patch + 2.0 * passFlop(config, static_cast<double>(length)) +
           circuits * passFlop(config, static_cast<double>(length - firstDifferent));
}

namespace {

/// FLOP of the costly cells of a pair that a result has.
double flopThere(const std::vector<CostlyCell>& cells, const PatchResult& result,
                 std::size_t pair) {
    double flop = 0.0;
    const auto row = static_cast<Eigen::Index>(pair);
    for (const auto& each : cells)
        if (const auto* grid = result.find(PatchMethod::Exact, each.cell.site);
            grid != nullptr && row < grid->values.rows() && each.cell.index < grid->values.cols() &&
            !std::isnan(grid->values(row, each.cell.index)))
            flop += each.flop;
    return flop;
}

} // namespace

TotalFlop totalFlop(const PairTokens& pairs, const PatchRequest& request, const ModelConfig& config,
                    const PatchResult* begun) {
    TotalFlop flop;
    const auto neurons = someNeurons(request, config);
    const auto width = static_cast<int>(longestSequence(pairs.clean));
    for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
        const auto length = static_cast<std::int64_t>(pairs.clean.sequences[pair].tokens.size());
        flop.all += passesOf(request, config) * passFlop(config, static_cast<double>(length)) +
                    edgeStudyFlop(request, config, length, firstDifference(pairs, pair));
        if (!request.asks(PatchMethod::Exact))
            continue;
        const auto cells = costlyCells(request.sites, config, length, firstDifference(pairs, pair),
                                       width, neurons, unembedFlop(request, config));
        for (const auto& each : mostCostly(cells, request.cells.top))
            flop.exact += each.flop;
        if (begun != nullptr)
            flop.begun += flopThere(cells, *begun, pair);
    }
    flop.all += flop.exact;
    flop.begun = std::min(flop.begun, flop.exact);
    return flop;
}

std::optional<std::int64_t> quickGroup(const TotalFlop& flop, const PatchRequest& request,
                                       std::size_t pairs) {
    constexpr double groupFlop = 8e9;
    if (pairs < 2 || !request.asks(PatchMethod::Exact) || request.asksEdges() ||
        flop.exact > flop.all - flop.exact)
        return std::nullopt;
    const auto each = flop.all / static_cast<double>(pairs);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(groupFlop / each), 8, 256);
}

PatchCost patchCost(const Model& model, const PairTokens& pairs, const PatchRequest& request,
                    const PatchLimits& limits) {
    const auto& config = model.info().config;
    requireSensible(request, config);
    requireValid(pairs, request.metric, config);
    Division division(model.weights(), request, limits);
    if (const auto most =
            quickGroup(totalFlop(pairs, request, config, nullptr), request, pairs.size()))
        division.atMost(*most);
    const auto neurons = someNeurons(request, config);
    PatchCost cost;
    for (const auto& [length, members] : pairsByLength(pairs)) {
        const auto group = std::min<std::int64_t>(division.pairsPerGroup(length),
                                                  static_cast<std::int64_t>(members.size()));
        cost.peakBytes =
            std::max(cost.peakBytes, group * division.bytesPerPair(length) +
                                         division.batchBytes(request, length) +
                                         division.unembeddingBytes() + division.edgeTableBytes());
        cost.forwardFlop = std::max(cost.forwardFlop, passFlop(config, length));
        for (const auto pair : members)
            cost.edgeFlop += edgeStudyFlop(request, config, length, firstDifference(pairs, pair));
        if (!request.asks(PatchMethod::Exact))
            continue;
        for (const auto pair : members) {
            const auto first = firstDifference(pairs, pair);
            for (const auto& cell :
                 mostCostly(costlyCells(request.sites, config, length, first, length, neurons,
                                        unembedFlop(request, config)),
                            request.cells.top)) {
                cost.exactFlop += cell.flop;
                ++cost.patches;
            }
        }
    }
    return cost;
}

std::string describe(const PatchCost& cost) {
    char text[160];
    std::snprintf(text, sizeof text,
                  "%lld exact patches, %.3g GFLOP, at most %.3g MB of working memory",
                  static_cast<long long>(cost.patches), cost.exactFlop / 1e9,
                  static_cast<double>(cost.peakBytes) / 1e6);
    return text + (cost.edgeFlop > 0.0
                       ? withNumbers(", %.3g GFLOP for edges patched exactly and circuits",
                                     cost.edgeFlop / 1e9)
                       : "");
}

} // namespace residuum
