#include "widgets/figure/figure_difference.h"

#include "widgets/plots/heatmap_difference.h"

#include <algorithm>

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

/// Another colour bar is beside the panels: this says what colours mean in the difference.
void explainScale(FigurePanel& panel, ColourScale& scale) {
    if (scale.map != ColourMap::Diverging)
        panel.notes << QStringLiteral("blue %1, red %2 %3")
                           .arg(threeDigits(-scale.limit), threeDigits(scale.limit), scale.unit);
    scale.map = ColourMap::Diverging; // a difference is signed whatever it is of
}

const std::vector<double>& valuesOf(const TokenStrips& strips) {
    static const std::vector<double> none;
    return strips.empty() ? none : strips.blocks.front().rows.front().values;
}

FigureDifference differenceOfTexts(FigureDifference difference, const TokenStrips& a,
                                   const TokenStrips& b) {
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
                : QStringLiteral("only the %1 tokens that both begin with are subtracted")
                      .arg(row.values.size());
    if (!row.values.empty())
        common.blocks.push_back({{}, {}, {std::move(row)}});
    explainScale(difference.panel, common.scale);
    difference.panel.content = TokenStripFigure{std::move(common), {}};
    if (!difference.note.isEmpty())
        difference.panel.notes << difference.note;
    return difference;
}

} // namespace

QString differenceName(const QString& first, const QString& second) {
    return QStringLiteral("%1 − %2").arg(first, second);
}

FigureDifference differenceOf(const FigurePanel& first, const FigurePanel& second) {
    FigureDifference difference;
    difference.panel.title = differenceName(first.title, second.title);
    difference.panel.subtitle = QStringLiteral("difference");
    if (const auto* texts = std::get_if<TokenStripFigure>(&first.content))
        return differenceOfTexts(std::move(difference), texts->strips,
                                 std::get<TokenStripFigure>(second.content).strips);
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
    explainScale(difference.panel, scale);
    difference.note = cells.note(first.title, second.title);
    if (!difference.note.isEmpty())
        difference.panel.notes << difference.note;
    difference.panel.content =
        HeatmapFigure{{std::move(cells.grid), std::move(cells.values), scale}, a.pins};
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
