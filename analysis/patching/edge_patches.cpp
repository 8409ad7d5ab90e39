#include "analysis/patching/edge_patches.h"

#include "analysis/patching/edges.h"
#include "analysis/patching/patch_division.h"
#include "analysis/patching/resumed_passes.h"
#include "core/model/activation.h"
#include "core/model/block.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "core/model/row_index.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <tuple>

namespace residuum {

namespace {

/// Of a receiver's place.
struct Input {
    Input(std::int32_t receiver, const ModelConfig& config) {
        const int perLayer = 3 * config.n_heads + 1;
        layer = receiver / perLayer;
        const int within = receiver % perLayer;
        isLogits = layer == config.n_layers;
        isMlp = !isLogits && within == perLayer - 1;
        head = within / 3;
        third = static_cast<Third>(within % 3);
    }

    int layer = 0, head = 0;
    Third third = Third::Queries;
    bool isMlp = false, isLogits = false;
};

/// Where the run of a patched edge leaves its base.
Injection injectionOf(const EdgePlace& edge, const ModelConfig& config, std::int64_t length,
                      std::int64_t first) {
    const Input to(edge.receiver, config);
    Injection injection;
    injection.first = first;
    injection.count = length - first;
    injection.layer = to.layer + (to.isMlp ? 1 : 0);
    if (!to.isMlp && !to.isLogits)
        injection.point = to.third == Third::Queries ? EntryPoint::Queries
                          : to.third == Third::Keys  ? EntryPoint::Keys
                                                     : EntryPoint::Values;
    return injection;
}

class EdgeRows {
  public:
    EdgeRows(const PatchGroup& group, std::span<const EdgePlace> edges)
        : group_(group), config_(group.weights.config), edges_(edges),
          length_(group.runs.base.residFinal.size(1)), d_(group.runs.base.residFinal.size(2)) {}

    /// Injections of one edge follow each other.
    at::Tensor of(std::span<const Injection> injections) const {
        std::vector<at::Tensor> parts;
        for (std::size_t begin = 0; begin < injections.size();) {
            auto end = begin + 1;
            while (end < injections.size() && injections[end].patch == injections[begin].patch)
                ++end;
            parts.push_back(ofEdge(injections.subspan(begin, end - begin)));
            begin = end;
        }
        return parts.size() == 1 ? parts.front() : at::cat(parts);
    }

  private:
    const LayerRun& base(int layer) const {
        return group_.runs.base.layers[static_cast<std::size_t>(layer)];
    }
    const LayerRun& source(int layer) const {
        return group_.runs.source.layers[static_cast<std::size_t>(layer)];
    }
    const BlockWeights& block(int layer) const {
        return group_.weights.blocks[static_cast<std::size_t>(layer)];
    }

    at::Tensor ofEdge(std::span<const Injection> injections) const {
        const auto& edge = edges_[injections.front().patch];
        std::vector<std::int64_t> places;
        for (const auto& injection : injections)
            for (std::int64_t i = 0; i < injection.count; ++i)
                places.push_back(injection.pair * length_ + injection.first + i);
        const auto index = rowIndex(places, group_.runs.base.residFinal);
        const auto rows = [&](const at::Tensor& t) {
            return t.reshape({-1, d_}).index_select(0, index);
        };
        const auto change = changeOf(edge.sender, rows);
        const Input to(edge.receiver, config_);
        if (to.isLogits)
            return rows(group_.runs.base.residFinal) + change;
        if (to.isMlp) {
            const auto mid = rows(base(to.layer).residMid);
            const auto& weights = block(to.layer);
            const auto pre = mlpPre(normalize(mid + change, weights.ln2), weights);
            return mid + mlpOut(activate(pre, config_.activation), weights);
        }
        return headInput(to, rows(base(to.layer).residPre) + change, rows);
    }

    /// What a sender's output changes by, at some rows. [rows, d]
    template <class Rows>
    at::Tensor changeOf(std::int32_t sender, const Rows& rows) const {
        const auto difference = [&](int layer, at::Tensor LayerRun::*what) {
            return rows(source(layer).*what) - rows(base(layer).*what);
        };
        if (sender == 0)
            return difference(0, &LayerRun::residPre);
        const int layer = (sender - 1) / (config_.n_heads + 1),
                  head = (sender - 1) % (config_.n_heads + 1);
        if (head == config_.n_heads)
            return difference(layer, &LayerRun::mlpOut);
        const auto D = config_.d_head;
        return applyWeights(difference(layer, &LayerRun::z).narrow(1, head * D, D),
                            block(layer).W_O.narrow(0, head * D, D));
    }

    /// Queries, keys or values of all heads, of which one reads `resid`. [rows, d]
    template <class Rows>
    at::Tensor headInput(const Input& to, const at::Tensor& resid, const Rows& rows) const {
        const auto& weights = block(to.layer);
        const auto& kept = base(to.layer);
        const bool values = to.third == Third::Values;
        const auto begin = static_cast<std::int64_t>(to.third) * d_ + to.head * config_.d_head;
        const auto norm = normalize(resid, values ? weights.ln1_v : weights.ln1_qk);
        auto all = rows(values ? kept.v : to.third == Third::Queries ? kept.q : kept.k);
        all.narrow(1, to.head * config_.d_head, config_.d_head)
            .copy_(applyWeights(norm, weights.W_QKV.narrow(1, begin, config_.d_head),
                                weights.b_QKV.narrow(0, begin, config_.d_head)));
        return all;
    }

    const PatchGroup& group_;
    const ModelConfig& config_;
    std::span<const EdgePlace> edges_;
    std::int64_t length_, d_;
};

} // namespace

Table patchEdges(const PatchGroup& group, std::span<const EdgePlace> edges, std::int64_t batchRows,
                 Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto& config = group.weights.config;
    const auto length = group.runs.base.residFinal.size(1);
    const auto pairs = static_cast<Eigen::Index>(group.baseMetric.size());
    Table effects = Table::Zero(pairs, static_cast<Eigen::Index>(edges.size()));
    std::vector<Injection> injections;
    for (std::size_t edge = 0; edge < edges.size(); ++edge)
        for (Eigen::Index pair = 0; pair < pairs; ++pair) {
            auto asked = injectionOf(edges[edge], config, length,
                                     group.firstDifferent[static_cast<std::size_t>(pair)]);
            asked.pair = pair;
            asked.patch = edge;
            if (const auto injection = reaching(asked, config.n_layers, length))
                injections.push_back(*injection);
        }
    std::stable_sort(injections.begin(), injections.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.layer, a.point) < std::tuple(b.layer, b.point);
    });
    const EdgeRows values(group, edges);
    const InjectedRows rows = [&](std::span<const Injection> asked) { return values.of(asked); };
    for (std::size_t begin = 0; begin < injections.size();) {
        auto end = begin;
        double flop = 0.0;
        for (std::int64_t count = 0; end < injections.size(); ++end) {
            count += rowsOf(injections[end], config.n_layers, length);
            if (count > batchRows && end > begin)
                break;
            flop += flopOf(injections[end], config, length) + group.metric.flop();
        }
        const auto batch = std::span(injections).subspan(begin, end - begin);
        std::vector<std::int64_t> of;
        for (const auto& injection : batch)
            of.push_back(injection.pair);
        const auto metric =
            group.metric.of(resume(group.weights, group.runs.base, batch, rows, progress), of);
        for (std::size_t i = 0; i < batch.size(); ++i)
            effects(batch[i].pair, static_cast<Eigen::Index>(batch[i].patch)) =
                metric[i] - group.baseMetric[static_cast<std::size_t>(batch[i].pair)];
        progress.advance(static_cast<std::int64_t>(flop / flopPerStep));
        begin = end;
    }
    return effects;
}

double edgePatchFlop(const EdgePlace& edge, const ModelConfig& config, std::int64_t length,
                     std::int64_t firstDifferent) {
    const auto injection =
        reaching(injectionOf(edge, config, length, firstDifferent), config.n_layers, length);
    return injection ? flopOf(*injection, config, length) : 0.0;
}

} // namespace residuum
