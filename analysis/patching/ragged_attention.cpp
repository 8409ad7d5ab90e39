#include "analysis/patching/ragged_attention.h"

#include "analysis/patching/attention_kernel.h"
#include "analysis/tensor/row_index.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// Rows of one head in memory.
template <class Number>
HeadRows<Number> rowsOf(const at::Tensor& rows, std::int64_t offset) {
    return {rows.data_ptr<Number>() + offset, rows.stride(0)};
}

template <class Number>
void attendRuns(const at::Tensor& baseK, const at::Tensor& baseV, const at::Tensor& changedK,
                const at::Tensor& changedV, const at::Tensor& queries,
                const std::vector<RaggedRun>& runs, double scale, at::Tensor& z) {
    const auto heads = baseK.size(2), d_head = baseK.size(3);
    const auto keys = baseK.size(1);
    const auto kernel = attentionKernel<Number>();
    const auto tasks = static_cast<std::int64_t>(runs.size()) * heads;
    at::parallel_for(0, tasks, 16, [&](std::int64_t begin, std::int64_t end) {
        std::vector<Number> scores(static_cast<std::size_t>(keys));
        for (auto task = begin; task < end; ++task) {
            const auto& run = runs[static_cast<std::size_t>(task / heads)];
            const auto head = task % heads;
            const auto base = [&](const at::Tensor& t) {
                return HeadRows<Number>{t.data_ptr<Number>() + run.pair * t.stride(0) +
                                            head * t.stride(2),
                                        t.stride(1)};
            };
            const auto column = head * d_head;
            const auto changed = [&](const at::Tensor& t) {
                return rowsOf<Number>(t, run.row * t.stride(0) + column);
            };
            const auto asked = [&](const at::Tensor& t) {
                return rowsOf<Number>(t, run.queryRow * t.stride(0) + column);
            };
            kernel({.baseK = base(baseK),
                    .baseV = base(baseV),
                    .changedK = changed(changedK),
                    .changedV = changed(changedV),
                    .queries = asked(queries),
                    .z = asked(z),
                    .first = run.first,
                    .count = run.count,
                    .queryFirst = run.queryFirst,
                    .queryCount = run.queryCount,
                    .d_head = d_head,
                    .scale = static_cast<Number>(scale),
                    .scores = scores.data()});
        }
    });
}

} // namespace

at::Tensor raggedAttentionPadded(const at::Tensor& baseK, const at::Tensor& baseV,
                                 const at::Tensor& changedK, const at::Tensor& changedV,
                                 const at::Tensor& queries, const std::vector<RaggedRun>& runs,
                                 double scale) {
    const auto pos = baseK.size(1), heads = baseK.size(2), d_head = baseK.size(3);
    const auto baseRows = baseK.size(0) * pos;
    const auto count = static_cast<std::int64_t>(runs.size());
    std::vector<std::int64_t> keyRows, queryRows, queryPositions, resultRows(queries.size(0));
    std::int64_t widest = 0;
    for (const auto& run : runs)
        widest = std::max(widest, run.queryCount);
    for (std::int64_t r = 0; r < count; ++r) {
        const auto& run = runs[static_cast<std::size_t>(r)];
        for (std::int64_t p = 0; p < pos; ++p) {
            const bool changed = p >= run.first && p < run.first + run.count;
            keyRows.push_back(changed ? baseRows + run.row + p - run.first : run.pair * pos + p);
        }
        for (std::int64_t i = 0; i < widest; ++i) {
            const auto real = std::min(i, run.queryCount - 1);
            queryRows.push_back(run.queryRow + real);
            queryPositions.push_back(run.queryFirst + real);
            if (i < run.queryCount)
                resultRows[static_cast<std::size_t>(run.queryRow + i)] = r * widest + i;
        }
    }
    const auto keyIndex = rowIndex(keyRows, queries);
    const auto gathered = [&](const at::Tensor& base, const at::Tensor& changed) {
        return at::cat({base.reshape({baseRows, heads * d_head}), changed})
            .index_select(0, keyIndex)
            .view({count, pos, heads, d_head})
            .transpose(1, 2);
    };
    const auto q = queries.index_select(0, rowIndex(queryRows, queries))
                       .view({count, widest, heads, d_head})
                       .transpose(1, 2);
    const auto later = at::arange(pos, queries.options().dtype(at::kLong)).view({1, 1, pos}) >
                       rowIndex(queryPositions, queries).view({count, widest, 1});
    auto scores = at::matmul(q, gathered(baseK, changedK).transpose(2, 3)) * scale;
    scores = scores.masked_fill(later.unsqueeze(1), -INFINITY);
    const auto z = at::matmul(at::softmax(scores, -1), gathered(baseV, changedV));
    return z.transpose(1, 2)
        .reshape({count * widest, heads * d_head})
        .index_select(0, rowIndex(resultRows, queries));
}

at::Tensor raggedAttention(const at::Tensor& baseK, const at::Tensor& baseV,
                           const at::Tensor& changedK, const at::Tensor& changedV,
                           const at::Tensor& queries, const std::vector<RaggedRun>& runs,
                           double scale) {
    if (runs.empty())
        return at::empty_like(queries);
    const auto type = queries.scalar_type();
    if (!queries.device().is_cpu() || (type != at::kFloat && type != at::kDouble))
        return raggedAttentionPadded(baseK, baseV, changedK, changedV, queries, runs, scale);
    auto z = at::empty(queries.sizes(), queries.options());
    if (type == at::kFloat)
        attendRuns<float>(baseK, baseV, changedK, changedV, queries, runs, scale, z);
    else
        attendRuns<double>(baseK, baseV, changedK, changedV, queries, runs, scale, z);
    return z;
}

} // namespace residuum
