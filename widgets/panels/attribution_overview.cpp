#include "widgets/panels/attribution_overview.h"

#include "widgets/panels/verdict.h"
#include "widgets/plots/colour_scale.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr std::size_t named = 5;

bool isJudged(const Component& component) {
    return component.kind == ComponentKind::Head || component.kind == ComponentKind::Mlp;
}

QString link(const Component& component) {
    return QStringLiteral("<a href='%1'>%1</a>").arg(QString::fromStdString(label(component)));
}

/// Heads and MLPs of all models, the largest |DLA| first.
std::vector<Component> strongest(const std::vector<AttributionColumn>& columns) {
    std::vector<std::pair<double, Component>> sized;
    for (auto column = columns.begin(); column != columns.end(); ++column)
        for (const auto& component : column->result->components) {
            const bool isKnown = std::any_of(columns.begin(), column, [&](const auto& before) {
                return numbersOf(*before.result, before.row, component).has_value();
            });
            if (!isJudged(component) || isKnown)
                continue;
            double size = 0.0;
            for (const auto& each : columns)
                if (const auto numbers = numbersOf(*each.result, each.row, component))
                    size = std::max(size, std::abs(numbers->dla));
            sized.emplace_back(size, component);
        }
    const auto count = std::min(named, sized.size());
    std::partial_sort(sized.begin(), sized.begin() + static_cast<std::ptrdiff_t>(count),
                      sized.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<Component> components;
    for (std::size_t i = 0; i < count; ++i)
        components.push_back(sized[i].second);
    return components;
}

/// Every model's DLA, side by side where there is room for it.
QString numbersRow(const std::vector<AttributionColumn>& columns, const Component& component) {
    QStringList values;
    for (const auto& column : columns) {
        const auto numbers = numbersOf(*column.result, column.row, component);
        values << (numbers ? threeDigits(numbers->dla) : QStringLiteral("–"));
    }
    const auto cell = QStringLiteral("<td align='right'>%1</td>");
    QString cells;
    if (columns.size() <= 3)
        for (const auto& value : values)
            cells += cell.arg(value);
    else
        cells = cell.arg(ofEach(values));
    return QStringLiteral("<tr><td>%1</td>%2</tr>").arg(link(component), cells);
}

QString changing(const AttributionColumn& column) {
    QStringList names;
    for (const auto& component : column.result->components) {
        const auto numbers =
            isJudged(component) ? numbersOf(*column.result, column.row, component) : std::nullopt;
        if (numbers && std::abs(numbers->directEffect) > signThreshold &&
            numbers->dla * numbers->directEffect < 0.0)
            names << link(component);
    }
    return names.isEmpty() ? QObject::tr("none") : names.join(QStringLiteral(", "));
}

} // namespace

QString overviewText(const std::vector<AttributionColumn>& shown) {
    std::vector<AttributionColumn> columns;
    std::copy_if(shown.begin(), shown.end(), std::back_inserter(columns),
                 [](const auto& column) { return column.hasRow(); });
    if (columns.empty())
        return {};
    const auto frozen = modeTitle(ViewMode::Dla, treatmentOf(columns)).toHtmlEscaped();
    auto text = QObject::tr("<b>Strongest</b> by |%1|, logits: %2")
                    .arg(frozen, whose(columns).toHtmlEscaped());
    text += QStringLiteral("<table cellspacing='0' cellpadding='2' width='100%'>");
    for (const auto& component : strongest(columns))
        text += numbersRow(columns, component);
    text += QObject::tr("</table><p><b>Change sign</b> where their direct effect is recomputed:");
    for (const auto& column : columns)
        text += QStringLiteral("<br>%1: %2").arg(column.name.toHtmlEscaped(), changing(column));
    return text + QStringLiteral("</p>");
}

} // namespace residuum
