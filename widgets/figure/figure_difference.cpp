#include "widgets/figure/figure_difference.h"

#include "widgets/plots/heatmap_difference.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <span>

namespace residuum {

namespace {

QString obstacleOf(const QString& first, const QString& second, const HeatmapData& a,
                   const HeatmapData& b, const HeatmapDifference& cells) {
    if (a.values.empty() || b.values.empty())
        return QStringLiteral("There is no difference of %1 and %2: one of them has no result of "
                              "this.")
            .arg(first, second);
    if (a.grid.choice.isEmpty() && cells.onlyFirst + cells.onlySecond > 0)
        return QStringLiteral("%1 and %2 have different numbers of layers or heads; choose two "
                              "models of one shape to see their difference.")
            .arg(first, second);
    if (cells.nothingShared())
        return QStringLiteral("%1 and %2 share none of their %3, so there is no difference to "
                              "show.")
            .arg(first, second, a.grid.choice);
    return {};
}

/// The colour bar beside the panels is the models': this says what colours mean in the difference,
/// which is signed whatever it is of.
void giveScale(FigurePanel& panel, ColourScale& scale, std::span<const double> values,
               const ScaleEnd& end) {
    scale.map = ColourMap::Diverging;
    fitScale(scale, values, end);
    panel.notes << QStringLiteral("blue %1, red %2 %3")
                       .arg(threeDigits(-scale.limit), threeDigits(scale.limit), scale.unit)
                       .trimmed();
}

const std::vector<double>& valuesOf(const TokenStrips& strips) {
    static const std::vector<double> none;
    return strips.empty() ? none : strips.blocks.front().rows.front().values;
}

FigureDifference differenceOfTexts(FigureDifference difference, const TokenStrips& a,
                                   const TokenStrips& b, const ScaleEnd& end) {
    const auto &first = valuesOf(a), &second = valuesOf(b);
    const auto length =
        std::min({first.size(), second.size(), static_cast<std::size_t>(a.tokens.size()),
                  static_cast<std::size_t>(b.tokens.size())});
    TokenStrips common;
    common.scale = a.scale;
    TokenStripRow row;
    for (std::size_t t = 0; t < length; ++t) {
        const auto& token = a.tokens[static_cast<qsizetype>(t)];
        if (token != b.tokens[static_cast<qsizetype>(t)])
            break;
        common.tokens << token;
        row.values.push_back(first[t] - second[t]);
    }
    if (row.values.empty())
        difference.obstacle =
            QStringLiteral("The texts begin with different tokens, so there is no "
                           "difference to show.");
    else if (row.values.size() < std::max(first.size(), second.size()))
        difference.note =
            row.values.size() == 1
                ? QStringLiteral("only the first token, with which both begin, is subtracted")
                : QStringLiteral("only the %1 that both begin with are subtracted")
                      .arg(countText(std::ssize(row.values), QStringLiteral("token")));
    giveScale(difference.panel, common.scale, row.values, end);
    if (!row.values.empty())
        common.blocks.push_back({{}, {}, {std::move(row)}});
    difference.panel.content = TokenStripFigure{std::move(common), {}};
    if (!difference.note.isEmpty())
        difference.panel.notes << difference.note;
    return difference;
}

/// Of two maps of means of the same samples: paired, sample by sample. Null where there is none.
std::shared_ptr<const CellMeans> differenceOfMeans(const HeatmapData& a, const HeatmapData& b,
                                                   const HeatmapDifference& cells) {
    const auto samples = [](const HeatmapData& data) {
        return data.means == nullptr ? -1 : data.means->cells.values.rows();
    };
    if (samples(a) < 2 || samples(a) != samples(b))
        return nullptr;
    auto second = a.means->cells;
    second.weights = b.means->cells.weights;
    for (std::size_t i = 0; i < cells.places.size(); ++i) {
        auto column = second.values.col(static_cast<Eigen::Index>(i));
        if (const auto& place = cells.places[i])
            column = b.means->cells.values.col(static_cast<Eigen::Index>(*place));
        else
            column.setConstant(unknownValue);
    }
    auto statistics = statisticsOfDifference(a.means->cells, second);
    return std::make_shared<CellMeans>(CellMeans{{}, std::move(statistics), a.means->legend});
}

} // namespace

QString differenceName(const QString& first, const QString& second) {
    return QStringLiteral("%1 − %2").arg(first, second);
}

FigureDifference differenceOf(const FigurePanel& first, const FigurePanel& second,
                              const ScaleEnd& end) {
    FigureDifference difference;
    difference.panel.title = differenceName(first.title, second.title);
    difference.panel.subtitle = QStringLiteral("difference");
    if (const auto* texts = std::get_if<TokenStripFigure>(&first.content))
        return differenceOfTexts(std::move(difference), texts->strips,
                                 std::get<TokenStripFigure>(second.content).strips, end);
    const auto& a = std::get<HeatmapFigure>(first.content);
    const auto& b = std::get<HeatmapFigure>(second.content);
    auto cells = differenceOf(a.data.grid, a.data.values, b.data.grid, b.data.values);
    difference.obstacle = obstacleOf(first.title, second.title, a.data, b.data, cells);
    if (!difference.obstacle.isEmpty()) {
        difference.panel.content = HeatmapFigure{};
        return difference;
    }
    auto scale = a.data.scale;
    difference.panel.what = first.what;
    if (!first.what.isEmpty())
        difference.panel.notes << first.what;
    giveScale(difference.panel, scale, cells.values, end);
    difference.note = cells.note(first.title, second.title);
    if (!difference.note.isEmpty())
        difference.panel.notes << difference.note;
    auto means = differenceOfMeans(a.data, b.data, cells);
    difference.panel.content = HeatmapFigure{
        {std::move(cells.grid), std::move(cells.values), scale, std::move(means)}, a.pins};
    if (const auto beyond = beyondText(std::get<HeatmapFigure>(difference.panel.content).data);
        !beyond.isEmpty())
        difference.panel.notes << beyond;
    return difference;
}

std::vector<TableFigure::Column> differenceOf(const std::vector<TableFigure::Column>& first,
                                              const std::vector<TableFigure::Column>& second) {
    std::vector<TableFigure::Column> differences;
    for (const auto& a : first)
        for (const auto& b : second)
            if (a.title == b.title) {
                auto column = a;
                column.group = differenceName(a.group, b.group);
                column.isError = false;
                for (std::size_t row = 0; row < column.values.size(); ++row)
                    column.values[row] -= b.values[row];
                differences.push_back(std::move(column));
            }
    return differences;
}

} // namespace residuum
