#include "core/task/wording.h"

#include <gtest/gtest.h>

namespace residuum::test {
namespace {

TEST(BytesText, HasThreeDigitsInTheUnitThatFits) {
    EXPECT_EQ(bytesText(0), "0 bytes");
    EXPECT_EQ(bytesText(999), "999 bytes");
    EXPECT_EQ(bytesText(1234), "1.23 kB");
    EXPECT_EQ(bytesText(12'345'678), "12.3 MB");
    EXPECT_EQ(bytesText(999'600'000), "1 GB");
    EXPECT_EQ(bytesText(1'234'000'000'000'000LL), "1.23e+03 TB");
}

} // namespace
} // namespace residuum::test
