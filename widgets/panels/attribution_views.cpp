#include "widgets/panels/attribution_views.h"

#include "widgets/figure/figure_difference.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/attribution_board.h"
#include "widgets/panels/attribution_caption.h"
#include "widgets/panels/attribution_evidence.h"
#include "widgets/panels/verdict.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace residuum {

namespace {

HeatmapFigure heatmapOf(const AttributionColumn& column, ViewMode mode) {
    const auto& config = column.result->model.config;
    return {{attributionGrid(column.result->components, config.n_layers, config.n_heads),
             cellValues(*column.result, column.row, mode),
             {}},
            {}};
}

/// A model's three columns of the contributors' table.
std::vector<TableFigure::Column> numberColumns(const AttributionColumn& column,
                                               const std::vector<Thing>& components) {
    const QString logits = QStringLiteral("logits");
    const Treatment treatment(column.result->model.normalization);
    std::vector<TableFigure::Column> columns{{column.name,
                                              QStringLiteral("DLA"),
                                              logits,
                                              {},
                                              false,
                                              modeTitle(ViewMode::Dla, treatment)},
                                             {column.name,
                                              QStringLiteral("direct effect"),
                                              logits,
                                              {},
                                              false,
                                              modeTitle(ViewMode::DirectEffect, treatment)},
                                             {column.name,
                                              QStringLiteral("error"),
                                              logits,
                                              {},
                                              true,
                                              modeTitle(ViewMode::Error, treatment)}};
    for (const auto& component : components) {
        const auto numbers = numbersOf(*column.result, column.row, std::get<Component>(component));
        for (const auto mode : {ViewMode::Dla, ViewMode::DirectEffect, ViewMode::Error})
            columns[static_cast<std::size_t>(mode)].values.push_back(numbers ? numbers->shown(mode)
                                                                             : unknownValue);
    }
    return columns;
}

} // namespace

TableFigure AttributionViews::tableOf(const QString&, const std::vector<Column>& columns,
                                      const Shown&,
                                      const std::optional<std::pair<int, int>>& difference) {
    TableFigure table;
    table.rowTitle = QStringLiteral("component");
    if (columns.empty())
        return table;
    const auto& components = columns.front().result->components;
    std::vector<double> largest(components.size(), 0.0);
    for (const auto& column : columns)
        for (std::size_t c = 0; c < components.size(); ++c)
            if (const auto numbers = numbersOf(*column.result, column.row, components[c]))
                largest[c] = std::max(largest[c], std::abs(numbers->dla));
    std::vector<std::size_t> order(components.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return largest[a] > largest[b]; });
    for (const auto c : order) {
        table.rows << QString::fromStdString(label(components[c]));
        table.things.emplace_back(components[c]);
    }
    std::vector<std::vector<TableFigure::Column>> models;
    for (const auto& column : columns)
        models.push_back(numberColumns(column, table.things));
    if (difference)
        models.push_back(differenceOf(models.at(static_cast<std::size_t>(difference->first)),
                                      models.at(static_cast<std::size_t>(difference->second))));
    for (const auto& model : models)
        table.columns.insert(table.columns.end(), model.begin(), model.end());
    return table;
}

AttributionViews::Shown AttributionViews::shown(const Workspace& workspace, const QString&) {
    const auto& prompt = workspace.state().prompt;
    const auto tokenizer = workspace.tokenizer();
    ShownAttribution shown{workspace.asksMean() ? meanText(workspace) : prompt.text,
                           placeText(workspace)};
    shown.top = workspace.board<AttributionBoard>().top();
    shown.mlps = workspace.board<AttributionBoard>().mlpsAlong();
    for (const auto token : prompt.tokens)
        shown.tokens << chipText(tokenizer.get(), token);
    return shown;
}

QString AttributionViews::verdict(const std::vector<Column>& all, const Shown& shown) {
    std::vector<Column> columns;
    for (const auto& column : all)
        if (column.hasRow())
            columns.push_back(column);
    if (columns.empty())
        return {};
    std::vector<Misjudgement> found;
    for (const auto& column : columns)
        found.push_back(misjudgementAt(*column.result, column.row));
    return QObject::tr("%1at %2, DLA misjudges heads by %3 % and MLPs by %4 %; %5 of %6 "
                       "heads and MLPs change sign")
        .arg(whose(columns), shown.place,
             ofEach(found, [](const auto& each) { return percentText(each.heads); }),
             ofEach(found, [](const auto& each) { return percentText(each.mlps); }),
             ofEach(found, [](const auto& each) { return QString::number(each.signChanges); }),
             ofAll(found, [](const auto& each) { return QString::number(each.compared); }));
}

std::optional<AttributionColumn>
AttributionViews::column(const Workspace& workspace, const ModelColumn& column,
                         const Board<DlaAnalysis>::ColumnAnswer& answer) {
    const auto tokenizer = workspace.tokenizer();
    const auto plainText = [&](TokenId token) {
        return QString::fromStdString(tokenizer ? tokenizer->text(token) : label(token));
    };
    AttributionColumn shown{column.name, answer.result,
                            workspace.board<AttributionBoard>().rowOf(column)};
    // Of a result that is still to grow, another position than the first is yet to come.
    if (!answer.result->nmae.known && !shown.hasRow())
        return std::nullopt;
    if (shown.row == allRows) {
        shown.target = ownTarget();
        shown.versus = ownVersus();
    } else if (shown.hasRow()) {
        const auto& row = answer.result->rows[static_cast<std::size_t>(shown.row)];
        shown.target = plainText(row.target);
        if (row.versus)
            shown.versus = plainText(*row.versus);
    }
    if (const auto& versus = answer.result->request.versus)
        shown.versus = plainText(*versus);
    if (const auto* over = workspace.board<AttributionBoard>().datasetNmae(column.id)) {
        shown.dataset = over->result;
        shown.datasetDomain = datasetDomain(*over);
    }
    return shown;
}

FigureOrigin<DlaAnalysis> AttributionViews::origin(const Workspace& workspace,
                                                   const QString& view) {
    const auto& board = workspace.board<AttributionBoard>();
    if (view == nmaeHeads)
        for (const auto& column : workspace.columns())
            if (const auto* over = board.datasetNmae(column.id))
                return {over->input, over->of.request()};
    return ViewsOf::origin(workspace, view);
}

const DlaResult* measured(const AttributionColumn& column,
                          const std::vector<AttributionColumn>& columns) {
    const bool any = std::any_of(columns.begin(), columns.end(),
                                 [](const auto& each) { return each.dataset != nullptr; });
    return any ? column.dataset.get() : column.result.get();
}

QString measuredDomain(const AttributionColumn& column) {
    return column.dataset ? column.datasetDomain : nmaeDomain(*column.result);
}

void AttributionViews::ask(const Workspace& workspace, FigureRequest& request) {
    if (request.view == nmaeHeads)
        return;
    if (workspace.asksMean())
        request.settings.setFlag(QString(meanSetting));
    else
        request.settings.set(QStringLiteral("position"), workspace.state().position);
    if (request.view == ranked)
        request.settings.set(topSetting, workspace.board<AttributionBoard>().top());
    if (request.view == byPosition && workspace.board<AttributionBoard>().mlpsAlong())
        request.settings.set(errorOfSetting, QStringLiteral("mlps"));
}

ColourScale AttributionViews::scale(const QString& view, const std::vector<Column>&, const Shown&) {
    ColourScale scale;
    const bool isError = modeOf(view) == ViewMode::Error || view == nmaeHeads;
    scale.map = isError ? ColourMap::Sequential : ColourMap::Diverging;
    scale.unit = view == nmaeHeads ? QStringLiteral("%") : QStringLiteral("logits");
    return scale;
}

namespace {

double logitAt(const AttributionColumn& column) {
    const auto& rows = column.result->rows;
    if (column.row != allRows)
        return rows[static_cast<std::size_t>(column.row)].logit;
    double sum = 0.0;
    for (const auto& row : rows)
        sum += row.logit;
    return sum / static_cast<double>(rows.size());
}

QString positionNote(const AttributionColumn& column) {
    if (column.row == allRows)
        return QObject::tr("the end, mean of %1")
            .arg(countText(std::ssize(column.result->rows), QObject::tr("prompt")));
    return QStringLiteral("position %1")
        .arg(column.result->rows[static_cast<std::size_t>(column.row)].position.value);
}

/// Of one model.
FigurePanel panelOf(const QString& view, const AttributionColumn& column, bool namesTarget) {
    const auto mode = modeOf(view);
    auto panel = namedPanel(column.name, column.result->model);
    if (column.hasRow())
        panel.notes << positionNote(column);
    if (namesTarget)
        panel.notes << QStringLiteral("target %1").arg(targetText(column));
    // What is said under a plot is of what it shows; NMAE has its own domain beside it.
    if (column.hasRow() && (!mode || *mode == ViewMode::Error)) {
        const auto found = misjudgementAt(*column.result, column.row);
        panel.notes << headsText(found) << mlpsText(found) << signsText(found);
    }
    if (const auto& nmae = column.result->nmae; mode == ViewMode::Error && nmae.known)
        panel.notes << QString(nmaeText(nmae) + QLatin1Char(' ') + nmaeInterval(nmae)).trimmed()
                    << nmaeExtent(*column.result);
    if (mode)
        panel.content = heatmapOf(column, *mode);
    else
        panel.content = ScatterFigure{attributionScatter(*column.result, column.row), 1.0, {}};
    return panel;
}

FigurePanel headErrorPanel(const AttributionColumn& column,
                           const std::vector<AttributionColumn>& columns) {
    auto panel = namedPanel(column.name, column.result->model);
    const auto* result = measured(column, columns);
    if (result == nullptr) {
        panel.notes << QStringLiteral("not measured over the dataset");
        auto map = headErrors(*column.result);
        std::fill(map.data.values.begin(), map.data.values.end(), unknownValue);
        panel.content = std::move(map);
        return panel;
    }
    const auto& nmae = result->nmae;
    panel.notes << QString(nmaeText(nmae) + QLatin1Char(' ') + nmaeInterval(nmae)).trimmed()
                << measuredDomain(column);
    panel.content = headErrors(*result);
    return panel;
}

/// Of all models; empty: the view has a panel of each.
std::optional<FigurePanel> commonPanel(const QString& view,
                                       const std::vector<AttributionColumn>& columns,
                                       const ShownAttribution& shown) {
    FigurePanel panel;
    if (view == AttributionViews::ranked)
        panel.content = ChartFigure{rankedChart(columns, shown.top), {}, {}};
    else if (view == AttributionViews::byLayer)
        panel.content = ChartFigure{layerChart(columns), {}, {}};
    else if (view == AttributionViews::byPosition)
        panel.content = ChartFigure{positionChart(columns, shown.tokens, shown.mlps), {}, {}};
    else
        return std::nullopt;
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [](const auto& column) { return column.hasRow(); });
    if (found != columns.end())
        panel.notes << positionNote(*found);
    if (view == AttributionViews::byPosition && found != columns.end() && found->row == allRows)
        panel.notes << QObject::tr("one prompt's errors lie along it: choose “this prompt”");
    for (const auto& column : columns) {
        if (!sameTargets(columns))
            panel.notes << QStringLiteral("%1: target %2").arg(column.name, targetText(column));
        if (view == AttributionViews::byLayer && column.hasRow())
            panel.notes << QStringLiteral("%1 ends at its logit, %2")
                               .arg(column.name, threeDigits(logitAt(column)));
    }
    return panel;
}

} // namespace

std::vector<FigurePanel> AttributionViews::panels(const QString& view,
                                                  const std::vector<Column>& columns,
                                                  const Shown& shown) {
    std::vector<FigurePanel> panels;
    if (columns.empty())
        return panels;
    if (auto common = commonPanel(view, columns, shown))
        return {*std::move(common)};
    for (const auto& column : columns)
        panels.push_back(view == nmaeHeads ? headErrorPanel(column, columns)
                                           : panelOf(view, column, !sameTargets(columns)));
    return panels;
}

Figure AttributionViews::figure(const std::vector<Column>& columns, const Shown& shown,
                                const FigureRequest& request, const Provenance& provenance) {
    Figure figure;
    figure.view = request.view;
    figure.provenance = provenance;
    describe(figure, columns, shown);
    if (request.view == contributors) {
        FigurePanel panel;
        const auto treatment = treatmentOf(columns);
        const bool isMean = columns.front().row == allRows;
        panel.notes << QStringLiteral("DLA: %1 · direct effect: %2 · error: %3 · all in logits")
                           .arg(QString::fromStdString(treatment.frozen()),
                                QString::fromStdString(treatment.recomputed()),
                                isMean
                                    ? QStringLiteral("mean of the prompts' |DLA − direct effect|")
                                    : QStringLiteral("|DLA − direct effect|"));
        panel.content = tableOf(request.view, columns, shown, request.difference);
        figure.panels.push_back(std::move(panel));
        return figure;
    }
    if (request.view == byPosition && columns.front().row == allRows)
        throw Error("the figure", "shows errors along one prompt, and a set is asked at the end of "
                                  "each; choose one of its prompts");
    addCompared(figure, panels(request.view, columns, shown), scale(request.view, columns, shown),
                request);
    if (figure.panels.empty())
        throw Error("the figure", request.view == byPosition
                                      ? "runs along one prompt, and what is asked is a mean of many"
                                      : "has nothing to draw here");
    setPins(figure, request.pins);
    return figure;
}

Treatment treatmentOf(const std::vector<AttributionColumn>& columns) {
    Treatment treatment;
    for (const auto& column : columns)
        treatment.add(column.result->model.normalization);
    return treatment;
}

} // namespace residuum
