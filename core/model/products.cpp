#include "core/model/products.h"

#include "core/model/needs_graph.h"
#include "core/model/row_product.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace residuum {

namespace {

/// Columns (or rows) per thread, a multiple of a cache line so that no two threads write into one.
std::int64_t columnsPerThread(std::int64_t columns) {
    constexpr std::int64_t step = 16;
    const std::int64_t threads = std::max(1, at::get_num_threads());
    const auto share = (columns + threads - 1) / threads;
    return (share + step - 1) / step * step;
}

void multiplyColumns(at::Tensor out, const at::Tensor& x, const at::Tensor& W,
                     const at::Tensor& bias) {
    if (bias.defined())
        at::addmm_out(out, bias, x, W);
    else
        at::mm_out(out, x, W);
}

/// out = bias + x W for one row, at the speed at which the weights can be read (row_product.h):
/// each thread reads a share that lies in one piece. Sums do not depend on the number of threads.
template <class Number>
void multiplyRow(const at::Tensor& out, const at::Tensor& x, const at::Tensor& W,
                 const at::Tensor& bias) {
    const auto inputs = W.size(0), outputs = W.size(1);
    const bool byOutputs = W.stride(1) == 1;
    const RowProduct<Number> whole{.x = x.data_ptr<Number>(),
                                   .W = W.data_ptr<Number>(),
                                   .stride = W.stride(byOutputs ? 0 : 1),
                                   .bias = bias.defined() ? bias.data_ptr<Number>() : nullptr,
                                   .out = out.data_ptr<Number>(),
                                   .inputs = inputs,
                                   .outputs = outputs};
    if (!byOutputs)
        return at::parallel_for(0, outputs, columnsPerThread(outputs),
                                [&](std::int64_t begin, std::int64_t end) {
                                    auto share = whole;
                                    share.W += begin * whole.stride;
                                    share.bias += share.bias == nullptr ? 0 : begin;
                                    share.out += begin;
                                    share.outputs = end - begin;
                                    rowKernel<Number>(RowLayout::Inputs)(share);
                                });
    // As many shares of the inputs whatever the threads, then their sum: more shares would take
    // longer to add up than further threads save.
    const auto kernel = rowKernel<Number>(RowLayout::Outputs);
    const auto shares = std::clamp<std::int64_t>(inputs / 48, 1, 8);
    const auto sums =
        std::make_unique_for_overwrite<Number[]>(static_cast<std::size_t>(shares * outputs));
    const std::vector<Number> ones(static_cast<std::size_t>(shares), Number(1));
    at::parallel_for(0, shares, 1, [&](std::int64_t first, std::int64_t last) {
        for (auto i = first; i < last; ++i) {
            const auto begin = i * inputs / shares;
            auto share = whole;
            share.x += begin;
            share.W += begin * whole.stride;
            share.bias = nullptr;
            share.out = sums.get() + i * outputs;
            share.inputs = (i + 1) * inputs / shares - begin;
            kernel(share);
        }
    });
    auto sum = whole;
    sum.x = ones.data();
    sum.W = sums.get();
    sum.stride = outputs;
    sum.inputs = shares;
    kernel(sum);
}

/// Whether multiplyRow can be used, of rows [n, in].
bool isOneRow(const at::Tensor& rows, const at::Tensor& W, const at::Tensor& bias) {
    const auto type = rows.scalar_type();
    return rows.size(0) == 1 && (type == at::kFloat || type == at::kDouble) &&
           rows.stride(1) == 1 && (W.stride(0) == 1 || W.stride(1) == 1) &&
           (!bias.defined() || bias.stride(0) == 1);
}

} // namespace

at::Tensor applyWeights(const at::Tensor& x, const at::Tensor& W, const at::Tensor& bias) {
    const auto rows = x.reshape({-1, x.size(-1)});
    auto shape = x.sizes().vec();
    shape.back() = W.size(1);
    if (!x.device().is_cpu() || needsGraph({x, W, bias}))
        return (bias.defined() ? at::addmm(bias, rows, W) : at::mm(rows, W)).view(shape);

    auto out = at::empty({rows.size(0), W.size(1)}, x.options());
    if (isOneRow(rows, W, bias)) {
        if (x.scalar_type() == at::kDouble)
            multiplyRow<double>(out, rows, W, bias);
        else
            multiplyRow<float>(out, rows, W, bias);
        return out.view(shape);
    }
    at::parallel_for(
        0, W.size(1), columnsPerThread(W.size(1)), [&](std::int64_t begin, std::int64_t end) {
            // Worker threads have no NoGradGuard of the caller's.
            const at::NoGradGuard noGrad;
            const auto count = end - begin;
            multiplyColumns(out.narrow(1, begin, count), rows, W.narrow(1, begin, count),
                            bias.defined() ? bias.narrow(0, begin, count) : bias);
        });
    return out.view(shape);
}

at::Tensor applyWeights(const at::Tensor& x, const at::Tensor& W) {
    return applyWeights(x, W, at::Tensor());
}

void addWeightGradient(const at::Tensor& W, const at::Tensor& x, const at::Tensor& gradient,
                       double factor) {
    const at::NoGradGuard noGrad;
    const auto xRows = x.reshape({-1, x.size(-1)}).t();
    const auto rows = gradient.reshape({-1, gradient.size(-1)});
    auto target = W; // the same tensor: a handle is written through
    if (!W.device().is_cpu()) {
        target.addmm_(xRows, rows, 1.0, factor);
        return;
    }
    const std::int64_t side = W.size(0) > W.size(1) ? 0 : 1;
    at::parallel_for(0, W.size(side), columnsPerThread(W.size(side)),
                     [&](std::int64_t begin, std::int64_t end) {
                         const at::NoGradGuard noGradHere;
                         const auto count = end - begin;
                         target.narrow(side, begin, count)
                             .addmm_(side == 0 ? xRows.narrow(0, begin, count) : xRows,
                                     side == 1 ? rows.narrow(1, begin, count) : rows, 1.0, factor);
                     });
}

void addRows(const at::Tensor& b, const at::Tensor& gradient) {
    const at::NoGradGuard noGrad;
    auto target = b;
    target.add_(gradient.reshape({-1, gradient.size(-1)}).sum(0));
}

} // namespace residuum
