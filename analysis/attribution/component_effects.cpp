#include "analysis/attribution/component_effects.h"

#include "analysis/attribution/remainder.h"
#include "core/model/doubles.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace residuum {

namespace {

/// Dot products of vectors over the last axis.
at::Tensor sumOfProducts(const at::Tensor& a, const at::Tensor& b) {
    return (a * b).sum(-1);
}

/// What is known of a group of components from dot products: with the direction, the residual and
/// themselves. [R] or [R, n]
struct Dots {
    at::Tensor withDirection; ///< c · u
    at::Tensor withResidual;  ///< c · centre(r), d · cov(r, c) where the site centres
    at::Tensor withItself;    ///< |centre(c)|²
};

struct Effects {
    at::Tensor dla;          ///< [R] or [R, n]
    at::Tensor directEffect; ///< same
};

/// How much larger than the mean square of centre(r - c) the numbers may be that it is the
/// difference of: products in float32, exact to some 1e-7, then give a direct effect to 1e-6 of
/// what it is the difference of.
constexpr double mostCancellation = 16.0;

/// r - c in float64, [n, d], of the components (members of a group; undefined where a group is one
/// component) at the rows, int64 [n].
using WhatIsLeft = std::function<at::Tensor(const at::Tensor& rows, const at::Tensor& members)>;

/// The final site with one row of the residual stream per row of the result.
class FinalSite {
  public:
    FinalSite(const Weights& weights, const RowActivations& rows, const TargetDirection& direction)
        : site_(weights.ln_f.site), divisor_(rowDivisor(site_)),
          width_(static_cast<double>(weights.config.d_model)),
          output_(direction.column * inDouble(foldedGain(weights.ln_f))),
          residual_(centre(inDouble(rows.finalResidual), site_)),
          direction_(divisor_ ? centre(output_, site_) : output_ * gate(residual_, site_)),
          meanSquare_(sumOfProducts(residual_, residual_) / width_),
          total_(sumOfProducts(residual_, direction_)) {}

    /// [R, d] or [1, d]: the folded direction u, centred where the site centres; where the gate is
    /// a number per feature, with the whole residual's gate in it.
    const at::Tensor& direction() const { return direction_; }
    /// [R, d]: the final residual, centred where the site centres.
    const at::Tensor& residual() const { return residual_; }
    const NormSite& site() const { return site_; }
    /// Whether effects follow from dot products.
    bool hasRowDivisor() const { return divisor_.has_value(); }

    Effects effects(const Dots& dots, const WhatIsLeft& left) const {
        const bool grouped = dots.withDirection.dim() == 2;
        const auto square = grouped ? meanSquare_.unsqueeze(1) : meanSquare_;
        const auto total = grouped ? total_.unsqueeze(1) : total_;
        const auto squareWithout = square + (dots.withItself - 2.0 * dots.withResidual) / width_;
        Effects effects{divide(dots.withDirection, square),
                        divide(total, square) -
                            divide(total - dots.withDirection, squareWithout.clamp_min(0.0))};
        if (!divisor_->constant) {
            const auto most = square + dots.withItself / width_;
            refine(effects.directEffect, squareWithout * mostCancellation < most, left);
        }
        return effects;
    }

    /// Effects of a component given as vectors [R, d] (or [1, d], the same at every row), parts of
    /// what was added to the residual.
    Effects ofVectors(const at::Tensor& vectors, Remainder& remainder) const {
        const auto c = inDouble(vectors);
        const auto ones = at::ones_like(meanSquare_);
        const auto dla = sumOfProducts(c, direction_) * ones;
        if (!divisor_)
            return {dla,
                    recomputed(remainder.withoutVectors(everyRow(), c).unsqueeze(1)).squeeze(1)};
        const auto own = centre(c, site_);
        return effects({dla, sumOfProducts(c, residual_) * ones, sumOfProducts(own, own) * ones},
                       [&](const at::Tensor& rows, const at::Tensor&) {
                           return remainder.withoutVectors(rows, c);
                       });
    }

    /// The direct effects, [R, n], of members without which the residual is `left`, [R, n, d]
    /// float64: the gate anew at every feature.
    at::Tensor recomputed(const at::Tensor& left) const {
        return total_.unsqueeze(1) -
               sumOfProducts(gated(centre(left, site_), site_), output_.unsqueeze(1));
    }

    /// int64 [R]
    at::Tensor everyRow() const {
        return at::arange(residual_.size(0), residual_.options().dtype(at::kLong));
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
            const auto rest = centre(left(rows, members), site_);
            const auto direction =
                direction_.size(0) == 1 ? direction_ : direction_.index_select(0, rows);
            const auto values =
                divide(total_.index_select(0, rows), meanSquare_.index_select(0, rows)) -
                divide(sumOfProducts(rest, direction), sumOfProducts(rest, rest) / width_);
            if (members.defined())
                directEffect.index_put_({rows, members}, values);
            else
                directEffect.index_put_({rows}, values);
        }
    }

    at::Tensor divide(const at::Tensor& projection, const at::Tensor& meanSquare) const {
        return projection / divisorOf(meanSquare, *divisor_);
    }

    NormSite site_;
    std::optional<RowDivisor> divisor_; ///< empty: the gate is a number per feature
    double width_;
    at::Tensor output_; ///< [R, d] or [1, d] the column with the gain
    at::Tensor residual_;
    at::Tensor direction_;
    at::Tensor meanSquare_; ///< [R] of the residual
    at::Tensor total_;      ///< [R] r · u
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

/// Of every head, [R, H], in float64 as `recomputed` needs it; head by head, since their outputs
/// together would fill memory. own: [R, H, D].
at::Tensor recomputedOfHeads(const FinalSite& site, const Weights& weights,
                             const RowActivations& rows, const at::Tensor& own, std::size_t layer,
                             Remainder& remainder) {
    const auto W_O = inDouble(weights.blocks[layer].W_O);
    const auto d_head = own.size(2);
    // Summed anew from the heads: what was added to the residual is rounded.
    const auto all = remainder.withoutVectors(site.everyRow(), rows.attnOut[layer]) +
                     weights.derived.get(weights).attnBias[layer] +
                     at::mm(own.reshape({own.size(0), -1}), W_O);
    std::vector<at::Tensor> heads;
    for (std::int64_t h = 0; h < own.size(1); ++h) {
        const auto out = at::mm(own.select(1, h), W_O.narrow(0, h * d_head, d_head));
        heads.push_back(site.recomputed((all - out).unsqueeze(1)));
    }
    return at::cat(heads, 1);
}

/// Of every neuron, [R, M], a few at a time. activation: [R, M] float64.
at::Tensor recomputedOfNeurons(const FinalSite& site, const Weights& weights,
                               const RowActivations& rows, const at::Tensor& activation,
                               std::size_t layer, Remainder& remainder) {
    constexpr std::int64_t numbersAtOnce = std::int64_t{1} << 22;
    const auto& block = weights.blocks[layer];
    const auto W_out = inDouble(block.W_out);
    const auto R = activation.size(0), M = activation.size(1), d = W_out.size(1);
    const auto all = remainder.withoutVectors(site.everyRow(), rows.mlpOut[layer]) +
                     inDouble(block.b_out) + at::mm(activation, W_out);
    const auto atOnce = std::clamp<std::int64_t>(numbersAtOnce / (R * d), 1, M);
    std::vector<at::Tensor> parts;
    for (std::int64_t first = 0; first < M; first += atOnce) {
        const auto count = std::min(atOnce, M - first);
        parts.push_back(
            site.recomputed(all.unsqueeze(1) - activation.narrow(1, first, count).unsqueeze(2) *
                                                   W_out.narrow(0, first, count)));
    }
    return at::cat(parts, 1);
}

/// All heads of a layer at once, in O(D²) per head and row where the gate is one number. [R, H]
Effects headEffects(const FinalSite& site, const Weights& weights, const RowActivations& rows,
                    std::size_t layer, Remainder& remainder) {
    const auto& z = rows.z[layer];
    const auto& derived = weights.derived.get(weights);
    const auto n_heads = z.size(1), d_head = z.size(2);
    const auto own = inDouble(z) - derived.valueBias[layer].view({n_heads, d_head});
    const auto seen = project(site, weights.blocks[layer].W_O);
    const auto byHead = [&](const at::Tensor& t) { return t.view({-1, n_heads, d_head}); };
    if (!site.hasRowDivisor())
        return {sumOfProducts(own, byHead(seen.direction)),
                recomputedOfHeads(site, weights, rows, own, layer, remainder)};
    return site.effects({sumOfProducts(own, byHead(seen.direction)),
                         sumOfProducts(own, byHead(seen.residual)),
                         sumOfProducts(own, timesGram(own, derived.headGram[layer]))},
                        [&](const at::Tensor& some, const at::Tensor& heads) {
                            return remainder.withoutHeads(layer, some, heads);
                        });
}

/// All neurons of a layer at once. [R, M]
Effects neuronEffects(const FinalSite& site, const Weights& weights, const RowActivations& rows,
                      std::size_t layer, Remainder& remainder) {
    const auto& W_out = weights.blocks[layer].W_out;
    const auto activation = inDouble(rows.mlpPost[layer]);
    const auto seen = project(site, W_out);
    if (!site.hasRowDivisor())
        return {activation * seen.direction,
                recomputedOfNeurons(site, weights, rows, activation, layer, remainder)};
    const auto outputs = centre(inDouble(W_out), site.site());
    return site.effects({activation * seen.direction, activation * seen.residual,
                         activation * activation * sumOfProducts(outputs, outputs)},
                        [&](const at::Tensor& some, const at::Tensor& neurons) {
                            return remainder.withoutNeurons(layer, some, neurons);
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
    components.add(headEffects(site, weights, rows, l, remainder));
    components.add(site.ofVectors(derived.attnBias[l].unsqueeze(0), remainder));
    components.add(site.ofVectors(inDouble(rows.mlpOut[l]) - inDouble(block.b_out), remainder));
    components.add(site.ofVectors(block.b_out.unsqueeze(0), remainder));
    if (rows.mlpPost.empty())
        return;
    const auto effects = neuronEffects(site, weights, rows, l, remainder);
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
