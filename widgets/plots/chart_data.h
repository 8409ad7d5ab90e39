// Boxes per category, or curves over a number, as data.
#pragma once

#include "widgets/plots/scatter_data.h"

#include <QPointF>
#include <QString>

#include <optional>
#include <vector>

namespace residuum {

/// A distribution as a box: whiskers at low and high, a line at the median, a point at the mean.
struct BoxStats {
    double low = 0.0, quarter = 0.0, median = 0.0, threeQuarters = 0.0, high = 0.0, mean = 0.0;
};

/// A thing on the x axis that has a box in every series.
struct ChartCategory {
    std::optional<Thing> thing; ///< as in GridCell
    QString label;
};

struct ChartSeries {
    QString name;
    int group = 0;                              ///< colour, as in ScatterPoint
    bool hollow = false;                        ///< boxes not filled, curves dashed
    std::vector<std::optional<BoxStats>> boxes; ///< per category
    std::vector<QPointF> curve;
};

/// Either categories with boxes, or curves.
struct ChartData {
    QString xTitle;
    QString yTitle; ///< with LN treatment and unit
    std::vector<ChartCategory> categories;
    std::vector<ChartSeries> series;
    bool logarithmic = false; ///< y is shown as its logarithm; zeros lie on the x axis

    bool empty() const { return series.empty(); }
};

/// What the y axis must show: from 0 (or below, where numbers are) to a little above the largest
/// number; of a logarithmic chart the decades from the boxes' quarters to the largest number, as
/// powers of ten. Empty where there is no number.
std::optional<AxisRange> valueRange(const ChartData& data);

} // namespace residuum
