#include "analysis/neurons/screening.h"

#include "analysis/neurons/last_layer_ablation.h"
#include "core/model/products.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

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

/// Moments of m and q under p, per token. [R]
struct TokenMoments {
    at::Tensor mm, qm, qmm, qq, widthM;
};

class MomentPass {
  public:
    MomentPass(const Weights& weights, const OutputVectors& vectors, const TokenStates& states)
        : weights_(weights), vectors_(vectors), states_(states), pq_(states.p * states.q),
          offset_(vectors.offset.to(states.m.scalar_type())) {}

    TokenMoments ofTokens() const {
        const auto sum = [](const at::Tensor& t) { return t.sum(-1).to(at::kDouble); };
        const auto pm = states_.p * states_.m;
        return {sum(pm * states_.m), sum(pq_ * states_.m), sum(pq_ * states_.m * states_.m),
                sum(pq_ * states_.q), (states_.m.amax(-1) - states_.m.amin(-1)).to(at::kDouble)};
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
        moments.qmD =
            linear(pq_ * states_.m) - tokens.qm.to(offset_.scalar_type()).unsqueeze(1) * offset_;
        addSquares(moments, lowest, highest, progress);
        const auto index = at::tensor(states_.targets, at::TensorOptions().dtype(at::kLong));
        const auto rows = weights_.W_U_rows.index_select(0, index.to(weights_.W_U_rows.device()))
                              .to(at::kCPU, offset_.scalar_type());
        moments.atTarget = applyWeights(rows, vectors_.toLogits.t()) - offset_;
        return moments;
    }

  private:
    /// Σ_v weight_v D_v for every neuron, before D is centred: through d_model.
    at::Tensor linear(const at::Tensor& weight) const {
        const auto rows = unembedRows(weights_, 0, weights_.config.d_vocab);
        return applyWeights(applyWeights(weight, rows), vectors_.toLogits.t());
    }

    void addSquares(DirectionMoments& moments, at::Tensor* lowest, at::Tensor* highest,
                    const Progress& progress) const {
        const std::int64_t V = weights_.config.d_vocab;
        moments.DD = at::zeros_like(moments.D);
        moments.qDD = at::zeros_like(moments.D);
        for (std::int64_t first = 0; first < V; first += tokensPerTile) {
            const auto count = std::min(tokensPerTile, V - first);
            auto D = applyWeights(unembedRows(weights_, first, count), vectors_.toLogits.t());
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

    const Weights& weights_;
    const OutputVectors& vectors_;
    const TokenStates& states_;
    at::Tensor pq_, offset_;
};

/// Plain numbers of the moments.
struct Moments {
    at::Tensor D, DD, mD, qD, qDD, qmD, atTarget; ///< [R, M] float64
    at::Tensor mm, qm, qmm, qq, widthM;           ///< [R] float64
};

Moments inFloat64(const DirectionMoments& d, const TokenMoments& t) {
    const auto wide = [](const at::Tensor& x) { return x.to(at::kDouble).contiguous(); };
    return {wide(d.D),        wide(d.DD), wide(d.mD), wide(d.qD), wide(d.qDD), wide(d.qmD),
            wide(d.atTarget), t.mm,       t.qm,       t.qmm,      t.qq,        t.widthM};
}

struct Estimate {
    double loss, entropy, lossBound, entropyBound;
};

/// One token and neuron. `mTarget`: m at the target.
class PointEstimate {
  public:
    PointEstimate(const Moments& moments, std::int64_t row, std::int64_t at, double widthD,
                  double mTarget, double resolution)
        : D_(moments.D.data_ptr<double>()[at]), DD_(moments.DD.data_ptr<double>()[at]),
          mD_(moments.mD.data_ptr<double>()[at]), qD_(moments.qD.data_ptr<double>()[at]),
          qDD_(moments.qDD.data_ptr<double>()[at]), qmD_(moments.qmD.data_ptr<double>()[at]),
          atTarget_(moments.atTarget.data_ptr<double>()[at]),
          mm_(moments.mm.data_ptr<double>()[row]), qm_(moments.qm.data_ptr<double>()[row]),
          qmm_(moments.qmm.data_ptr<double>()[row]), qq_(moments.qq.data_ptr<double>()[row]),
          widthM_(moments.widthM.data_ptr<double>()[row]), widthD_(widthD), mTarget_(mTarget),
          resolution_(resolution) {}

    Estimate of(const Shift& shift) const {
        const double a = shift.onM, b = shift.onD;
        const double varD = std::max(0.0, DD_ - D_ * D_);
        const double var = std::max(0.0, a * a * mm_ + 2.0 * a * b * mD_ + b * b * varD);
        const double mean = b * D_;
        const double target = a * mTarget_ + b * atTarget_;
        const double cov = a * qm_ + b * qD_;
        const double third =
            a * a * qmm_ + 2.0 * a * b * (qmD_ - D_ * qm_) + b * b * (qDD_ - 2.0 * D_ * qD_);
        const double w = std::abs(a) * widthM_ + std::abs(b) * widthD_;
        const double tilt = std::exp(std::min(w, 700.0));
        const double sdq = std::sqrt(std::max(0.0, qq_)), sd = std::sqrt(var);
        const double rounding =
            resolution_ *
            (std::abs(mean) + std::abs(a * mTarget_) + std::abs(b * atTarget_) + a * a * mm_ +
             b * b * DD_ + std::abs(a * qm_) + std::abs(b * qD_) + sdq * sd + std::abs(third));
        return {mean + 0.5 * var - target, -0.5 * var - cov - 0.5 * third,
                w * tilt * var / 6.0 + rounding,
                w * tilt * var / 3.0 + 7.0 / 24.0 * w * w * tilt * sdq * sd + rounding};
    }

  private:
    double D_, DD_, mD_, qD_, qDD_, qmD_, atTarget_, mm_, qm_, qmm_, qq_, widthM_, widthD_,
        mTarget_, resolution_;
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

NeuronScreen::NeuronScreen(const Weights& weights, const OutputVectors& vectors)
    : weights_(weights), vectors_(vectors) {
    const auto size = static_cast<std::size_t>(weights.config.d_mlp) * effectCount;
    sum_.resize(size);
    abs_.resize(size);
    bound_.resize(size);
}

void NeuronScreen::add(const TokenStates& states, const at::Tensor& delta,
                       const Progress& progress) {
    const at::NoGradGuard noGrad;
    const MomentPass pass(weights_, vectors_, states);
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
        const auto width = (highest - lowest).to(at::kDouble).contiguous();
        width_.assign(width.data_ptr<double>(), width.data_ptr<double>() + M);
    }
    const auto dots = applyWeights(states.centred, vectors_.centred.t()).contiguous();
    const auto squares = vectors_.centred.square().sum(-1);
    const auto mTarget =
        states.m
            .gather(1,
                    at::tensor(states.targets, at::TensorOptions().dtype(at::kLong)).unsqueeze(1))
            .to(at::kDouble)
            .contiguous();
    const auto by = delta.contiguous();
    // Twice what sums over the vocabulary were seen to be off by.
    const double resolution = states.m.scalar_type() == at::kDouble ? 1e-13 : 2e-6;
    const auto d = static_cast<double>(weights_.config.d_model);
    std::mutex joining;
    at::parallel_for(0, states.count(), 1, [&](std::int64_t begin, std::int64_t end) {
        Sums sums(static_cast<std::size_t>(M));
        for (auto row = begin; row < end; ++row)
            for (std::int64_t n = 0; n < M; ++n) {
                const auto at = row * M + n;
                const double change = by.data_ptr<double>()[at];
                const auto shifts =
                    finalShifts(weights_.ln_f, d, states.scale[static_cast<std::size_t>(row)],
                                change * dots.data_ptr<double>()[at],
                                change * change * squares.data_ptr<double>()[n], change);
                const auto neuron = static_cast<std::size_t>(n);
                const PointEstimate point(moments, row, at, width_[neuron],
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
    return {table(sum_), table(abs_), table(bound_)};
}

} // namespace residuum
