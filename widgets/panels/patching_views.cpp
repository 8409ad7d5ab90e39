#include "widgets/panels/patching_views.h"

#include "widgets/figure/nothing_to_draw.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/edge_views.h"
#include "widgets/panels/patching_board.h"
#include "widgets/panels/patching_means.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/grid_fold.h"
#include "widgets/prompt/token_display.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// A prefix that is shorter is shown: its tokens have room.
constexpr int leastFolded = 20;

/// What a view's heatmaps show: a method's values, or the estimate minus exact.
struct Part {
    PatchMethod method;
    bool isError = false;

    QString title() const {
        return isError ? methodTitle(method) + QStringLiteral(" − exact") : methodTitle(method);
    }
};

std::vector<Part> partsOf(const QString& view, PatchMethod estimate) {
    if (view == PatchingViews::both)
        return {{PatchMethod::Exact}, {estimate}};
    if (view == PatchingViews::error)
        return {{estimate, true}};
    return {{view == PatchingViews::exact ? PatchMethod::Exact : estimate}};
}

/// Else it shows points or a table.
bool hasHeatmaps(const QString& view) {
    return view != PatchingViews::agreement && view != PatchingViews::layers &&
           view != PatchingViews::improvement;
}

/// Places of the pairs shown, from 0, whose own values cannot be divided by their gap. Maps of
/// means have ratios of means instead.
QStringList withoutGap(const PatchColumn& column, const QString& name, const PatchView& view) {
    QStringList places;
    if (view.normalised && (view.prompt || name == PatchingViews::agreement))
        for (const auto prompt : promptsWithoutGap(*column.result))
            if (!view.prompt || static_cast<std::size_t>(*view.prompt) == prompt)
                places << QString::number(prompt);
    return places;
}

/// A sentence for the caption; empty where every gap is there.
QString gapsMissing(const std::vector<PatchColumn>& columns, const QString& name,
                    const PatchView& view) {
    QStringList models;
    for (const auto& column : columns)
        if (auto places = withoutGap(column, name, view); !places.isEmpty()) {
            const auto count = places.size();
            if (count > 20)
                places = places.mid(0, 20) << QStringLiteral("…");
            models << QStringLiteral("%1: %2 of %3 (sample %4)")
                          .arg(column.name, QString::number(count),
                               QString::number(column.result->cleanMetric.size()),
                               places.join(QStringLiteral(", ")));
        }
    return models.isEmpty()
               ? QString()
               : QStringLiteral(" Undefined and left out, because m(clean) and m(corrupted) "
                                "differ by no more than rounding, or by 1e-4 of the median "
                                "pair's: %1.")
                     .arg(models.join(QStringLiteral("; ")));
}

/// What is patched: "resid_pre", "z at position 14", "z at position S2".
QString siteText(const PatchResult& result, const PatchView& view) {
    const auto site = QString::fromStdString(std::string(name(view.site)));
    const auto axes = axesOf(view.site);
    return axes.head && axes.pos
               ? QStringLiteral("%1 at position %2").arg(site, positionName(result, view))
               : site;
}

bool hasPositionColumns(PatchSite site) {
    const auto axes = axesOf(site);
    return axes.pos && !axes.head && !axes.neuron;
}

FigurePanel panelOf(const PatchColumn& column, const QString& name, const PatchView& view) {
    auto panel = namedPanel(column.name, column.result->model);
    if (const auto flat = withoutGap(column, name, view); !flat.isEmpty())
        panel.notes << QStringLiteral("%1 of %2 pairs undefined")
                           .arg(flat.size())
                           .arg(column.result->cleanMetric.size());
    return panel;
}

HeatmapFigure heatmapOf(const PatchResult& result, const Part& part, const PatchView& view,
                        const QStringList& tokens) {
    HeatmapData data{
        patchGrid(result, view, tokens),
        part.isError ? errorValues(result, view) : patchValues(result, part.method, view),
        {},
        part.isError ? errorMeans(result, view) : patchMeans(result, part.method, view)};
    if (hasPositionColumns(view.site) && !showsMean(result, view))
        foldColumns(data, view.folded);
    return {std::move(data), {}};
}

/// "mean of 480 pairs", where it is one; "mean of 80 of 480 pairs" while others are to come.
void noteMean(FigurePanel& panel, const PatchResult& result, PatchMethod method,
              const PatchView& view) {
    const auto* grid = result.find(method, view.site);
    const auto all = result.cleanMetric.size();
    if (!showsMean(result, view) || all < 2)
        return;
    const auto there = grid == nullptr ? 0 : pairsThere(result, *grid);
    panel.notes << (there == all ? meanText(result)
                                 : QStringLiteral("mean of %1 of %2 pairs").arg(there).arg(all));
}

FigurePanel scatterPanel(const PatchColumn& column, const PatchView& view,
                         const QStringList& tokens) {
    auto panel = panelOf(column, PatchingViews::agreement, view);
    const auto agreement = agreementOf(*column.result, view);
    if (agreement) {
        const auto domain = domainText(*agreement, *column.result, view);
        panel.notes << agreementText(*agreement);
        if (const auto over = pairAgreement(*column.result, view))
            panel.notes << intervalsText(*over);
        noteMean(panel, *column.result, PatchMethod::Exact, view);
        if (column.result->request.cells.top > 0)
            panel.notes << domain;
        panel.key << correlationText(agreement->pearson) << correlationText(agreement->spearman)
                  << threeDigits(agreement->meanError) << domain;
        panel.remarks << worstText(*agreement, *column.result, view);
    }
    auto scatter = agreement ? agreementScatter(*column.result, view, tokens) : ScatterData();
    if (view.estimate != PatchMethod::AtpStar) // whose points are magnitudes of means
        addIntervals(scatter, patchGrid(*column.result, view, tokens),
                     patchMeans(*column.result, PatchMethod::Exact, view).get(),
                     patchMeans(*column.result, view.estimate, view).get());
    panel.content = ScatterFigure{std::move(scatter), 1.0, {}};
    return panel;
}

/// What a table or chart is about.
QStringList agreementNotes(const std::vector<PatchColumn>& columns, const PatchView& view) {
    const auto& result = *columns.front().result;
    QStringList notes{QStringLiteral("%1 against exact patching, %2; %3")
                          .arg(methodTitle(view.estimate),
                               siteTitle(view.site, positionName(result, view)),
                               patchConventions(result.request))};
    if (showsMean(result, view) && result.cleanMetric.size() > 1)
        notes << QStringLiteral("%1, 95 % interval, %2")
                     .arg(meanText(result), resamplingText(result.request));
    return notes;
}

/// Σ |exact − estimate| per layer.
void addLayers(Figure& figure, const std::vector<PatchColumn>& columns, const PatchView& view) {
    TableFigure table;
    table.rowTitle = QStringLiteral("layer");
    for (const auto& column : columns)
        addLayerColumns(table, column.name, *column.result, view);
    if (table.columns.empty())
        return;
    FigurePanel panel;
    panel.notes = agreementNotes(columns, view);
    panel.content = std::move(table);
    figure.panels.push_back(std::move(panel));
}

/// Of two models, over pairs: those asked for, else the last two.
void addImprovement(Figure& figure, const std::vector<PatchColumn>& columns, const PatchView& view,
                    const std::optional<std::pair<int, int>>& asked) {
    const auto count = static_cast<int>(columns.size());
    if (count < 2)
        throw NothingToDraw("compares two models' estimates, and there is one model only");
    const auto [first, second] = asked.value_or(std::pair(count - 2, count - 1));
    const auto &a = columns.at(static_cast<std::size_t>(first)),
               &b = columns.at(static_cast<std::size_t>(second));
    const auto ofA = pairAgreement(*a.result, view), ofB = pairAgreement(*b.result, view);
    if (!ofA || !ofB)
        throw NothingToDraw("needs exact patching and its estimate of several pairs, and "
                            "--bootstrap above 0");
    if (ofA->layerErrors.values.cols() != ofB->layerErrors.values.cols())
        throw NothingToDraw("compares layer by layer, and the models have different ones");
    auto panels = improvementPanels(differenceName(a.name, b.name), improvementOf(*ofA, *ofB),
                                    patchUnit(*a.result, view));
    panels.back().notes = agreementNotes(columns, view);
    addPanels(figure, std::move(panels));
}

void describe(Figure& figure, const std::vector<PatchColumn>& columns, const PatchView& view,
              const QString& prompt) {
    const auto& result = *columns.front().result;
    const auto conventions = patchConventions(result.request);
    const auto where = siteTitle(view.site, positionName(result, view));
    const auto estimate = methodTitle(view.estimate);
    const auto what = figure.view == PatchingViews::exact      ? methodTitle(PatchMethod::Exact)
                      : figure.view == PatchingViews::estimate ? estimate
                      : figure.view == PatchingViews::error
                          ? estimate + QStringLiteral(" minus exact patching")
                      : figure.view == PatchingViews::improvement
                          ? QStringLiteral("Σ |error| of ") + estimate +
                                QStringLiteral(" per layer, one model's minus another's,")
                          : estimate + QStringLiteral(" and exact patching");
    figure.quantity = conventions;
    figure.title = QStringLiteral("%1 of %2, %3").arg(what, where, conventions);
    const auto pairs = result.cleanMetric.size();
    figure.caption =
        QStringLiteral("%1 of %2 for %3. Direction and metric: %4; values are m(patched) − "
                       "m(base)%5. %6%7")
            .arg(what.left(1).toUpper() + what.mid(1), where, modelsText(columns), conventions,
                 view.normalised ? QStringLiteral(" divided by m(clean) − m(corrupted)")
                                 : QString(),
                 pairs > 1 && !view.prompt ? meanCaption(result, view) : prompt,
                 gapsMissing(columns, figure.view, view));
}

EdgeView edgeView(const PatchView& view) {
    return {view.estimate, view.topEdges};
}

} // namespace

int equalPrefix(const std::vector<TokenId>& clean, const std::vector<TokenId>& corrupt) {
    return static_cast<int>(
        std::mismatch(clean.begin(), clean.end(), corrupt.begin(), corrupt.end()).first -
        clean.begin());
}

std::vector<FigurePanel>
PatchingViews::panels(const QString& view, const std::vector<Column>& columns, const Shown& shown) {
    if (EdgeViews::has(view))
        return EdgeViews::panels(view, columns, edgeView(shown.view));
    std::vector<FigurePanel> panels;
    if (!hasHeatmaps(view)) {
        for (const auto& column : columns)
            panels.push_back(scatterPanel(column, shown.view, shown.tokens));
        return panels;
    }
    for (const auto& part : partsOf(view, shown.view.estimate))
        for (const auto& column : columns) {
            auto panel = panelOf(column, view, shown.view);
            panel.what = part.title();
            panel.notes << panel.what << siteText(*column.result, shown.view);
            noteMean(panel, *column.result, part.isError ? PatchMethod::Exact : part.method,
                     shown.view);
            if (const int top = column.result->request.cells.top;
                top > 0 && (part.isError || part.method == PatchMethod::Exact))
                panel.notes << QStringLiteral("top %1 cells by |estimate|").arg(top);
            panel.content = heatmapOf(*column.result, part, shown.view, shown.tokens);
            panels.push_back(std::move(panel));
        }
    return panels;
}

ColourScale PatchingViews::scale(const QString&, const std::vector<Column>& columns,
                                 const Shown& shown) {
    ColourScale scale;
    if (!columns.empty())
        scale.unit = patchUnit(*columns.front().result, shown.view);
    return scale;
}

Figure PatchingViews::figure(const std::vector<Column>& columns, const Shown& shown,
                             const FigureRequest& request, const Provenance& provenance) {
    const auto& view = shown.view;
    if (EdgeViews::has(request.view))
        return EdgeViews::figure(columns, edgeView(view), shown.prompt, request, provenance);
    Figure figure;
    figure.view = request.view;
    figure.provenance = provenance;
    describe(figure, columns, view, shown.prompt);
    if (request.view == PatchingViews::layers) {
        addLayers(figure, columns, view);
    } else if (request.view == PatchingViews::improvement) {
        addImprovement(figure, columns, view, request.difference);
    } else {
        addCompared(figure, panels(request.view, columns, shown),
                    scale(request.view, columns, shown), request);
        if (view.folded > 1 && hasHeatmaps(request.view) && hasPositionColumns(view.site))
            figure.caption += QStringLiteral(" The first %1 positions, which are equal in both "
                                             "prompts, are one column.")
                                  .arg(view.folded);
        if (!hasHeatmaps(request.view) && !figure.panels.empty()) // once: it is the same for all
            figure.panels.front().notes << siteText(*columns.front().result, view)
                                        << patchConventions(columns.front().result->request);
    }
    if (figure.panels.empty())
        throw NothingToDraw("there is no result of this site and method to draw");
    setPins(figure, request.pins);
    return figure;
}

PatchView patchViewOf(const Workspace& workspace) {
    const auto& settings = workspace.board<PatchingBoard>().settings();
    const auto& state = workspace.state();
    if (workspace.asksMean())
        return {settings.site, settings.estimate, state.position, {}, settings.normalised, 0};
    const int prefix = equalPrefix(state.prompt.tokens, state.corrupt.tokens);
    return {settings.site,       settings.estimate,
            state.position,      0,
            settings.normalised, settings.unfolded || prefix < leastFolded ? 0 : prefix,
            settings.topEdges};
}

QStringList commonTokens(const std::vector<TokenSequence>& prompts,
                         const std::function<QString(std::size_t position)>& quoted) {
    QStringList texts;
    for (std::size_t at = 0; at < prompts.front().tokens.size(); ++at) {
        const auto token = prompts.front().tokens[at];
        const bool same = std::all_of(prompts.begin(), prompts.end(), [&](const auto& prompt) {
            return at < prompt.tokens.size() && prompt.tokens[at] == token;
        });
        texts << (same ? quoted(at) : QString());
    }
    return texts;
}

QStringList promptTokens(const Workspace& workspace) {
    QStringList texts;
    const auto tokenizer = workspace.tokenizer();
    if (workspace.asksMean()) {
        const auto set = workspace.askedSet();
        if (!set)
            return texts;
        const auto& prompts = set->pairs->tokens.clean.sequences;
        return commonTokens(prompts, [&](std::size_t at) {
            return quotedToken(tokenizer.get(), prompts.front().tokens[at]);
        });
    }
    for (const auto token : workspace.state().prompt.tokens)
        texts << quotedToken(tokenizer.get(), token);
    return texts;
}

PatchingViews::Shown PatchingViews::shown(const Workspace& workspace, const QString&) {
    const auto& state = workspace.state();
    return {patchViewOf(workspace), promptTokens(workspace),
            workspace.asksMean() ? QString() : pairText(state.prompt.text, state.corrupt.text)};
}

std::optional<PatchColumn> PatchingViews::column(const Workspace& workspace,
                                                 const ModelColumn& column,
                                                 const Board<PatchAnalysis>::ColumnAnswer& answer) {
    const auto& board = workspace.board<PatchingBoard>();
    const auto& settings = board.settings();
    const bool isThere = isOfEdges(settings.estimate)
                             ? edgesOf(*answer.result, settings.estimate) != nullptr
                             : answer.result->find(PatchMethod::Exact, settings.site) != nullptr;
    if (!board.whyOther(column).isEmpty() || !isThere)
        return std::nullopt;
    return PatchColumn{column.name, answer.result};
}

void PatchingViews::ask(const Workspace& workspace, FigureRequest& request) {
    const auto view = patchViewOf(workspace);
    if (EdgeViews::has(request.view)) {
        request.settings.set(QStringLiteral("method"), QString::fromStdString(name(view.estimate)));
        if (request.view == EdgeViews::graph || request.view == EdgeViews::ranked)
            request.settings.set(QString(EdgeViews::topSetting), view.topEdges);
        request.limit.reset();
        return;
    }
    request.settings.set(QStringLiteral("site"), QString::fromStdString(name(view.site)));
    request.settings.set(QStringLiteral("method"), QString::fromStdString(name(view.estimate)));
    if (view.normalised)
        request.settings.setFlag(QStringLiteral("normalised"));
    request.settings.set(QStringLiteral("position"), view.position);
    if (view.folded > 1 && hasHeatmaps(request.view) && hasPositionColumns(view.site))
        request.settings.setFlag(PatchingViews::fold);
    if (!hasHeatmaps(request.view))
        request.limit.reset();
}

} // namespace residuum
