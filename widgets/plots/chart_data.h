// Boxes per category, curves over a number, or rows of marks, as data.
#pragma once

#include "widgets/plots/scatter_data.h"

#include <QPointF>
#include <QString>
#include <QStringList>

#include <algorithm>
#include <optional>
#include <vector>

namespace residuum {

/// A distribution as a box: whiskers at low and high, a line at the median, a point at the mean.
struct BoxStats {
    double low = 0.0, quarter = 0.0, median = 0.0, threeQuarters = 0.0, high = 0.0, mean = 0.0;
};

/// A thing on the x axis that has a box in every series; of rows, one on the y axis.
struct ChartCategory {
    std::optional<Thing> thing; ///< as in GridCell
    QString label;
    QString name{}; ///< as in AxisTick
};

/// Two numbers of one thing on one line, a filled and a hollow mark: how far apart they are is what
/// is to be seen. NaN: there is none.
struct MarkPair {
    double filled = 0.0, hollow = 0.0;
    std::optional<AxisRange> filledInterval{}, hollowInterval{}; ///< 95 %, where there are such
};

/// Between which numbers something lies at x.
struct BandPoint {
    double x = 0.0, low = 0.0, high = 0.0;
};

struct ChartSeries {
    QString name;
    int group = 0;                              ///< colour, as in ScatterPoint
    bool hollow = false;                        ///< boxes not filled, curves dashed
    std::vector<std::optional<BoxStats>> boxes; ///< per category
    std::vector<QPointF> curve;
    std::vector<MarkPair> marks;   ///< per category
    std::vector<BandPoint> band{}; ///< around the curve; none: it has none
    QStringList remarks{};         ///< per category, what else is said of its marks; none: nothing
};

/// Categories with boxes, categories as rows of marks, or curves.
struct ChartData {
    QString xTitle;
    QString yTitle; ///< with LN treatment and unit
    std::vector<ChartCategory> categories;
    std::vector<ChartSeries> series;
    QString xMore{};          ///< drawn behind xTitle, e.g. "6 of 12 shown"
    bool logarithmic = false; ///< y is shown as its logarithm; zeros lie on the x axis
    /// What stands at x = 0, 1, … of curves; none: x is a number.
    std::vector<ChartCategory> stops{};
    std::optional<std::size_t> markedStop{}; ///< where one looks
    /// What filled and hollow marks (solid and dashed curves) are, with LN treatment; "": series
    /// say it.
    QString filled{}, hollow{};

    /// Whether there is nothing to draw in its axes.
    bool empty() const {
        return std::all_of(series.begin(), series.end(), [](const ChartSeries& each) {
            return each.curve.empty() && each.marks.empty() && each.boxes.empty();
        });
    }
    /// Categories are rows of marks: numbers lie along x, which `yTitle` names.
    bool hasRows() const { return !series.empty() && !series.front().marks.empty(); }
    /// What can be hovered and pinned.
    const std::vector<ChartCategory>& things() const {
        return categories.empty() ? stops : categories;
    }
};

/// What the axis of numbers must show: from 0 (or below, where numbers are) to a little above the
/// largest number; of a logarithmic chart the decades from the boxes' quarters to the largest
/// number, as powers of ten. Empty where there is no number.
std::optional<AxisRange> valueRange(const ChartData& data);

} // namespace residuum
