#include "core/text/whole_number.h"

#include <gtest/gtest.h>

namespace residuum {
namespace {

TEST(WholeNumber, IsDigitsAndNothingElse) {
    EXPECT_EQ(parseWholeNumber("0"), 0);
    EXPECT_EQ(parseWholeNumber("2147483647"), 2147483647);
    for (const auto* no : {"", "-1", "-0", "+1", " 1", "1 ", "1.0", "0x1", "2147483648", "one"})
        EXPECT_FALSE(parseWholeNumber(no)) << no;
}

} // namespace
} // namespace residuum
