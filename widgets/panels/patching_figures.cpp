#include "widgets/panels/patching_figures.h"

#include "widgets/plots/colour_scale.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr int neuronsPerRow = 10;

/// A site is shown as layer × position, layer × head, or ranked neurons.
struct ShownCells {
    int rows = 0, columns = 0;
    std::int64_t stride = 1, offset = 0; ///< of a shown cell in the grid's flattened cells
};

ShownCells shownCells(const PatchGrid& grid, const PatchView& view) {
    const auto axes = axesOf(grid.site);
    if (axes.neuron)
        return {static_cast<int>((grid.shape[0] + neuronsPerRow - 1) / neuronsPerRow),
                neuronsPerRow, 1, 0};
    const int layers = static_cast<int>(grid.shape[0]), columns = static_cast<int>(grid.shape[1]);
    if (axes.head && axes.pos)
        return {layers, columns, grid.shape[2],
                std::clamp<std::int64_t>(view.position, 0, grid.shape[2] - 1)};
    return {layers, columns, 1, 0};
}

/// Where a thing's value is among the grid's flattened cells; empty: it has none.
std::optional<std::int64_t> cellOf(const PatchGrid& grid, const PatchResult& result,
                                   const PatchView& view, const Thing& thing) {
    const auto axes = axesOf(grid.site);
    if (axes.neuron) {
        const auto name = label(thing);
        const auto& names = result.neurons;
        const auto found = std::find(names.begin(), names.end(), name);
        return found == names.end() ? std::nullopt : std::optional(found - names.begin());
    }
    int row = -1, column = -1;
    if (const auto* place = std::get_if<Position>(&thing); place != nullptr && !axes.head) {
        row = place->layer.value;
        column = place->at.value;
    } else if (const auto* head = std::get_if<Component>(&thing);
               head != nullptr && head->kind == ComponentKind::Head && axes.head) {
        row = head->layer.value;
        column = head->head.value;
    }
    const auto shown = shownCells(grid, view);
    if (row < 0 || row >= shown.rows || column < 0 || column >= shown.columns)
        return std::nullopt;
    return shown.offset + (std::int64_t{row} * shown.columns + column) * shown.stride;
}

/// Values of the view, one per flattened cell of the grid: one pair's, or the mean.
Table viewed(const PatchGrid& grid, const PatchResult& result, const PatchView& view) {
    const Table values = view.normalised ? normalised(grid, result) : grid.values;
    if (view.prompt && *view.prompt < values.rows())
        return values.row(*view.prompt);
    return spreadOf(values).mean;
}

PatchGrid shownPart(const PatchGrid& grid, const PatchResult& result, const PatchView& view) {
    const auto shown = shownCells(grid, view);
    const Table values = view.normalised ? normalised(grid, result) : grid.values;
    PatchGrid part = grid;
    if (shown.stride > 1) {
        part.shape.pop_back();
        part.values.resize(values.rows(), values.cols() / shown.stride);
        for (Eigen::Index cell = 0; cell < part.values.cols(); ++cell)
            part.values.col(cell) = values.col(cell * shown.stride + shown.offset);
    } else {
        part.values = values;
    }
    if (view.prompt && *view.prompt < part.values.rows())
        part.values = Table(part.values.row(*view.prompt));
    return part;
}

/// A quoted token as it stands at an axis: `" to"`, or “ to”, is "·to".
QString axisName(const QString& quoted) {
    if (quoted.size() < 3 || (quoted[0] != QLatin1Char('"') && quoted[0] != QChar(0x201C)))
        return quoted;
    auto name = quoted.mid(1, quoted.size() - 2);
    if (name.startsWith(QLatin1Char(' ')))
        name.replace(0, 1, QStringLiteral("·"));
    return name;
}

} // namespace

CellGrid patchGrid(const PatchResult& result, const PatchView& view, const QStringList& tokens) {
    CellGrid grid;
    const PatchGrid* any = nullptr;
    for (const auto& each : result.grids)
        if (each.site == view.site)
            any = &each;
    if (any == nullptr)
        return grid;
    const auto axes = axesOf(view.site);
    const auto shown = shownCells(*any, view);
    grid.rows = shown.rows;
    grid.columns = shown.columns;
    const auto count = axes.neuron ? any->shape[0] : std::int64_t{shown.rows} * shown.columns;
    for (std::int64_t i = 0; i < count; ++i) {
        const int row = static_cast<int>(i / shown.columns);
        const int column = static_cast<int>(i % shown.columns);
        GridCell cell;
        cell.row = row;
        cell.column = column;
        if (axes.neuron) {
            const auto& neuron = result.neurons.at(static_cast<std::size_t>(i));
            // Names of files are not trusted: what is no neuron's names nothing.
            if (const auto thing = parseNeuron(neuron))
                cell.thing = *thing;
            cell.label = QString::fromStdString(neuron);
        } else if (axes.head) {
            const Component head{ComponentKind::Head, LayerIndex(row), HeadIndex(column)};
            cell.thing = head;
            cell.label = QString::fromStdString(label(head));
        } else {
            const Position place{LayerIndex(row), PositionIndex(column)};
            cell.thing = place;
            cell.label = QString::fromStdString(label(place));
            if (column < tokens.size() && !tokens[column].isEmpty())
                cell.label += QStringLiteral(" %1").arg(tokens[column]);
        }
        grid.cells.push_back(cell);
    }
    for (int row = 0; row < shown.rows; ++row)
        grid.rowTicks.push_back(
            {row + 0.5, QString::number(axes.neuron ? row * neuronsPerRow + 1 : row)});
    for (int column = 0; column < shown.columns; ++column)
        grid.columnTicks.push_back(
            {column + 0.5,
             axes.neuron ? QStringLiteral("+%1").arg(column) : QString::number(column),
             axes.neuron || axes.head ? QString() : axisName(tokens.value(column))});
    if (axes.neuron)
        grid.choice = QStringLiteral("top neurons");
    grid.rowTitle = axes.neuron ? QStringLiteral("neuron's rank") : QStringLiteral("layer");
    grid.columnTitle = axes.neuron ? QStringLiteral("by |attribution|")
                       : axes.head ? QStringLiteral("head")
                                   : QStringLiteral("position");
    return grid;
}

std::vector<double> patchValues(const PatchResult& result, PatchMethod method,
                                const PatchView& view) {
    const auto* grid = result.find(method, view.site);
    if (grid == nullptr)
        return {};
    const auto shown = shownCells(*grid, view);
    const auto values = viewed(*grid, result, view);
    std::vector<double> picked;
    for (Eigen::Index cell = shown.offset; cell < values.cols(); cell += shown.stride)
        picked.push_back(values(0, cell));
    return picked;
}

std::optional<double> patchValueOf(const PatchResult& result, PatchMethod method,
                                   const PatchView& view, const Thing& thing) {
    const auto* grid = result.find(method, view.site);
    const auto cell = grid == nullptr ? std::nullopt : cellOf(*grid, result, view, thing);
    const auto prompt = view.prompt.value_or(0);
    if (!cell || *cell >= grid->values.cols() || prompt >= grid->values.rows())
        return std::nullopt;
    double value = grid->values(prompt, *cell);
    if (view.normalised) {
        const auto flat = promptsWithoutGap(result);
        const auto place = static_cast<std::size_t>(prompt);
        if (std::find(flat.begin(), flat.end(), place) != flat.end())
            return std::nullopt;
        value /= result.gap(place);
    }
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

std::vector<double> comparedExact(const PatchResult& result, const PatchView& view) {
    auto values = patchValues(result, PatchMethod::Exact, view);
    if (view.estimate == PatchMethod::AtpStar)
        for (auto& value : values)
            value = std::abs(value);
    return values;
}

std::vector<double> errorValues(const PatchResult& result, const PatchView& view) {
    auto values = patchValues(result, view.estimate, view);
    const auto exact = comparedExact(result, view);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] -= i < exact.size() ? exact[i] : unknownValue;
    return values;
}

ScatterData agreementScatter(const PatchResult& result, const PatchView& view,
                             const QStringList& tokens) {
    ScatterData data;
    const auto unit = patchUnit(result, view);
    data.groups = {methodTitle(view.estimate)};
    data.xTitle = (view.estimate == PatchMethod::AtpStar ? QStringLiteral("|exact patching| [%1]")
                                                         : QStringLiteral("exact patching [%1]"))
                      .arg(unit);
    data.yTitle = QStringLiteral("%1 [%2]").arg(methodTitle(view.estimate), unit);
    const auto grid = patchGrid(result, view, tokens);
    const auto exact = comparedExact(result, view);
    const auto estimate = patchValues(result, view.estimate, view);
    for (std::size_t i = 0; i < std::min(exact.size(), estimate.size()); ++i)
        if (!std::isnan(exact[i]) && !std::isnan(estimate[i]) &&
            !(exact[i] == 0.0 && estimate[i] == 0.0))
            data.points.push_back(
                {grid.cells[i].thing, exact[i], estimate[i], 0, grid.cells[i].label});
    return data;
}

std::optional<Agreement> agreementOf(const PatchResult& result, const PatchView& view) {
    const auto* exact = result.find(PatchMethod::Exact, view.site);
    const auto* estimate = result.find(view.estimate, view.site);
    if (exact == nullptr || estimate == nullptr)
        return std::nullopt;
    auto agreement =
        residuum::agreementOf(shownPart(*exact, result, view), shownPart(*estimate, result, view),
                              view.estimate == PatchMethod::AtpStar);
    return agreement.cells == 0 ? std::nullopt : std::optional(std::move(agreement));
}

QString correlationText(double correlation) {
    return std::isnan(correlation) ? QStringLiteral("undefined") : threeDigits(correlation);
}

QString agreementText(const Agreement& agreement) {
    return QStringLiteral("Pearson %1 · Spearman %2")
        .arg(correlationText(agreement.pearson), correlationText(agreement.spearman));
}

QString domainText(const Agreement& agreement, const PatchResult& result, const PatchView& view) {
    const auto exact = comparedExact(result, view),
               estimate = patchValues(result, view.estimate, view);
    std::size_t all = 0; // that a patch may change
    for (std::size_t i = 0; i < std::min(exact.size(), estimate.size()); ++i)
        all += !std::isnan(estimate[i]) && (estimate[i] != 0.0 || std::abs(exact[i]) > 0.0) ? 1 : 0;
    const auto numbered = [](std::size_t count) {
        return QLocale::c().toString(static_cast<qulonglong>(count));
    };
    if (agreement.cells >= all)
        return QStringLiteral("%1 cells").arg(numbered(agreement.cells));
    const auto top = result.request.cells.top;
    if (top > 0 && agreement.cells == static_cast<std::size_t>(top))
        return QStringLiteral("top %1 of %2 cells").arg(numbered(agreement.cells), numbered(all));
    if (top > 0)
        return QStringLiteral("%1 of the top %2 of %3 cells")
            .arg(numbered(agreement.cells))
            .arg(top)
            .arg(numbered(all));
    return QStringLiteral("a sample of %1 of %2 cells")
        .arg(numbered(agreement.cells), numbered(all));
}

QString worstText(const Agreement& agreement, const PatchResult& result, const PatchView& view,
                  bool numbers) {
    const auto* exact = result.find(PatchMethod::Exact, view.site);
    const auto axes = axesOf(view.site);
    QStringList cells;
    for (const auto& cell : agreement.worst) {
        if (cells.size() == 3)
            break;
        // At one position of z, q, k, v the cells are heads.
        auto text =
            axes.head && axes.pos
                ? QString::fromStdString(
                      label(Component{ComponentKind::Head, LayerIndex(cell.cell / exact->shape[1]),
                                      HeadIndex(cell.cell % exact->shape[1])}))
                : QString::fromStdString(cellLabel(*exact, result, cell.cell));
        if (numbers)
            text += QStringLiteral(" (exact %1, estimate %2)")
                        .arg(threeDigits(cell.exact), threeDigits(cell.estimate));
        cells << text;
    }
    return QStringLiteral("worst ") + cells.join(QStringLiteral(", "));
}

QString methodTitle(PatchMethod method) {
    switch (method) {
    case PatchMethod::Attribution:
        return QStringLiteral("attribution patching");
    case PatchMethod::Exact:
        return QStringLiteral("exact patching");
    case PatchMethod::AtpStar:
        return QStringLiteral("AtP* (magnitude)");
    case PatchMethod::IntegratedGradients:
        return QStringLiteral("integrated gradients");
    default:
        return QString::fromStdString(name(method));
    }
}

QString patchUnit(const PatchResult& result, const PatchView& view) {
    return view.normalised ? QStringLiteral("of the gap")
                           : QString::fromStdString(unitOf(result.request.metric));
}

QString gapText(const PatchResult& result, std::size_t prompt) {
    const auto problem = taskProblem(result, prompt);
    return QStringLiteral("gap %1 %2")
               .arg(threeDigits(result.gap(prompt)),
                    QString::fromStdString(unitOf(result.request.metric))) +
           (problem.empty() ? QString() : QStringLiteral(": ") + QString::fromStdString(problem));
}

QString patchConventions(const PatchRequest& request) {
    const auto metric = [&] {
        switch (request.metric) {
        case PatchMetric::LogitDiff:
            return QStringLiteral("logit difference");
        case PatchMetric::Prob:
            return QStringLiteral("probability");
        case PatchMetric::LogProb:
            return QStringLiteral("log-probability");
        case PatchMetric::Kl:
            return QStringLiteral("KL to the clean run");
        }
        return QString();
    }();
    return (request.direction == PatchDirection::CleanIntoCorrupt
                ? QStringLiteral("clean into corrupted, ")
                : QStringLiteral("corrupted into clean, ")) +
           metric;
}

QString siteTitle(PatchSite site) {
    const auto axes = axesOf(site);
    const auto text = QString::fromStdString(name(site));
    if (axes.neuron)
        return text + QStringLiteral(", top neurons");
    if (axes.head && axes.pos)
        return text + QStringLiteral(", layer × head at a position");
    return text +
           (axes.head ? QStringLiteral(", layer × head") : QStringLiteral(", layer × position"));
}

} // namespace residuum
