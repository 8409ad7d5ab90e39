#include "widgets/panels/attention_figures.h"

#include "widgets/panels/figure_source.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

int firstKey(AttentionKind kind) {
    return kind == AttentionKind::WithoutFirst ? 1 : 0;
}

/// Calls back with every query and key that has a cell.
template <class Take>
void forEachCell(int length, AttentionKind kind, const Take& take) {
    for (int query = firstKey(kind); query < length; ++query)
        for (int key = firstKey(kind); key <= query; ++key)
            take(query, key);
}

QString placeName(int position, const QStringList& tokens) {
    return tokens.value(position).isEmpty()
               ? QString::number(position)
               : QStringLiteral("%1 (%2)").arg(position).arg(tokens[position]);
}

} // namespace

QString attentionTitle(AttentionKind kind) {
    if (kind == AttentionKind::WithoutFirst)
        return QStringLiteral("attention without position 0, renormalised");
    return kind == AttentionKind::ValueWeighted
               ? QStringLiteral("attention weighted by ‖v W_O‖ (v without its bias)")
               : QStringLiteral("attention");
}

Table attentionOf(const ComponentDetail& head, AttentionKind kind) {
    Table values = head.pattern;
    if (kind == AttentionKind::WithoutFirst)
        for (Eigen::Index query = 0; query < values.rows(); ++query) {
            values(query, 0) = 0.0;
            const double rest = values.row(query).sum();
            values.row(query) = rest > 0.0 ? Table(values.row(query) / rest)
                                           : Table::Constant(1, values.cols(), unknownValue);
        }
    if (kind == AttentionKind::ValueWeighted)
        for (Eigen::Index key = 0; key < values.cols(); ++key)
            values.col(key) *= head.valueNorms.at(static_cast<std::size_t>(key));
    return values;
}

std::vector<double> attentionFrom(int query, const ComponentDetail& head, AttentionKind kind) {
    std::vector<double> weights;
    if (query >= head.pattern.rows())
        return weights;
    const auto pattern = attentionOf(head, kind);
    for (int key = 0; key <= query; ++key)
        weights.push_back(std::isfinite(pattern(query, key)) ? pattern(query, key) : 0.0);
    return weights;
}

CellGrid attentionGrid(int length, const QStringList& tokens, AttentionKind kind, bool axes) {
    CellGrid grid;
    const int first = firstKey(kind);
    grid.rows = std::max(0, length - first);
    grid.columns = grid.rows;
    grid.square = true;
    forEachCell(length, kind, [&](int query, int key) {
        GridCell cell;
        cell.thing = PositionPair{PositionIndex(query), PositionIndex(key)};
        cell.row = query - first;
        cell.column = key - first;
        cell.label =
            QStringLiteral("%1 to %2").arg(placeName(query, tokens), placeName(key, tokens));
        grid.cells.push_back(std::move(cell));
    });
    if (!axes)
        return grid;
    for (int p = first; p < length; ++p)
        grid.rowTicks.push_back({p - first + 0.5, QString::number(p), tokens.value(p)});
    grid.columnTicks = grid.rowTicks;
    grid.rowTitle = QStringLiteral("query");
    grid.columnTitle = QStringLiteral("key position");
    return grid;
}

std::vector<double> attentionValues(const Table& attention, AttentionKind kind) {
    std::vector<double> values;
    forEachCell(static_cast<int>(attention.rows()), kind,
                [&](int query, int key) { values.push_back(attention(query, key)); });
    return values;
}

FigurePanel attentionPanel(const AttentionColumn& column, AttentionKind kind,
                           const QStringList& tokens) {
    auto panel = namedPanel(column.name, column.model);
    const auto& one = column.clean ? column.clean : column.corrupt;
    Table values = attentionOf(*one, kind);
    const bool isDifference = column.clean && column.corrupt;
    if (isDifference && column.corrupt->pattern.rows() == values.rows())
        values -= attentionOf(*column.corrupt, kind);
    panel.content =
        HeatmapFigure{{attentionGrid(static_cast<int>(values.rows()), tokens, kind, true),
                       attentionValues(values, kind), attentionScale(kind, isDifference)},
                      {}};
    return panel;
}

ColourScale attentionScale(AttentionKind kind, bool isDifference) {
    ColourScale scale;
    scale.map = isDifference ? ColourMap::Diverging : ColourMap::Sequential;
    scale.unit =
        kind == AttentionKind::ValueWeighted ? QStringLiteral("α ‖v W_O‖") : QStringLiteral("α");
    return scale;
}

} // namespace residuum
