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
    int id = 0; ///< as in ScatterPoint; negative: nothing to hover or pin
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

    bool empty() const { return series.empty(); }
};

/// From 0 (or below, where numbers are) to the largest number of the chart, rounded up.
AxisRange valueRange(const ChartData& data);

} // namespace residuum
