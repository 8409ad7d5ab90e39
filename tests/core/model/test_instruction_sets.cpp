// What the kernels are made of, at every register's width that this compiler can build.
#include "core/model/instruction_sets.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace residuum {
namespace {

/// Whole numbers: their sums are exact, whatever the order.
template <class Number, int Bytes>
void expectExactSums() {
    for (std::int64_t count = 0; count < 70; ++count) {
        // One in front, so that no register's worth lies at a multiple of its width.
        std::vector<Number> a(static_cast<std::size_t>(count) + 1), b(a.size());
        std::iota(a.begin(), a.end(), Number(-7));
        std::iota(b.rbegin(), b.rend(), Number(3));
        Number expected = 0;
        for (std::size_t i = 1; i < a.size(); ++i)
            expected += a[i] * b[i];
        const Number found = dot<Bytes>(a.data() + 1, b.data() + 1, count);
        EXPECT_EQ(found, expected) << count << " numbers, registers of " << Bytes;
    }
}

TEST(InstructionSets, DotProductsOfEveryLength) {
    expectExactSums<float, plainBytes>();
    expectExactSums<float, avx2Bytes>();
    expectExactSums<float, avx512Bytes>();
    expectExactSums<double, plainBytes>();
    expectExactSums<double, avx2Bytes>();
    expectExactSums<double, avx512Bytes>();
}

TEST(InstructionSets, OneOfTheThreeIsChosen) {
    using Kernel = int (*)();
    const Kernel chosen = fastest<Kernel>([] { return 1; }, [] { return 2; }, [] { return 3; });
    EXPECT_GE(chosen(), 1);
    EXPECT_LE(chosen(), 3);
#ifdef __x86_64__
    EXPECT_EQ(chosen() >= 2,
              bool(__builtin_cpu_supports("avx2")) && bool(__builtin_cpu_supports("fma")));
#endif
}

} // namespace
} // namespace residuum
