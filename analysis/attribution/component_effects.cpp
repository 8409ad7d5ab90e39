#include "analysis/attribution/component_effects.h"

#include "core/model/products.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace residuum {

namespace {

at::Tensor wide(const at::Tensor& t) {
    return t.to(at::kDouble);
}

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

/// The final site with one row of the residual stream per row of the result.
class FinalSite {
  public:
    FinalSite(const Weights& weights, const RowActivations& rows, const TargetDirection& direction)
        : site_(weights.ln_f.site), width_(static_cast<double>(weights.config.d_model)),
          // A removed site's gain already holds 1/sigma, so what is left to divide by is 1.
          direction_(centred(direction.column * wide(weights.ln_f.gain))),
          residual_(centred(wide(rows.finalResidual))),
          variance_(sumOfProducts(residual_, residual_) / width_),
          total_(sumOfProducts(residual_, direction_)) {}

    /// [R, d] or [1, d]: the folded, centred direction u.
    const at::Tensor& direction() const { return direction_; }
    /// [R, d]: the centred final residual.
    const at::Tensor& residual() const { return residual_; }

    Effects effects(const Dots& dots) const {
        const bool grouped = dots.withDirection.dim() == 2;
        const auto variance = grouped ? variance_.unsqueeze(1) : variance_;
        const auto total = grouped ? total_.unsqueeze(1) : total_;
        const auto varianceWithout =
            variance + (dots.withItself - 2.0 * dots.withResidual) / width_;
        return {divide(dots.withDirection, variance),
                divide(total, variance) -
                    divide(total - dots.withDirection, varianceWithout.clamp_min(0.0))};
    }

    /// Effects of a component given as vectors [R, d] (or [1, d], the same at every row).
    Effects ofVectors(const at::Tensor& vectors) const {
        const auto c = wide(vectors);
        const auto own = centred(c);
        const auto ones = at::ones_like(variance_);
        return effects({sumOfProducts(c, direction_) * ones, sumOfProducts(c, residual_) * ones,
                        sumOfProducts(own, own) * ones});
    }

  private:
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
    const auto rows = at::cat({site.residual(), site.direction()}).to(W.scalar_type());
    const auto seen = wide(applyWeights(rows, W.t()));
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
Effects headEffects(const FinalSite& site, const BlockWeights& block, const at::Tensor& gram,
                    const at::Tensor& z, const at::Tensor& bias) {
    const auto n_heads = z.size(1), d_head = z.size(2);
    const auto own = wide(z) - bias.view({n_heads, d_head});
    const auto seen = project(site, block.W_O);
    const auto byHead = [&](const at::Tensor& t) { return t.view({-1, n_heads, d_head}); };
    return site.effects({sumOfProducts(own, byHead(seen.direction)),
                         sumOfProducts(own, byHead(seen.residual)),
                         sumOfProducts(own, timesGram(own, gram))});
}

/// All neurons of a layer at once. [R, M]
Effects neuronEffects(const FinalSite& site, const BlockWeights& block, const at::Tensor& post) {
    const auto activation = wide(post);
    const auto seen = project(site, block.W_out);
    const auto outputs = centred(wide(block.W_out));
    return site.effects({activation * seen.direction, activation * seen.residual,
                         activation * activation * sumOfProducts(outputs, outputs)});
}

/// Gathers results in the order of allComponents.
class Gathered {
  public:
    /// [R] or [R, n]
    void add(const Effects& effects) {
        dla_.push_back(columns(effects.dla));
        directEffect_.push_back(columns(effects.directEffect));
    }
    /// [N, R] on the CPU; undefined where nothing was added.
    at::Tensor dla() const { return join(dla_); }
    at::Tensor directEffect() const { return join(directEffect_); }

  private:
    static at::Tensor columns(const at::Tensor& t) { return t.dim() == 1 ? t.unsqueeze(1) : t; }
    static at::Tensor join(const std::vector<at::Tensor>& parts) {
        return parts.empty() ? at::Tensor() : at::cat(parts, 1).t().to(at::kCPU);
    }

    std::vector<at::Tensor> dla_;
    std::vector<at::Tensor> directEffect_;
};

void addLayer(Gathered& components, Gathered& neurons, const FinalSite& site,
              const Weights& weights, const RowActivations& rows, std::size_t l) {
    const auto& block = weights.blocks[l];
    const auto& derived = weights.derived.get(weights);
    components.add(headEffects(site, block, derived.headGram[l], rows.z[l], derived.valueBias[l]));
    components.add(site.ofVectors(derived.attnBias[l].unsqueeze(0)));
    components.add(site.ofVectors(wide(rows.mlpOut[l]) - wide(block.b_out)));
    components.add(site.ofVectors(block.b_out.unsqueeze(0)));
    if (!rows.mlpPost.empty())
        neurons.add(neuronEffects(site, block, rows.mlpPost[l]));
}

} // namespace

ComponentEffects componentEffects(const Weights& weights, const RowActivations& rows,
                                  const TargetDirection& direction, Progress& progress) {
    const at::NoGradGuard noGrad;
    const FinalSite site(weights, rows, direction);
    Gathered components, neurons;
    components.add(site.ofVectors(rows.embed));
    components.add(site.ofVectors(rows.posEmbed));
    for (std::size_t l = 0; l < weights.blocks.size(); ++l) {
        addLayer(components, neurons, site, weights, rows, l);
        progress.advance();
    }
    return {components.dla(), components.directEffect(), neurons.dla(), neurons.directEffect()};
}

} // namespace residuum
