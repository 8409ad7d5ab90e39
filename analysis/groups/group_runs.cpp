#include "analysis/groups/group_runs.h"

#include "core/model/activation.h"
#include "core/model/attention.h"
#include "core/model/block.h"
#include "core/model/doubles.h"
#include "core/model/norm.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <set>

namespace residuum {

namespace {

/// The members of one layer.
struct LayerMembers {
    std::vector<std::int64_t> heads, neurons;
    bool mlp = false;

    bool any() const { return mlp || !heads.empty() || !neurons.empty(); }
};

LayerMembers membersOf(int layer, std::span<const GroupMember> members) {
    LayerMembers here;
    for (const auto& member : members) {
        if (layerOf(member) != layer)
            continue;
        if (const auto* neuron = std::get_if<Neuron>(&member))
            here.neurons.push_back(neuron->index.value);
        else if (const auto& component = std::get<Component>(member);
                 component.kind == ComponentKind::Head)
            here.heads.push_back(component.head.value);
        else
            here.mlp = true;
    }
    return here;
}

/// A copy of `own` with `others` at the places listed of an axis.
at::Tensor replaced(const at::Tensor& own, const at::Tensor& others, int axis,
                    const std::vector<std::int64_t>& places) {
    if (places.empty())
        return own;
    auto result = own.clone();
    const auto from = others.expand_as(own);
    for (const auto place : places)
        result.select(axis, place).copy_(from.select(axis, place));
    return result;
}

QueriesKeysValues headsOf(const at::Tensor& resid, const BlockWeights& block, int n_heads) {
    const auto thirds = projectFrom(normalizeForAttention(resid, block), block, Third::Queries);
    const auto heads = [&](const at::Tensor& part) {
        return part.view({part.size(0), part.size(1), n_heads, part.size(2) / n_heads});
    };
    return {heads(thirds[0]), heads(thirds[1]), heads(thirds[2])};
}

/// The last position alone of what may be broadcast over positions.
at::Tensor last(const at::Tensor& value) {
    return value.defined() ? value.narrow(1, value.size(1) - 1, 1) : value;
}

} // namespace

at::Tensor runChanged(const Weights& weights, const ModelRun& base,
                      const std::vector<LayerValues>& values, std::span<const GroupMember> members,
                      const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto& config = weights.config;
    int first = config.n_layers;
    for (const auto& member : members)
        first = std::min(first, layerOf(member));
    auto resid = base.layers[static_cast<std::size_t>(first)].residPre;
    for (int layer = first; layer < config.n_layers; ++layer) {
        progress.check();
        const auto place = static_cast<std::size_t>(layer);
        const auto& block = weights.blocks[place];
        auto own = values[place];
        const auto here = membersOf(layer, members);
        // What enters the first layer is the base's, and so is what its heads make of it.
        auto z = layer == first ? base.layers[place].z
                                : attend(headsOf(resid, block, config.n_heads), block.scoreScale);
        if (layer + 1 == config.n_layers) { // from here on positions do not see each other
            z = last(z);
            resid = last(resid);
            own = {last(own.z), last(own.mlpPost), last(own.mlpOut)};
        }
        z = replaced(z, own.z, 2, here.heads);
        const auto mid = resid + attentionOut(z.reshape(resid.sizes()), block);
        if (here.mlp) {
            resid = mid + own.mlpOut.expand_as(mid);
            continue;
        }
        const auto post = activate(mlpPre(normalize(mid, block.ln2), block), config.activation);
        resid = mid + mlpOut(replaced(post, own.mlpPost, 2, here.neurons), block);
    }
    return resid.select(1, resid.size(1) - 1);
}

at::Tensor writtenBy(const Weights& weights, const ModelRun& run,
                     std::span<const GroupMember> members) {
    const at::NoGradGuard noGrad;
    const auto& config = weights.config;
    auto sum = at::zeros_like(inDouble(run.residFinal.select(1, run.residFinal.size(1) - 1)));
    std::set<int> layers;
    for (const auto& member : members)
        layers.insert(layerOf(member));
    for (const int layer : layers) {
        const auto place = static_cast<std::size_t>(layer);
        const auto& block = weights.blocks[place];
        const auto& there = run.layers[place];
        const auto here = membersOf(layer, members);
        const auto atEnd = [](const at::Tensor& value) {
            return inDouble(value.select(1, value.size(1) - 1));
        };
        if (!here.heads.empty()) {
            const auto bias =
                weights.derived.get(weights).valueBias[place].view({config.n_heads, -1});
            const auto z = atEnd(there.z) - bias;
            const auto W_O = inDouble(block.W_O).view({config.n_heads, z.size(2), -1});
            for (const auto head : here.heads)
                sum += at::matmul(z.select(1, head), W_O.select(0, head));
        }
        if (here.mlp)
            sum += atEnd(there.mlpOut) - inDouble(block.b_out);
        const auto post = atEnd(there.mlpPost);
        for (const auto neuron : here.neurons)
            sum += post.narrow(1, neuron, 1) * inDouble(block.W_out.select(0, neuron));
    }
    return sum;
}

} // namespace residuum
