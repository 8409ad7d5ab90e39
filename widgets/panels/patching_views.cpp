#include "widgets/panels/patching_views.h"

#include "widgets/figure/shared_axes.h"
#include "widgets/panels/patching_board.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/grid_fold.h"
#include "widgets/prompt/token_display.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

const QString foldName = QStringLiteral("fold");
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

/// Places of the pairs shown, from 0, whose values cannot be divided by their gap.
QStringList withoutGap(const PatchColumn& column, const PatchView& view) {
    QStringList places;
    if (view.normalised)
        for (const auto prompt : promptsWithoutGap(*column.result))
            if (!view.prompt || static_cast<std::size_t>(*view.prompt) == prompt)
                places << QString::number(prompt);
    return places;
}

/// A sentence for the caption; empty where every gap is there.
QString gapsMissing(const std::vector<PatchColumn>& columns, const PatchView& view) {
    QStringList models;
    for (const auto& column : columns)
        if (auto places = withoutGap(column, view); !places.isEmpty()) {
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
                                "differ by no more than rounding: %1.")
                     .arg(models.join(QStringLiteral("; ")));
}

/// What is patched: "resid_pre", "z at position 14".
QString siteText(const PatchView& view) {
    const auto site = QString::fromStdString(std::string(name(view.site)));
    const auto axes = axesOf(view.site);
    return axes.head && axes.pos ? QStringLiteral("%1 at position %2").arg(site).arg(view.position)
                                 : site;
}

bool hasPositionColumns(PatchSite site) {
    const auto axes = axesOf(site);
    return axes.pos && !axes.head && !axes.neuron;
}

/// How many tokens at the front both prompts have.
int equalPrefix(const std::vector<TokenId>& clean, const std::vector<TokenId>& corrupt) {
    return static_cast<int>(
        std::mismatch(clean.begin(), clean.end(), corrupt.begin(), corrupt.end()).first -
        clean.begin());
}

FigurePanel panelOf(const PatchColumn& column, const PatchView& view) {
    auto panel = namedPanel(column.name, column.result->model);
    if (const auto flat = withoutGap(column, view); !flat.isEmpty())
        panel.notes << QStringLiteral("%1 of %2 pairs undefined")
                           .arg(flat.size())
                           .arg(column.result->cleanMetric.size());
    return panel;
}

HeatmapFigure heatmapOf(const PatchResult& result, const Part& part, const PatchView& view,
                        const QStringList& tokens) {
    HeatmapData data{patchGrid(result, view, tokens),
                     part.isError ? errorValues(result, view)
                                  : patchValues(result, part.method, view),
                     {}};
    if (hasPositionColumns(view.site))
        foldColumns(data, view.folded);
    return {std::move(data), {}};
}

FigurePanel scatterPanel(const PatchColumn& column, const PatchView& view,
                         const QStringList& tokens) {
    auto panel = panelOf(column, view);
    const auto agreement = agreementOf(*column.result, view);
    if (agreement) {
        const auto domain = domainText(*agreement, *column.result, view);
        panel.notes << agreementText(*agreement);
        if (column.result->request.cells.top > 0)
            panel.notes << domain;
        panel.key << correlationText(agreement->pearson) << correlationText(agreement->spearman)
                  << threeDigits(agreement->meanError) << domain;
        for (const bool numbers : {false, true})
            panel.remarks << worstText(*agreement, *column.result, view, numbers);
    }
    panel.content = ScatterFigure{
        agreement ? agreementScatter(*column.result, view, tokens) : ScatterData(), 1.0, {}};
    return panel;
}

/// Σ |exact − estimate| per layer, mean and standard deviation over pairs.
void addLayers(Figure& figure, const std::vector<PatchColumn>& columns, const PatchView& view) {
    TableFigure table;
    table.rowTitle = QStringLiteral("layer");
    for (const auto& column : columns) {
        const auto agreement = agreementOf(*column.result, view);
        if (!agreement || agreement->layerError.empty())
            continue;
        const auto unit = patchUnit(*column.result, view);
        table.rows.clear();
        for (std::size_t layer = 0; layer < agreement->layerError.size(); ++layer)
            table.rows << QString::number(layer);
        table.columns.push_back(
            {column.name, QStringLiteral("Σ |error|"), unit, agreement->layerError});
        if (column.result->cleanMetric.size() > 1)
            table.columns.push_back(
                {column.name, QStringLiteral("sd"), unit, agreement->layerErrorDeviation});
    }
    if (table.columns.empty())
        return;
    FigurePanel panel;
    panel.notes << QStringLiteral("%1 against exact patching, %2; %3")
                       .arg(methodTitle(view.estimate), siteTitle(view.site),
                            patchConventions(columns.front().result->request));
    panel.content = std::move(table);
    figure.panels.push_back(std::move(panel));
}

void describe(Figure& figure, const std::vector<PatchColumn>& columns, const PatchView& view,
              const QString& prompt) {
    const auto& result = *columns.front().result;
    const auto conventions = patchConventions(result.request);
    auto where = siteTitle(view.site);
    if (axesOf(view.site).head && axesOf(view.site).pos)
        where += QStringLiteral(" (%1)").arg(view.position);
    const auto estimate = methodTitle(view.estimate);
    const auto what = figure.view == PatchingViews::exact      ? methodTitle(PatchMethod::Exact)
                      : figure.view == PatchingViews::estimate ? estimate
                      : figure.view == PatchingViews::error
                          ? estimate + QStringLiteral(" minus exact patching")
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
                 pairs > 1 && !view.prompt
                     ? QStringLiteral("Mean over %1 pairs of prompts.").arg(pairs)
                     : prompt,
                 gapsMissing(columns, view));
}

/// The site and estimate asked for, or the file's first.
PatchView viewOfFile(const PatchResult& result, const ViewSettings& settings,
                     const std::filesystem::path& file) {
    if (result.grids.empty())
        throw Error(file.string(), "holds edges or paths only, which have no figures");
    PatchView view;
    const auto site = settings.text(QStringLiteral("site"));
    const auto method = settings.text(QStringLiteral("method"));
    view.site = site.isEmpty() ? result.grids.front().site
                               : parseName<PatchSite>(site.toStdString(), "--site");
    if (!method.isEmpty())
        view.estimate = parseName<PatchMethod>(method.toStdString(), "--method");
    else if (const auto found =
                 std::find_if(result.grids.begin(), result.grids.end(),
                              [](const auto& grid) { return grid.method != PatchMethod::Exact; });
             found != result.grids.end())
        view.estimate = found->method;
    const auto pairs = static_cast<int>(result.cleanMetric.size());
    const auto sample = settings.number(QStringLiteral("sample"));
    if (sample && *sample >= pairs)
        throw UsageError("--sample " + std::to_string(*sample), file.string() + " holds " +
                                                                    std::to_string(pairs) +
                                                                    " pairs, numbered from 0");
    view.prompt = pairs == 1 ? std::optional(0) : sample;
    view.normalised = settings.flag(QStringLiteral("normalised"));
    return view;
}

QString pairText(const QString& clean, const QString& corrupt) {
    return QStringLiteral("Clean: “%1”. Corrupted: “%2”.").arg(clean, corrupt);
}

Figure figureOfFile(const ResultReader& reader, const FigureRequest& request) {
    const auto columns = resultsOf<PatchAnalysis>(reader, request);
    auto view = viewOfFile(*columns.front().result, request.settings, reader.path());
    QStringList tokens;
    QString prompt;
    if (request.settings.flag(foldName) && !view.prompt)
        throw UsageError("--fold", "the mean over pairs has no prefix that is equal in both "
                                   "prompts; choose one pair with --sample");
    if (view.prompt) {
        const auto place = static_cast<std::size_t>(*view.prompt);
        QString clean, corrupt;
        const auto cleanTokens = reader.tokens("clean"), corruptTokens = reader.tokens("corrupt");
        for (const auto& text : cleanTokens.texts.at(place)) {
            tokens << QStringLiteral("“%1”").arg(QString::fromStdString(text));
            clean += QString::fromStdString(text);
        }
        for (const auto& text : corruptTokens.texts.at(place))
            corrupt += QString::fromStdString(text);
        if (request.settings.flag(foldName))
            view.folded = equalPrefix(cleanTokens.input.sequences.at(place).tokens,
                                      corruptTokens.input.sequences.at(place).tokens);
        prompt = pairText(clean, corrupt);
    }
    const int length = tokens.isEmpty() ? static_cast<int>(reader.file().shape("/clean").back())
                                        : static_cast<int>(tokens.size());
    const int wanted = request.settings.number(QStringLiteral("position")).value_or(-1);
    view.position = wanted < 0 ? length + wanted : wanted;
    if (view.position < 0 || view.position >= length)
        throw UsageError("--position " + std::to_string(wanted),
                         "positions run from 0 to " + std::to_string(length - 1));
    return PatchingViews::figure(columns, {view, tokens, prompt}, request,
                                 fileProvenance<PatchAnalysis>(reader));
}

/// Else it shows points or a table.
bool hasHeatmaps(const QString& view) {
    return view != PatchingViews::agreement && view != PatchingViews::layers;
}

} // namespace

std::vector<FigurePanel>
PatchingViews::panels(const QString& view, const std::vector<Column>& columns, const Shown& shown) {
    std::vector<FigurePanel> panels;
    if (!hasHeatmaps(view)) {
        for (const auto& column : columns)
            panels.push_back(scatterPanel(column, shown.view, shown.tokens));
        return panels;
    }
    for (const auto& part : partsOf(view, shown.view.estimate))
        for (const auto& column : columns) {
            auto panel = panelOf(column, shown.view);
            panel.what = part.title();
            panel.notes << panel.what << siteText(shown.view);
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
    Figure figure;
    figure.view = request.view;
    figure.provenance = provenance;
    describe(figure, columns, view, shown.prompt);
    if (request.view == PatchingViews::layers) {
        addLayers(figure, columns, view);
    } else {
        addCompared(figure, panels(request.view, columns, shown),
                    scale(request.view, columns, shown), request);
        if (view.folded > 1 && hasHeatmaps(request.view) && hasPositionColumns(view.site))
            figure.caption += QStringLiteral(" The first %1 positions, which are equal in both "
                                             "prompts, are one column.")
                                  .arg(view.folded);
        if (!hasHeatmaps(request.view) && !figure.panels.empty()) // once: it is the same for all
            figure.panels.front().notes << siteText(view)
                                        << patchConventions(columns.front().result->request);
    }
    if (figure.panels.empty())
        throw Error("the figure", "there is no result of this site and method to draw");
    setPins(figure, request.pins);
    return figure;
}

PatchView patchViewOf(const Workspace& workspace) {
    const auto& settings = workspace.board<PatchingBoard>().settings();
    const auto& state = workspace.state();
    const int prefix = equalPrefix(state.prompt.tokens, state.corrupt.tokens);
    return {settings.site,       settings.estimate,
            state.position,      0,
            settings.normalised, settings.unfolded || prefix < leastFolded ? 0 : prefix};
}

QStringList promptTokens(const Workspace& workspace) {
    QStringList texts;
    const auto tokenizer = workspace.tokenizer();
    for (const auto token : workspace.state().prompt.tokens)
        texts << quotedToken(tokenizer.get(), token);
    return texts;
}

PatchingViews::Shown PatchingViews::shown(const Workspace& workspace, const QString&) {
    const auto& state = workspace.state();
    return {patchViewOf(workspace), promptTokens(workspace),
            pairText(state.prompt.text, state.corrupt.text)};
}

std::optional<PatchColumn> PatchingViews::column(const Workspace& workspace,
                                                 const ModelColumn& column,
                                                 const Board<PatchAnalysis>::ColumnAnswer& answer) {
    const auto& board = workspace.board<PatchingBoard>();
    if (!board.whyOther(column).isEmpty() ||
        answer.result->find(PatchMethod::Exact, board.settings().site) == nullptr)
        return std::nullopt;
    return PatchColumn{column.name, answer.result};
}

void PatchingViews::ask(const Workspace& workspace, FigureRequest& request) {
    const auto view = patchViewOf(workspace);
    request.settings.set(QStringLiteral("site"), QString::fromStdString(name(view.site)));
    request.settings.set(QStringLiteral("method"), QString::fromStdString(name(view.estimate)));
    if (view.normalised)
        request.settings.setFlag(QStringLiteral("normalised"));
    request.settings.set(QStringLiteral("position"), view.position);
    if (view.folded > 1 && hasHeatmaps(request.view) && hasPositionColumns(view.site))
        request.settings.setFlag(foldName);
    if (!hasHeatmaps(request.view))
        request.limit.reset();
}

FigureKind patchingKind() {
    ViewSetting site{QStringLiteral("site"), ViewSetting::Type::Text,
                     QStringLiteral("of a patch result, e.g. z_all_pos")};
    site.title = QStringLiteral("site that is patched");
    for (const auto each : allPatchSites())
        site.values.push_back({QString::fromStdString(name(each)), siteTitle(each)});
    ViewSetting method{QStringLiteral("method"), ViewSetting::Type::Text,
                       QStringLiteral("the estimate shown beside a patch result's exact values")};
    method.title = QStringLiteral("estimate shown beside exact patching");
    for (const auto each :
         {PatchMethod::Attribution, PatchMethod::IntegratedGradients, PatchMethod::AtpStar})
        method.values.push_back({QString::fromStdString(name(each)), methodTitle(each)});
    ViewSetting normalised{
        QStringLiteral("normalised"), ViewSetting::Type::Flag,
        QStringLiteral("patching: divided by metric(clean) - metric(corrupted)")};
    normalised.title = QStringLiteral("&normalised");
    normalised.otherName = QStringLiteral("normalized");
    const ViewSetting fold{foldName, ViewSetting::Type::Flag,
                           QStringLiteral("patching: the positions before the first in which the "
                                          "prompts of a pair differ as one column")};
    const std::vector<ViewSetting> settings{sampleSetting(), site, method, normalised,
                                            positionSetting()};
    QStringList names;
    for (const auto& setting : settings)
        names << setting.name;
    const auto ofMaps = names + QStringList{fold.name};
    auto all = settings;
    all.push_back(fold);
    using V = PatchingViews;
    return {QString::fromLatin1(PatchAnalysis::kind),
            QObject::tr("&Patching"),
            {{V::both, QStringLiteral("heatmaps of exact patching and its estimate"), ofMaps},
             {V::exact, QStringLiteral("heatmap of exact patching"), ofMaps},
             {V::estimate, QStringLiteral("heatmap of the estimate"), ofMaps},
             {V::error, QStringLiteral("heatmap of estimate minus exact"), ofMaps},
             {V::agreement, QStringLiteral("scatter of estimate against exact"), names},
             {V::layers, QStringLiteral("table of Σ |error| per layer"), names}},
            all,
            figureOfFile};
}

} // namespace residuum
