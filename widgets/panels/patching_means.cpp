#include "widgets/panels/patching_means.h"

#include "widgets/figure/shared_axes.h"
#include "widgets/plots/colour_scale.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

QString number(qint64 value) {
    return QLocale::c().toString(value);
}

bool isSampled(const PatchResult& result, const PatchView& view) {
    return showsMean(result, view) && result.cleanMetric.size() > 1 && result.request.resamples > 0;
}

/// The grid to be resampled; null: not of a mean, or cells are still to come, whose means change
/// faster than they are resampled.
const PatchGrid* sampledGrid(const PatchResult& result, PatchMethod method, const PatchView& view) {
    const auto* grid = result.find(method, view.site);
    return grid != nullptr && isSampled(result, view) && isWhole(result, *grid) ? grid : nullptr;
}

/// The shown ones of a whole site's cells.
std::shared_ptr<const CellMeans> shownMeans(const PatchResult& result,
                                            const std::vector<Eigen::Index>& places,
                                            const SampledCells& cells) {
    return std::make_shared<CellMeans>(
        CellMeans{pickedCells(cells, places), pickedCells(statisticsOf(cells), places),
                  QStringLiteral("95 % interval of the %1 holds 0 (%2)")
                      .arg(meanText(result), resamplingText(result.request))});
}

BoxStats boxOf(const Table& values, Eigen::Index column) {
    std::vector<double> sorted(values.col(column).begin(), values.col(column).end());
    std::sort(sorted.begin(), sorted.end());
    return {percentile(sorted, 0.05), percentile(sorted, 0.25), percentile(sorted, 0.5),
            percentile(sorted, 0.75), percentile(sorted, 0.95), values.col(column).mean()};
}

} // namespace

std::shared_ptr<const CellMeans> patchMeans(const PatchResult& result, PatchMethod method,
                                            const PatchView& view) {
    const auto* grid = sampledGrid(result, method, view);
    if (grid == nullptr)
        return nullptr;
    return shownMeans(result, shownPlaces(result, method, view),
                      sampledCells(result, *grid, view.normalised));
}

std::shared_ptr<const CellMeans> errorMeans(const PatchResult& result, const PatchView& view) {
    const auto* exact = sampledGrid(result, PatchMethod::Exact, view);
    const auto* estimate = sampledGrid(result, view.estimate, view);
    if (exact == nullptr || estimate == nullptr || view.estimate == PatchMethod::AtpStar)
        return nullptr;
    return shownMeans(result, shownPlaces(result, view.estimate, view),
                      sampledErrors(result, *exact, *estimate, view.normalised));
}

void addIntervals(ScatterData& scatter, const CellGrid& grid, const CellMeans* exact,
                  const CellMeans* estimate) {
    const auto interval = [](const CellMeans* means, std::size_t cell) -> std::optional<AxisRange> {
        if (means == nullptr || cell >= means->statistics.low.size() ||
            std::isnan(means->statistics.low[cell]))
            return std::nullopt;
        return AxisRange{means->statistics.low[cell], means->statistics.high[cell]};
    };
    std::size_t cell = 0; // points are in the cells' order, some left out
    for (auto& point : scatter.points) {
        while (cell < grid.cells.size() && grid.cells[cell].label != point.label)
            ++cell;
        point.xInterval = interval(exact, cell);
        point.yInterval = interval(estimate, cell);
    }
}

std::optional<PairAgreement> pairAgreement(const PatchResult& result, const PatchView& view) {
    const auto* exact = sampledGrid(result, PatchMethod::Exact, view);
    const auto* estimate = sampledGrid(result, view.estimate, view);
    if (exact == nullptr || estimate == nullptr)
        return std::nullopt;
    return agreementOverPairs(result, shownOfEachPair(*exact, result, view),
                              shownOfEachPair(*estimate, result, view), view.normalised);
}

QString intervalsText(const PairAgreement& agreement) {
    const auto range = [](const Interval& interval) {
        return interval.isThere() ? QStringLiteral("%1 to %2")
                                        .arg(threeDigits(interval.low), threeDigits(interval.high))
                                  : QStringLiteral("undefined");
    };
    return QStringLiteral("95 %: Pearson %1, Spearman %2")
        .arg(range(agreement.pearson), range(agreement.spearman));
}

QString resamplingText(const PatchRequest& request) {
    return QStringLiteral("%1 resamples, seed %2").arg(number(request.resamples)).arg(request.seed);
}

QString meanText(const PatchResult& result) {
    return QStringLiteral("mean of %1 pairs")
        .arg(number(static_cast<qint64>(result.cleanMetric.size())));
}

QString meanCaption(const PatchResult& result, const PatchView& view) {
    auto text = QStringLiteral("Mean over %1 pairs of prompts.")
                    .arg(number(static_cast<qint64>(result.cleanMetric.size())));
    if (result.request.resamples > 0)
        text += QStringLiteral(" 95 % intervals by bootstrap over pairs (%1), p by %2 sign flips, "
                               "q by Benjamini and Hochberg over the site's cells.")
                    .arg(resamplingText(result.request), number(result.request.flips));
    if (view.normalised)
        text += QStringLiteral(" Normalised means are ratios of means over pairs.");
    const auto columns = columnsOf(result);
    if (columns.by == ColumnsBy::Role)
        text += QStringLiteral(" Prompts differ in length: columns are what words are in the "
                               "task; other positions are left out.");
    if (columns.by == ColumnsBy::End)
        text += QStringLiteral(" Prompts differ in length: positions are counted from the end.");
    return text;
}

QString positionName(const PatchResult& result, const PatchView& view) {
    const auto columns = showsMean(result, view) ? columnsOf(result) : PairColumns();
    if (columns.by == ColumnsBy::Position || view.position < 0 ||
        view.position >= static_cast<int>(columns.labels.size()))
        return QString::number(view.position);
    return QString::fromStdString(columns.labels[static_cast<std::size_t>(view.position)])
        .replace(QLatin1Char('-'), QChar(0x2212));
}

void addLayerColumns(TableFigure& table, const QString& name, const PatchResult& result,
                     const PatchView& view) {
    const auto agreement = agreementOf(result, view);
    if (!agreement || agreement->layerError.empty())
        return;
    const auto unit = patchUnit(result, view);
    auto error = agreement->layerError, deviation = agreement->layerErrorDeviation;
    table.rows.clear();
    for (std::size_t layer = 0; layer < error.size(); ++layer)
        table.rows << QString::number(layer);
    const auto over = pairAgreement(result, view);
    if (over && view.normalised) {
        error = over->layers.mean;
        const auto spread = spreadOf(unweighted(over->layerErrors));
        deviation.assign(spread.deviation.data(), spread.deviation.data() + error.size());
    }
    const auto add = [&](const QString& title, std::vector<double> values) {
        table.columns.push_back({name, title, unit, std::move(values)});
    };
    add(QStringLiteral("Σ |error|"), std::move(error));
    if (result.cleanMetric.size() > 1)
        add(QStringLiteral("sd"), std::move(deviation));
    if (over) {
        add(QStringLiteral("lo"), over->layers.low);
        add(QStringLiteral("hi"), over->layers.high);
    }
}

std::vector<FigurePanel> improvementPanels(const QString& name, const Improvement& improvement,
                                           const QString& unit) {
    ChartSeries series;
    series.name = name;
    ChartData chart;
    chart.xTitle = QStringLiteral("layer");
    chart.yTitle = QStringLiteral("Σ |error| less [%1]").arg(unit);
    TableFigure table;
    table.rowTitle = QStringLiteral("layer");
    const auto &all = improvement.all, &layers = improvement.layers;
    std::vector<double> deviation;
    const auto spread = spreadOf(improvement.values);
    for (Eigen::Index layer = 0; layer < improvement.values.cols(); ++layer) {
        chart.categories.push_back({{}, QString::number(layer)});
        series.boxes.emplace_back(boxOf(improvement.values, layer));
        table.rows << QString::number(layer);
        deviation.push_back(spread.deviation(0, layer));
    }
    table.rows << QStringLiteral("all");
    chart.series.push_back(std::move(series));
    const auto add = [&](const QString& title, const QString& of, std::vector<double> values,
                         double last) {
        values.push_back(last);
        table.columns.push_back({name, title, of, std::move(values)});
    };
    add(QStringLiteral("mean"), unit, layers.mean, improvement.mean);
    add(QStringLiteral("sd"), unit, std::move(deviation), improvement.deviation);
    add(QStringLiteral("lo"), unit, layers.low, all.low.front());
    add(QStringLiteral("hi"), unit, layers.high, all.high.front());
    add(QStringLiteral("p"), {}, layers.p, all.p.front());
    add(QStringLiteral("q"), {}, layers.q, std::nan(""));
    FigurePanel boxes, numbers;
    boxes.title = name;
    boxes.notes << QStringLiteral("over pairs and layers %1, sd %2 %3")
                       .arg(threeDigits(improvement.mean), threeDigits(improvement.deviation), unit)
                << QStringLiteral("boxes: quartiles of pairs, whiskers 5 and 95 %, point: mean");
    ChartFigure figure{std::move(chart), {}, {}};
    boxes.content = std::move(figure);
    numbers.content = std::move(table);
    std::vector<FigurePanel> panels;
    panels.push_back(std::move(boxes));
    panels.push_back(std::move(numbers));
    shareRange(panels, {});
    return panels;
}

} // namespace residuum
