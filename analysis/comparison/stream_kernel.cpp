#include "analysis/comparison/stream_kernel.h"

#include "core/model/instruction_sets.h"

namespace residuum {

namespace {

RESIDUUM_INLINE double squaresOf(const double* x, std::int64_t count) {
    double squares = 0.0;
#pragma omp simd reduction(+ : squares)
    for (std::int64_t j = 0; j < count; ++j)
        squares += x[j] * x[j];
    return squares;
}

RESIDUUM_INLINE TokenSums addToken(const double* x, const double* before, std::int64_t count,
                                   const TokenTargets& to) {
    double total = 0.0, squares = 0.0, product = 0.0;
#pragma omp simd reduction(+ : total, squares, product)
    for (std::int64_t j = 0; j < count; ++j) {
        total += x[j];
        squares += x[j] * x[j];
        product += x[j] * before[j];
    }
    const double mean = total / static_cast<double>(count);
    double* __restrict sum = to.sum;
    double* __restrict centredSquares = to.centredSquares;
    double* __restrict sizes = to.sizes;
#pragma omp simd
    for (std::int64_t j = 0; j < count; ++j) {
        const double centred = x[j] - mean;
        sum[j] += x[j];
        centredSquares[j] += centred * centred;
        sizes[j] = x[j] < 0.0 ? -x[j] : x[j];
    }
    return {squares, product};
}

} // namespace

StreamKernel streamKernel() {
    return compiled<StreamKernel, squaresOf, addToken>();
}

} // namespace residuum
