#include "widgets/panels/attribution_figures.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace residuum {

namespace {

/// Columns between groups that stay empty.
constexpr double gap = 0.6;

struct ColumnLayout {
    double mlp = 0.0, attnBias = 0.0, mlpBias = 0.0, width = 0.0;
};

ColumnLayout layoutOf(int n_heads) {
    const double mlp = n_heads + gap;
    const double attnBias = mlp + 1.0 + gap;
    return {mlp, attnBias, attnBias + 1.0, attnBias + 2.0};
}

GridCell cellOf(const Component& component, int n_heads) {
    const auto layout = layoutOf(n_heads);
    GridCell cell;
    cell.thing = component;
    cell.label = QString::fromStdString(label(component));
    cell.row = component.layer.value + 1; // the embeddings have row 0
    switch (component.kind) {
    case ComponentKind::Embed:
        cell.row = 0;
        cell.width = n_heads / 2.0;
        break;
    case ComponentKind::PosEmbed:
        cell.row = 0;
        cell.column = n_heads / 2.0;
        cell.width = n_heads / 2.0;
        break;
    case ComponentKind::Head:
        cell.column = component.head.value;
        break;
    case ComponentKind::Mlp:
        cell.column = layout.mlp;
        break;
    case ComponentKind::AttnBias:
        cell.column = layout.attnBias;
        break;
    case ComponentKind::MlpBias:
        cell.column = layout.mlpBias;
        break;
    }
    return cell;
}

bool hasRow(const DlaResult& result, int row) {
    return row == allRows ? !result.rows.empty()
                          : row >= 0 && row < static_cast<int>(result.rows.size());
}

ComponentNumbers numbersAt(const DlaResult& result, int row, std::size_t component) {
    const auto c = static_cast<Eigen::Index>(component);
    if (row == allRows)
        return {result.dla.row(c).mean(), result.directEffect.row(c).mean(),
                (result.dla.row(c) - result.directEffect.row(c)).abs().mean(),
                result.directEffect.row(c).abs().mean()};
    const double dla = result.dla(c, row), effect = result.directEffect(c, row);
    return {dla, effect, std::abs(dla - effect), std::abs(effect)};
}

int samplesOf(const DlaResult& result) {
    std::set<int> samples;
    for (const auto& row : result.rows)
        samples.insert(row.sample);
    return static_cast<int>(samples.size());
}

int scatterGroup(ComponentKind kind) {
    switch (kind) {
    case ComponentKind::Head:
        return 0;
    case ComponentKind::Mlp:
        return 1;
    default:
        return 2;
    }
}

} // namespace

std::optional<double> ComponentNumbers::errorPercent() const {
    if (size == 0.0)
        return std::nullopt;
    return 100.0 * error / size;
}

double ComponentNumbers::shown(ViewMode mode) const {
    switch (mode) {
    case ViewMode::Dla:
        return dla;
    case ViewMode::DirectEffect:
        return directEffect;
    case ViewMode::Error:
        return error;
    }
    return unknownValue;
}

CellGrid attributionGrid(const std::vector<Component>& components, int n_layers, int n_heads) {
    CellGrid grid;
    grid.rows = n_layers + 1;
    grid.halfRows = 1; // it is no layer
    const auto layout = layoutOf(n_heads);
    grid.columns = layout.width;
    for (const auto& component : components)
        grid.cells.push_back(cellOf(component, n_heads));
    for (int h = 0; h < n_heads; ++h)
        grid.columnTicks.push_back({h + 0.5, QString::number(h)});
    grid.columnTicks.push_back({layout.mlp + 0.5, QStringLiteral("MLP")});
    grid.columnTicks.push_back({layout.attnBias + 1.0, QStringLiteral("bias")});
    // A little above its row's middle, for layer 0's label to have room.
    grid.rowTicks.push_back({0.2, QStringLiteral("E|P")});
    for (int l = 0; l < n_layers; ++l)
        grid.rowTicks.push_back({l + 1.5, QString::number(l)});
    grid.columnTitle = QStringLiteral("head");
    grid.rowTitle = QStringLiteral("layer");
    return grid;
}

std::optional<ComponentNumbers> numbersOf(const DlaResult& result, int row,
                                          const Component& component) {
    if (!hasRow(result, row))
        return std::nullopt;
    const auto& all = result.components;
    // Where it usually is, else wherever a file has it.
    const auto usual = componentRow(component, result.model.config.n_heads);
    if (usual >= 0 && usual < static_cast<int>(all.size()) &&
        all[static_cast<std::size_t>(usual)] == component)
        return numbersAt(result, row, static_cast<std::size_t>(usual));
    const auto found = std::find(all.begin(), all.end(), component);
    if (found == all.end())
        return std::nullopt;
    return numbersAt(result, row, static_cast<std::size_t>(found - all.begin()));
}

std::vector<double> cellValues(const DlaResult& result, int row, ViewMode mode) {
    std::vector<double> values(result.components.size(), unknownValue);
    if (!hasRow(result, row))
        return values;
    for (std::size_t c = 0; c < values.size(); ++c)
        values[c] = numbersAt(result, row, c).shown(mode);
    return values;
}

ScatterData attributionScatter(const DlaResult& result, int row) {
    ScatterData data;
    data.groups = {QStringLiteral("heads"), QStringLiteral("MLPs"),
                   QStringLiteral("embeddings, biases")};
    const Treatment treatment(result.model.normalization);
    data.xTitle = modeTitle(ViewMode::DirectEffect, treatment) + QStringLiteral(" [logits]");
    data.yTitle = modeTitle(ViewMode::Dla, treatment) + QStringLiteral(" [logits]");
    if (!hasRow(result, row))
        return data;
    for (std::size_t c = 0; c < result.components.size(); ++c) {
        const auto numbers = numbersAt(result, row, c);
        const auto& component = result.components[c];
        data.points.push_back({component, numbers.directEffect, numbers.dla,
                               scatterGroup(component.kind),
                               QString::fromStdString(label(component))});
    }
    return data;
}

Misjudgement misjudgementAt(const DlaResult& result, int row) {
    return row == allRows ? misjudgement(result) : misjudgement(result, row);
}

QString percentText(double percent) {
    if (std::isnan(percent))
        return QStringLiteral("undefined");
    // Rounding noise as what it is: the exact number is in the tooltip.
    return percent < 5e-5 ? QStringLiteral("0") : threeDigits(percent);
}

QString headsText(const Misjudgement& found) {
    return QStringLiteral("heads off by %1 %").arg(percentText(found.heads));
}

QString mlpsText(const Misjudgement& found) {
    return QStringLiteral("MLPs off by %1 %").arg(percentText(found.mlps));
}

QString signsText(const Misjudgement& found) {
    return QStringLiteral("%1 of %2 change sign").arg(found.signChanges).arg(found.compared);
}

QString nmaeText(const Nmae& nmae) {
    if (!nmae.known)
        return QStringLiteral("NMAE …");
    const auto value = percentText(nmae.heads);
    return std::isnan(nmae.heads) ? QStringLiteral("NMAE ") + value
                                  : QStringLiteral("NMAE %1 %").arg(value);
}

QString nmaeInterval(const Nmae& nmae) {
    if (!nmae.ci95 || nmae.heads < 5e-5)
        return {};
    return QStringLiteral("[%1, %2]")
        .arg(threeDigits((*nmae.ci95)[0]), threeDigits((*nmae.ci95)[1]));
}

QString nmaeExtent(const DlaResult& result) {
    if (!result.nmae.known)
        return {};
    const int samples = samplesOf(result);
    const auto rows = static_cast<int>(result.rows.size());
    const auto extent =
        QStringLiteral("%1 × %2 %3")
            .arg(countText(std::ssize(result.nmae.perHead), QStringLiteral("head")))
            .arg(rows)
            .arg(samples == 1 || rows > samples ? QStringLiteral("pos.") : QStringLiteral("seq."));
    return samples > 1 && rows > samples ? extent + QStringLiteral(" of %1 seq.").arg(samples)
                                         : extent;
}

QString nmaeDomain(const DlaResult& result) {
    const int samples = samplesOf(result);
    const auto rows = static_cast<int>(result.rows.size());
    if (samples > 1)
        return (rows > samples ? QStringLiteral("heads and positions of %1 sequences")
                               : QStringLiteral("heads and %1 sequences"))
            .arg(samples);
    return rows > 1 ? QStringLiteral("heads and positions")
                    : QStringLiteral("heads at one position");
}

QString viewOf(ViewMode mode) {
    switch (mode) {
    case ViewMode::Dla:
        return QStringLiteral("attribution");
    case ViewMode::DirectEffect:
        return QStringLiteral("direct-effect");
    case ViewMode::Error:
        return QStringLiteral("error");
    }
    return {};
}

std::optional<ViewMode> modeOf(const QString& view) {
    for (const auto mode : {ViewMode::Dla, ViewMode::DirectEffect, ViewMode::Error})
        if (view == viewOf(mode))
            return mode;
    return std::nullopt;
}

QString modeTitle(ViewMode mode, const Treatment& treatment) {
    switch (mode) {
    case ViewMode::Dla:
        return QStringLiteral("DLA (%1)").arg(QString::fromStdString(treatment.frozen()));
    case ViewMode::DirectEffect:
        return QStringLiteral("direct effect (%1)")
            .arg(QString::fromStdString(treatment.recomputed()));
    case ViewMode::Error:
        return QStringLiteral("|DLA − direct effect|");
    }
    return {};
}

} // namespace residuum
