// Text that is too long for its place. The only place that shortens any.
#pragma once

#include <QFontMetricsF>
#include <QString>

namespace residuum {

/// `text`, no wider than `width`. Words give way first, in their middles, the longest before the
/// others; then numbers go whole, the last one first. No number is ever shown in part.
QString elided(const QFontMetricsF& metrics, const QString& text, double width);

} // namespace residuum
