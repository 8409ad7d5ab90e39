#include "analysis/neurons/screening.h"

#include "analysis/neurons/last_layer_ablation.h"
#include "core/model/doubles.h"
#include "core/model/products.h"
#include "core/model/row_index.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

namespace residuum {

namespace {

constexpr std::int64_t tokensPerTile = 1024; // of the vocabulary

/// Moments of D under p, per token and neuron; D is centred over the vocabulary. [R, M]
struct DirectionMoments {
    at::Tensor D, DD, mD, qD, qDD, qmD;
    at::Tensor atTarget;
};

/// Moments of m and q under p, per token. [R] float64 on the CPU
struct TokenMoments {
    at::Tensor mm, qm, qmm, qq, widthM;
    at::Tensor absQmm; ///< E[|q| m²]
};

class MomentPass {
  public:
    MomentPass(const OutputVectors& vectors, const TokenStates& states)
        : vectors_(vectors), states_(states), pq_(states.p * states.q),
          offset_(vectors.offset.to(states.m.scalar_type()).to(states.m.device())) {}

    TokenMoments ofTokens() const {
        const auto sum = [](const at::Tensor& t) { return doublesOnCpu(t.sum(-1)); };
        const auto pm = states_.p * states_.m;
        return {sum(pm * states_.m),
                sum(pq_ * states_.m),
                sum(pq_ * states_.m * states_.m),
                sum(pq_ * states_.q),
                doublesOnCpu(states_.m.amax(-1) - states_.m.amin(-1)),
                sum(pq_.abs() * states_.m * states_.m)};
    }

    /// `lowest`, `highest`: [M], of D over the vocabulary; filled in where they are defined.
    DirectionMoments ofDirections(const TokenMoments& tokens, at::Tensor* lowest,
                                  at::Tensor* highest, const Progress& progress) const {
        DirectionMoments moments;
        moments.D = linear(states_.p) - offset_;
        progress.check();
        const auto pm = states_.p * states_.m;
        moments.mD = linear(pm); // Σ p m = 0
        progress.check();
        moments.qD = linear(pq_); // Σ p q = 0
        progress.check();
        const auto qm = tokens.qm.to(offset_.scalar_type()).to(offset_.device());
        moments.qmD = linear(pq_ * states_.m) - qm.unsqueeze(1) * offset_;
        addSquares(moments, lowest, highest, progress);
        const auto index = rowIndex(states_.targets, offset_);
        moments.atTarget =
            applyWeights(vectors_.unembed.index_select(0, index), vectors_.toLogits.t()) - offset_;
        return moments;
    }

  private:
    /// Σ_v weight_v D_v for every neuron, before D is centred: through d_model.
    at::Tensor linear(const at::Tensor& weight) const {
        return applyWeights(applyWeights(weight, vectors_.unembed), vectors_.toLogits.t());
    }

    void addSquares(DirectionMoments& moments, at::Tensor* lowest, at::Tensor* highest,
                    const Progress& progress) const {
        const std::int64_t V = vectors_.unembed.size(0);
        moments.DD = at::zeros_like(moments.D);
        moments.qDD = at::zeros_like(moments.D);
        for (std::int64_t first = 0; first < V; first += tokensPerTile) {
            const auto count = std::min(tokensPerTile, V - first);
            auto D = applyWeights(vectors_.unembed.narrow(0, first, count), vectors_.toLogits.t());
            D -= offset_; // [count, M]
            if (lowest != nullptr) {
                *lowest = at::minimum(*lowest, D.amin(0));
                *highest = at::maximum(*highest, D.amax(0));
            }
            D.square_();
            moments.DD += applyWeights(states_.p.narrow(1, first, count), D);
            moments.qDD += applyWeights(pq_.narrow(1, first, count), D);
            progress.check();
        }
    }

    const OutputVectors& vectors_;
    const TokenStates& states_;
    at::Tensor pq_, offset_;
};

/// Plain numbers of the moments.
struct Moments {
    at::Tensor D, DD, mD, qD, qDD, qmD, atTarget; ///< [R, M] float64
    at::Tensor mm, qm, qmm, qq, widthM, absQmm;   ///< [R] float64
};

Moments inFloat64(const DirectionMoments& d, const TokenMoments& t) {
    const auto wide = [](const at::Tensor& x) { return doublesOnCpu(x).contiguous(); };
    return {wide(d.D),   wide(d.DD),       wide(d.mD), wide(d.qD), wide(d.qDD),
            wide(d.qmD), wide(d.atTarget), t.mm,       t.qm,       t.qmm,
            t.qq,        t.widthM,         t.absQmm};
}

struct Estimate {
    double loss, entropy, lossBound, entropyBound;
};

/// One token and neuron. `size`: what |D| is at most before anything cancels; `mTarget`: m at the
/// target; `resolution`: how far off a sum is, relative to its terms.
class PointEstimate {
  public:
    PointEstimate(const Moments& moments, std::int64_t row, std::int64_t at, double widthD,
                  double size, double mTarget, double resolution)
        : D_(moments.D.data_ptr<double>()[at]), DD_(moments.DD.data_ptr<double>()[at]),
          mD_(moments.mD.data_ptr<double>()[at]), qD_(moments.qD.data_ptr<double>()[at]),
          qDD_(moments.qDD.data_ptr<double>()[at]), qmD_(moments.qmD.data_ptr<double>()[at]),
          atTarget_(moments.atTarget.data_ptr<double>()[at]),
          mm_(moments.mm.data_ptr<double>()[row]), qm_(moments.qm.data_ptr<double>()[row]),
          qmm_(moments.qmm.data_ptr<double>()[row]), qq_(moments.qq.data_ptr<double>()[row]),
          widthM_(moments.widthM.data_ptr<double>()[row]),
          absQmm_(moments.absQmm.data_ptr<double>()[row]),
          widthD_(widthD + 2.0 * resolution * size), size_(size), mTarget_(mTarget),
          resolution_(resolution) {}

    Estimate of(const Shift& shift) const {
        const double a = shift.onM, b = shift.onD;
        const double varD = std::max(0.0, DD_ - D_ * D_);
        const double var = std::max(0.0, a * a * mm_ + 2.0 * a * b * mD_ + b * b * varD);
        const double target = a * mTarget_ + b * atTarget_;
        const double cov = a * qm_ + b * qD_;
        const double third =
            a * a * qmm_ + 2.0 * a * b * (qmD_ - D_ * qm_) + b * b * (qDD_ - 2.0 * D_ * qD_);
        const auto off = rounding(std::abs(a), std::abs(b));
        const double w = std::abs(a) * widthM_ + std::abs(b) * widthD_;
        const double tilt = std::exp(std::min(w, 700.0));
        const double most = var + off.var;
        const double sds = std::sqrt(std::max(0.0, qq_)) * std::sqrt(most);
        return {b * D_ + 0.5 * var - target, -0.5 * var - cov - 0.5 * third,
                tilt * w * most / 6.0 + off.loss,
                tilt * (w * most / 3.0 + w * w * (7.0 / 24.0 * sds + most / 24.0)) + off.entropy};
    }

  private:
    struct Rounding {
        double var, loss, entropy;
    };

    Rounding rounding(double a, double b) const {
        const double D = b * size_, spread = b * std::sqrt(std::max(0.0, DD_));
        const double m = a * std::sqrt(std::max(0.0, mm_)), q = std::sqrt(std::max(0.0, qq_));
        const double var = m * m + 2.0 * m * D + 4.0 * D * spread + spread * spread;
        const double third =
            a * a * absQmm_ + 4.0 * q * m * D + q * (4.0 * D * spread + 2.0 * spread * spread);
        return {resolution_ * var, resolution_ * (2.0 * D + a * std::abs(mTarget_) + 0.5 * var),
                resolution_ * (a * std::abs(qm_) + q * D + 0.5 * var + 0.5 * third)};
    }

    double D_, DD_, mD_, qD_, qDD_, qmD_, atTarget_, mm_, qm_, qmm_, qq_, widthM_, absQmm_, widthD_,
        size_, mTarget_, resolution_;
};

struct Sums {
    explicit Sums(std::size_t neurons)
        : sum(neurons * effectCount), abs(neurons * effectCount), bound(neurons * effectCount) {}

    void add(std::size_t neuron, Effect effect, double value, double within) {
        const auto at = neuron * effectCount + static_cast<std::size_t>(effect);
        sum[at] += value;
        abs[at] += std::abs(value);
        bound[at] += within;
    }

    std::vector<double> sum, abs, bound;
};

void addTo(std::vector<double>& into, const std::vector<double>& from) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] += from[i];
}

} // namespace

std::int64_t screeningBytes(const Weights& weights) {
    // Two products of two states (p q, and p m or p q m); seven moments, as computed and in
    // float64, with shifts and changes.
    const auto number = static_cast<std::int64_t>(at::elementSize(computed(weights)));
    return 2 * number * std::int64_t{weights.config.d_vocab} +
           (7 * (number + 8) + 3 * 8) * std::int64_t{weights.config.d_mlp};
}

NeuronScreen::NeuronScreen(const Weights& weights, const OutputVectors& vectors)
    : weights_(weights), vectors_(vectors), divisor_(rowDivisor(weights.ln_f.site).value()),
      longestRow_(vectors.unembed.norm(2, -1).max().item<double>()) {
    const at::NoGradGuard noGrad;
    const auto size = static_cast<std::size_t>(weights.config.d_mlp) * effectCount;
    sum_.resize(size);
    abs_.resize(size);
    bound_.resize(size);
}

void NeuronScreen::add(const TokenStates& states, const at::Tensor& delta,
                       const Progress& progress) {
    const at::NoGradGuard noGrad;
    const MomentPass pass(vectors_, states);
    const auto ofTokens = pass.ofTokens();
    const std::int64_t M = weights_.config.d_mlp;
    at::Tensor lowest, highest;
    const bool first = width_.empty();
    if (first) {
        lowest = at::full({M}, std::numeric_limits<float>::max(), states.m.options());
        highest = -lowest;
    }
    const auto moments = inFloat64(pass.ofDirections(ofTokens, first ? &lowest : nullptr,
                                                     first ? &highest : nullptr, progress),
                                   ofTokens);
    if (first) {
        const auto width = doublesOnCpu(highest - lowest).contiguous();
        width_.assign(width.data_ptr<double>(), width.data_ptr<double>() + M);
    }
    const auto sizes = (doublesOnCpu(vectors_.toLogits).norm(2, -1) * longestRow_).contiguous();
    const auto dots = applyWeights(states.resid, vectors_.rows.t()).contiguous();
    const auto squares = vectors_.rows.square().sum(-1);
    const auto mTarget =
        doublesOnCpu(states.m.gather(1, rowIndex(states.targets, states.m).unsqueeze(1)))
            .contiguous();
    const auto by = delta.contiguous();
    // 32 roundings of the type: blocked sums over a vocabulary make some ten, in a random walk.
    const double resolution =
        32.0 *
        (states.m.scalar_type() == at::kDouble ? std::numeric_limits<double>::epsilon()
                                               : std::numeric_limits<float>::epsilon()) /
        2.0;
    const auto d = static_cast<double>(weights_.config.d_model);
    std::mutex joining;
    at::parallel_for(0, states.count(), 1, [&](std::int64_t begin, std::int64_t end) {
        Sums sums(static_cast<std::size_t>(M));
        for (auto row = begin; row < end; ++row)
            for (std::int64_t n = 0; n < M; ++n) {
                const auto at = row * M + n;
                const double change = by.data_ptr<double>()[at];
                const auto shifts =
                    finalShifts(divisor_, d, states.square[static_cast<std::size_t>(row)],
                                change * dots.data_ptr<double>()[at],
                                change * change * squares.data_ptr<double>()[n], change);
                const auto neuron = static_cast<std::size_t>(n);
                const PointEstimate point(moments, row, at, width_[neuron],
                                          sizes.data_ptr<double>()[n],
                                          mTarget.data_ptr<double>()[row], resolution);
                const auto total = point.of(shifts.total), frozen = point.of(shifts.frozen);
                sums.add(neuron, Effect::TotalLoss, total.loss, total.lossBound);
                sums.add(neuron, Effect::TotalEntropy, total.entropy, total.entropyBound);
                sums.add(neuron, Effect::FrozenLoss, frozen.loss, frozen.lossBound);
                sums.add(neuron, Effect::FrozenEntropy, frozen.entropy, frozen.entropyBound);
            }
        const std::lock_guard lock(joining);
        addTo(sum_, sums.sum);
        addTo(abs_, sums.abs);
        addTo(bound_, sums.bound);
    });
    tokens_ += static_cast<std::size_t>(states.count());
}

NeuronScreening NeuronScreen::result() const {
    const auto table = [&](const std::vector<double>& sums) -> Table {
        return Eigen::Map<const Table>(sums.data(), weights_.config.d_mlp, effectCount) /
               static_cast<double>(std::max<std::size_t>(tokens_, 1));
    };
    NeuronScreening result{table(sum_), table(abs_), table(bound_)};
    // Files round what they store, float32 by half of this.
    result.bound += static_cast<double>(std::numeric_limits<float>::epsilon()) *
                    (result.meanAbs + result.bound);
    return result;
}

} // namespace residuum
