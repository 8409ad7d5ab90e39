#include "analysis/neurons/batched_shifts.h"

#include "core/model/doubles.h"
#include "core/model/row_index.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <span>

namespace residuum {

namespace {

/// Both shifts' numbers, as they lie one after the other in FinalShifts.
constexpr std::int64_t perShift = 3;
static_assert(sizeof(FinalShifts) == 2 * perShift * sizeof(double));

/// A token and a direction whose logits move too far for the sums.
struct FarShift {
    std::int64_t row, column;
    const Shift* shift;
    bool total;
};

/// onM · m + onD · D + plus; shift: [r, c, 3]. [r, c, …]
at::Tensor shiftBy(const at::Tensor& shift, const at::Tensor& m, const at::Tensor& D) {
    const auto number = [&](std::int64_t which) { return shift.narrow(2, which, 1); };
    return at::addcmul(number(2), number(1), D).addcmul_(number(0), m);
}

/// z, a and b of ablation_kernel.h, [r, c, 3]. p, q: [r, 1, V]; shift: [r, c, V].
at::Tensor sumsOf(const at::Tensor& shift, const at::Tensor& p, const at::Tensor& q) {
    auto gained = at::expm1(shift).mul_(p);
    const auto z = gained.sum(-1), a = (gained * q).sum(-1);
    const auto b = gained.add_(p).mul_(shift).sum(-1);
    return at::stack({z, a, b}, -1);
}

/// Many tokens' shifts along many directions.
class BatchedShifts {
  public:
    BatchedShifts(const TokenStates& states, const at::Tensor& D,
                  const std::vector<FinalShifts>& shifts)
        : states_(states), D_(D), R_(states.count()), C_(D.size(1)),
          targets_(rowIndex(states.targets, D).view({R_, 1, 1})),
          numbers_(at::from_blob(const_cast<FinalShifts*>(shifts.data()), {R_, C_, 2 * perShift},
                                 at::kDouble)
                       .to(D.scalar_type())
                       .to(D.device())) {}

    /// [R, C, 8] float64 on the CPU: the sums of the total and of the frozen shift, then what each
    /// moves the target's logit by, rounded as in the sums.
    at::Tensor sums(const Progress& progress) const {
        auto all = at::empty({R_, C_, 2 * (perShift + 1)}, D_.options());
        const auto columns = std::min(C_, R_), rows = std::max<std::int64_t>(1, R_ / columns);
        for (std::int64_t r = 0; r < R_; r += rows)
            for (std::int64_t c = 0; c < C_; c += columns) {
                progress.check();
                const auto some = std::min(rows, R_ - r), few = std::min(columns, C_ - c);
                all.narrow(0, r, some).narrow(1, c, few).copy_(tile(r, some, c, few));
            }
        return doublesOnCpu(all);
    }

    /// The largest |D| of each direction, [1 or R, C or 1] float64 on the CPU.
    at::Tensor largest() const { return doublesOnCpu(at::maximum(D_.amax(-1), -D_.amin(-1))); }

    /// What shiftSafely gives, [n, 2] float64 on the CPU: changes of loss and entropy.
    at::Tensor safely(std::span<const FarShift> far) const {
        std::vector<std::int64_t> rows, columns;
        std::vector<double> numbers;
        for (const auto& one : far) {
            rows.push_back(one.row);
            columns.push_back(one.column);
            numbers.insert(numbers.end(), {one.shift->onM, one.shift->onD, one.shift->plus});
        }
        const auto n = static_cast<std::int64_t>(far.size());
        const auto row = rowIndex(rows, D_);
        const auto of = [&](const at::Tensor& t) {
            return inDouble(t.index_select(0, row)).unsqueeze(1);
        };
        const auto q = of(states_.q), p = of(states_.p); // [n, 1, V]
        const auto D = D_.size(0) == 1 ? D_.squeeze(0).index_select(0, rowIndex(columns, D_))
                                       : D_.squeeze(1).index_select(0, row);
        const auto by = at::tensor(numbers, at::kDouble).to(q.device()).view({n, 1, perShift});
        const auto target = targets_.index_select(0, row).to(q.device());
        auto y = shiftBy(by, of(states_.m), inDouble(D).unsqueeze(1)).add_(q);
        y -= y.amax(-1, /*keepdim=*/true);
        const auto weight = y.exp();
        const auto after = weight.sum(-1, /*keepdim=*/true);
        const auto entropyAfter = after.log() - (weight * y).sum(-1, /*keepdim=*/true) / after;
        // q = log p + entropy, best known where p is largest.
        const auto [largest, at] = p.max(-1, /*keepdim=*/true);
        const auto entropy = q.gather(2, at) - largest.log();
        const auto loss = after.log() - y.gather(2, target) - (entropy - q.gather(2, target));
        return at::cat({loss, entropyAfter - entropy}, -1).view({n, 2}).cpu();
    }

  private:
    at::Tensor tile(std::int64_t row, std::int64_t rows, std::int64_t column,
                    std::int64_t columns) const {
        const auto ofRows = [&](const at::Tensor& t) { return t.narrow(0, row, rows); };
        const auto ofToken = [&](const at::Tensor& t) { return ofRows(t).unsqueeze(1); };
        const auto D = (D_.size(0) == 1 ? D_ : ofRows(D_)).narrow(1, column, columns);
        const auto m = ofToken(states_.m), p = ofToken(states_.p), q = ofToken(states_.q);
        const auto target = ofRows(targets_).expand({rows, columns, 1});
        const auto mTarget = m.expand({rows, columns, m.size(2)}).gather(2, target);
        const auto DTarget = D.expand({rows, columns, m.size(2)}).gather(2, target);
        const auto numbers = ofRows(numbers_).narrow(1, column, columns);
        std::vector<at::Tensor> sums, atTarget;
        for (std::int64_t which = 0; which < 2; ++which) {
            const auto by = numbers.narrow(2, which * perShift, perShift);
            sums.push_back(sumsOf(shiftBy(by, m, D), p, q));
            atTarget.push_back(shiftBy(by, mTarget, DTarget));
        }
        sums.insert(sums.end(), atTarget.begin(), atTarget.end());
        return at::cat(sums, -1);
    }

    const TokenStates& states_;
    const at::Tensor& D_;
    std::int64_t R_, C_;
    at::Tensor targets_; ///< int64 [R, 1, 1]
    at::Tensor numbers_; ///< [R, C, 6]
};

void store(const ShiftEffect& effect, bool total, Eigen::Index row, Eigen::Index column,
           EffectBlock& into) {
    const auto set = [&](Effect which, double value) {
        into[static_cast<std::size_t>(which)](row, column) = value;
    };
    set(total ? Effect::TotalLoss : Effect::FrozenLoss, effect.loss);
    set(total ? Effect::TotalEntropy : Effect::FrozenEntropy, effect.entropy);
}

} // namespace

void batchedEffects(const TokenStates& states, const at::Tensor& D,
                    const std::vector<FinalShifts>& shifts, Eigen::Index firstColumn,
                    EffectBlock& into, const Progress& progress) {
    const at::NoGradGuard noGrad;
    const BatchedShifts batched(states, D, shifts);
    const auto sums = batched.sums(progress), largest = batched.largest();
    const auto R = states.count(), C = D.size(1);
    const auto* number = sums.data_ptr<double>();
    std::vector<FarShift> far;
    for (std::int64_t row = 0; row < R; ++row)
        for (std::int64_t column = 0; column < C; ++column, number += 2 * (perShift + 1)) {
            const auto& both = shifts[static_cast<std::size_t>(row * C + column)];
            const auto largestD = largest.data_ptr<double>()[D.size(0) == 1 ? column : row];
            for (const bool total : {true, false}) {
                const auto& shift = total ? both.total : both.frozen;
                const auto* of = number + (total ? 0 : perShift);
                if (isSmall(shift, states.largestM[static_cast<std::size_t>(row)], largestD))
                    store(
                        shiftEffect({of[0], of[1], of[2]}, number[2 * perShift + (total ? 0 : 1)]),
                        total, row, firstColumn + column, into);
                else
                    far.push_back({row, column, &shift, total});
            }
        }
    // In float64, and with some more numbers per logit than a tile has.
    const auto atOnce = static_cast<std::size_t>(std::max<std::int64_t>(1, R / 8));
    for (std::size_t first = 0; first < far.size(); first += atOnce) {
        progress.check();
        const auto some = std::span(far).subspan(first, std::min(atOnce, far.size() - first));
        const auto values = batched.safely(some);
        for (std::size_t i = 0; i < some.size(); ++i)
            store({values.data_ptr<double>()[2 * i], values.data_ptr<double>()[2 * i + 1]},
                  some[i].total, some[i].row, firstColumn + some[i].column, into);
    }
}

} // namespace residuum
