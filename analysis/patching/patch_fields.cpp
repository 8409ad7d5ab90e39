// The fields of patching results (CONTRACT, kind "patch").
#include "analysis/patching/edges.h"
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
        for (auto& grid : result_.grids)
            effects(groupName(grid.method) + "/" + name(grid.site), axes(grid), grid.values);
        for (auto& edges : result_.edges) {
            const auto folder = groupName(edges.method) + "/";
            const auto sender = walk_.labelled(folder + "sender", edges.senders),
                       receiver = walk_.labelled(folder + "receiver", edges.receivers);
            effects(folder + "mean", {sender, receiver}, edges.mean);
            effects(folder + "std", {sender, receiver}, edges.deviation);
        }
        auto& path = result_.path;
        if (walk_.reads() ? result_.request.asks(PatchMethod::Path) : !path.receivers.empty()) {
            const auto receiver = walk_.labelled("path/receiver", path.receivers);
            effects("path/effect", {prompt_, receiver}, path.values);
            walk_.note("path/effect", "sender", result_.request.sender);
        }
    }

  private:
    void measure(const ResultReader& reader) {
        const auto clean = reader.tokens("clean").input;
        reader.requireShape("/corrupt", reader.tokenShape("clean"));
        width_ = static_cast<int>(longestSequence(clean));
        result_.cleanMetric.resize(clean.sequences.size());
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
            if (result_.request.asks(method))
                result_.edges.push_back({method, {}, {}, {}, {}});
    }

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

    void effects(const std::string& name, FieldAxes axes, Table& values) {
        walk_.numbers(name, std::move(axes), values);
        walk_.note(name, "unit", unitOf(result_.request.metric));
        walk_.note(name, "direction", residuum::name(result_.request.direction));
    }

    FieldWalk& walk_;
    PatchResult& result_;
    FieldAxis prompt_, layer_, head_, neuron_;
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
        }
    const auto edges = 2 * static_cast<std::uint64_t>(edgeSenders(model.config).size()) *
                       edgeReceivers(model.config).size();
    const auto tables = std::uint64_t{request.asks(PatchMethod::Eap)} +
                        std::uint64_t{request.asks(PatchMethod::EapIg)};
    return (pairs * cells + tables * edges) * byteSize(storedNumber(model.numeric));
}

} // namespace residuum
