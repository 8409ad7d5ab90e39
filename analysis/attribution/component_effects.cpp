#include "analysis/attribution/component_effects.h"

#include "analysis/attribution/remainder.h"
#include "core/model/doubles.h"
#include "core/model/products.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <functional>

namespace residuum {

namespace {

/// Dot products of vectors over the last axis.
at::Tensor sumOfProducts(const at::Tensor& a, const at::Tensor& b) {
    return (a * b).sum(-1);
}

at::Tensor centred(const at::Tensor& rows) {
    return rows - rows.mean(-1, /*keepdim=*/true);
}

/// What is known of a group of components from dot products: with the direction, the residual and
/// themselves. [R] or [R, n]
struct Dots {
    at::Tensor withDirection; ///< c · u
    at::Tensor withResidual;  ///< c · (r - mean r) = d · cov(r, c)
    at::Tensor withItself;    ///< |c - mean c|² = d · var c
};

struct Effects {
    at::Tensor dla;          ///< [R] or [R, n]
    at::Tensor directEffect; ///< same
};

/// How much larger than var(r - c) the numbers may be that it is the difference of: products in
/// float32, exact to some 1e-7, then give a direct effect to 1e-6 of what it is the difference of.
constexpr double mostCancellation = 16.0;

/// r - c in float64, [n, d], of the components (members of a group; undefined where a group is one
/// component) at the rows, int64 [n].
using WhatIsLeft = std::function<at::Tensor(const at::Tensor& rows, const at::Tensor& members)>;

/// The final site with one row of the residual stream per row of the result.
class FinalSite {
  public:
    FinalSite(const Weights& weights, const RowActivations& rows, const TargetDirection& direction)
        : site_(weights.ln_f.site), width_(static_cast<double>(weights.config.d_model)),
          // A removed site's gain already holds 1/sigma, so what is left to divide by is 1.
          direction_(centred(direction.column * inDouble(weights.ln_f.gain))),
          residual_(centred(inDouble(rows.finalResidual))),
          variance_(sumOfProducts(residual_, residual_) / width_),
          total_(sumOfProducts(residual_, direction_)) {}

    /// [R, d] or [1, d]: the folded, centred direction u.
    const at::Tensor& direction() const { return direction_; }
    /// [R, d]: the centred final residual.
    const at::Tensor& residual() const { return residual_; }

    Effects effects(const Dots& dots, const WhatIsLeft& left) const {
        const bool grouped = dots.withDirection.dim() == 2;
        const auto variance = grouped ? variance_.unsqueeze(1) : variance_;
        const auto total = grouped ? total_.unsqueeze(1) : total_;
        const auto varianceWithout =
            variance + (dots.withItself - 2.0 * dots.withResidual) / width_;
        Effects effects{divide(dots.withDirection, variance),
                        divide(total, variance) -
                            divide(total - dots.withDirection, varianceWithout.clamp_min(0.0))};
        if (!site_.removed) {
            const auto most = variance + dots.withItself / width_;
            refine(effects.directEffect, varianceWithout * mostCancellation < most, left);
        }
        return effects;
    }

    /// Effects of a component given as vectors [R, d] (or [1, d], the same at every row), parts of
    /// what was added to the residual.
    Effects ofVectors(const at::Tensor& vectors, Remainder& remainder) const {
        const auto c = inDouble(vectors);
        const auto own = centred(c);
        const auto ones = at::ones_like(variance_);
        return effects({sumOfProducts(c, direction_) * ones, sumOfProducts(c, residual_) * ones,
                        sumOfProducts(own, own) * ones},
                       [&](const at::Tensor& rows, const at::Tensor&) {
                           return remainder.withoutVectors(rows, c);
                       });
    }

  private:
    /// The direct effects at `cancels` anew, a few at a time.
    void refine(at::Tensor directEffect, const at::Tensor& cancels, const WhatIsLeft& left) const {
        constexpr std::int64_t atOnce = 256;
        const auto places = cancels.nonzero(); // [n, 1 or 2]
        for (std::int64_t begin = 0; begin < places.size(0); begin += atOnce) {
            const auto some = places.narrow(0, begin, std::min(atOnce, places.size(0) - begin));
            const auto rows = some.select(1, 0);
            const auto members = some.size(1) == 2 ? some.select(1, 1) : at::Tensor();
            const auto rest = centred(left(rows, members));
            const auto direction =
                direction_.size(0) == 1 ? direction_ : direction_.index_select(0, rows);
            const auto values =
                divide(total_.index_select(0, rows), variance_.index_select(0, rows)) -
                divide(sumOfProducts(rest, direction), sumOfProducts(rest, rest) / width_);
            if (members.defined())
                directEffect.index_put_({rows, members}, values);
            else
                directEffect.index_put_({rows}, values);
        }
    }

    at::Tensor divide(const at::Tensor& projection, const at::Tensor& variance) const {
        return site_.removed ? projection.expand_as(projection + variance)
                             : projection / at::sqrt(variance + site_.eps);
    }

    NormSite site_;
    double width_;
    at::Tensor direction_;
    at::Tensor residual_;
    at::Tensor variance_; ///< [R]
    at::Tensor total_;    ///< [R] r · u
};

/// The direction and the residual seen through a weight matrix whose rows are components' output
/// vectors, in the model's dtype.
struct Projections {
    at::Tensor direction; ///< [R or 1, rows of W] float64
    at::Tensor residual;  ///< [R, rows of W] float64
};

Projections project(const FinalSite& site, const at::Tensor& W) {
    // One product for both: twice the rows for one reading of W.
    const auto rows = at::cat({site.residual(), site.direction()}).to(W.device(), W.scalar_type());
    const auto seen = inDouble(applyWeights(rows, W.t()));
    const auto count = site.residual().size(0);
    return {seen.narrow(0, count, rows.size(0) - count), seen.narrow(0, 0, count)};
}

/// z_h times its head's Gram matrix. own: [R, H, D], gram: [H, D, D] → [R, H, D]. at::bmm would run
/// its heads one after the other.
at::Tensor timesGram(const at::Tensor& own, const at::Tensor& gram) {
    if (!own.device().is_cpu())
        return at::bmm(own.transpose(0, 1), gram).transpose(0, 1);
    auto out = at::empty(own.sizes(), own.options());
    at::parallel_for(0, own.size(1), 1, [&](std::int64_t first, std::int64_t last) {
        const at::NoGradGuard noGrad;
        for (auto h = first; h < last; ++h) {
            auto head = out.select(1, h);
            at::mm_out(head, own.select(1, h), gram[h]);
        }
    });
    return out;
}

/// All heads of a layer at once, in O(D²) per head and row. [R, H]
Effects headEffects(const FinalSite& site, const Weights& weights, const at::Tensor& z,
                    std::size_t layer, Remainder& remainder) {
    const auto& derived = weights.derived.get(weights);
    const auto n_heads = z.size(1), d_head = z.size(2);
    const auto own = inDouble(z) - derived.valueBias[layer].view({n_heads, d_head});
    const auto seen = project(site, weights.blocks[layer].W_O);
    const auto byHead = [&](const at::Tensor& t) { return t.view({-1, n_heads, d_head}); };
    return site.effects({sumOfProducts(own, byHead(seen.direction)),
                         sumOfProducts(own, byHead(seen.residual)),
                         sumOfProducts(own, timesGram(own, derived.headGram[layer]))},
                        [&](const at::Tensor& rows, const at::Tensor& heads) {
                            return remainder.withoutHeads(layer, rows, heads);
                        });
}

/// All neurons of a layer at once. [R, M]
Effects neuronEffects(const FinalSite& site, const at::Tensor& W_out, const at::Tensor& post,
                      std::size_t layer, Remainder& remainder) {
    const auto activation = inDouble(post);
    const auto seen = project(site, W_out);
    const auto outputs = centred(inDouble(W_out));
    return site.effects({activation * seen.direction, activation * seen.residual,
                         activation * activation * sumOfProducts(outputs, outputs)},
                        [&](const at::Tensor& rows, const at::Tensor& neurons) {
                            return remainder.withoutNeurons(layer, rows, neurons);
                        });
}

/// Gathers results in the order of allComponents.
class Gathered {
  public:
    /// [R] or [R, n]
    void add(const Effects& effects) {
        dla_.push_back(columns(effects.dla));
        directEffect_.push_back(columns(effects.directEffect));
    }
    /// [N, R] on the CPU.
    at::Tensor dla() const { return join(dla_); }
    at::Tensor directEffect() const { return join(directEffect_); }

  private:
    static at::Tensor columns(const at::Tensor& t) { return t.dim() == 1 ? t.unsqueeze(1) : t; }
    static at::Tensor join(const std::vector<at::Tensor>& parts) {
        return at::cat(parts, 1).t().to(at::kCPU);
    }

    std::vector<at::Tensor> dla_;
    std::vector<at::Tensor> directEffect_;
};

void addLayer(Gathered& components, const NeuronSink& neurons, const FinalSite& site,
              Remainder& remainder, const Weights& weights, const RowActivations& rows,
              std::size_t l) {
    const auto& block = weights.blocks[l];
    const auto& derived = weights.derived.get(weights);
    components.add(headEffects(site, weights, rows.z[l], l, remainder));
    components.add(site.ofVectors(derived.attnBias[l].unsqueeze(0), remainder));
    components.add(site.ofVectors(inDouble(rows.mlpOut[l]) - inDouble(block.b_out), remainder));
    components.add(site.ofVectors(block.b_out.unsqueeze(0), remainder));
    if (rows.mlpPost.empty())
        return;
    const auto effects = neuronEffects(site, block.W_out, rows.mlpPost[l], l, remainder);
    neurons(static_cast<int>(l), effects.dla.to(at::kCPU), effects.directEffect.to(at::kCPU));
}

} // namespace

ComponentEffects componentEffects(const Weights& weights, const RowActivations& rows,
                                  const TargetDirection& direction, Progress& progress,
                                  const NeuronSink& neurons) {
    const at::NoGradGuard noGrad;
    const FinalSite site(weights, rows, direction);
    Gathered components;
    Remainder remainder(weights, rows);
    components.add(site.ofVectors(rows.embed, remainder));
    components.add(site.ofVectors(rows.posEmbed, remainder));
    for (std::size_t l = 0; l < weights.blocks.size(); ++l) {
        addLayer(components, neurons, site, remainder, weights, rows, l);
        progress.advance();
    }
    return {components.dla(), components.directEffect()};
}

} // namespace residuum
