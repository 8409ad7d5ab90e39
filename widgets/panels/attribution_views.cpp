#include "widgets/panels/attribution_views.h"

#include "widgets/figure/figure_difference.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/attribution_board.h"
#include "widgets/panels/verdict.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace residuum {

namespace {

QString quoted(const QString& text) {
    return QStringLiteral("“%1”").arg(text);
}

QString targetText(const AttributionColumn& column) {
    return column.versus.isEmpty()
               ? quoted(column.target)
               : QStringLiteral("%1 versus %2").arg(quoted(column.target), quoted(column.versus));
}

bool sameTargets(const std::vector<AttributionColumn>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](const AttributionColumn& column) {
        return column.target == columns.front().target && column.versus == columns.front().versus;
    });
}

/// In a sentence rounding is a plain 0; the exact number is in the column's tooltip.
QString plainPercent(double percent) {
    return percent < 5e-5 ? QStringLiteral("0") : percentText(percent);
}

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

/// A figure's title as far as it does not depend on the target.
QString titleOf(const QString& view, const Treatment& treatment) {
    const auto frozen = QString::fromStdString(treatment.frozen());
    const auto recomputed = QString::fromStdString(treatment.recomputed());
    const auto against = QStringLiteral("irect logit attribution (%1) against the direct effect "
                                        "(%2)")
                             .arg(frozen, recomputed);
    if (view == AttributionViews::scatter)
        return QLatin1Char('D') + against;
    switch (modeOf(view).value_or(ViewMode::Dla)) {
    case ViewMode::Error:
        return QStringLiteral("Error of d") + against;
    case ViewMode::DirectEffect:
        return QStringLiteral("Direct effect on the logit (%1)").arg(recomputed);
    case ViewMode::Dla:
        break;
    }
    return view == AttributionViews::contributors
               ? QStringLiteral("Largest contributors to the logit")
               : QStringLiteral("Direct logit attribution (%1)").arg(frozen);
}

void describe(Figure& figure, const std::vector<AttributionColumn>& columns,
              const QString& prompt) {
    const auto mode = modeOf(figure.view);
    const auto treatment = treatmentOf(columns);
    figure.quantity = mode ? modeTitle(*mode, treatment)
                      : figure.view == AttributionViews::scatter
                          ? QStringLiteral("%1 against %2")
                                .arg(modeTitle(ViewMode::Dla, treatment),
                                     modeTitle(ViewMode::DirectEffect, treatment))
                          : QStringLiteral("contributors");
    const auto domain = nmaeDomain(*columns.front().result);
    const bool oneDomain =
        std::all_of(columns.begin(), columns.end(), [&](const AttributionColumn& column) {
            return nmaeDomain(*column.result) == domain;
        });
    QStringList errors;
    for (const auto& column : columns) {
        errors << QStringLiteral("%1 %2").arg(column.name, nmaeText(column.result->nmae).mid(5));
        if (!oneDomain) // one caption, several definitions: each number has its own
            errors.back() += QStringLiteral(" (over %1)").arg(nmaeDomain(*column.result));
    }
    const auto& first = columns.front();
    const auto& row = first.result->rows[static_cast<std::size_t>(first.row)];
    const auto of = sameTargets(columns) ? QStringLiteral(" of %1").arg(targetText(first))
                                         : QStringLiteral(" of each model's target");
    figure.title = titleOf(figure.view, treatment) + of;
    const auto legend = mode ? QStringLiteral(" E|P: token and position embeddings; rightmost "
                                              "columns: MLP, attention bias and MLP bias.")
                             : QString();
    figure.caption = QStringLiteral("%1 at position %2 of %3, for %4.%6 NMAE%7: %5.")
                         .arg(figure.title, QString::number(row.position.value), quoted(prompt),
                              modelsText(columns), errors.join(QStringLiteral(", ")), legend,
                              oneDomain ? QStringLiteral(" over ") + domain : QString());
}

/// Of a sample, at a position from the start or, when negative, from the end.
int findRow(const ResultReader& reader, const DlaResult& result, const ViewSettings& settings) {
    const int sample = settings.number(QStringLiteral("sample")).value_or(0);
    const auto position = settings.number(QStringLiteral("position"));
    const auto& rows = result.rows;
    const auto last = std::find_if(rows.rbegin(), rows.rend(),
                                   [&](const auto& row) { return row.sample == sample; });
    if (last == rows.rend())
        throw UsageError("--sample " + std::to_string(sample),
                         "is not in " + reader.path().string());
    const int end = last->position.value;
    const int wanted = !position ? end : *position >= 0 ? *position : end + 1 + *position;
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
        return row.sample == sample && row.position.value == wanted;
    });
    if (found == rows.end())
        throw UsageError("--position " + std::to_string(position.value_or(0)),
                         reader.path().string() + " has no result at this position of sample " +
                             std::to_string(sample));
    return static_cast<int>(found - rows.begin());
}

Figure figureOfFile(const ResultReader& reader, const FigureRequest& request) {
    std::vector<AttributionColumn> columns;
    for (const auto& [name, result] : resultsOf<DlaAnalysis>(reader, request)) {
        AttributionColumn column{name, result, findRow(reader, *result, request.settings), {}, {}};
        const auto place = columns.size();
        column.target = QString::fromStdString(
            DlaAnalysis::targetTexts(reader, place, *result)[static_cast<std::size_t>(column.row)]);
        if (const auto& versus = result->request.versus)
            column.versus = QString::fromStdString(
                reader.file().hasAttribute(reader.modelGroup(place), "versus_text")
                    ? reader.file().textAttribute(reader.modelGroup(place), "versus_text")
                    : label(*versus));
        columns.push_back(std::move(column));
    }
    const auto stored = reader.tokens();
    const int sample = request.settings.number(QStringLiteral("sample")).value_or(0);
    QString prompt;
    for (const auto& text : stored.texts.at(static_cast<std::size_t>(sample)))
        prompt += QString::fromStdString(text);
    return AttributionViews::figure(columns, {prompt}, request,
                                    fileProvenance<DlaAnalysis>(reader));
}

} // namespace

TableFigure contributorTable(const std::vector<AttributionColumn>& columns,
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
    return {workspace.state().prompt.text, positionText(workspace)};
}

QString AttributionViews::verdict(const std::vector<Column>& all, const Shown& shown) {
    std::vector<Column> columns;
    for (const auto& column : all)
        if (column.hasRow())
            columns.push_back(column);
    if (columns.empty())
        return {};
    const auto found = [](const Column& c) { return misjudgement(*c.result, c.row); };
    return QObject::tr("%1at position %2, DLA misjudges heads by %3 % and MLPs by %4 %; %5 of %6 "
                       "heads and MLPs change sign")
        .arg(
            whose(columns), shown.position,
            ofEach(columns, [&](const Column& c) { return plainPercent(found(c).heads); }),
            ofEach(columns, [&](const Column& c) { return plainPercent(found(c).mlps); }),
            ofEach(columns, [&](const Column& c) { return QString::number(found(c).signChanges); }),
            ofAll(columns, [&](const Column& c) { return QString::number(found(c).compared); }));
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
    if (shown.hasRow())
        shown.target = plainText(answer.result->rows[static_cast<std::size_t>(shown.row)].target);
    if (const auto& versus = answer.result->request.versus)
        shown.versus = plainText(*versus);
    return shown;
}

void AttributionViews::ask(const Workspace& workspace, FigureRequest& request) {
    request.settings.set(QStringLiteral("position"), workspace.state().position);
}

ColourScale AttributionViews::scale(const QString& view, const std::vector<Column>&, const Shown&) {
    ColourScale scale;
    scale.map = modeOf(view) == ViewMode::Error ? ColourMap::Sequential : ColourMap::Diverging;
    scale.unit = QStringLiteral("logits");
    return scale;
}

std::vector<FigurePanel>
AttributionViews::panels(const QString& view, const std::vector<Column>& columns, const Shown&) {
    const auto mode = modeOf(view);
    std::vector<FigurePanel> panels;
    for (const auto& column : columns) {
        auto panel = namedPanel(column.name, column.result->model);
        if (column.hasRow())
            panel.notes << QStringLiteral("position %1")
                               .arg(column.result->rows[static_cast<std::size_t>(column.row)]
                                        .position.value);
        if (!sameTargets(columns))
            panel.notes << QStringLiteral("target %1").arg(targetText(column));
        // What is said under a plot is of what it shows; NMAE has its own domain beside it.
        if (column.hasRow() && (!mode || *mode == ViewMode::Error)) {
            const auto found = misjudgement(*column.result, column.row);
            panel.notes << headsText(found) << mlpsText(found) << signsText(found);
        }
        if (const auto& nmae = column.result->nmae; mode == ViewMode::Error && nmae.known)
            panel.notes << QString(nmaeText(nmae) + QLatin1Char(' ') + nmaeInterval(nmae)).trimmed()
                        << nmaeExtent(*column.result);
        if (mode)
            panel.content = heatmapOf(column, *mode);
        else
            panel.content = ScatterFigure{attributionScatter(*column.result, column.row), 1.0, {}};
        panels.push_back(std::move(panel));
    }
    return panels;
}

Figure AttributionViews::figure(const std::vector<Column>& columns, const Shown& shown,
                                const FigureRequest& request, const Provenance& provenance) {
    Figure figure;
    figure.view = request.view;
    figure.provenance = provenance;
    describe(figure, columns, shown.prompt);
    if (request.view == contributors) {
        FigurePanel panel;
        const auto treatment = treatmentOf(columns);
        panel.notes << QStringLiteral("DLA: %1 · direct effect: %2 · error: |DLA − direct effect| "
                                      "· all in logits")
                           .arg(QString::fromStdString(treatment.frozen()),
                                QString::fromStdString(treatment.recomputed()));
        panel.content = contributorTable(columns, request.difference);
        figure.panels.push_back(std::move(panel));
        return figure;
    }
    addCompared(figure, panels(request.view, columns, shown), scale(request.view, columns, shown),
                request);
    setPins(figure, request.pins);
    return figure;
}

Treatment treatmentOf(const std::vector<AttributionColumn>& columns) {
    Treatment treatment;
    for (const auto& column : columns)
        treatment.add(column.result->model.normalization);
    return treatment;
}

FigureKind attributionKind(const Treatment& treatment) {
    const auto sample = sampleSetting(), position = positionSetting();
    const QStringList both{sample.name, position.name};
    return {QString::fromLatin1(DlaAnalysis::kind),
            QObject::tr("&Attribution"),
            {{viewOf(ViewMode::Dla),
              QStringLiteral("heatmap of %1").arg(modeTitle(ViewMode::Dla, treatment)), both},
             {viewOf(ViewMode::DirectEffect),
              QStringLiteral("heatmap of the %1").arg(modeTitle(ViewMode::DirectEffect, treatment)),
              both},
             {viewOf(ViewMode::Error),
              QStringLiteral("heatmap of |DLA − direct effect|, with NMAE"), both},
             {AttributionViews::scatter, QStringLiteral("DLA against direct effect"), both},
             {AttributionViews::contributors, QStringLiteral("table of the largest contributors"),
              both}},
            {sample, position},
            figureOfFile};
}

} // namespace residuum
