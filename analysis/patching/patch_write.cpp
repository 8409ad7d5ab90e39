// The file layout of patching results (CONTRACT, kind "patch").
#include "analysis/patching/patch_analysis.h"

#include "analysis/patching/edges.h"
#include "analysis/patching/site_cells.h"

#include <limits>

namespace residuum {

namespace {

/// Writes the results of one model into its group.
class PatchGroupWriter {
  public:
    PatchGroupWriter(ResultFile& file, std::size_t model, const PatchResult& result)
        : writer_(file.writer()), group_(file.modelGroup(model)), result_(result),
          type_(storedNumber(result.model.numeric)), pos_(file.posAxis()), width_(file.width()) {
        prompt_ = model == 0 ? writer_.axis("/prompt", promptCount()) : AxisRef{"/prompt"};
        layer_ = writer_.axis(group_ + "/layer", result.model.config.n_layers);
        head_ = writer_.axis(group_ + "/head", result.model.config.n_heads);
        if (!result.neurons.empty())
            neuron_ = writer_.axis(group_ + "/neuron", result.neurons);
    }

    void write() {
        writer_.attribute(group_, "direction", name(result_.request.direction));
        writer_.attribute(group_, "metric", name(result_.request.metric));
        writer_.dataset(group_ + "/clean_metric", type_, {prompt_}, result_.cleanMetric);
        writer_.dataset(group_ + "/corrupt_metric", type_, {prompt_}, result_.corruptMetric);
        writer_.dataset(group_ + "/gap_defined", StoredNumber::Int32, {prompt_}, gapDefined());
        for (const auto& grid : result_.grids)
            write(grid);
        for (const auto& edges : result_.edges)
            write(edges);
        if (!result_.path.receivers.empty())
            writePath();
    }

  private:
    std::int64_t promptCount() const {
        return static_cast<std::int64_t>(result_.cleanMetric.size());
    }
    /// 1, or 0 where values divided by the prompt's gap mean nothing.
    std::vector<double> gapDefined() const {
        std::vector<double> defined(result_.cleanMetric.size(), 1.0);
        for (const auto prompt : promptsWithoutGap(result_))
            defined[prompt] = 0.0;
        return defined;
    }
    std::string place(PatchMethod method, const std::string& name) const {
        return group_ + "/" + groupName(method) + "/" + name;
    }

    std::vector<AxisRef> axesOfGrid(const SiteAxes& axes) const {
        if (axes.neuron)
            return {prompt_, neuron_};
        std::vector<AxisRef> list{prompt_, layer_};
        if (axes.head)
            list.push_back(head_);
        if (axes.pos)
            list.push_back(pos_);
        return list;
    }

    /// The file's pos axis may be longer than the grid's, never shorter.
    std::vector<double> padded(const PatchGrid& grid) const {
        const std::span<const double> values(grid.values.data(),
                                             static_cast<std::size_t>(grid.values.size()));
        if (!axesOf(grid.site).pos || grid.shape.back() == width_)
            return {values.begin(), values.end()};
        const auto from = static_cast<std::size_t>(grid.shape.back());
        const auto to = static_cast<std::size_t>(width_);
        std::vector<double> flat(values.size() / from * to,
                                 std::numeric_limits<double>::quiet_NaN());
        for (std::size_t i = 0; i < values.size(); ++i)
            flat[i / from * to + i % from] = values[i];
        return flat;
    }

    void write(const PatchGrid& grid) {
        const auto path = place(grid.method, name(grid.site));
        writer_.dataset(path, type_, axesOfGrid(axesOf(grid.site)), padded(grid));
        describe(path);
    }

    void describe(const std::string& path) {
        writer_.attribute(path, "unit", unitOf(result_.request.metric));
        writer_.attribute(path, "direction", name(result_.request.direction));
    }

    void write(const EdgeGrid& edges) {
        const auto sender = writer_.axis(place(edges.method, "sender"), edges.senders);
        const auto receiver = writer_.axis(place(edges.method, "receiver"), edges.receivers);
        for (const auto& [what, table] :
             {std::pair{"mean", &edges.mean}, std::pair{"std", &edges.deviation}}) {
            const auto path = place(edges.method, what);
            writer_.dataset(path, type_, {sender, receiver},
                            {table->data(), static_cast<std::size_t>(table->size())});
            describe(path);
        }
    }

    void writePath() {
        const auto& path = result_.path;
        const auto receiver = writer_.axis(place(PatchMethod::Path, "receiver"), path.receivers);
        const auto target = place(PatchMethod::Path, "effect");
        writer_.dataset(target, type_, {prompt_, receiver},
                        {path.values.data(), static_cast<std::size_t>(path.values.size())});
        describe(target);
        writer_.attribute(target, "sender", result_.request.sender);
    }

    Hdf5Writer& writer_;
    std::string group_;
    const PatchResult& result_;
    StoredNumber type_;
    AxisRef prompt_, pos_, layer_, head_, neuron_;
    std::int64_t width_;
};

} // namespace

std::uint64_t PatchAnalysis::bytes(const ModelInfo& model, const PairInput& input,
                                   const PatchRequest& request) {
    const auto pairs = static_cast<std::uint64_t>(input.tokens.size());
    const auto width = static_cast<int>(longestSequence(input.tokens.clean));
    std::uint64_t cells = 2; // the metrics
    for (const auto method : request.methods)
        for (const auto site : request.sites) {
            std::uint64_t each = 1;
            for (const auto extent :
                 shapeOf(site, model.config, width, static_cast<std::size_t>(request.neurons)))
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

void PatchAnalysis::write(ResultFile& file, std::size_t index, const PatchResult& result,
                          const PairInput&) {
    PatchGroupWriter(file, index, result).write();
}

} // namespace residuum
