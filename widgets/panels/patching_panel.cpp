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
#include <QLabel>

#include <algorithm>
#include <cmath>
#include <utility>

namespace residuum {

namespace {

using Kind = PlotPage::Kind;

/// Rows under the scatters.
enum { Correlation = 1, Domain };

/// Lines of text that all of it needs; where there are fewer, the maps come first.
constexpr int roomy = 42;

} // namespace

PatchingPanel::PatchingPanel(Workspace& workspace, QWidget* parent)
    : AnswersPanel(workspace, parent) {
    editor_ = new PairEditor(workspace);
    maps_ = addPage({{Kind::Name},
                     {Kind::Answer},
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
    layOut(QStringLiteral("patching"), {editor_, settings}, {370, 200});
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
    const auto* line = scatters_->line(Correlation, column);
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
            return {}; // it would be of some cells or models only
        unit = patchUnit(*there->result, view);
        for (const double error : errorValues(*there->result, view))
            if (std::isfinite(error))
                worst = std::max(worst.value_or(0.0), std::abs(error));
    }
    return worst ? tr("largest error of %1: %2 %3")
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

void PatchingPanel::resizeEvent(QResizeEvent* event) {
    AnswersPanel::resizeEvent(event);
    editor_->setOneLine(height() < roomy * fontMetrics().height());
}

QuestionPanel::ColumnState PatchingPanel::stateOf(const ModelColumn& column) const {
    if (const auto other = answers().whyOther(column); !other.isEmpty())
        return {false, true, other};
    const auto* status = answers().status(column.id);
    if (ofEdges() && status != nullptr && status->state == AnswerState::Announced && !has(column))
        return {false, true, tr("Not computed: it takes long. How long stands above.")};
    // A stale answer may be of another site; it stays while its successor comes.
    if (const auto there = answers().result(column.id);
        there && !there->grids.empty() && !has(column) && status->coming())
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
    const auto where = shownSite();
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
    const auto* info = column.info();
    maps_->line(Name, place)
        ->setFullText(info == nullptr
                          ? column.head
                          : tr("%1 (%2)").arg(column.head,
                                              QString::fromStdString(info->normalization.label())),
                      column.name, {column.head});
    const auto& state = states()[static_cast<std::size_t>(place)];
    if (!state.has) {
        if (!state.why.isEmpty()) {
            maps_->line(Gap, place)->setFullText(QString());
            for (const int row : {Correlation, Domain})
                scatters_->line(row, place)->setFullText(QString());
        }
        return;
    }
    const auto* answer = answers().answer(column.id);
    const auto& result = *answer->result;
    auto* gap = maps_->line(Gap, place);
    auto font = gap->font();
    font.setBold(!taskProblemText(result).isEmpty()); // such a model has nothing to say of the task
    gap->setFont(font);
    const auto lines = gapLines(result);
    const auto& sentence = answer->sentence; // what stands in the way of more
    gap->setFullText(sentence.isEmpty() ? lines.front()
                                        : sentence + QStringLiteral(" · ") + lines.back(),
                     {}, lines.mid(1));
    refreshAgreement(place, column);
}

/// Of what was drawn.
void PatchingPanel::refreshAgreement(int place, const ModelColumn& column) {
    const auto* scatter = drawn(scatters_, 0, column.id);
    const bool agrees = scatter != nullptr && !scatter->key.isEmpty();
    const auto key = agrees ? scatter->key : QStringList();
    const auto remarks = agrees ? scatter->remarks : QStringList();
    const auto show = [&](int row, const QString& text, const QStringList& briefer,
                          const QString& more = {}) {
        scatters_->line(row, place)
            ->setFullText(agrees ? text : QString(), more, agrees ? briefer : QStringList());
    };
    const auto pearson = key.value(0), spearman = key.value(1);
    show(Correlation, tr("Pearson %1 · Spearman %2").arg(pearson, spearman),
         {tr("r %1 · ρ %2").arg(pearson, spearman), tr("r %1").arg(pearson)});
    const auto domain = tr("over %1").arg(key.value(3));
    show(Domain, domain, {key.value(3)}, remarks.value(0));
}

QString PatchingPanel::verdictText() const {
    struct Compared {
        QString name;
        QStringList key; ///< of the scatter
    };
    std::vector<Compared> models;
    QStringList failing, pending;
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
        if (!answer->complete() && !answer->stale()) { // a few cells say little
            pending << scatter->key.value(3);
            continue;
        }
        models.push_back({column->name, scatter->key});
        unit = patchUnit(result, patchViewOf(workspace()));
    }
    if (models.empty() && !pending.isEmpty())
        failing << tr("no agreement yet: exact patching of %1").arg(pending.front());
    if (models.empty())
        return failing.join(QStringLiteral("; "));
    if (showsEdges_)
        return (failing + QStringList{edgesVerdict(answered(), answers().settings().estimate)})
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
                 shownSite() + (mean.isEmpty() ? QString() : QStringLiteral(", ") + mean),
                 ofAll(models, [](const Compared& model) { return model.key.value(3); }));
    return (failing + QStringList{agreeing}).join(QStringLiteral("; ")); // a warning goes first
}

} // namespace residuum
