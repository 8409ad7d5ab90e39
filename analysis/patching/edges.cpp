#include "analysis/patching/edges.h"

#include "analysis/patching/gradients.h"
#include "analysis/question/thing.h"
#include "core/model/activation.h"
#include "core/model/attention.h"
#include "core/model/block.h"
#include "core/model/doubles.h"
#include "core/model/norm.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

/// What every sender's output changes by, [B, S, T, d].
at::Tensor senderChanges(const PatchGroup& group) {
    const auto& [base, source] = group.runs;
    std::vector<at::Tensor> changes{
        (source.layers.front().residPre - base.layers.front().residPre).unsqueeze(1)};
    for (std::size_t l = 0; l < base.layers.size(); ++l) {
        changes.push_back(
            throughEachHead(source.layers[l].z - base.layers[l].z, group.weights.blocks[l].W_O));
        changes.push_back((source.layers[l].mlpOut - base.layers[l].mlpOut).unsqueeze(1));
    }
    return at::cat(changes, 1);
}

/// d metric / d what each head's q, k and v read, [B, 3·H, T, d] in the receivers' order.
at::Tensor headInputGradients(const LayerGradients& g, const LayerRun& run,
                              const BlockWeights& block) {
    const auto d = run.residPre.size(-1);
    const auto x = run.residPre.unsqueeze(1);
    std::vector<at::Tensor> parts;
    for (const int third : {0, 1, 2}) {
        const auto& gradient = third == 0 ? g.q : third == 1 ? g.k : g.v;
        const auto W = block.W_QKV.narrow(1, third * d, d).t().contiguous(); // [H·D, d]
        parts.push_back(normalizeBackward(throughEachHead(gradient, W), x,
                                          third == 2 ? block.ln1_v : block.ln1_qk));
    }
    return at::stack(parts, 2).flatten(1, 2);
}

class EdgeTable {
  public:
    EdgeTable(const at::Tensor& changes, std::int64_t receivers)
        : changes_(changes),
          scores_(inDouble(
              at::zeros({changes.size(0), changes.size(1), receivers}, changes.options()))) {}

    /// gradients: [B, n, T, d] of receivers [first, first + n), reached by the first `senders`.
    void add(std::int64_t first, std::int64_t senders, const at::Tensor& gradients) {
        const auto scores = at::bmm(changes_.narrow(1, 0, senders).flatten(2),
                                    gradients.flatten(2).transpose(1, 2));
        scores_.narrow(1, 0, senders)
            .narrow(2, first, gradients.size(1))
            .add_(scores.to(scores_.device()));
    }
    at::Tensor take() { return std::move(scores_); }

  private:
    const at::Tensor& changes_; ///< [B, S, T, d]
    at::Tensor scores_;         ///< [B, S, N]
};

at::Tensor edgesAt(const PatchGroup& group, const ModelRun& run, const at::Tensor& changes,
                   const Progress& progress) {
    const auto& config = group.weights.config;
    const auto length = run.residFinal.size(1);
    EdgeTable table(changes, static_cast<std::int64_t>(edgeReceivers(config).size()));
    const auto atEnd = group.metric.gradient(run.residFinal.select(1, length - 1));
    auto whole = at::zeros(run.residFinal.sizes(), run.residFinal.options());
    whole.select(1, length - 1).copy_(atEnd);
    const std::int64_t perLayer = 3 * config.n_heads + 1, written = config.n_heads + 1;
    table.add(perLayer * config.n_layers, changes.size(1), whole.unsqueeze(1));
    backward(
        group.weights, run, atEnd,
        [&](int layer, const LayerGradients& g) {
            const auto l = static_cast<std::size_t>(layer);
            const auto& block = group.weights.blocks[l];
            table.add(layer * perLayer, 1 + layer * written,
                      headInputGradients(g, run.layers[l], block));
            table.add(layer * perLayer + perLayer - 1, layer * written + written,
                      normalizeBackward(g.ln2Norm, run.layers[l].residMid, block.ln2).unsqueeze(1));
        },
        progress);
    return table.take();
}

/// A full pass in which chosen inputs read the base's residual stream plus `change`.
class PathPass {
  public:
    PathPass(const PatchGroup& group, const at::Tensor& change,
             const std::vector<std::size_t>& receivers)
        : group_(group), config_(group.weights.config), change_(change), receivers_(receivers) {}

    at::Tensor run(const Progress& progress) const {
        auto resid = group_.runs.base.layers.front().residPre;
        for (int layer = 0; layer < config_.n_layers; ++layer) {
            progress.check();
            const auto l = static_cast<std::size_t>(layer);
            const auto& block = group_.weights.blocks[l];
            const auto z =
                attend({read(layer, Third::Queries, resid), read(layer, Third::Keys, resid),
                        read(layer, Third::Values, resid)},
                       block.scoreScale);
            const auto mid = resid + attentionOut(z.reshape(resid.sizes()), block);
            const bool chosen = isChosen(place(layer, 3 * config_.n_heads));
            resid = mid + mlp(block, chosen ? group_.runs.base.layers[l].residMid + change_ : mid);
        }
        if (isChosen(place(config_.n_layers, 0)))
            resid = group_.runs.base.residFinal + change_;
        return resid.select(1, resid.size(1) - 1);
    }

  private:
    std::size_t place(int layer, int within) const {
        return static_cast<std::size_t>(layer * (3 * config_.n_heads + 1) + within);
    }
    bool isChosen(std::size_t receiver) const {
        return std::find(receivers_.begin(), receivers_.end(), receiver) != receivers_.end();
    }

    /// Queries, keys or values of every head, [B, T, H, D].
    at::Tensor read(int layer, Third third, const at::Tensor& resid) const {
        const auto l = static_cast<std::size_t>(layer);
        const auto& block = group_.weights.blocks[l];
        const auto projected = [&](const at::Tensor& x) {
            return project(normalizeForAttention(x, block), block, third)
                .view({x.size(0), x.size(1), config_.n_heads, config_.d_head});
        };
        std::vector<int> chosen;
        for (int head = 0; head < config_.n_heads; ++head)
            if (isChosen(place(layer, 3 * head + static_cast<int>(third))))
                chosen.push_back(head);
        auto heads = projected(resid);
        if (chosen.empty())
            return heads;
        const auto patched = projected(group_.runs.base.layers[l].residPre + change_);
        for (const int head : chosen)
            heads.select(2, head).copy_(patched.select(2, head));
        return heads;
    }

    at::Tensor mlp(const BlockWeights& block, const at::Tensor& mid) const {
        const auto pre = mlpPre(normalize(mid, block.ln2), block);
        return mlpOut(activate(pre, config_.activation), block);
    }

    const PatchGroup& group_;
    const ModelConfig& config_;
    const at::Tensor& change_; ///< [B, T, d]
    const std::vector<std::size_t>& receivers_;
};

template <class Labels>
std::size_t placeOf(const Labels& labels, const std::string& label) {
    return static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) -
                                    labels.begin());
}

std::string layersAndHeads(const ModelConfig& config) {
    return "layers run from 0 to " + std::to_string(config.n_layers - 1) + ", heads from 0 to " +
           std::to_string(config.n_heads - 1);
}

} // namespace

at::Tensor throughEachHead(const at::Tensor& heads, const at::Tensor& W) {
    const auto b = heads.size(0), t = heads.size(1), h = heads.size(2), D = heads.size(3);
    const auto rows = heads.permute({2, 0, 1, 3}).reshape({h, b * t, D});
    return at::bmm(rows, W.view({h, D, W.size(1)})).view({h, b, t, W.size(1)}).transpose(0, 1);
}

std::vector<std::string> edgeSenders(const ModelConfig& config) {
    std::vector<std::string> labels{label(Component{})};
    for (int layer = 0; layer < config.n_layers; ++layer) {
        for (int head = 0; head < config.n_heads; ++head)
            labels.push_back(
                label(Component{ComponentKind::Head, LayerIndex(layer), HeadIndex(head)}));
        labels.push_back(label(Component{ComponentKind::Mlp, LayerIndex(layer), {}}));
    }
    return labels;
}

std::vector<std::string> edgeReceivers(const ModelConfig& config) {
    std::vector<std::string> labels;
    for (int layer = 0; layer < config.n_layers; ++layer) {
        for (int head = 0; head < config.n_heads; ++head)
            for (const auto input : {ReceiverKind::Q, ReceiverKind::K, ReceiverKind::V})
                labels.push_back(label(Receiver{input, LayerIndex(layer), HeadIndex(head)}));
        labels.push_back(label(Receiver{ReceiverKind::Mlp, LayerIndex(layer), {}}));
    }
    labels.push_back(label(Receiver{}));
    return labels;
}

std::int64_t sendersBefore(std::size_t receiver, const ModelConfig& config) {
    const std::int64_t perLayer = 3 * config.n_heads + 1, written = config.n_heads + 1;
    const auto layer = static_cast<std::int64_t>(receiver) / perLayer;
    const auto within = static_cast<std::int64_t>(receiver) % perLayer;
    return 1 + layer * written + (within == perLayer - 1 ? config.n_heads : 0);
}

std::size_t senderNamed(const std::string& label, const ModelConfig& config) {
    const auto senders = edgeSenders(config);
    const auto place = placeOf(senders, label);
    if (place == senders.size())
        throw UsageError("--sender " + label, "is no sender of this model; embed, a head such as "
                                              "L0H1 or an MLP such as L0.mlp is expected (" +
                                                  layersAndHeads(config) + ")");
    return place;
}

std::vector<std::size_t> receiversNamed(const std::string& label, std::size_t sender,
                                        const ModelConfig& config) {
    const auto receivers = edgeReceivers(config);
    std::vector<std::size_t> places;
    for (const auto& name : {label, label + ".q", label + ".k", label + ".v"})
        if (const auto place = placeOf(receivers, name); place < receivers.size())
            places.push_back(place);
    if (places.empty())
        throw UsageError("--receivers " + label,
                         "is no receiver of this model; a head such as L1H3, one of its inputs "
                         "such as L1H3.q, an MLP such as L1.mlp or logits is expected (" +
                             layersAndHeads(config) + ")");
    for (const auto place : places)
        if (static_cast<std::int64_t>(sender) >= sendersBefore(place, config))
            throw UsageError("--receivers " + label, "comes before the sender " +
                                                         edgeSenders(config)[sender] +
                                                         ", so no path leads to it");
    return places;
}

at::Tensor edgeAttribution(const PatchGroup& group, int steps, const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto changes = senderChanges(group);
    if (steps == 0)
        return edgesAt(group, group.runs.base, changes, progress).cpu();
    at::Tensor sum;
    forEachStep(group.weights, group.runs, steps, progress, [&](const ModelRun& between) {
        const auto edges = edgesAt(group, between, changes, progress).div_(steps);
        sum = sum.defined() ? sum.add_(edges) : edges;
    });
    return sum.cpu();
}

std::vector<double> pathPatch(const PatchGroup& group, std::size_t sender,
                              const std::vector<std::size_t>& receivers, const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto change =
        senderChanges(group).select(1, static_cast<std::int64_t>(sender)).contiguous();
    const auto final = PathPass(group, change, receivers).run(progress);
    std::vector<std::int64_t> pairs;
    for (std::size_t pair = 0; pair < group.baseMetric.size(); ++pair)
        pairs.push_back(static_cast<std::int64_t>(pair));
    auto values = group.metric.of(final, pairs);
    for (std::size_t pair = 0; pair < values.size(); ++pair)
        values[pair] -= group.baseMetric[pair];
    return values;
}

std::int64_t edgeBytesPerPair(const Weights& weights, std::int64_t length) {
    const auto& config = weights.config;
    const std::int64_t senders = 1 + std::int64_t{config.n_layers} * (config.n_heads + 1);
    return (senders + 3 * config.n_heads) * length * config.d_model *
           static_cast<std::int64_t>(weights.W_pos.element_size());
}

std::int64_t edgeScoreBytes(const ModelConfig& config) {
    const std::int64_t senders = 1 + std::int64_t{config.n_layers} * (config.n_heads + 1);
    const std::int64_t receivers = 1 + std::int64_t{config.n_layers} * (3 * config.n_heads + 1);
    return senders * receivers * static_cast<std::int64_t>(sizeof(double));
}

} // namespace residuum
