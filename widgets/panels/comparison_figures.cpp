#include "widgets/panels/comparison_figures.h"

#include "analysis/comparison/token_means.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

qint64 scoredTokens(const ComparisonResult& result) {
    qint64 scored = 0;
    forEachScored(result.lengths, [&](std::size_t, int) { ++scored; });
    return scored;
}

/// Of the first sequence's tokens.
TokenStrips stripsOf(const ComparisonResult& result, std::vector<TokenStripRow> rows) {
    TokenStrips strips;
    const auto length = static_cast<std::size_t>(result.lengths.front());
    for (std::size_t token = 0; token < length; ++token)
        strips.tokens << chipText(result.textOf(token));
    for (auto& row : rows)
        row.values.resize(length, unknownValue);
    strips.blocks.push_back({{}, {}, std::move(rows)});
    return strips;
}

ChartSeries seriesOf(const QString& name, int group, const std::vector<double>& values,
                     std::size_t first = 0) {
    ChartSeries series;
    series.name = name;
    series.group = group;
    for (std::size_t i = first; i < values.size(); ++i)
        if (std::isfinite(values[i]))
            series.curve.emplace_back(static_cast<double>(i), values[i]);
    return series;
}

/// As large at most are the values of which share of the scored tokens, in some hundred points.
std::vector<QPointF> sharesOf(const ComparisonResult& result, const std::vector<double>& values) {
    constexpr std::size_t points = 200;
    std::vector<double> sorted;
    forEachScored(result.lengths, [&](std::size_t token, int) { sorted.push_back(values[token]); });
    std::sort(sorted.begin(), sorted.end());
    std::vector<QPointF> curve;
    const auto count = std::min(points, sorted.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto place = (i + 1) * sorted.size() / count - 1;
        curve.emplace_back(static_cast<double>(place + 1) / static_cast<double>(sorted.size()),
                           sorted[place]);
    }
    return curve;
}

ChartFigure distributionOf(const QString& what, bool logarithmic) {
    ChartData data;
    data.xTitle = QStringLiteral("share of scored tokens");
    data.yTitle = QStringLiteral("at most this %1").arg(what);
    data.logarithmic = logarithmic;
    return {std::move(data), {}, {}};
}

FigureContent distributionOf(const ComparisonResult& result, const QString& what,
                             const std::vector<double>& values) {
    auto chart = distributionOf(what, false);
    ChartSeries series;
    series.name = QStringLiteral("model");
    series.group = 1;
    series.curve = sharesOf(result, values);
    chart.data.series.push_back(std::move(series));
    return chart;
}

/// Over the points of the residual stream.
ChartData streamChart(const ComparisonResult& result, const QString& title, bool logarithmic) {
    ChartData data;
    data.xTitle = QStringLiteral("layer");
    data.yTitle = title;
    data.logarithmic = logarithmic;
    const int layers = result.model.config.n_layers;
    for (int l = 0; l <= layers; ++l)
        data.stops.push_back(
            {{}, l == layers ? QStringLiteral("end") : QString::number(l), QString()});
    return data;
}

} // namespace

QString meanText(const TokenMean& mean) {
    auto text = threeDigits(mean.mean);
    if (mean.interval)
        text += QStringLiteral(" [%1, %2]")
                    .arg(threeDigits((*mean.interval)[0]), threeDigits((*mean.interval)[1]));
    return text;
}

/// "14 scored tokens", "1,024 scored tokens of 6 sequences".
QString domainOf(const ComparisonResult& result) {
    const auto tokens = countText(scoredTokens(result), QStringLiteral("scored token"));
    return result.lengths.size() == 1
               ? tokens
               : QStringLiteral("%1 of %2")
                     .arg(tokens, countText(static_cast<qint64>(result.lengths.size()),
                                            QStringLiteral("sequence")));
}

/// A token's loss belongs to it, not to the one before that it was predicted at.
FigureContent lossStrip(const ComparisonResult& result) {
    std::vector<double> losses{unknownValue};
    losses.insert(losses.end(), result.loss.begin(),
                  result.loss.begin() + result.lengths.front() - 1);
    return TokenStripFigure{stripsOf(result, {{{}, std::move(losses)}}), {}};
}

FigureContent entropyStrip(const ComparisonResult& result) {
    return TokenStripFigure{
        stripsOf(result,
                 {{{}, {result.entropy.begin(), result.entropy.begin() + result.lengths.front()}}}),
        {}};
}

/// A row per other model.
FigureContent distanceStrip(const ComparisonResult& result, bool symmetric) {
    std::vector<TokenStripRow> rows;
    for (const auto& distance : result.distances) {
        const auto& values = symmetric ? distance.numbers->jsd : distance.kl();
        rows.push_back({QString::fromStdString(distance.name),
                        {values.begin(), values.begin() + result.lengths.front()}});
    }
    if (rows.empty())
        rows.push_back({QStringLiteral("no other model"), {}});
    return TokenStripFigure{stripsOf(result, std::move(rows)), {}};
}

QString eceText(const ComparisonResult& result) {
    constexpr qint64 enough = 10 * calibrationBins;
    return scoredTokens(result) < enough ? QStringLiteral("too few tokens for an ECE")
                                         : QStringLiteral("ECE %1").arg(threeDigits(result.ece));
}

QStringList lossNotes(const ComparisonResult& result) {
    return {QStringLiteral("mean loss %1 nats, %2, %3 % of losses above %4 nats")
                .arg(meanText(result.meanLoss), eceText(result),
                     threeDigits(100.0 * result.lossAbove50), QString::number(highLoss)),
            domainOf(result)};
}

QStringList entropyNotes(const ComparisonResult& result) {
    return {QStringLiteral("mean entropy %1 nats").arg(meanText(result.meanEntropy)),
            domainOf(result)};
}

QStringList distanceNotes(const ComparisonResult& result, bool symmetric) {
    QStringList notes;
    for (const auto& distance : result.distances)
        notes << QStringLiteral("mean %1 %2: %3 nats")
                     .arg(symmetric ? QStringLiteral("JSD from") : QStringLiteral("KL to"),
                          QString::fromStdString(distance.name),
                          meanText(symmetric ? distance.numbers->meanJsd : distance.meanKl()));
    return notes << domainOf(result);
}

FigureContent lossDistribution(const ComparisonResult& result) {
    return distributionOf(result, QStringLiteral("loss, nats"), result.loss);
}

FigureContent entropyDistribution(const ComparisonResult& result) {
    return distributionOf(result, QStringLiteral("entropy, nats"), result.entropy);
}

FigureContent distanceDistribution(const ComparisonResult& result, bool symmetric) {
    auto chart =
        distributionOf(symmetric ? QStringLiteral("JSD, nats") : QStringLiteral("KL, nats"), true);
    for (const auto& distance : result.distances) {
        ChartSeries series;
        series.name = (symmetric ? QStringLiteral("from ") : QStringLiteral("to ")) +
                      QString::fromStdString(distance.name);
        series.group = static_cast<int>(distance.other);
        series.curve = sharesOf(result, symmetric ? distance.numbers->jsd : distance.kl());
        chart.data.series.push_back(std::move(series));
    }
    return chart;
}

FigureContent normChart(const ComparisonResult& result) {
    auto data = streamChart(result, QStringLiteral("norm of the residual stream"), true);
    const auto& norms = result.residualNorm;
    std::vector<double> sequences(static_cast<std::size_t>(norms.cols()));
    for (const int length : result.lengths)
        for (int p = 0; p < length; ++p)
            ++sequences[static_cast<std::size_t>(p)];
    std::vector<double> first, rest;
    for (Eigen::Index l = 0; l < norms.rows(); ++l) {
        double sum = 0.0, count = 0.0;
        for (Eigen::Index p = 1; p < norms.cols(); ++p) {
            const double tokens = sequences[static_cast<std::size_t>(p)];
            sum += tokens * norms(l, p);
            count += tokens;
        }
        first.push_back(norms(l, 0));
        rest.push_back(sum / count);
    }
    data.series = {seriesOf(QStringLiteral("position 0"), 1, first),
                   seriesOf(QStringLiteral("the rest"), 2, rest)};
    return ChartFigure{std::move(data), {}, {}};
}

FigureContent scoreChart(const ComparisonResult& result, StreamScore score, const QString& title) {
    const bool isSigned = score == StreamScore::Cosine || score == StreamScore::SignalPropagation;
    auto data = streamChart(result, title, !isSigned);
    const auto& table = result.stream[static_cast<std::size_t>(score)];
    for (Eigen::Index g = 0; g < table.cols(); ++g) {
        std::vector<double> values;
        for (Eigen::Index l = 0; l < table.rows(); ++l)
            values.push_back(table(l, g));
        data.series.push_back(
            seriesOf(g == 0 ? QStringLiteral("position 0") : QStringLiteral("the rest"),
                     static_cast<int>(g) + 1, values));
    }
    return ChartFigure{std::move(data), {}, {}};
}

QStringList massiveNotes(const ComparisonResult& result) {
    if (result.massive.empty())
        return {};
    const auto& largest = *std::max_element(
        result.massive.begin(), result.massive.end(),
        [](const auto& a, const auto& b) { return std::abs(a.value) < std::abs(b.value); });
    return {QStringLiteral("%1; largest %2: layer %3, position %4, feature %5")
                .arg(countText(static_cast<qint64>(result.massive.size()),
                               QStringLiteral("massive activation")),
                     threeDigits(largest.value), QString::number(largest.layer),
                     QString::number(largest.position), QString::number(largest.feature))};
}

FigureContent headMap(const ComparisonResult& result, HeadScore score) {
    HeatmapFigure map;
    const auto& table = result.heads[static_cast<std::size_t>(score)];
    auto& grid = map.data.grid;
    grid.rows = static_cast<int>(table.rows());
    grid.columns = static_cast<double>(table.cols());
    grid.rowTitle = QStringLiteral("layer");
    grid.columnTitle = QStringLiteral("head");
    for (int l = 0; l < grid.rows; ++l)
        grid.rowTicks.push_back({l + 0.5, QString::number(l)});
    for (int h = 0; h < table.cols(); ++h)
        grid.columnTicks.push_back({h + 0.5, QString::number(h)});
    for (int l = 0; l < grid.rows; ++l)
        for (int h = 0; h < table.cols(); ++h) {
            const Component head{ComponentKind::Head, LayerIndex(l), HeadIndex(h)};
            grid.cells.push_back(
                {head, l, static_cast<double>(h), 1.0, QString::fromStdString(label(head))});
            map.data.values.push_back(table(l, h));
        }
    return map;
}

QStringList headNotes(const ComparisonResult& result, HeadScore score) {
    const auto& table = result.heads[static_cast<std::size_t>(score)];
    return table.size() == 0 ? QStringList()
                             : QStringList{QStringLiteral("mean over heads %1; %2")
                                               .arg(threeDigits(table.mean()), domainOf(result))};
}

FigureContent calibrationChart(const ComparisonResult& result) {
    ChartData data;
    data.xTitle = QStringLiteral("probability of the likeliest token");
    data.yTitle = QStringLiteral("share of times it is right");
    ChartSeries found, even;
    found.name = QStringLiteral("model");
    found.group = 1;
    even.name = QStringLiteral("calibrated");
    even.group = 0;
    even.hollow = true;
    even.curve = {{0.0, 0.0}, {1.0, 1.0}};
    for (Eigen::Index bin = 0; bin < result.calibration.rows(); ++bin)
        if (result.calibration(bin, 2) > 0.0)
            found.curve.emplace_back(result.calibration(bin, 0), result.calibration(bin, 1));
    data.series = {std::move(found), std::move(even)};
    return ChartFigure{std::move(data), {}, {}};
}

/// Of the token at each position, mean over the sequences.
FigureContent positionChart(const ComparisonResult& result) {
    std::vector<double> sums, counts;
    forEachScored(result.lengths, [&](std::size_t token, int position) {
        const auto at = static_cast<std::size_t>(position) + 1;
        if (sums.size() <= at) {
            sums.resize(at + 1);
            counts.resize(at + 1);
        }
        sums[at] += result.loss[token];
        counts[at] += 1.0;
    });
    for (std::size_t at = 1; at < sums.size(); ++at)
        sums[at] /= counts[at];
    const bool isOne = result.lengths.size() == 1;
    ChartData data;
    data.xTitle = QStringLiteral("position");
    data.yTitle = isOne ? QStringLiteral("loss, nats") : QStringLiteral("mean loss, nats");
    for (std::size_t token = 0; isOne && token < result.tokens.size(); ++token)
        data.stops.push_back({{}, QString::number(token), chipText(result.textOf(token))});
    data.series = {seriesOf(QStringLiteral("loss"), 1, sums, 1)};
    return ChartFigure{std::move(data), {}, {}};
}

} // namespace residuum
