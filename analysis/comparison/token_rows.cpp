#include "analysis/comparison/token_rows.h"

#include "core/model/doubles.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <numbers>

namespace residuum {

namespace {

template <class Work>
void asNumbers(const at::Tensor& logits, const Work& work) {
    if (logits.scalar_type() == at::kDouble)
        work(logits.data_ptr<double>());
    else
        work(logits.data_ptr<float>());
}

/// Calls `work(r)` for every row, shared among the threads.
template <class Work>
void forRows(std::int64_t rows, const Work& work) {
    at::parallel_for(0, rows, 1, [&](std::int64_t begin, std::int64_t end) {
        for (auto r = begin; r < end; ++r)
            work(r);
    });
}

void numbersOnCpu(const at::Tensor& logits, std::vector<TokenRow>& rows) {
    asNumbers(logits, [&](const auto* numbers) {
        const auto kernel = tokenKernel<std::remove_cvref_t<decltype(*numbers)>>();
        const auto V = logits.size(1);
        forRows(logits.size(0), [&](std::int64_t r) {
            static_cast<RowNumbers&>(rows[static_cast<std::size_t>(r)]) =
                kernel.numbers(numbers + r * V, V);
        });
    });
}

/// Where the logits are, in float64.
void numbersElsewhere(const at::Tensor& logits, std::vector<TokenRow>& rows) {
    const auto [largest, token] = logits.max(-1, /*keepdim=*/true);
    const auto below = logits - largest;
    const auto e = below.exp();
    const auto z = e.sum(-1);
    const auto logZ = z.log();
    const auto entropy = (logZ - (e * below).sum(-1) / z).clamp_min(0.0);
    const auto tops = largest.squeeze(1);
    const auto numbers = at::stack({tops + logZ, entropy, tops}, 1).cpu().contiguous();
    const auto tokens = token.squeeze(1).cpu().contiguous();
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto* row = numbers.data_ptr<double>() + 3 * r;
        rows[r].logNorm = row[0];
        rows[r].entropy = row[1];
        rows[r].largest = row[2];
        rows[r].token = tokens.data_ptr<std::int64_t>()[r];
    }
}

std::vector<RowDistance> distancesElsewhere(const TokenRows& a, const TokenRows& b) {
    const auto logNorms = [](const TokenRows& rows) {
        std::vector<double> norms;
        for (std::int64_t r = 0; r < rows.count(); ++r)
            norms.push_back(rows.row(r).logNorm);
        return at::tensor(norms, at::kDouble).to(rows.logits().device()).unsqueeze(1);
    };
    const auto logP = a.logits() - logNorms(a), logQ = b.logits() - logNorms(b);
    const auto p = logP.exp(), q = logQ.exp(), d = logQ - logP;
    const auto half = at::log1p(at::expm1(-d.abs()) * 0.5); // see token_kernel.cpp
    const auto jsd =
        ((p * (half + d.clamp_min(0.0)) + q * (half + (-d).clamp_min(0.0))).sum(-1) * -0.5)
            .clamp(0.0, std::numbers::ln2);
    const auto numbers =
        at::stack({(-(p * d).sum(-1)).clamp_min(0.0), (q * d).sum(-1).clamp_min(0.0), jsd}, 1)
            .cpu()
            .contiguous();
    std::vector<RowDistance> distances;
    for (std::int64_t r = 0; r < a.count(); ++r) {
        const auto* row = numbers.data_ptr<double>() + 3 * r;
        distances.push_back({row[0], row[1], row[2]});
    }
    return distances;
}

} // namespace

TokenRows::TokenRows(const at::Tensor& logits, const std::vector<std::int64_t>& labels)
    : logits_((logits.device().is_cpu() ? inAtLeastFloat(logits) : inDouble(logits)).contiguous()),
      rows_(labels.size()) {
    if (logits_.device().is_cpu())
        numbersOnCpu(logits_, rows_);
    else
        numbersElsewhere(logits_, rows_);
    auto chosen = labels;
    for (auto& label : chosen)
        label = std::max<std::int64_t>(label, 0);
    const auto index = at::tensor(chosen, at::kLong).to(logits_.device()).unsqueeze(1);
    const auto ofLabels = doublesOnCpu(logits_.gather(1, index)).contiguous();
    for (std::size_t r = 0; r < rows_.size(); ++r)
        rows_[r].labelLogit = ofLabels.data_ptr<double>()[r];
}

std::vector<RowDistance> distancesOf(const TokenRows& a, const TokenRows& b) {
    if (!a.logits().device().is_cpu())
        return distancesElsewhere(a, b);
    std::vector<RowDistance> distances(static_cast<std::size_t>(a.count()));
    asNumbers(a.logits(), [&](const auto* first) {
        using Number = std::remove_cvref_t<decltype(*first)>;
        const auto kernel = tokenKernel<Number>();
        const auto V = a.logits().size(1);
        const auto* second = b.logits().template data_ptr<Number>();
        forRows(a.count(), [&](std::int64_t r) {
            distances[static_cast<std::size_t>(r)] = kernel.distance(
                first + r * V, a.row(r).logNorm, second + r * V, b.row(r).logNorm, V);
        });
    });
    return distances;
}

} // namespace residuum
