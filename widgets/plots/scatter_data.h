// A scatter of two numbers per thing, as data.
#pragma once

#include "analysis/question/thing.h"

#include <QString>

#include <cmath>
#include <optional>
#include <vector>

namespace residuum {

struct AxisRange {
    double first = 0.0, last = 1.0;

    friend bool operator==(const AxisRange&, const AxisRange&) = default;
};

struct ScatterPoint {
    std::optional<Thing> thing; ///< as in GridCell
    double x = 0.0;
    double y = 0.0;
    int group = 0; ///< marker and colour, e.g. 0 heads, 1 MLPs, 2 the rest
    QString label;
    std::optional<AxisRange> xInterval{}, yInterval{}; ///< 95 % intervals, where there are such
};

struct ScatterData {
    std::vector<ScatterPoint> points;
    std::vector<QString> groups; ///< legend, one per group
    QString xTitle;              ///< with LN treatment and unit
    QString yTitle;
    bool diagonal = true;     ///< the line y = x
    bool logarithmic = false; ///< y is shown as its logarithm; what is not above 0 is not shown
    /// What the axes show (log10 of y where it is logarithmic); empty: -limit to limit, as the view
    /// has it.
    std::optional<AxisRange> x, y;

    /// Where a point lies along the y axis; not finite: nowhere.
    double along(const ScatterPoint& point) const {
        return logarithmic ? std::log10(point.y) : point.y;
    }
};

} // namespace residuum
