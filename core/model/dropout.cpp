#include "core/model/dropout.h"

#include "core/model/dropout_kernel.h"
#include "core/model/philox.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>

namespace residuum {

namespace {

constexpr std::int64_t low32 = 0xFFFFFFFF;

std::uint32_t thresholdOf(double share) {
    return static_cast<std::uint32_t>(std::llround(share * 0x1p32));
}

/// What of the counter names step, micro-batch and site.
std::array<std::uint32_t, 2> placeOf(const DropoutAt& at) {
    return {static_cast<std::uint32_t>(at.site) | static_cast<std::uint32_t>(at.noise.microBatch)
                                                      << 16U,
            static_cast<std::uint32_t>(at.noise.step)};
}

std::array<std::uint32_t, 2> keyOf(const DropoutAt& at) {
    return {static_cast<std::uint32_t>(at.noise.seed),
            static_cast<std::uint32_t>(at.noise.seed >> 32U)};
}

/// t: [G, R, C].
template <class Number>
void dropOnCpu(const at::Tensor& t, const DropoutAt& at, std::int64_t firstRow,
               std::int64_t rowsPerGroup) {
    static const auto kernel = dropoutKernel<Number>();
    const auto rows = t.size(1), columns = t.size(2);
    const DropoutRows<Number> whole{.data = t.data_ptr<Number>(),
                                    .columns = columns,
                                    .of = placeOf(at),
                                    .key = keyOf(at),
                                    .threshold = thresholdOf(at.noise.share),
                                    .scale = static_cast<Number>(1.0 / (1.0 - at.noise.share))};
    const auto grain = std::max<std::int64_t>(1, 32768 / std::max<std::int64_t>(1, columns));
    at::parallel_for(0, t.size(0) * rows, grain, [&](std::int64_t begin, std::int64_t end) {
        while (begin < end) {
            const auto group = begin / rows, row = begin % rows;
            auto share = whole;
            share.data += begin * columns;
            share.rows = std::min(rows - row, end - begin);
            share.firstRow = static_cast<std::uint32_t>(firstRow + group * rowsPerGroup + row);
            kernel(share);
            begin += share.rows;
        }
    });
}

struct Halves {
    at::Tensor high, low;
};
/// Of a product of numbers of 32 bits, in integers of 64.
Halves product(const at::Tensor& x, std::uint32_t by) {
    const auto whole = x * static_cast<std::int64_t>(by); // wraps, which keeps all 64 bits
    return {at::bitwise_and(at::bitwise_right_shift(whole, 32), low32),
            at::bitwise_and(whole, low32)};
}

/// The words of `counters` rows and columns, as the kernel orders them. rows: [G, R, 1].
at::Tensor wordsOnDevice(const at::Tensor& rows, std::int64_t columns, const DropoutAt& at) {
    const auto blocks = (columns + dropoutColumns - 1) / dropoutColumns;
    const auto of = placeOf(at);
    auto key = keyOf(at);
    auto c0 = at::arange(blocks * dropoutLanes, rows.options()) + at::zeros_like(rows);
    auto c1 = rows + at::zeros_like(c0);
    auto c2 = at::full_like(c0, static_cast<std::int64_t>(of[0]));
    auto c3 = at::full_like(c0, static_cast<std::int64_t>(of[1]));
    for (int round = 0; round < philoxRounds; ++round) {
        const auto a = product(c0, philoxFirst), b = product(c2, philoxSecond);
        c0 = at::bitwise_xor(at::bitwise_xor(b.high, c1), static_cast<std::int64_t>(key[0]));
        c1 = b.low;
        c2 = at::bitwise_xor(at::bitwise_xor(a.high, c3), static_cast<std::int64_t>(key[1]));
        c3 = a.low;
        key[0] += philoxFirstKey;
        key[1] += philoxSecondKey;
    }
    const auto inBlocks = [&](const at::Tensor& words) {
        return words.view({words.size(0), words.size(1), blocks, 1, dropoutLanes});
    };
    return at::cat({inBlocks(c0), inBlocks(c1), inBlocks(c2), inBlocks(c3)}, 3)
        .flatten(2)
        .narrow(2, 0, columns);
}

/// t: [G, R, C].
void dropOnDevice(at::Tensor t, const DropoutAt& at, std::int64_t firstRow,
                  std::int64_t rowsPerGroup) {
    const auto options = t.options().dtype(at::kLong);
    const auto groups = at::arange(t.size(0), options).view({-1, 1, 1}) * rowsPerGroup;
    const auto rows = groups + at::arange(t.size(1), options).view({-1, 1}) + firstRow;
    const auto words = wordsOnDevice(rows, t.size(2), at);
    t.mul_(1.0 / (1.0 - at.noise.share))
        .masked_fill_(words < static_cast<std::int64_t>(thresholdOf(at.noise.share)), 0.0);
}

} // namespace

void dropOut(const at::Tensor& given, const DropoutAt& at, std::int64_t firstRow,
             std::int64_t rowsPerGroup) {
    if (!at.active())
        return;
    const auto t = given.view({-1, given.size(-2), given.size(-1)});
    const auto perGroup = rowsPerGroup == 0 ? t.size(1) : rowsPerGroup;
    if (t.device().is_cpu() && t.scalar_type() == at::kFloat)
        dropOnCpu<float>(t, at, firstRow, perGroup);
    else if (t.device().is_cpu() && t.scalar_type() == at::kDouble)
        dropOnCpu<double>(t, at, firstRow, perGroup);
    else
        dropOnDevice(t, at, firstRow, perGroup);
}

at::Tensor dropped(const at::Tensor& t, const DropoutAt& at) {
    if (!at.active())
        return t;
    auto copy = t.clone(at::MemoryFormat::Contiguous);
    dropOut(copy, at);
    return copy;
}

} // namespace residuum
