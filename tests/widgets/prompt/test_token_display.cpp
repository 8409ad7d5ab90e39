#include "widgets/prompt/token_display.h"

#include <gtest/gtest.h>

namespace residuum {
namespace {

TEST(ProbabilityText, NeverClaimsWhatIsOnlyClose) {
    EXPECT_EQ(probabilityText(0.99947), QStringLiteral("> 99.9 %"));
    EXPECT_EQ(probabilityText(0.998), QStringLiteral("99.8 %"));
    EXPECT_EQ(probabilityText(0.5), QStringLiteral("50.0 %"));
    EXPECT_EQ(probabilityText(0.0123), QStringLiteral("1.23 %"));
    EXPECT_EQ(probabilityText(0.00059), QStringLiteral("0.059 %"));
    EXPECT_EQ(probabilityText(0.00003), QStringLiteral("< 0.01 %"));
    EXPECT_EQ(probabilityText(0.0), QStringLiteral("< 0.01 %"));
}

} // namespace
} // namespace residuum
