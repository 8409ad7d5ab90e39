#include "core/model/products.h"

#include "core/model/needs_graph.h"
#include "core/model/row_product.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <algorithm>

namespace residuum {

namespace {

/// Columns per thread, a multiple of a cache line so that no two threads write into one.
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

/// One row, read at the speed of memory (row_product.h), columns [begin, end) of out.
template <class Number>
void multiplyRow(const at::Tensor& out, const at::Tensor& x, const at::Tensor& W,
                 const at::Tensor& bias, std::int64_t begin, std::int64_t end) {
    const auto layout = W.stride(1) == 1 ? RowLayout::Outputs : RowLayout::Inputs;
    RowProduct<Number> product;
    product.x = x.data_ptr<Number>();
    product.W = W.data_ptr<Number>() + begin * W.stride(1);
    product.stride = W.stride(layout == RowLayout::Outputs ? 0 : 1);
    product.bias = bias.defined() ? bias.data_ptr<Number>() + begin : nullptr;
    product.out = out.data_ptr<Number>() + begin;
    product.inputs = W.size(0);
    product.outputs = end - begin;
    rowKernel<Number>(layout)(product);
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
    const bool oneRow = isOneRow(rows, W, bias), wide = x.scalar_type() == at::kDouble;
    at::parallel_for(
        0, W.size(1), columnsPerThread(W.size(1)), [&](std::int64_t begin, std::int64_t end) {
            // Worker threads have no NoGradGuard of the caller's.
            const at::NoGradGuard noGrad;
            if (oneRow)
                return wide ? multiplyRow<double>(out, rows, W, bias, begin, end)
                            : multiplyRow<float>(out, rows, W, bias, begin, end);
            const auto count = end - begin;
            multiplyColumns(out.narrow(1, begin, count), rows, W.narrow(1, begin, count),
                            bias.defined() ? bias.narrow(0, begin, count) : bias);
        });
    return out.view(shape);
}

at::Tensor applyWeights(const at::Tensor& x, const at::Tensor& W) {
    return applyWeights(x, W, at::Tensor());
}

} // namespace residuum
