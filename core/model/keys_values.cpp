#include "core/model/keys_values.h"

#include "core/model/attention_kernel.h"
#include "core/model/doubles.h"
#include "core/model/row_index.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// One head's part of the rows of a tail, of queries or of z, [rows, H, D], from row `first` on.
template <class Number>
HeadRows<Number> rowsOf(const at::Tensor& rows, std::int64_t first, std::int64_t head) {
    return {rows.data_ptr<Number>() + first * rows.stride(0) + head * rows.stride(1),
            rows.stride(0)};
}

/// One head's keys, or values, of a base.
template <class Number>
HeadRows<Number> baseOf(const at::Tensor& all, std::int64_t base, std::int64_t head) {
    return {all.data_ptr<Number>() + base * all.stride(0) + head * all.stride(2), all.stride(1)};
}

/// The most keys that a query of any run sees.
std::int64_t mostKeys(const std::vector<AttendingRun>& runs) {
    std::int64_t most = 0;
    for (const auto& run : runs)
        most = std::max(most, run.queryFirst + run.queryCount);
    return most;
}

template <class Number>
void attendRuns(const KeysValues& all, const at::Tensor& queries,
                const std::vector<AttendingRun>& runs, double scale, const at::Tensor& z) {
    const auto heads = all.baseK.size(2), d_head = all.baseK.size(3);
    const auto queryHeads = queries.unflatten(1, {heads, d_head});
    const auto zHeads = z.unflatten(1, {heads, d_head});
    const auto keys = mostKeys(runs);
    const auto kernel = attentionKernel<Number>();
    const auto tasks = static_cast<std::int64_t>(runs.size()) * heads;
    const auto fewest = std::max<std::int64_t>(1, 16384 / (keys * d_head)); // worth a thread
    at::parallel_for(0, tasks, fewest, [&](std::int64_t begin, std::int64_t end) {
        std::vector<Number> scores(static_cast<std::size_t>(keys));
        for (auto task = begin; task < end; ++task) {
            const auto& run = runs[static_cast<std::size_t>(task / heads)];
            const auto head = task % heads;
            kernel({.baseK = baseOf<Number>(all.baseK, run.base, head),
                    .baseV = baseOf<Number>(all.baseV, run.base, head),
                    .tailK = rowsOf<Number>(all.tailK, run.row, head),
                    .tailV = rowsOf<Number>(all.tailV, run.row, head),
                    .queries = rowsOf<Number>(queryHeads, run.queryRow, head),
                    .z = rowsOf<Number>(zHeads, run.queryRow, head),
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

/// The keys, or values, that one run sees at positions [0, count), [count, H, D]: views, so that no
/// list of rows is needed.
at::Tensor seenByRun(const at::Tensor& base, const at::Tensor& tail, const AttendingRun& run,
                     std::int64_t count) {
    const auto before = std::min(run.first, count);
    const auto own = std::clamp<std::int64_t>(count - run.first, 0, run.count);
    std::vector<at::Tensor> parts;
    const auto add = [&](const at::Tensor& rows, std::int64_t first, std::int64_t some) {
        if (some > 0)
            parts.push_back(rows.narrow(0, first, some));
    };
    if (base.numel() > 0)
        add(base.select(0, run.base), 0, before);
    add(tail, run.row, own);
    if (base.numel() > 0)
        add(base.select(0, run.base), before + own, count - before - own);
    return parts.size() == 1 ? parts.front() : at::cat(parts);
}

/// [Q, d] of one run, as text that is being written has it.
at::Tensor attendOne(const KeysValues& all, const at::Tensor& queries, const AttendingRun& run,
                     double scale) {
    const auto heads = all.baseK.size(2), d_head = all.baseK.size(3);
    const auto count = run.queryFirst + run.queryCount;
    const auto byHead = [](const at::Tensor& rows) { // [H, rows, D]
        return inAtLeastFloat(rows).transpose(0, 1);
    };
    const auto q = byHead(
        queries.narrow(0, run.queryRow, run.queryCount).reshape({run.queryCount, heads, d_head}));
    const auto k = byHead(seenByRun(all.baseK, all.tailK, run, count));
    const auto v = byHead(seenByRun(all.baseV, all.tailV, run, count));
    auto scores = at::matmul(q, k.transpose(1, 2)) * scale;
    if (run.queryCount > 1)
        scores = scores + at::full({run.queryCount, count}, -INFINITY, scores.options())
                              .triu_(run.queryFirst + 1);
    return at::matmul(at::softmax(scores, -1), v)
        .transpose(0, 1)
        .reshape({run.queryCount, heads * d_head})
        .to(queries.scalar_type());
}

} // namespace

at::Tensor attendPadded(const KeysValues& all, const at::Tensor& queries,
                        const std::vector<AttendingRun>& runs, double scale) {
    if (runs.size() == 1 && runs.front().queryCount == queries.size(0))
        return attendOne(all, queries, runs.front(), scale);
    const auto basePos = all.baseK.size(1), heads = all.baseK.size(2), d_head = all.baseK.size(3);
    const auto baseRows = all.baseK.size(0) * basePos;
    const auto pos = mostKeys(runs);
    const auto count = static_cast<std::int64_t>(runs.size());
    std::vector<std::int64_t> keyRows, queryRows, queryPositions, resultRows(queries.size(0));
    std::int64_t widest = 0;
    for (const auto& run : runs)
        widest = std::max(widest, run.queryCount);
    for (std::int64_t r = 0; r < count; ++r) {
        const auto& run = runs[static_cast<std::size_t>(r)];
        for (std::int64_t p = 0; p < pos; ++p) {
            const bool own = p >= run.first && p < run.first + run.count;
            // Positions that a run has no key at are later than all its queries.
            keyRows.push_back(own ? baseRows + run.row + p - run.first
                                  : run.base * basePos + std::min(p, basePos - 1));
        }
        for (std::int64_t i = 0; i < widest; ++i) {
            const auto real = std::min(i, run.queryCount - 1);
            queryRows.push_back(run.queryRow + real);
            queryPositions.push_back(run.queryFirst + real);
            if (i < run.queryCount)
                resultRows[static_cast<std::size_t>(run.queryRow + i)] = r * widest + i;
        }
    }
    const auto index = [&](const std::vector<std::int64_t>& rows) {
        return rowIndex(rows, queries);
    };
    const auto seen = index(keyRows);
    const auto gathered = [&](const at::Tensor& base, const at::Tensor& tail) {
        return inAtLeastFloat(at::cat({base.reshape({baseRows, heads, d_head}), tail})
                                  .index_select(0, seen)
                                  .view({count, pos, heads, d_head})
                                  .transpose(1, 2));
    };
    const auto q = inAtLeastFloat(queries.index_select(0, index(queryRows))
                                      .view({count, widest, heads, d_head})
                                      .transpose(1, 2));
    const auto later = at::arange(pos, queries.options().dtype(at::kLong)).view({1, 1, pos}) >
                       index(queryPositions).view({count, widest, 1});
    auto scores = at::matmul(q, gathered(all.baseK, all.tailK).transpose(2, 3)) * scale;
    scores = scores.masked_fill(later.unsqueeze(1), -INFINITY);
    const auto z = at::matmul(at::softmax(scores, -1), gathered(all.baseV, all.tailV));
    return z.transpose(1, 2)
        .reshape({count * widest, heads * d_head})
        .index_select(0, index(resultRows))
        .to(queries.scalar_type());
}

at::Tensor attend(const KeysValues& keysValues, const at::Tensor& queries,
                  const std::vector<AttendingRun>& runs, double scale) {
    if (runs.empty())
        return at::empty_like(queries);
    const auto type = queries.scalar_type();
    if (!queries.device().is_cpu() || (type != at::kFloat && type != at::kDouble))
        return attendPadded(keysValues, queries, runs, scale);
    const auto z = at::empty(queries.sizes(), queries.options());
    if (type == at::kFloat)
        attendRuns<float>(keysValues, queries, runs, scale, z);
    else
        attendRuns<double>(keysValues, queries, runs, scale, z);
    return z;
}

} // namespace residuum
