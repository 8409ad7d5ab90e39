#include "analysis/neurons/last_layer_ablation.h"

#include "analysis/neurons/batched_shifts.h"
#include "core/model/doubles.h"
#include "core/model/products.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr std::int64_t stretch = 1024; ///< of the vocabulary, at once

EffectBlock blockOf(std::int64_t rows, std::size_t columns) {
    EffectBlock block;
    block.fill(Table::Zero(rows, static_cast<Eigen::Index>(columns)));
    return block;
}

struct PairOfSums {
    ShiftSums total, frozen;
};

/// The states of a block as plain numbers.
template <class Number>
struct States {
    explicit States(const TokenStates& states)
        : states_(states), m(states.m.data_ptr<Number>()), p(states.p.data_ptr<Number>()),
          q(states.q.data_ptr<Number>()), V(states.m.size(1)) {}

    ShiftedStretch<Number> part(std::int64_t row, const Number* D, std::int64_t first,
                                std::int64_t count) const {
        const auto at = row * V + first;
        return {m + at, p + at, q + at, D + first, count};
    }

    ShiftEffect effect(std::int64_t row, const Number* D, double largestD, const Shift& shift,
                       const ShiftSums& sums) const {
        const auto target = states_.targets[static_cast<std::size_t>(row)];
        if (!isSmall(shift, states_.largestM[static_cast<std::size_t>(row)], largestD))
            return shiftSafely(part(row, D, 0, V), shift, target);
        // As the kernel forms it, so that rounding cancels where one token has all probability.
        const Number atTarget =
            static_cast<Number>(shift.onM) * m[row * V + target] +
            (static_cast<Number>(shift.onD) * D[target] + static_cast<Number>(shift.plus));
        return shiftEffect(sums, static_cast<double>(atTarget));
    }

    void store(std::int64_t row, Eigen::Index column, const Number* D, double largestD,
               const FinalShifts& shifts, const PairOfSums& sums, EffectBlock& into) const {
        const auto total = effect(row, D, largestD, shifts.total, sums.total);
        const auto frozen = effect(row, D, largestD, shifts.frozen, sums.frozen);
        const auto set = [&](Effect which, double value) {
            into[static_cast<std::size_t>(which)](row, column) = value;
        };
        set(Effect::TotalLoss, total.loss);
        set(Effect::TotalEntropy, total.entropy);
        set(Effect::FrozenLoss, frozen.loss);
        set(Effect::FrozenEntropy, frozen.entropy);
    }

    const TokenStates& states_;
    const Number *m, *p, *q;
    std::int64_t V;
};

template <class Number>
Number largestOf(const Number* values, std::int64_t count) {
    Number largest = 0;
    for (std::int64_t i = 0; i < count; ++i)
        largest = std::max(largest, std::abs(values[i]));
    return largest;
}

/// Rows of a block against one group's directions D [C, V]; shifts [row · C + neuron].
template <class Number>
void groupEffects(const States<Number>& states, const at::Tensor& D,
                  const std::vector<FinalShifts>& shifts, Eigen::Index firstColumn,
                  EffectBlock& into, const Progress& progress) {
    const auto C = D.size(0);
    const auto* directions = D.data_ptr<Number>();
    std::vector<double> largest;
    for (std::int64_t n = 0; n < C; ++n)
        largest.push_back(static_cast<double>(largestOf(directions + n * states.V, states.V)));
    const auto kernel = shiftKernel<Number>();
    const auto rows = states.states_.count();
    // Enough rows per step to use a stretch of the directions often, few enough to cancel soon.
    constexpr std::int64_t rowsPerStep = 32;
    for (std::int64_t step = 0; step < rows; step += rowsPerStep) {
        progress.check();
        const auto end = std::min(step + rowsPerStep, rows);
        at::parallel_for(step, end, 1, [&](std::int64_t begin, std::int64_t stop) {
            std::vector<PairOfSums> sums(static_cast<std::size_t>((stop - begin) * C));
            for (std::int64_t first = 0; first < states.V; first += stretch) {
                const auto count = std::min(stretch, states.V - first);
                for (auto row = begin; row < stop; ++row)
                    for (std::int64_t n = 0; n < C; ++n) {
                        const auto& shift = shifts[static_cast<std::size_t>(row * C + n)];
                        auto& into_ = sums[static_cast<std::size_t>((row - begin) * C + n)];
                        kernel(states.part(row, directions + n * states.V, first, count),
                               shift.total, shift.frozen, into_.total, into_.frozen);
                    }
            }
            for (auto row = begin; row < stop; ++row)
                for (std::int64_t n = 0; n < C; ++n)
                    states.store(row, firstColumn + n, directions + n * states.V,
                                 largest[static_cast<std::size_t>(n)],
                                 shifts[static_cast<std::size_t>(row * C + n)],
                                 sums[static_cast<std::size_t>((row - begin) * C + n)], into);
        });
    }
}

/// One row along a direction of its own. Stretches are summed in float64: long rows in one go would
/// lose float32's last digits.
template <class Number>
void ownEffect(const States<Number>& states, std::int64_t row, const Number* D,
               const FinalShifts& shifts, Eigen::Index column, EffectBlock& into) {
    PairOfSums sums;
    const auto kernel = shiftKernel<Number>();
    for (std::int64_t first = 0; first < states.V; first += stretch)
        kernel(states.part(row, D, first, std::min(stretch, states.V - first)), shifts.total,
               shifts.frozen, sums.total, sums.frozen);
    states.store(row, column, D, static_cast<double>(largestOf(D, states.V)), shifts, sums, into);
}

template <class Work>
void asComputed(const TokenStates& states, const Work& work) {
    if (states.m.scalar_type() == at::kDouble)
        work(double{});
    else
        work(float{});
}

} // namespace

FinalShifts finalShifts(const RowDivisor& divisor, double d_model, double before, double dot,
                        double square, double along) {
    FinalShifts shifts;
    const double scale = divisor.of(before);
    shifts.frozen = {0.0, along / scale};
    if (divisor.constant) {
        shifts.total = shifts.frozen;
        return shifts;
    }
    const double change = (2.0 * dot + square) / d_model; // of the root's square
    const double root = scale - divisor.outside;
    const double rootAfter = std::sqrt(std::max(root * root + change, divisor.inside));
    const double after = rootAfter + divisor.outside;
    // scale / after - 1 without cancellation.
    shifts.total = {-change / (after * (root + rootAfter)), along / after};
    return shifts;
}

FinalShifts aroundMean(FinalShifts shifts, double meanD) {
    shifts.total.plus = -shifts.total.onD * meanD;
    shifts.frozen.plus = -shifts.frozen.onD * meanD;
    return shifts;
}

void shiftOwnDirections(const TokenStates& states, const at::Tensor& D,
                        const std::vector<FinalShifts>& shifts, Eigen::Index column,
                        EffectBlock& into, const Progress& progress) {
    const auto means = doublesOnCpu((states.p * D).sum(-1)).contiguous();
    if (!D.device().is_cpu()) {
        auto around = shifts;
        for (std::size_t row = 0; row < around.size(); ++row)
            around[row] = aroundMean(around[row], means.data_ptr<double>()[row]);
        return batchedEffects(states, D.unsqueeze(1), around, column, into, progress);
    }
    asComputed(states, [&](auto number) {
        using Number = decltype(number);
        const States<Number> plain(states);
        const auto* directions = D.data_ptr<Number>();
        at::parallel_for(0, states.count(), 1, [&](std::int64_t begin, std::int64_t end) {
            for (auto row = begin; row < end; ++row)
                ownEffect(plain, row, directions + row * plain.V,
                          aroundMean(shifts[static_cast<std::size_t>(row)],
                                     means.data_ptr<double>()[row]),
                          column, into);
        });
    });
}

std::int64_t closedFormBytes(const Weights& weights) {
    // A direction of its own; in batches the three numbers of a tile beside it.
    const std::int64_t numbers = weights.W_U_rows.device().is_cpu() ? 1 : 4;
    return numbers * std::int64_t{weights.config.d_vocab} *
           static_cast<std::int64_t>(at::elementSize(computed(weights)));
}

LastLayerAblation::LastLayerAblation(const Weights& weights, const OutputVectors& vectors,
                                     std::vector<NeuronIndex> neurons, std::int64_t bytes)
    : weights_(weights), vectors_(vectors), divisor_(rowDivisor(weights.ln_f.site).value()),
      neurons_(std::move(neurons)) {
    const auto each = std::int64_t{weights.config.d_vocab} *
                      static_cast<std::int64_t>(at::elementSize(computed(weights)));
    keep_ = static_cast<std::int64_t>(neurons_.size()) * each <= bytes ||
            neurons_.size() <= neuronsPerGroup;
    kept_.resize((neurons_.size() + neuronsPerGroup - 1) / neuronsPerGroup);
}

at::Tensor LastLayerAblation::directions(std::size_t first, std::size_t count) {
    auto& kept = kept_[first / neuronsPerGroup];
    if (kept.defined())
        return kept;
    auto made = logitDirections(vectors_, std::span(neurons_).subspan(first, count));
    if (keep_)
        kept = made;
    return made;
}

at::Tensor LastLayerAblation::vectorRows(std::size_t first, std::size_t count) const {
    return vectors_.rows.index_select(0, neuronRows(std::span(neurons_).subspan(first, count)));
}

FinalShifts LastLayerAblation::shifts(const TokenStates& states, std::int64_t row, double dot,
                                      double square, double along) const {
    return finalShifts(divisor_, static_cast<double>(weights_.config.d_model),
                       states.square[static_cast<std::size_t>(row)], dot, square, along);
}

EffectBlock LastLayerAblation::effects(const TokenStates& states, const at::Tensor& delta,
                                       const Progress& progress) {
    const at::NoGradGuard noGrad;
    auto block = blockOf(states.count(), neurons_.size());
    const auto change = delta.accessor<double, 2>();
    for (std::size_t first = 0; first < neurons_.size(); first += neuronsPerGroup) {
        const auto count = std::min(neuronsPerGroup, neurons_.size() - first);
        const auto rows = vectorRows(first, count);
        const auto dots = applyWeights(states.resid, rows.t()).contiguous();
        const auto squares = rows.square().sum(-1);
        std::vector<FinalShifts> all;
        for (std::int64_t r = 0; r < states.count(); ++r)
            for (std::size_t n = 0; n < count; ++n) {
                const auto at = static_cast<std::int64_t>(n);
                const double by = change[r][static_cast<std::int64_t>(first) + at];
                all.push_back(
                    shifts(states, r,
                           by * dots.data_ptr<double>()[r * static_cast<std::int64_t>(count) + at],
                           by * by * squares.data_ptr<double>()[n], by));
            }
        const auto D = directions(first, count);
        const auto means = doublesOnCpu(applyWeights(states.p, D.t())).contiguous(); // [R, C]
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = aroundMean(all[i], means.data_ptr<double>()[i]);
        if (!D.device().is_cpu()) {
            batchedEffects(states, D.unsqueeze(0), all, static_cast<Eigen::Index>(first), block,
                           progress);
            continue;
        }
        asComputed(states, [&](auto number) {
            using Number = decltype(number);
            groupEffects(States<Number>(states), D, all, static_cast<Eigen::Index>(first), block,
                         progress);
        });
    }
    return block;
}

EffectBlock LastLayerAblation::cumulative(const TokenStates& states, const at::Tensor& delta,
                                          const std::vector<int>& counts,
                                          const Progress& progress) {
    const at::NoGradGuard noGrad;
    auto block = blockOf(states.count(), counts.size());
    auto moved = at::zeros_like(states.resid); // [R, d] float64
    auto direction = at::zeros_like(states.m); // [R, V]
    int done = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        // Groups are the unit in which directions are kept.
        while (done < counts[i]) {
            const auto group = static_cast<std::size_t>(done) / neuronsPerGroup * neuronsPerGroup;
            const auto inGroup = std::min(neuronsPerGroup, neurons_.size() - group);
            const auto from = done - static_cast<int>(group);
            const auto count = std::min<int>(counts[i] - done, static_cast<int>(inGroup) - from);
            const auto by = delta.narrow(1, done, count);
            moved += at::mm(
                by, vectorRows(static_cast<std::size_t>(done), static_cast<std::size_t>(count)));
            direction +=
                applyWeights(by.to(direction.scalar_type()).contiguous().to(direction.device()),
                             directions(group, inGroup).narrow(0, from, count));
            done += count;
        }
        progress.check();
        const auto dots = (states.resid * moved).sum(-1);
        const auto squares = moved.square().sum(-1);
        std::vector<FinalShifts> all;
        for (std::int64_t r = 0; r < states.count(); ++r)
            all.push_back(
                shifts(states, r, dots.data_ptr<double>()[r], squares.data_ptr<double>()[r], 1.0));
        shiftOwnDirections(states, direction, all, static_cast<Eigen::Index>(i), block, progress);
    }
    return block;
}

} // namespace residuum
