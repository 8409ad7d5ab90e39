// Where a legend inside a plot lies on as little as possible. Internal to plots/.
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <vector>

namespace residuum {

enum class Corner { TopLeft, TopRight, BottomLeft, BottomRight };

/// The corner of `area`, `gap` away from its edges, whose box of `size` has the fewest `marks`
/// (each `radius` around) in it; of equal ones the first of `order`.
QRectF legendPlace(const QRectF& area, const QSizeF& size, double gap,
                   const std::vector<QPointF>& marks, double radius,
                   const std::vector<Corner>& order);

} // namespace residuum
