#include "analysis/patching/site_cells.h"

#include "analysis/question/thing.h"
#include "core/model/attention.h"
#include "core/model/row_index.h"

#include <ATen/ATen.h>

namespace residuum {

namespace {

using enum PatchSite;

EntryPoint entryOf(PatchSite site) {
    switch (site) {
    case ResidPre:
    case MlpOut:  // enters as the next block's input
    case MlpPost: // likewise
        return EntryPoint::Resid;
    case ResidMid:
    case AttnOut:
        return EntryPoint::ResidMid;
    case Z:
    case ZAll:
    case Pattern:
        return EntryPoint::Z;
    case Q:
    case QAll:
        return EntryPoint::Queries;
    case K:
    case KAll:
        return EntryPoint::Keys;
    case V:
    case VAll:
        return EntryPoint::Values;
    }
    return EntryPoint::Resid;
}

/// The head activation that a site replaces, [B, T, H, D].
const at::Tensor& headsOf(const LayerRun& run, PatchSite site) {
    switch (site) {
    case Q:
    case QAll:
        return run.q;
    case K:
    case KAll:
        return run.k;
    case V:
    case VAll:
        return run.v;
    default:
        return run.z;
    }
}

at::Tensor asRows(const at::Tensor& t) {
    return t.reshape({t.size(0) * t.size(1), t.numel() / (t.size(0) * t.size(1))});
}

} // namespace

std::vector<std::int64_t> shapeOf(PatchSite site, const ModelConfig& config, int width,
                                  std::size_t neurons) {
    const auto axes = axesOf(site);
    if (axes.neuron)
        return {static_cast<std::int64_t>(neurons)};
    std::vector<std::int64_t> shape{config.n_layers};
    if (axes.head)
        shape.push_back(config.n_heads);
    if (axes.pos)
        shape.push_back(width);
    return shape;
}

std::vector<NeuronPlace> neuronPlaces(const std::vector<std::string>& labels,
                                      const ModelConfig& config) {
    std::vector<NeuronPlace> places;
    for (const auto& label : labels) {
        const auto neuron = parseNeuron(label);
        if (!neuron || neuron->layer.value >= config.n_layers ||
            neuron->index.value >= config.d_mlp)
            return {};
        places.push_back({neuron->layer.value, neuron->index.value});
    }
    return places;
}

std::vector<SiteCell> cellsOf(PatchSite site, const ModelConfig& config, int length, int width,
                              const std::vector<NeuronPlace>& neurons) {
    std::vector<SiteCell> cells;
    const auto axes = axesOf(site);
    if (axes.neuron) {
        for (const auto& place : neurons)
            cells.push_back(
                {site, place.layer, 0, 0, place.neuron, static_cast<std::int64_t>(cells.size())});
        return cells;
    }
    const int heads = axes.head ? config.n_heads : 1;
    const int positions = axes.pos ? length : 1;
    const int stride = axes.pos ? width : 1;
    for (int layer = 0; layer < config.n_layers; ++layer)
        for (int head = 0; head < heads; ++head)
            for (int pos = 0; pos < positions; ++pos)
                cells.push_back({site, layer, head, pos, 0,
                                 (std::int64_t{layer} * heads + head) * stride + pos});
    return cells;
}

std::optional<Injection> injectionOf(const SiteCell& cell, std::int64_t pair,
                                     std::int64_t firstDifferent, const ModelConfig& config,
                                     std::int64_t length) {
    Injection injection;
    injection.point = entryOf(cell.site);
    injection.layer = cell.layer + (cell.site == MlpOut || cell.site == MlpPost ? 1 : 0);
    injection.pair = pair;
    const bool onePosition = axesOf(cell.site).pos;
    injection.first = onePosition ? cell.pos : firstDifferent;
    injection.count = onePosition ? 1 : length - firstDifferent;
    if (injection.count <= 0 || injection.first < firstDifferent)
        return std::nullopt;
    return reaching(injection, config.n_layers, length);
}

SiteValues::SiteValues(const Weights& weights, const PairRuns& runs)
    : weights_(weights), runs_(runs), length_(runs.base.residFinal.size(1)),
      masks_(allPatchSites().size()), patternZ_(runs.base.layers.size()) {}

const at::Tensor& SiteValues::patternZ(int layer) const {
    const auto l = static_cast<std::size_t>(layer);
    if (!patternZ_[l].defined()) {
        const auto& source = runs_.source.layers[l];
        patternZ_[l] = mixValues(
            attentionMaps({source.q, source.k, source.v}, weights_.blocks[l].scoreScale).pattern,
            runs_.base.layers[l].v);
    }
    return patternZ_[l];
}

/// Where the runs differ, bool: [B, T], [B, T, H], [B, H] or [B, M].
at::Tensor SiteValues::difference(PatchSite site, int layer) const {
    const auto& base = runs_.base.layers[static_cast<std::size_t>(layer)];
    const auto& source = runs_.source.layers[static_cast<std::size_t>(layer)];
    const auto differ = [](const at::Tensor& a, const at::Tensor& b) { return a.ne(b).any(-1); };
    switch (site) {
    case ResidPre:
        return differ(base.residPre, source.residPre);
    case ResidMid:
        return differ(base.residMid, source.residMid);
    case AttnOut:
        return differ(base.attnOut, source.attnOut);
    case MlpOut:
        return differ(base.mlpOut, source.mlpOut);
    case MlpPost:
        return base.mlpPost.ne(source.mlpPost).any(1);
    case Pattern:
        return differ(base.z, patternZ(layer)).any(1);
    case Z:
    case Q:
    case K:
    case V:
        return differ(headsOf(base, site), headsOf(source, site));
    case ZAll:
    case QAll:
    case KAll:
    case VAll:
        return differ(headsOf(base, site), headsOf(source, site)).any(1);
    }
    return {};
}

bool SiteValues::differs(const SiteCell& cell, std::int64_t pair) {
    auto& mask = masks_[static_cast<std::size_t>(cell.site)];
    const auto pairs = runs_.base.residFinal.size(0);
    if (!mask.defined()) {
        std::vector<at::Tensor> layers;
        for (std::size_t layer = 0; layer < runs_.base.layers.size(); ++layer)
            layers.push_back(difference(cell.site, static_cast<int>(layer)));
        mask = at::stack(layers).cpu().contiguous(); // of all layers in one transfer
    }
    const auto axes = axesOf(cell.site);
    auto index = cell.layer * pairs + pair;
    if (axes.pos)
        index = index * length_ + cell.pos;
    if (axes.head)
        index = index * weights_.config.n_heads + cell.head;
    if (axes.neuron)
        index = index * weights_.config.d_mlp + cell.neuron;
    return mask.data_ptr<bool>()[index];
}

at::Tensor SiteValues::headRows(const SiteCell& cell, std::span<const Injection> injections,
                                const std::vector<SiteCell>& cells) const {
    const auto l = static_cast<std::size_t>(cell.layer);
    const auto n_heads = weights_.config.n_heads, d_head = weights_.config.d_head;
    std::vector<std::int64_t> places, heads;
    for (const auto& injection : injections)
        for (std::int64_t i = 0; i < injection.count; ++i) {
            places.push_back(injection.pair * length_ + injection.first + i);
            heads.push_back(cells[injection.patch].head);
        }
    const auto& base = headsOf(runs_.base.layers[l], cell.site);
    const auto& source =
        cell.site == Pattern ? patternZ(cell.layer) : headsOf(runs_.source.layers[l], cell.site);
    const auto rows = static_cast<std::int64_t>(places.size());
    const auto index = rowIndex(places, base);
    const auto here = at::zeros({rows, n_heads}, index.options().dtype(at::kBool))
                          .scatter_(1, rowIndex(heads, base).unsqueeze(1), true)
                          .unsqueeze(2);
    const auto gathered = [&](const at::Tensor& t) {
        return asRows(t).index_select(0, index).view({rows, n_heads, d_head});
    };
    return at::where(here, gathered(source), gathered(base)).view({rows, n_heads * d_head});
}

at::Tensor SiteValues::rows(const SiteCell& cell, std::span<const Injection> injections,
                            const std::vector<SiteCell>& cells) const {
    if (axesOf(cell.site).head)
        return headRows(cell, injections, cells);
    const auto l = static_cast<std::size_t>(cell.layer);
    const auto& base = runs_.base.layers[l];
    const auto& source = runs_.source.layers[l];
    std::vector<std::int64_t> places, neurons;
    for (const auto& injection : injections)
        for (std::int64_t i = 0; i < injection.count; ++i) {
            places.push_back(injection.pair * length_ + injection.first + i);
            neurons.push_back(cells[injection.patch].neuron);
        }
    const auto index = rowIndex(places, base.residPre);
    const auto at = [&](const at::Tensor& t) { return asRows(t).index_select(0, index); };
    switch (cell.site) {
    case ResidPre:
        return at(source.residPre);
    case ResidMid:
        return at(source.residMid);
    case AttnOut:
        return at(base.residPre) + at(source.attnOut);
    case MlpOut:
        return at(base.residMid) + at(source.mlpOut);
    default: { // MlpPost
        const auto& after = l + 1 < runs_.base.layers.size() ? runs_.base.layers[l + 1].residPre
                                                             : runs_.base.residFinal;
        const auto which = rowIndex(neurons, base.residPre);
        const auto change = (at(source.mlpPost) - at(base.mlpPost)).gather(1, which.unsqueeze(1));
        return at(after) + change * weights_.blocks[l].W_out.index_select(0, which);
    }
    }
}

} // namespace residuum
