#include "widgets/plots/legend_place.h"

#include <gtest/gtest.h>

namespace residuum {
namespace {

using enum Corner;

TEST(LegendPlace, HidesNoPointWhereThereIsRoom) {
    const QRectF area(0, 0, 100, 100);
    const QSizeF size(30, 20);
    const std::vector order{TopRight, TopLeft, BottomRight, BottomLeft};
    EXPECT_EQ(legendPlace(area, size, 3, {}, 2, order), QRectF(67, 3, 30, 20));
    const std::vector<QPointF> one{{80, 10}};
    EXPECT_EQ(legendPlace(area, size, 3, one, 2, order), QRectF(3, 3, 30, 20));
    const std::vector<QPointF> above{{80, 24}}; // its mark reaches into the box
    EXPECT_EQ(legendPlace(area, size, 3, above, 2, order), QRectF(3, 3, 30, 20));
    const std::vector<QPointF> everywhere{{80, 10}, {10, 10}, {10, 12}, {80, 90},
                                          {82, 90}, {10, 90}, {12, 90}};
    EXPECT_EQ(legendPlace(area, size, 3, everywhere, 2, order), QRectF(67, 3, 30, 20))
        << "the fewest";
}

} // namespace
} // namespace residuum
