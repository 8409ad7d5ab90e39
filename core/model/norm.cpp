#include "core/model/norm.h"

#include "core/model/doubles.h"
#include "core/model/products.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>

#include <limits>

namespace residuum {

namespace {

at::Tensor meanOverModel(const at::Tensor& x) {
    return x.mean(-1, /*keepdim=*/true);
}

/// Of centre(x), [..., 1].
at::Tensor meanSquare(const at::Tensor& x, const NormSite& site) {
    return centres(site) ? at::var(x, {-1}, /*unbiased=*/false, /*keepdim=*/true)
                         : meanOverModel(x.square());
}

at::Tensor constantScale(const at::Tensor& x, double scale) {
    auto shape = x.sizes().vec();
    shape.back() = 1;
    return at::full(shape, scale, x.options());
}

at::Tensor layerNorm(const at::Tensor& x, const NormWeights& site, double eps) {
    return at::layer_norm(x, {x.size(-1)}, site.gain, site.bias, eps);
}

/// d loss / d x of a site that divides by a running root, `scaled` being d loss / d (x / divisor).
at::Tensor rowBackward(const at::Tensor& scaled, const at::Tensor& x, const NormSite& site,
                       const RowDivisor& divisor) {
    const auto scale = normScale(x, site);
    const auto unit = centre(x, site) / scale;
    auto along = unit * meanOverModel(scaled * unit);
    if (divisor.outside != 0.0) {
        // The divisor grows as the root does, which is smaller by eps.
        const auto root = (scale - divisor.outside).clamp_min(std::numeric_limits<float>::min());
        along = along * (scale / root);
    }
    return (centre(scaled, site) - along) / scale;
}

/// d loss / d (alpha x): `scaled` times the derivative of tanh.
at::Tensor throughTanh(const at::Tensor& scaled, const at::Tensor& x, const DynamicTanh& norm) {
    const auto out = at::tanh(x * norm.alpha);
    return scaled * (1.0 - out * out);
}

/// d loss / d x; scaled: d loss / d (x through centre and gate).
at::Tensor throughSite(const at::Tensor& scaled, const at::Tensor& x, const NormSite& site) {
    if (const auto* norm = std::get_if<DynamicTanh>(&site))
        return throughTanh(scaled, x, *norm) * norm->alpha;
    const auto divisor = *rowDivisor(site);
    return divisor.constant ? centre(scaled, site) : rowBackward(scaled, x, site, divisor);
}

void addParameterGradients(const at::Tensor& gradient, const at::Tensor& x, const NormWeights& site,
                           NormWeights& into) {
    auto before = gated(x, site.site);
    if (const auto* removed = std::get_if<RemovedNorm>(&site.site))
        before = before / removed->sigma;
    addRows(into.gain, gradient * before);
    addRows(into.bias, gradient);
    if (const auto* norm = std::get_if<DynamicTanh>(&site.site))
        into.alpha.add_((throughTanh(gradient * site.gain, x, *norm) * x).sum());
}

/// LibTorch's own, which goes over the rows once for all three gradients.
at::Tensor layerNormBackward(const at::Tensor& gradient, const at::Tensor& x,
                             const NormWeights& site, double eps, NormWeights& into) {
    const auto type = x.scalar_type();
    const auto gain = site.gain.to(type), bias = site.bias.to(type);
    const auto width = x.size(-1);
    const auto [out, mean, rstd] = at::native_layer_norm(x, {width}, gain, bias, eps);
    auto [back, ofGain, ofBias] = at::native_layer_norm_backward(
        gradient.contiguous(), x, {width}, mean, rstd, gain, bias, {true, true, true});
    into.gain.add_(ofGain);
    into.bias.add_(ofBias);
    return back;
}

} // namespace

at::Tensor normalize(const at::Tensor& x, const NormWeights& site) {
    if (const auto* norm = std::get_if<LayerNorm>(&site.site))
        return layerNorm(x, site, norm->eps);
    // Of a removed site the affine form, exactly: the epsilon trick's literal formula deviates from
    // it where the residual is large (SCIENCE §1).
    return at::addcmul(site.bias, gated(x, site.site).to(x.scalar_type()), foldedGain(site));
}

at::Tensor centre(const at::Tensor& x, const NormSite& site) {
    return centres(site) ? x - meanOverModel(x) : x;
}

at::Tensor gate(const at::Tensor& stored, const NormSite& site) {
    const auto x = inAtLeastFloat(stored);
    if (const auto* norm = std::get_if<DynamicTanh>(&site))
        return at::where(x == 0, at::full({}, norm->alpha, x.options()),
                         at::tanh(x * norm->alpha) / x);
    const auto divisor = *rowDivisor(site);
    return divisor.constant ? constantScale(x, 1.0)
                            : divisorOf(meanSquare(x, site), divisor).reciprocal();
}

at::Tensor gated(const at::Tensor& stored, const NormSite& site) {
    const auto x = inAtLeastFloat(stored);
    if (const auto* norm = std::get_if<DynamicTanh>(&site))
        return at::tanh(x * norm->alpha);
    const auto divisor = *rowDivisor(site);
    const auto centred = centre(x, site);
    return divisor.constant ? centred : centred / divisorOf(meanSquare(x, site), divisor);
}

at::Tensor foldedGain(const NormWeights& site) {
    const auto* removed = std::get_if<RemovedNorm>(&site.site);
    if (removed == nullptr)
        return site.gain;
    return (inDouble(site.gain) / removed->sigma).to(site.gain.device(), site.gain.scalar_type());
}

at::Tensor divisorOf(const at::Tensor& meanSquare, const RowDivisor& divisor) {
    if (divisor.constant)
        return at::ones_like(meanSquare);
    const auto root = at::sqrt(meanSquare + divisor.inside);
    return divisor.outside == 0.0 ? root : root + divisor.outside;
}

at::Tensor normScale(const at::Tensor& stored, const NormSite& site) {
    const auto x = inAtLeastFloat(stored);
    if (const auto* removed = std::get_if<RemovedNorm>(&site))
        return constantScale(x, removed->sigma);
    return divisorOf(meanSquare(x, site), *rowDivisor(site));
}

at::Tensor normalizeBackward(const at::Tensor& given, const at::Tensor& stored,
                             const NormWeights& site, NormWeights* into) {
    const auto gradient = inAtLeastFloat(given), x = inAtLeastFloat(stored);
    const auto* layerNorm = std::get_if<LayerNorm>(&site.site);
    if (layerNorm != nullptr && into != nullptr)
        return layerNormBackward(gradient, x, site, layerNorm->eps, *into).to(given.scalar_type());
    if (into != nullptr)
        addParameterGradients(gradient, x, site, *into);
    const auto back = throughSite(gradient * foldedGain(site), x, site.site);
    return back.to(given.scalar_type());
}

} // namespace residuum
