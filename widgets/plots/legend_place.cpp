#include "widgets/plots/legend_place.h"

#include <algorithm>
#include <optional>

namespace residuum {

namespace {

QRectF boxAt(Corner corner, const QRectF& area, const QSizeF& size, double gap) {
    const bool left = corner == Corner::TopLeft || corner == Corner::BottomLeft;
    const bool top = corner == Corner::TopLeft || corner == Corner::TopRight;
    return {QPointF(left ? area.left() + gap : area.right() - size.width() - gap,
                    top ? area.top() + gap : area.bottom() - size.height() - gap),
            size};
}

} // namespace

QRectF legendPlace(const QRectF& area, const QSizeF& size, double gap,
                   const std::vector<QPointF>& marks, double radius,
                   const std::vector<Corner>& order) {
    QRectF best;
    std::optional<std::ptrdiff_t> fewest;
    for (const auto corner : order) {
        const auto box = boxAt(corner, area, size, gap);
        const auto around = box.adjusted(-radius, -radius, radius, radius);
        const auto hidden = std::count_if(
            marks.begin(), marks.end(), [&](const QPointF& mark) { return around.contains(mark); });
        if (!fewest || hidden < *fewest) {
            fewest = hidden;
            best = box;
        }
    }
    return best;
}

} // namespace residuum
