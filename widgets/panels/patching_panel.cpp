#include "widgets/panels/patching_panel.h"

#include "widgets/panels/elided_label.h"
#include "widgets/panels/patching_pair_editor.h"
#include "widgets/panels/settings_bar.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace residuum {

namespace {

using Kind = PlotPage::Kind;

/// Of the clean run (0), the corrupted one (1), or their difference.
FigurePanel patternPanel(const HeadPatterns& patterns, int run, const QStringList& tokens) {
    const Table values = run == 0   ? patterns.clean
                         : run == 1 ? patterns.corrupt
                                    : patterns.clean - patterns.corrupt;
    ColourScale scale;
    scale.map = run == 2 ? ColourMap::Diverging : ColourMap::Sequential;
    FigurePanel panel;
    panel.content = HeatmapFigure{{patternGrid(static_cast<int>(values.rows()), tokens),
                                   {values.data(), values.data() + values.size()},
                                   scale},
                                  {}};
    return panel;
}

/// Rows of the maps.
enum { Name, Answer, Metric, UpperTitle, Exact, LowerTitle, Lower };

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
                     {Kind::Heatmap, tr("estimate of patching of %1"), PatchingViews::estimate}},
                    Bar::Shown);
    scatters_ = addPage(
        {{Kind::Scatter, tr("estimate against exact patching of %1"), PatchingViews::agreement},
         {Kind::Line},
         {Kind::Line}},
        Bar::Room);
    details()->addTab(scatters_, tr("Estimate against exact"));
    details()->addTab(makePatternPage(), tr("Attention pattern"));
    layOut(QStringLiteral("patching"), {editor_, makeToolBar()}, {300, 220});
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

HeatmapView* PatchingPanel::patternHeatmap(int column) const {
    return patterns_->plot<HeatmapView>(0, column);
}

QString PatchingPanel::agreementShown(int column) const {
    const auto* line = scatters_->line(1, column);
    return line == nullptr ? QString() : line->fullText();
}

QString PatchingPanel::shownView() const {
    return lower_->currentData().toString() == PatchingViews::error ? PatchingViews::error
                                                                    : PatchingViews::both;
}

QString PatchingPanel::statusText() const {
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

void PatchingPanel::toggleError() {
    lower_->setCurrentIndex(1 - lower_->currentIndex());
    refreshChoices();
    refresh();
}

QWidget* PatchingPanel::makeToolBar() {
    const auto kind = patchingKind();
    const auto& site = kind.setting(QStringLiteral("site"));
    const auto& method = kind.setting(QStringLiteral("method"));
    settings_ = new SettingsBar(
        settingsOf(edited_),
        {{"site", site.title, site.values},
         {"estimate", method.title, method.values},
         {"metric",
          tr("metric at the last position"),
          {{nameOf(PatchMetric::LogitDiff), tr("logit difference")},
           {nameOf(PatchMetric::Prob), tr("probability of the correct token")},
           {nameOf(PatchMetric::LogProb), tr("log-probability of it")},
           {nameOf(PatchMetric::Kl), tr("KL to the clean run")}}},
         {"direction",
          tr("direction"),
          {{nameOf(PatchDirection::CleanIntoCorrupt), tr("clean into corrupted")},
           {nameOf(PatchDirection::CorruptIntoClean), tr("corrupted into clean")}}}});
    lower_ = new QComboBox;
    lower_->addItem(tr("below: estimate"), PatchingViews::estimate);
    lower_->addItem(tr("below: estimate − exact"), PatchingViews::error);
    lower_->setAccessibleName(tr("lower maps"));
    lower_->setToolTip(tr("lower maps"));
    settings_->row()->addWidget(lower_);
    settings_->add({"normalised",
                    tr("divided by metric(clean) − metric(corrupted)"),
                    {},
                    kind.setting(QStringLiteral("normalised")).title});
    for (auto* choice : settings_->findChildren<QComboBox*>()) {
        choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        choice->setMinimumContentsLength(10);
        choice->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    connect(settings_, &SettingsBar::edited, this, &PatchingPanel::chooseSettings);
    connect(lower_, &QComboBox::activated, this, &PatchingPanel::chooseSettings);
    return settings_;
}

QWidget* PatchingPanel::makePatternPage() {
    patterns_ = addPage({{Kind::Heatmap, tr("attention of the pinned head in %1")}}, Bar::Room);
    patternRun_ = new QComboBox;
    patternRun_->addItems({tr("clean"), tr("corrupted"), tr("clean − corrupted")});
    patternRun_->setAccessibleName(tr("run whose attention is shown"));
    connect(patternRun_, &QComboBox::activated, this, &PatchingPanel::refreshPatterns);
    patternTitle_ = new QLabel;
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(4, 2, 4, 0);
    bar->addWidget(patternTitle_, 1);
    bar->addWidget(patternRun_);
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(patterns_, 1);
    return page;
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
    maps_->setView(Lower, lower_->currentData().toString());
}

QuestionPanel::ColumnState PatchingPanel::stateOf(const ModelColumn& column) const {
    if (const auto other = answers().whyOther(column); !other.isEmpty())
        return {false, true, other};
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
    refreshTitles();
    refreshPatterns();
}

void PatchingPanel::refreshTitles() {
    const auto& settings = answers().settings();
    auto where = siteTitle(settings.site);
    if (axesOf(settings.site).head && axesOf(settings.site).pos)
        where += tr(" %1").arg(workspace().state().position);
    maps_->title(UpperTitle)
        ->setText(tr("exact patching, %1 · %2").arg(where, patchConventions(*answers().request())));
    const auto estimate = methodTitle(settings.estimate);
    maps_->title(LowerTitle)
        ->setText((lower_->currentIndex() == 1 ? tr("%1 − exact").arg(estimate) : estimate) +
                  QStringLiteral(", ") + where);
}

void PatchingPanel::refreshColumn(int place, const ModelColumn& column) {
    maps_->line(Name, place)
        ->setFullText(
            column.info() != nullptr
                ? tr("%1 (%2)").arg(column.name,
                                    QString::fromStdString(column.info()->normalization.label()))
                : column.name);
    auto *metricLine = maps_->line(Metric, place), *agreementLine = scatters_->line(1, place),
         *worstLine = scatters_->line(2, place);
    const auto& state = states()[static_cast<std::size_t>(place)];
    if (!state.has) {
        if (!state.why.isEmpty())
            for (auto* line : {metricLine, agreementLine, worstLine})
                line->setFullText(QString());
        return;
    }
    const auto* answer = answers().answer(column.id);
    const auto& result = *answer->result;
    auto metric =
        tr("clean %1, corrupted %2 %3")
            .arg(threeDigits(result.cleanMetric.front()), threeDigits(result.corruptMetric.front()),
                 QString::fromStdString(unitOf(result.request.metric)));
    if (!promptsWithoutGap(result).empty())
        metric += tr(" · equal but for rounding, so normalised values are undefined");
    if (answer->fromCache)
        metric += tr(" · cached");
    metricLine->setFullText(answer->sentence.isEmpty() ? metric : answer->sentence);
    const auto* scatter = drawn(scatters_, 0, column.id);
    const bool agrees = scatter != nullptr && !scatter->remarks.isEmpty();
    agreementLine->setFullText(!agrees ? QString()
                                       : (answer->complete() ? QString() : tr("so far: ")) +
                                             scatter->notes.last(),
                               agrees ? scatter->remarks.last() : QString());
    worstLine->setFullText(agrees ? scatter->remarks.first() : QString());
}

QString PatchingPanel::verdictText() const {
    struct Compared {
        QString name;
        QStringList key; ///< of the scatter
    };
    std::vector<Compared> models;
    bool isWhole = true;
    QString unit;
    for (const auto* column : shown()) {
        const auto* scatter = drawn(scatters_, 0, column->id);
        const auto* answer = answers().answer(column->id);
        if (scatter == nullptr || scatter->key.isEmpty() || answer == nullptr || !answer->result)
            continue;
        models.push_back({column->name, scatter->key});
        isWhole &= answer->complete();
        unit = patchUnit(*answer->result, patchViewOf(workspace()));
    }
    if (models.empty())
        return {};
    const auto number = [&](int place) {
        return ofEach(models, [&](const Compared& model) { return model.key.value(place); });
    };
    const auto& settings = answers().settings();
    return tr("%1%2%3 agrees with exact patching by Pearson's r = %4 and is off by %5 %6 a cell in "
              "the mean (%7)")
        .arg(whose(models), isWhole ? QString() : tr("so far, "), methodTitle(settings.estimate),
             number(0), number(1), unit, siteTitle(settings.site));
}

void PatchingPanel::refreshPatterns() {
    const auto head = answers().shownHead();
    if (head != shownHead_ && head && isVisible())
        details()->setCurrentIndex(1); // pinning a head opens its pattern
    shownHead_ = head;
    const bool difference = patternRun_->currentIndex() == 2;
    patternTitle_->setText(
        !head ? tr("Pin a head (a click in a layer × head map) to see what it attends to.")
              : tr("%1: attention of each query (row) to each key, %2")
                    .arg(QString::fromStdString(label(*head)),
                         difference ? tr("blue −1 … red 1") : tr("0 … 1")));
    const auto tokens = promptTokens(workspace());
    const auto columns = shown();
    for (int c = 0; c < static_cast<int>(columns.size()); ++c) {
        const auto* column = columns[static_cast<std::size_t>(c)];
        const auto patterns = answers().patterns(column->id);
        const ShownPatterns now{patterns, patternRun_->currentIndex(), tokens};
        if (patterns && std::exchange(shownPatterns_[column->id], now) != now)
            patterns_->show(0, c, patternPanel(*patterns, now.run, tokens));
        const auto& problem = answers().patternsProblem();
        if (!patterns)
            patterns_->showNothing(0, c,
                                   !head               ? QString()
                                   : column->saved     ? tr("A saved result has no attention "
                                                                "patterns.")
                                   : problem.isEmpty() ? tr("computing …")
                                                       : problem);
    }
}

void PatchingPanel::hover(const std::optional<Thing>& thing) {
    // Heads are hovered in every panel; other cells in this one only.
    const bool component = thing && std::holds_alternative<Component>(*thing);
    hovered_ = component ? std::nullopt : thing;
    workspace().setHovered(component ? thing : std::nullopt);
    refreshMarks();
}

std::optional<Thing> PatchingPanel::hovered() const {
    return hovered_ ? hovered_ : workspace().hovered();
}

void PatchingPanel::click(const Thing& thing) {
    if (const auto* place = std::get_if<Position>(&thing))
        workspace().setPosition(place->at.value);
    else if (const auto* pair = std::get_if<PositionPair>(&thing))
        workspace().setPosition(pair->key.value);
    else if (std::holds_alternative<Component>(thing))
        workspace().togglePin(thing);
}

} // namespace residuum
