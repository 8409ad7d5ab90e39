#include "widgets/panels/patching_panel.h"

#include "widgets/panels/elided_label.h"
#include "widgets/panels/patching_offers.h"
#include "widgets/panels/patching_pair_editor.h"
#include "widgets/panels/settings_bar.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"

#include <QComboBox>
#include <QHBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace residuum {

namespace {

using Kind = PlotPage::Kind;

/// Where a thing is patched; empty: nowhere.
std::optional<PatchSite> siteOf(const Thing& thing) {
    if (const auto* component = std::get_if<Component>(&thing)) {
        if (component->kind == ComponentKind::Head)
            return PatchSite::ZAll;
        if (component->kind == ComponentKind::Mlp)
            return PatchSite::MlpOut;
    }
    return std::holds_alternative<Position>(thing) ? std::optional(PatchSite::ResidPre)
                                                   : std::nullopt;
}

/// Rows under the scatters.
enum { Pearson = 1, Spearman, Domain, Worst };

} // namespace

PatchingPanel::PatchingPanel(Workspace& workspace, QWidget* parent)
    : AnswersPanel(workspace, parent) {
    editor_ = new PairEditor(workspace);
    maps_ = addPage({{Kind::Name},
                     {Kind::Answer},
                     {Kind::Line},
                     {Kind::Line},
                     {Kind::Title},
                     {Kind::Heatmap, tr("exact patching of %1"), PatchingViews::exact},
                     {Kind::Title},
                     {Kind::Heatmap, tr("estimate of patching of %1"), PatchingViews::estimate},
                     {Kind::Title},
                     {Kind::Graph, tr("edges of %1"), EdgeViews::graph}},
                    Bar::Shown);
    scatters_ = addPage(
        {{Kind::Scatter, tr("estimate against exact patching of %1"), PatchingViews::agreement},
         {Kind::Line},
         {Kind::Line},
         {Kind::Line},
         {Kind::Line}},
        Bar::Room);
    const auto addChart = [this](QLatin1StringView view, const QString& name, const QString& tab) {
        charts_.push_back(addPage({{Kind::Chart, name, view, true}}, Bar::Room));
        details()->addTab(charts_.back(), tab);
    };
    addChart(EdgeViews::ranked, tr("largest edges of %1"), tr("Ranked edges"));
    details()->addTab(scatters_, tr("Estimate against exact"));
    addChart(EdgeViews::faithfulness, tr("faithfulness of circuits of %1"), tr("Faithfulness"));
    offers_ = new ExactOffers(answers());
    auto* settings = makeToolBar();
    settings_->addControl(offers_);
    layOut(QStringLiteral("patching"), {editor_, settings}, {300, 220});
    showMode();
    rebuild();
}

HeatmapView* PatchingPanel::exactHeatmap(int column) const {
    return maps_->plot<HeatmapView>(Exact, column);
}

HeatmapView* PatchingPanel::estimateHeatmap(int column) const {
    return maps_->plot<HeatmapView>(Lower, column);
}

ScatterView* PatchingPanel::scatter(int column) const {
    return scatters_->plot<ScatterView>(0, column);
}

QString PatchingPanel::agreementShown(int column) const {
    const auto* line = scatters_->line(Pearson, column);
    return line == nullptr ? QString() : line->fullText();
}

QString PatchingPanel::shownView() const {
    if (showsEdges_) {
        const auto* focus = focusWidget();
        const auto* page = dynamic_cast<const PlotPage*>(details()->currentWidget());
        return page != nullptr && focus != nullptr && focus->hasFocus() && page->isAncestorOf(focus)
                   ? page->view()
                   : QString(EdgeViews::graph);
    }
    return lower_->currentData().toString() == PatchingViews::error ? PatchingViews::error
                                                                    : PatchingViews::both;
}

void PatchingPanel::describeViews(std::vector<FigureView>& views) const {
    const auto columns = answered();
    const bool several = std::any_of(columns.begin(), columns.end(), [](const auto& column) {
        return column.result->cleanMetric.size() > 1;
    });
    if (!several) // what is over pairs
        std::erase_if(views,
                      [](const auto& view) { return view.name == PatchingViews::improvement; });
}

QString PatchingPanel::statusText() const {
    if (ofEdges())
        return {};
    const auto view = patchViewOf(workspace());
    std::optional<double> worst;
    QString unit;
    for (const auto* column : shown()) {
        const auto there = answered(*column);
        if (!there || !answers().answer(column->id)->complete())
            continue;
        unit = patchUnit(*there->result, view);
        for (const double error : errorValues(*there->result, view))
            if (std::isfinite(error))
                worst = std::max(worst.value_or(0.0), std::abs(error));
    }
    return worst ? tr("|%1 − exact| ≤ %2 %3 in every cell")
                       .arg(methodTitle(view.estimate), threeDigits(*worst), unit)
                 : QString();
}

QList<QAction*> PatchingPanel::viewActions() {
    auto* fold = new QAction(tr("F&old a long equal prefix of the prompts"), this);
    fold->setCheckable(true);
    const auto show = [this, fold] { fold->setChecked(!answers().settings().unfolded); };
    show();
    connect(&board(), &QuestionBoard::settingsChanged, fold, show);
    connect(fold, &QAction::triggered, this, [this](bool folds) {
        auto settings = answers().settings();
        settings.unfolded = !folds;
        answers().setSettings(settings);
        refresh();
    });
    return {fold};
}

void PatchingPanel::toggleError() {
    if (showsEdges_)
        return;
    lower_->setCurrentIndex(1 - lower_->currentIndex());
    refreshChoices();
    refresh();
}

QWidget* PatchingPanel::makeToolBar() {
    const auto kind = patchingKind();
    const auto& site = kind.setting(QStringLiteral("site"));
    const auto& method = kind.setting(QStringLiteral("method"));
    settings_ =
        new SettingsBar(settingsOf(edited_),
                        {{"site", site.title, site.values, tr("&site")},
                         {"estimate", method.title, method.values, tr("es&timate")},
                         {"metric",
                          tr("metric at the last position"),
                          {{nameOf(PatchMetric::LogitDiff), tr("logit difference")},
                           {nameOf(PatchMetric::Prob), tr("probability of the correct token")},
                           {nameOf(PatchMetric::LogProb), tr("log-probability of it")},
                           {nameOf(PatchMetric::Kl), tr("KL to the clean run")}},
                          tr("&metric")},
                         {"direction",
                          tr("direction"),
                          {{nameOf(PatchDirection::CleanIntoCorrupt), tr("clean into corrupted")},
                           {nameOf(PatchDirection::CorruptIntoClean), tr("corrupted into clean")}},
                          tr("&direction")}});
    lower_ = new QComboBox;
    lower_->addItem(tr("estimate"), PatchingViews::estimate);
    lower_->addItem(tr("estimate − exact"), PatchingViews::error);
    lower_->setAccessibleName(tr("lower maps"));
    lower_->setToolTip(tr("lower maps"));
    settings_->addControl(lower_, tr("&below"));
    settings_->add(
        {"top_edges", tr("how many edges are shown, and patched exactly"), {}, tr("top ")});
    settings_->add({"normalised",
                    tr("divided by metric(clean) − metric(corrupted)"),
                    {},
                    kind.setting(QStringLiteral("normalised")).title});
    connect(settings_, &SettingsBar::edited, this, &PatchingPanel::chooseSettings);
    connect(lower_, &QComboBox::activated, this, &PatchingPanel::chooseSettings);
    return settings_;
}

void PatchingPanel::chooseSettings() {
    board().lockScale(std::nullopt); // a limit of one quantity means nothing for another
    answers().setSettings(edited_);
    refreshChoices();
    refresh();
}

void PatchingPanel::refreshChoices() {
    edited_ = answers().settings();
    settings_->refresh();
    for (const auto* name : {"site", "normalised"})
        settings_->control(name)->setEnabled(!ofEdges());
    offers_->refresh();
    maps_->setView(Lower, lower_->currentData().toString());
    if (showsEdges_ != ofEdges()) {
        showMode();
        rebuild();
    }
}

QuestionPanel::ColumnState PatchingPanel::stateOf(const ModelColumn& column) const {
    if (const auto other = answers().whyOther(column); !other.isEmpty())
        return {false, true, other};
    if (const auto* status = answers().status(column.id);
        ofEdges() && status != nullptr && status->state == AnswerState::Announced && !has(column))
        return {false, true, tr("Not computed: it takes long. How long stands above.")};
    // A stale answer may be of another site; it stays until its successor is there.
    if (const auto there = answers().result(column.id);
        there && !there->grids.empty() && !has(column))
        return {false, true, {}};
    return QuestionPanel::stateOf(column);
}

void PatchingPanel::refreshRest() {
    const auto columns = shown();
    for (std::size_t i = 0; i < columns.size(); ++i)
        refreshColumn(static_cast<int>(i), *columns[i]);
    offers_->refresh();
    refreshTitles();
}

void PatchingPanel::refreshTitles() {
    const auto& settings = answers().settings();
    if (showsEdges_) {
        maps_->title(GraphTitle)
            ->setText(
                tr("edges with the largest %1 scores · %2 · thickness: |score|, blue −, red +; "
                   "into a head: query left, key in the middle, value right")
                    .arg(methodTitle(settings.estimate), patchConventions(*answers().request())));
        return;
    }
    auto where = siteTitle(settings.site);
    if (axesOf(settings.site).head && axesOf(settings.site).pos)
        where += tr(" %1").arg(workspace().state().position);
    const auto mean = meanText(workspace());
    maps_->title(UpperTitle)
        ->setText(
            tr("exact patching, %1 · %2").arg(where, patchConventions(patchingRequest(settings))) +
            (mean.isEmpty() ? QString() : QStringLiteral(" · ") + mean));
    const auto estimate = methodTitle(settings.estimate);
    maps_->title(LowerTitle)
        ->setText((lower_->currentIndex() == 1 ? tr("%1 − exact").arg(estimate) : estimate) +
                  QStringLiteral(", ") + where);
}

void PatchingPanel::refreshColumn(int place, const ModelColumn& column) {
    maps_->line(Name, place)
        ->setFullText(
            column.info() != nullptr
                ? tr("%1 (%2)").arg(column.head,
                                    QString::fromStdString(column.info()->normalization.label()))
                : column.head,
            column.name);
    const auto& state = states()[static_cast<std::size_t>(place)];
    if (!state.has) {
        if (!state.why.isEmpty()) {
            for (const int row : {Metric, Gap})
                maps_->line(row, place)->setFullText(QString());
            for (const int row : {Pearson, Spearman, Domain, Worst})
                scatters_->line(row, place)->setFullText(QString());
        }
        return;
    }
    const auto* answer = answers().answer(column.id);
    const auto& result = *answer->result;
    const bool isMean = result.cleanMetric.size() > 1;
    auto metric = isMean ? metricText(result)
                         : tr("clean %1, corrupted %2 %3")
                               .arg(threeDigits(result.cleanMetric.front()),
                                    threeDigits(result.corruptMetric.front()),
                                    QString::fromStdString(unitOf(result.request.metric)));
    if (answer->fromCache)
        metric += tr(" · cached");
    maps_->line(Metric, place)->setFullText(answer->sentence.isEmpty() ? metric : answer->sentence);
    auto* gap = maps_->line(Gap, place);
    auto font = gap->font();
    font.setBold(!taskProblemText(result).isEmpty()); // such a model has nothing to say of the task
    gap->setFont(font);
    gap->setFullText(isMean ? meanGapText(result) : gapText(result, 0));
    refreshAgreement(place, column);
}

/// Of what was drawn.
void PatchingPanel::refreshAgreement(int place, const ModelColumn& column) {
    const auto* scatter = drawn(scatters_, 0, column.id);
    const bool agrees = scatter != nullptr && !scatter->key.isEmpty();
    const auto show = [&](int row, const QString& text, const QString& more = {}) {
        scatters_->line(row, place)
            ->setFullText(agrees ? text : QString(), agrees ? more : QString());
    };
    const auto key = agrees ? scatter->key : QStringList();
    const auto remarks = agrees ? scatter->remarks : QStringList();
    show(Pearson, tr("Pearson %1").arg(key.value(0)));
    show(Spearman, tr("Spearman %1").arg(key.value(1)));
    show(Domain, tr("over %1").arg(key.value(3)));
    show(Worst, remarks.value(0), remarks.value(1));
}

QString PatchingPanel::verdictText() const {
    struct Compared {
        QString name;
        QStringList key; ///< of the scatter
    };
    std::vector<Compared> models;
    QStringList failing;
    QString unit;
    for (const auto* column : shown()) {
        const auto* scatter = drawn(scatters_, 0, column->id);
        const auto* answer = answers().answer(column->id);
        if (!has(*column) || answer == nullptr || !answer->result)
            continue;
        const auto& result = *answer->result;
        if (!taskProblemText(result).isEmpty())
            failing << (failing.isEmpty() ? tr("%1 does not do the task: %2")
                                                .arg(column->name, result.cleanMetric.size() > 1
                                                                       ? meanGapText(result)
                                                                       : gapText(result, 0))
                                          : tr("nor does %1").arg(column->name));
        if (scatter == nullptr || scatter->key.isEmpty())
            continue;
        models.push_back({column->name, scatter->key});
        unit = patchUnit(result, patchViewOf(workspace()));
    }
    if (models.empty())
        return failing.join(QStringLiteral("; "));
    if (showsEdges_)
        return (QStringList{edgesVerdict(answered(), answers().settings().estimate)} + failing)
            .join(QStringLiteral("; "));
    const auto number = [&](int place) {
        return ofEach(models, [&](const Compared& model) { return model.key.value(place); });
    };
    const auto& settings = answers().settings();
    const auto mean = meanText(workspace());
    const auto agreeing =
        tr("%1%2 agrees with exact patching by Pearson's r = %3 and is off by %4 %5 a cell in the "
           "mean (%6; %7)")
            .arg(whose(models), methodTitle(settings.estimate), number(0), number(2), unit,
                 siteTitle(settings.site) +
                     (mean.isEmpty() ? QString() : QStringLiteral(", ") + mean),
                 ofAll(models, [](const Compared& model) { return model.key.value(3); }));
    return (QStringList{agreeing} + failing).join(QStringLiteral("; "));
}

std::optional<ThingNumbers> PatchingPanel::inspect(const Thing& thing) const {
    if (ofEdges())
        return inspectEdge(thing);
    const auto view = patchViewOf(workspace());
    const auto exactName = methodTitle(PatchMethod::Exact), name = methodTitle(view.estimate);
    ThingNumbers shown{{}, {exactName, name, tr("difference")}, {}, {}};
    const auto text = [](const std::optional<double>& value) {
        return value ? threeDigits(*value) : QStringLiteral("–");
    };
    bool any = false;
    for (const auto& column : workspace().columns()) {
        const auto there = answered(column);
        const auto* result = there ? there->result.get() : nullptr;
        const auto valueOf = [&](PatchMethod method) {
            return result == nullptr ? std::nullopt : patchValueOf(*result, method, view, thing);
        };
        const auto exact = valueOf(PatchMethod::Exact), estimate = valueOf(view.estimate);
        auto difference = std::optional<double>();
        if (exact && estimate)
            difference =
                *estimate - (view.estimate == PatchMethod::AtpStar ? std::abs(*exact) : *exact);
        shown.rows.push_back({text(exact), text(estimate), text(difference)});
        any |= exact || estimate;
        if (result != nullptr)
            shown.domain = tr("%1, %2; %3")
                               .arg(patchUnit(*result, view), siteTitle(view.site),
                                    patchConventions(result->request));
        if (const auto mean = meanText(workspace()); result != nullptr && !mean.isEmpty())
            shown.domain += QStringLiteral("; ") + mean;
    }
    if (!any)
        return std::nullopt;
    if (axesOf(view.site).head && axesOf(view.site).pos)
        shown.foot = tr("patched at position %1").arg(positionText(workspace()));
    return shown;
}

std::optional<double> PatchingPanel::numberOf(const ModelColumn& column, const Thing& thing) const {
    const auto there = answered(column);
    if (ofEdges()) {
        const auto* edges =
            there ? edgesOf(*there->result, answers().settings().estimate) : nullptr;
        const auto numbers = edges == nullptr ? std::nullopt : edgeNumbers(*edges, thing);
        return numbers ? std::optional(numbers->score) : std::nullopt;
    }
    return there ? patchValueOf(*there->result, PatchMethod::Exact, patchViewOf(workspace()), thing)
                 : std::nullopt;
}

QString PatchingPanel::offer(const Thing& thing) const {
    return siteOf(thing) ? tr("&Patch this") : QString();
}

void PatchingPanel::takeUp(const Thing& thing) {
    const auto site = siteOf(thing);
    if (!site)
        return;
    auto settings = answers().settings();
    settings.site = *site;
    answers().setSettings(settings);
    if (const auto* place = std::get_if<Position>(&thing))
        workspace().setPosition(place->at.value);
    else
        workspace().pin(thing);
}

QString PatchingPanel::numberText() const {
    const auto view = patchViewOf(workspace());
    if (ofEdges()) {
        const auto columns = answered();
        return columns.empty()
                   ? QString()
                   : tr("%1 score, %2")
                         .arg(methodTitle(view.estimate), patchUnit(*columns.front().result, {}));
    }
    auto where = siteTitle(view.site);
    if (axesOf(view.site).head && axesOf(view.site).pos)
        where += QLatin1Char(' ') + positionText(workspace());
    for (const auto& column : answered())
        return tr("exact patching of %1, %2").arg(where, patchUnit(*column.result, view));
    return {};
}

void PatchingPanel::click(const Thing& thing) {
    if (const auto* place = std::get_if<Position>(&thing))
        workspace().setPosition(place->at.value);
    else
        workspace().pin(thing);
}

} // namespace residuum
