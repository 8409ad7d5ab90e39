// The fields of patching results (CONTRACT, kind "patch").
#include "analysis/patching/circuit.h"
#include "analysis/patching/edges.h"
#include "analysis/patching/faithfulness.h"
#include "analysis/patching/pair_statistics.h"
#include "analysis/patching/patch_analysis.h"
#include "analysis/patching/site_cells.h"

#include <algorithm>

namespace residuum {

namespace {

/// The description of one result.
class PatchFields {
  public:
    PatchFields(FieldWalk& walk, PatchResult& result) : walk_(walk), result_(result) {
        if (const auto* reader = walk.reader())
            measure(*reader);
        const auto& config = result.model.config;
        prompt_ = walk.shared("prompt", static_cast<std::int64_t>(result.cleanMetric.size()));
        layer_ = walk.axis("layer", config.n_layers);
        head_ = walk.axis("head", config.n_heads);
        if (walk.has("neuron", !result.neurons.empty()))
            neuron_ = walk.labelled("neuron", result.neurons);
    }

    void describe() {
        if (walk_.reads())
            prepare();
        walk_.note("", "direction", name(result_.request.direction));
        walk_.note("", "metric", name(result_.request.metric));
        walk_.numbers("clean_metric", {prompt_}, result_.cleanMetric);
        walk_.numbers("corrupt_metric", {prompt_}, result_.corruptMetric);
        // 1, or 0 where values divided by the prompt's gap mean nothing.
        const auto without =
            walk_.writes() ? promptsWithoutGap(result_) : std::vector<std::size_t>();
        walk_.derived(
            "gap_defined", prompt_,
            [&](std::size_t i) { return !std::binary_search(without.begin(), without.end(), i); },
            WholeRange{});
        if (walk_.has("role", !result_.roles.names.empty()))
            roles();
        for (auto& grid : result_.grids)
            effects(groupName(grid.method) + "/" + name(grid.site), axes(grid), grid.values);
        for (auto& edges : result_.edges) {
            const auto folder = groupName(edges.method) + "/";
            const auto sender = walk_.labelled(folder + "sender", edges.senders),
                       receiver = walk_.labelled(folder + "receiver", edges.receivers);
            effects(folder + "mean", {sender, receiver}, edges.mean);
            effects(folder + "std", {sender, receiver}, edges.deviation);
            study(edges, folder);
        }
        randomCircuits();
        if (walk_.writes() && result_.cleanMetric.size() > 1)
            statistics();
        auto& path = result_.path;
        if (walk_.reads() ? result_.request.asks(PatchMethod::Path) : !path.receivers.empty()) {
            const auto receiver = walk_.labelled("path/receiver", path.receivers);
            effects("path/effect", {prompt_, receiver}, path.values);
            walk_.note("path/effect", "sender", result_.request.sender);
        }
    }

  private:
    /// What follows from a table of scores, where it was asked for.
    void study(EdgeGrid& edges, const std::string& folder) {
        if (result_.request.checkEdges > 0 && !unfinished(edges)) {
            const auto edge = walk_.labelled(folder + "edge", edges.checked);
            effects(folder + "exact", {prompt_, edge}, edges.exact);
        }
        if (result_.request.faithfulness.empty() || unfinished(edges))
            return;
        metric(folder + "kept", {prompt_, size()}, edges.kept);
        const auto ratios =
            walk_.writes() ? faithfulnessOf(edges.kept, result_) : std::vector<double>();
        walk_.derived(folder + "faithfulness", size(), [&](std::size_t i) { return ratios[i]; });
    }
    /// Of a result on its way to be rounded: the study comes after the scores.
    bool unfinished(const EdgeGrid& edges) const {
        return !walk_.reads() && edges.kept.rows() == 0;
    }

    void randomCircuits() {
        auto& circuits = result_.circuits;
        if (result_.request.faithfulness.empty() ||
            (!walk_.reads() && circuits.random.rows() == 0) || result_.request.randomCircuits == 0)
            return;
        circuits.draws = result_.request.randomCircuits;
        metric("circuits/random", {prompt_, size(), walk_.axis("draw", circuits.draws)},
               circuits.random);
    }
    /// Edges kept, once for all that has this axis.
    const FieldAxis& size() {
        if (!size_)
            size_ = walk_.numbered("circuits/size", result_.circuits.sizes, WholeRange{});
        return *size_;
    }

    void measure(const ResultReader& reader) {
        const auto clean = reader.tokens("clean").input;
        reader.requireShape("/corrupt", reader.tokenShape("clean"));
        width_ = static_cast<int>(longestSequence(clean));
        result_.cleanMetric.resize(clean.sequences.size());
        for (const auto& sequence : clean.sequences)
            result_.lengths.push_back(static_cast<int>(sequence.tokens.size()));
    }

    void roles() {
        auto& roles = result_.roles;
        const auto role = walk_.labelled("role", roles.names);
        Table places(prompt_.length, role.length);
        for (std::size_t pair = 0; pair < roles.positions.size(); ++pair)
            for (std::size_t i = 0; i < roles.names.size(); ++i)
                places(static_cast<Eigen::Index>(pair), static_cast<Eigen::Index>(i)) =
                    roles.positions[pair][i];
        walk_.numbers("role_position", {prompt_, role}, places, WholeRange{-1, width_ - 1});
        if (!walk_.reads())
            return;
        for (Eigen::Index pair = 0; pair < places.rows(); ++pair) {
            auto& own = roles.positions.emplace_back();
            for (const double place : places.row(pair)) {
                own.push_back(static_cast<int>(place));
                walk_.require(own.back() < result_.lengths[static_cast<std::size_t>(pair)],
                              "role_position", "names positions beyond the prompt's end");
            }
        }
    }

    /// Of several pairs, for other programs: they follow from the pairs' values.
    void statistics() {
        const auto columns = columnsOf(result_);
        auto names = columns.labels;
        const auto column =
            columns.positions.empty() ? FieldAxis() : walk_.labelled("statistics/column", names);
        std::vector<std::string> ends{"low", "high"};
        const auto bound = walk_.labelled("statistics/bound", ends);
        for (const auto& grid : result_.grids) {
            auto of = axes(grid);
            of.erase(of.begin());
            if (axesOf(grid.site).pos && !columns.positions.empty())
                of.back() = column;
            statistics("statistics/" + groupName(grid.method) + "/" + name(grid.site),
                       statisticsOf(sampledCells(result_, grid, false)), of, bound);
        }
        const auto& request = result_.request;
        walk_.note("statistics", "bootstrap", std::int64_t{request.resamples});
        walk_.note("statistics", "flips", std::int64_t{request.flips});
        walk_.note("statistics", "seed", std::to_string(request.seed));
    }

    void statistics(const std::string& folder, CellStatistics of, const FieldAxes& cells,
                    const FieldAxis& bound) {
        auto both = std::move(of.low);
        both.insert(both.end(), of.high.begin(), of.high.end());
        auto bounded = cells;
        bounded.insert(bounded.begin(), bound);
        const auto unit = unitOf(result_.request.metric);
        walk_.derived(folder + "/mean", cells, std::move(of.mean));
        walk_.note(folder + "/mean", "unit", unit);
        walk_.derived(folder + "/ci95", bounded, std::move(both));
        walk_.note(folder + "/ci95", "unit", unit);
        walk_.derived(folder + "/p", cells, std::move(of.p));
        walk_.derived(folder + "/q", cells, std::move(of.q));
        walk_.derived(folder + "/count", cells, {of.count.begin(), of.count.end()}, WholeRange{});
    }

    /// What is to be read.
    void prepare() {
        using enum PatchMethod;
        for (const auto method : {Attribution, AtpStar, IntegratedGradients, Exact})
            if (result_.request.asks(method))
                for (const auto site : result_.request.sites)
                    result_.grids.push_back(
                        {method,
                         site,
                         shapeOf(site, result_.model.config, width_, result_.neurons.size()),
                         {}});
        for (const auto method : {Eap, EapIg})
            if (result_.request.asks(method)) {
                auto& edges = result_.edges.emplace_back();
                edges.method = method;
                edges.pairs = result_.cleanMetric.size();
            }
    }

    /// With the pairs first.
    FieldAxes axes(const PatchGrid& grid) {
        const auto of = axesOf(grid.site);
        if (of.neuron)
            return {prompt_, neuron_};
        FieldAxes list{prompt_, layer_};
        if (of.head)
            list.push_back(head_);
        if (of.pos)
            list.push_back(walk_.pos(grid.shape.back()));
        return list;
    }

    void metric(const std::string& name, FieldAxes axes, Table& values) {
        walk_.numbers(name, std::move(axes), values);
        walk_.note(name, "unit", unitOf(result_.request.metric));
    }

    void effects(const std::string& name, FieldAxes axes, Table& values) {
        walk_.numbers(name, std::move(axes), values);
        walk_.note(name, "unit", unitOf(result_.request.metric));
        walk_.note(name, "direction", residuum::name(result_.request.direction));
    }

    FieldWalk& walk_;
    PatchResult& result_;
    FieldAxis prompt_, layer_, head_, neuron_;
    std::optional<FieldAxis> size_;
    int width_ = 0; ///< of what is read
};

} // namespace

void PatchAnalysis::fields(FieldWalk& walk, PatchResult& result) {
    PatchFields(walk, result).describe();
}

std::uint64_t PatchAnalysis::bytes(const ModelInfo& model, const PairInput& input,
                                   const PatchRequest& request) {
    const auto pairs = static_cast<std::uint64_t>(input.tokens.size());
    const auto width = static_cast<int>(longestSequence(input.tokens.clean));
    std::uint64_t cells = 2; // the metrics
    std::uint64_t means = 0;
    const int neurons = std::min(request.neurons, model.config.n_layers * model.config.d_mlp);
    for (const auto method : request.methods)
        for (const auto site : request.sites) {
            std::uint64_t each = 1;
            for (const auto extent :
                 shapeOf(site, model.config, width, static_cast<std::size_t>(neurons)))
                each *= static_cast<std::uint64_t>(extent);
            const bool grid = method != PatchMethod::Eap && method != PatchMethod::EapIg &&
                              method != PatchMethod::Path;
            cells += grid ? each : 0;
            means += grid ? each : 0;
        }
    const auto edges = 2 * static_cast<std::uint64_t>(edgeSenders(model.config).size()) *
                       edgeReceivers(model.config).size();
    const auto tables = std::uint64_t{request.asks(PatchMethod::Eap)} +
                        std::uint64_t{request.asks(PatchMethod::EapIg)};
    const auto sizes = request.faithfulness.of(edgeCount(model.config)).size();
    const auto draws = static_cast<std::uint64_t>(request.randomCircuits);
    cells += tables * (static_cast<std::uint64_t>(request.checkEdges) + 2 * sizes) + draws * sizes;
    // Mean, interval, p, q and count of each cell.
    const auto statistics = pairs > 1 ? means * (5 * sizeof(double) + sizeof(std::int32_t)) : 0;
    return (pairs * cells + tables * edges) * byteSize(storedNumber(model.numeric)) + statistics;
}

} // namespace residuum
