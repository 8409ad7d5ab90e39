#include "analysis/patching/attribution_patching.h"

#include "core/model/attention.h"
#include "core/model/doubles.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace residuum {

namespace {

using enum PatchSite;

at::Tensor summed(const at::Tensor& change, const at::Tensor& gradient) {
    return sumInDouble(change * gradient, -1);
}

at::Tensor swap(const at::Tensor& t) { // [B, T, H, …] and [B, H, T, …]
    return t.transpose(1, 2);
}

at::Tensor patternOf(const LayerRun& run, const BlockWeights& block) {
    return attentionMaps({run.q, run.k, run.v}, block.scoreScale).pattern;
}

/// One layer's estimates: base → source, gradient at the base or averaged.
class LayerEstimates {
  public:
    LayerEstimates(const PatchGroup& group, int layer, const LayerGradients& gradients)
        : block_(group.weights.blocks[static_cast<std::size_t>(layer)]),
          base_(group.runs.base.layers[static_cast<std::size_t>(layer)]),
          source_(group.runs.source.layers[static_cast<std::size_t>(layer)]), g_(gradients) {}

    /// [B, T], [B, H, T], [B, H] or [B, M].
    at::Tensor of(PatchSite site) const {
        switch (site) {
        case ResidPre:
            return summed(source_.residPre - base_.residPre, g_.residPre);
        case ResidMid:
            return summed(source_.residMid - base_.residMid, g_.residMid);
        case AttnOut:
            return summed(source_.attnOut - base_.attnOut, g_.residMid);
        case MlpOut:
            return summed(source_.mlpOut - base_.mlpOut, g_.residPost);
        case Z:
            return swap(summed(source_.z - base_.z, g_.z));
        case Q:
            return swap(summed(source_.q - base_.q, g_.q));
        case K:
            return swap(summed(source_.k - base_.k, g_.k));
        case V:
            return swap(summed(source_.v - base_.v, g_.v));
        case ZAll:
            return of(Z).sum(-1);
        case QAll:
            return of(Q).sum(-1);
        case KAll:
            return of(K).sum(-1);
        case VAll:
            return of(V).sum(-1);
        case Pattern:
            return sumInDouble((patternOf(source_, block_) - g_.pattern) * g_.patternGradient,
                               {2, 3});
        case MlpPost:
            return sumInDouble((source_.mlpPost - base_.mlpPost) * g_.mlpPost, 1);
        }
        return {};
    }

  protected:
    AttentionMaps maps(const at::Tensor& q, const at::Tensor& k) const {
        return attentionMaps({q, k, base_.v}, block_.scoreScale);
    }

    const BlockWeights& block_;
    const LayerRun& base_;
    const LayerRun& source_;
    const LayerGradients& g_;
};

/// AtP*'s: the softmax is computed again where a query or a key is replaced.
class QkFixedEstimates : public LayerEstimates {
  public:
    using LayerEstimates::LayerEstimates;

    at::Tensor of(PatchSite site) const {
        switch (site) {
        case Q:
            return ofQueries();
        case K:
            return ofKeys();
        case QAll:
            return ofQueries().sum(-1);
        case KAll:
            // All keys at once: the softmax of the base's queries over the source's keys.
            return sumInDouble((maps(base_.q, source_.k).pattern - g_.pattern) * g_.patternGradient,
                               {2, 3});
        default:
            return LayerEstimates::of(site);
        }
    }

  private:
    at::Tensor ofQueries() const {
        return summed(maps(source_.q, base_.k).pattern - g_.pattern, g_.patternGradient);
    }

    /// One key replaced changes one score of each later query, so that its softmax has a closed
    /// form: with a the old and b the new share of that key (over the old sum), every other weight
    /// is divided by 1 - a + b.
    at::Tensor ofKeys() const {
        const auto scores = inDouble(maps(base_.q, base_.k).scores);
        const auto replaced = inDouble(maps(base_.q, source_.k).scores);
        const auto gradient = inDouble(g_.patternGradient);
        const auto sum = at::logsumexp(scores, -1, /*keepdim=*/true);
        const auto a = at::exp(scores - sum);
        const auto others = at::clamp_min(1.0 - a, 0.0);
        // Relative to the larger of the two, so that no exponential overflows.
        const auto larger = at::clamp_min(replaced - sum, 0.0);
        const auto b = at::exp(replaced - sum - larger), one = at::exp(-larger);
        const auto whole = (a * gradient).sum(-1, /*keepdim=*/true);
        const auto changed =
            ((whole - a * gradient) * one + b * gradient) / (others * one + b) - whole;
        return changed.tril().sum(2);
    }
};

class EstimateTable {
  public:
    EstimateTable(const std::vector<PatchSite>& sites, int n_layers)
        : sites_(sites), layers_(static_cast<std::size_t>(n_layers)) {}

    template <class Estimates>
    void add(int layer, const Estimates& estimates) {
        auto& here = layers_[static_cast<std::size_t>(layer)];
        for (const auto site : sites_)
            here[site] = estimates.of(site);
    }

    std::map<PatchSite, at::Tensor>& at(int layer) {
        return layers_[static_cast<std::size_t>(layer)];
    }

    SiteEstimates take() const {
        SiteEstimates all;
        for (const auto site : sites_) {
            std::vector<at::Tensor> parts;
            for (const auto& layer : layers_)
                parts.push_back(layer.at(site));
            all[site] = at::stack(parts, 1).cpu().contiguous(); // of all layers in one transfer
        }
        return all;
    }

  private:
    const std::vector<PatchSite>& sites_;
    std::vector<std::map<PatchSite, at::Tensor>> layers_;
};

at::Tensor atEnd(const ModelRun& run) {
    return run.residFinal.select(1, run.residFinal.size(1) - 1);
}

} // namespace

SiteEstimates attributionPatching(const PatchGroup& group, const std::vector<PatchSite>& sites,
                                  const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto& base = group.runs.base;
    EstimateTable table(sites, group.weights.config.n_layers);
    backward(
        group.weights, base, group.metric.gradient(atEnd(base)),
        [&](int layer, const LayerGradients& gradients) {
            table.add(layer, LayerEstimates(group, layer, gradients));
        },
        progress);
    return table.take();
}

SiteEstimates integratedGradients(const PatchGroup& group, const std::vector<PatchSite>& sites,
                                  int steps, const Progress& progress) {
    const at::NoGradGuard noGrad;
    SiteEstimates mean;
    forEachStep(group.weights, group.runs, steps, progress, [&](const ModelRun& between) {
        EstimateTable table(sites, group.weights.config.n_layers);
        backward(
            group.weights, between, group.metric.gradient(atEnd(between)),
            [&](int layer, LayerGradients gradients) {
                const auto l = static_cast<std::size_t>(layer);
                gradients.pattern = patternOf(group.runs.base.layers[l], group.weights.blocks[l]);
                table.add(layer, LayerEstimates(group, layer, gradients));
            },
            progress);
        for (auto& [site, estimate] : table.take()) {
            auto& sum = mean[site];
            sum = sum.defined() ? sum + estimate / steps : estimate / steps;
        }
    });
    return mean;
}

SiteEstimates atpStar(const PatchGroup& group, const std::vector<PatchSite>& sites,
                      const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto& base = group.runs.base;
    const int n_layers = group.weights.config.n_layers;
    const auto gradientAtEnd = group.metric.gradient(atEnd(base));
    SiteEstimates mean;
    for (int dropped = 0; dropped < n_layers; ++dropped) {
        EstimateTable table(sites, n_layers);
        backward(
            group.weights, base, gradientAtEnd,
            [&](int layer, const LayerGradients& gradients) {
                table.add(layer, QkFixedEstimates(group, layer, gradients));
                // What a layer writes is fixed where the layer is dropped; what it reads is not.
                if (dropped == layer)
                    for (auto& [site, estimate] : table.at(layer))
                        if (site != ResidPre && site != ResidMid)
                            estimate.zero_();
            },
            progress, dropped);
        for (auto& [site, estimate] : table.take()) {
            const bool streamSite = site == ResidPre || site == ResidMid;
            const double share = 1.0 / std::max(1, streamSite ? n_layers : n_layers - 1);
            auto& sum = mean[site];
            const auto term = estimate.abs() * share;
            sum = sum.defined() ? sum + term : term;
        }
    }
    return mean;
}

} // namespace residuum
