#include "naive_patching.h"

#include "core/model/activation.h"
#include "core/model/norm.h"

#include <ATen/ATen.h>

#include <cmath>

namespace residuum::test {

at::Tensor naiveForward(const Weights& weights, const at::Tensor& tokens, const NaiveHook& hook) {
    const auto T = tokens.size(0);
    const auto d = weights.W_E.size(1);
    const int H = weights.config.n_heads;
    auto resid = weights.W_E.index_select(0, tokens) + weights.W_pos.narrow(0, 0, T);
    const auto above = at::ones({T, T}, at::kBool).triu(1);
    for (int l = 0; l < weights.config.n_layers; ++l) {
        const auto& block = weights.blocks[static_cast<std::size_t>(l)];
        hook(l, "resid_pre", resid);
        const auto qkv = [&](int third) {
            const auto norm = normalize(resid, third == 2 ? block.ln1_v : block.ln1_qk);
            return (at::matmul(norm, block.W_QKV.narrow(1, third * d, d)) +
                    block.b_QKV.narrow(0, third * d, d))
                .view({T, H, d / H});
        };
        auto q = qkv(0), k = qkv(1), v = qkv(2);
        hook(l, "q", q);
        hook(l, "k", k);
        hook(l, "v", v);
        auto scores = at::einsum("qhd,khd->hqk", {q, k}) * weights.config.scoreScale(l);
        auto pattern = at::softmax(scores.masked_fill(above, -INFINITY), -1);
        hook(l, "pattern", pattern);
        auto z = at::einsum("hqk,khd->qhd", {pattern, v});
        hook(l, "z", z);
        auto attnOut = at::matmul(z.reshape({T, d}), block.W_O) + block.b_O;
        hook(l, "attn_out", attnOut);
        auto mid = resid + attnOut;
        hook(l, "resid_mid", mid);
        auto post = activate(at::matmul(normalize(mid, block.ln2), block.W_in) + block.b_in,
                             weights.config.activation);
        hook(l, "mlp_post", post);
        auto mlpOut = at::matmul(post, block.W_out) + block.b_out;
        hook(l, "mlp_out", mlpOut);
        resid = mid + mlpOut;
    }
    return resid.narrow(0, T - 1, 1);
}

std::map<std::string, at::Tensor> naiveActivations(const Weights& weights,
                                                   const at::Tensor& tokens) {
    std::map<std::string, at::Tensor> seen;
    naiveForward(weights, tokens, [&](int layer, const std::string& name, at::Tensor& value) {
        seen[std::to_string(layer) + "." + name] = value.clone();
    });
    return seen;
}

std::string hookOf(PatchSite site) {
    switch (site) {
    case PatchSite::ZAll:
        return "z";
    case PatchSite::QAll:
        return "q";
    case PatchSite::KAll:
        return "k";
    case PatchSite::VAll:
        return "v";
    default:
        return name(site);
    }
}

at::Tensor partOf(const at::Tensor& value, const SiteCell& cell) {
    if (cell.site == PatchSite::Pattern)
        return value.select(0, cell.head);
    if (cell.site == PatchSite::MlpPost)
        return value.select(1, cell.neuron);
    auto part = axesOf(cell.site).head ? value.select(1, cell.head) : value;
    return axesOf(cell.site).pos ? part.select(0, cell.pos) : part;
}

at::Tensor naivePatch(const Weights& weights, const at::Tensor& baseTokens,
                      const std::map<std::string, at::Tensor>& source, const SiteCell& cell) {
    const auto wanted = hookOf(cell.site);
    return naiveForward(weights, baseTokens,
                        [&](int layer, const std::string& name, at::Tensor& value) {
                            if (layer != cell.layer || name != wanted)
                                return;
                            const auto& from = source.at(std::to_string(layer) + "." + name);
                            value = value.clone();
                            partOf(value, cell).copy_(partOf(from, cell));
                        });
}

namespace {

std::string at(int layer, const std::string& name) {
    return std::to_string(layer) + "." + name;
}

struct End {
    explicit End(const std::string& label) {
        isHead = std::sscanf(label.c_str(), "L%dH%d.%c", &layer, &head, &input) >= 2;
        isMlp = !isHead && std::sscanf(label.c_str(), "L%d", &layer) == 1;
    }
    int layer = 0, head = 0;
    char input = 0;
    bool isHead = false, isMlp = false;
};

} // namespace

at::Tensor naiveOutput(const Weights& weights, const std::map<std::string, at::Tensor>& run,
                       const std::string& sender) {
    const End from(sender);
    if (from.isHead) {
        const auto D = weights.config.d_head;
        return at::matmul(
            run.at(at(from.layer, "z")).select(1, from.head),
            weights.blocks[static_cast<std::size_t>(from.layer)].W_O.narrow(0, from.head * D, D));
    }
    return run.at(from.isMlp ? at(from.layer, "mlp_out") : at(0, "resid_pre"));
}

at::Tensor naiveReceived(const Weights& weights, const std::string& receiver,
                         const at::Tensor& resid) {
    const End to(receiver);
    const auto& block = weights.blocks[static_cast<std::size_t>(to.layer)];
    if (to.isMlp) {
        const auto pre = at::matmul(normalize(resid, block.ln2), block.W_in) + block.b_in;
        return at::matmul(activate(pre, weights.config.activation), block.W_out) + block.b_out;
    }
    const auto D = weights.config.d_head;
    const int third = to.input == 'q' ? 0 : to.input == 'k' ? 1 : 2;
    const auto begin = third * weights.W_E.size(1) + to.head * D;
    return at::matmul(normalize(resid, third == 2 ? block.ln1_v : block.ln1_qk),
                      block.W_QKV.narrow(1, begin, D)) +
           block.b_QKV.narrow(0, begin, D);
}

at::Tensor naiveEdge(const Weights& weights, const at::Tensor& baseTokens,
                     const std::map<std::string, at::Tensor>& baseRun, const std::string& receiver,
                     const at::Tensor& change) {
    const End to(receiver);
    const auto final = naiveForward(
        weights, baseTokens, [&](int layer, const std::string& name, at::Tensor& value) {
            if (layer != to.layer)
                return;
            if (to.isHead && name == std::string(1, to.input)) {
                value = value.clone();
                value.select(1, to.head)
                    .copy_(naiveReceived(weights, receiver,
                                         baseRun.at(at(layer, "resid_pre")) + change));
            }
            if (to.isMlp && name == "mlp_out")
                value =
                    naiveReceived(weights, receiver, baseRun.at(at(layer, "resid_mid")) + change);
        });
    return receiver == "logits" ? final + change.narrow(0, change.size(0) - 1, 1) : final;
}

at::Tensor naiveCircuit(const Weights& weights, const at::Tensor& cleanTokens,
                        const at::Tensor& corruptTokens,
                        const std::set<std::pair<std::string, std::string>>& edges) {
    const auto corrupt = naiveActivations(weights, corruptTokens);
    const auto clean = naiveActivations(weights, cleanTokens);
    const auto T = cleanTokens.size(0);
    const auto above = at::ones({T, T}, at::kBool).triu(1);
    std::map<std::string, at::Tensor> differs;
    const auto reads = [&](const std::string& receiver, at::Tensor resid) {
        for (const auto& [sender, change] : differs)
            if (edges.count({sender, receiver}) > 0)
                resid = resid + change;
        return resid;
    };
    differs["embed"] =
        naiveOutput(weights, clean, "embed") - naiveOutput(weights, corrupt, "embed");
    for (int l = 0; l < weights.config.n_layers; ++l) {
        const auto& block = weights.blocks[static_cast<std::size_t>(l)];
        const auto D = weights.config.d_head;
        std::map<std::string, at::Tensor> written; // heads of a layer do not read each other
        for (int h = 0; h < weights.config.n_heads; ++h) {
            const auto head = "L" + std::to_string(l) + "H" + std::to_string(h);
            const auto input = [&](const std::string& which) {
                return naiveReceived(weights, head + which,
                                     reads(head + which, corrupt.at(at(l, "resid_pre"))));
            };
            const auto scores =
                at::matmul(input(".q"), input(".k").t()) * weights.config.scoreScale(l);
            const auto z =
                at::matmul(at::softmax(scores.masked_fill(above, -INFINITY), -1), input(".v"));
            written[head] =
                at::matmul(z, block.W_O.narrow(0, h * D, D)) - naiveOutput(weights, corrupt, head);
        }
        differs.insert(written.begin(), written.end());
        const auto mlp = "L" + std::to_string(l) + ".mlp";
        differs[mlp] = naiveReceived(weights, mlp, reads(mlp, corrupt.at(at(l, "resid_mid")))) -
                       corrupt.at(at(l, "mlp_out"));
    }
    const int last = weights.config.n_layers - 1;
    const auto final = corrupt.at(at(last, "resid_mid")) + corrupt.at(at(last, "mlp_out"));
    return reads("logits", final).narrow(0, T - 1, 1);
}

at::Tensor tokenTensor(const TokenSequence& sequence) {
    std::vector<std::int64_t> ids;
    for (const auto token : sequence.tokens)
        ids.push_back(token.value);
    return at::tensor(ids, at::kLong);
}

} // namespace residuum::test
