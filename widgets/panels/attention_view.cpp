#include "widgets/panels/attention_view.h"

#include "analysis/inputs/input_command.h"
#include "widgets/figure/figure_difference.h"
#include "widgets/figure/nothing_to_draw.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/attention_kind.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/figure_source.h"
#include "widgets/panels/plot_page.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/prompt/token_display.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace residuum {

namespace {

using Kind = PlotPage::Kind;

enum Row { Name, Map };

} // namespace

AttentionView::AttentionView(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace), clean_(workspace),
      corrupt_(workspace, ComponentDetails::Prompt::Corrupt), title_(new QLabel),
      run_(new QComboBox), kind_(new QComboBox),
      page_(new PlotPage({{Kind::Name}, {Kind::Heatmap, tr("attention in %1")}}, new ColourBar)) {
    run_->addItems({tr("prompt"), tr("corrupted prompt"), tr("prompt − corrupted")});
    run_->setAccessibleName(tr("run whose attention is shown"));
    for (const auto each :
         {AttentionKind::Plain, AttentionKind::WithoutFirst, AttentionKind::ValueWeighted})
        kind_->addItem(attentionTitle(each));
    kind_->setAccessibleName(tr("what is shown of the attention"));
    kind_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    kind_->setMinimumContentsLength(12);
    title_->setWordWrap(true);
    auto* exporting = new QToolButton;
    exporting->setText(tr("Export …"));
    exporting->setToolTip(tr("Export the attention as a figure"));
    connect(exporting, &QToolButton::clicked, this, &AttentionView::exportWanted);
    auto* bar = new QHBoxLayout;
    bar->addWidget(title_, 1);
    bar->addWidget(run_);
    bar->addWidget(kind_);
    bar->addWidget(exporting);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->setSpacing(1);
    layout->addLayout(bar);
    layout->addWidget(page_, 1);

    for (auto* box : {run_, kind_})
        connect(box, &QComboBox::activated, this, [this] {
            locked_.reset(); // a limit of one quantity means nothing for another
            want();
            refresh();
        });
    connect(page_, &PlotPage::menuWanted, this, &AttentionView::menuWanted);
    connect(page_->bar(), &ColourBar::lockToggled, this, [this](bool locked) {
        locked_ = locked ? std::optional(page_->bar()->scale().limit) : std::nullopt;
        refresh();
    });
    connect(page_, &PlotPage::hovered, &workspace_, &Workspace::setHovered);
    connect(page_, &PlotPage::clicked, this, [this](const Thing& thing) {
        if (const auto* pair = std::get_if<PositionPair>(&thing))
            workspace_.setPosition(pair->key.value);
    });
    for (auto* details : {&clean_, &corrupt_})
        connect(details, &ComponentDetails::changed, this, &AttentionView::refresh);
    for (auto signal : {&Workspace::columnsChanged, &Workspace::differenceChanged})
        connect(&workspace_, signal, this, &AttentionView::rebuild);
    connect(&workspace_, &Workspace::hoveredChanged, this, &AttentionView::refreshMarks);
    for (auto signal :
         {&Workspace::pinsChanged, &Workspace::setChanged, &Workspace::promptChanged,
          &Workspace::corruptChanged, &Workspace::positionChanged, &Workspace::targetChanged})
        connect(&workspace_, signal, this, [this] {
            want();
            refresh();
        });
    rebuild();
}

std::optional<Component> AttentionView::head() const {
    for (const auto& thing : workspace_.pinnedThings())
        if (const auto* component = std::get_if<Component>(&thing);
            component != nullptr && component->kind == ComponentKind::Head)
            return *component;
    return std::nullopt;
}

HeatmapView* AttentionView::heatmap(int column) const {
    return page_->plot<HeatmapView>(Map, column);
}

HeatmapView* AttentionView::differenceHeatmap() const {
    return page_->differenceHead() == nullptr
               ? nullptr
               : heatmap(static_cast<int>(workspace_.columns().size()));
}

AttentionView::Run AttentionView::run() const {
    return static_cast<Run>(run_->currentIndex());
}

AttentionKind AttentionView::kind() const {
    return static_cast<AttentionKind>(kind_->currentIndex());
}

void AttentionView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    want();
    refresh();
}

void AttentionView::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    want();
}

void AttentionView::recompute() {
    clean_.recompute();
    corrupt_.recompute();
}

void AttentionView::want() {
    const auto wanted = isVisible() ? head() : std::nullopt;
    clean_.want(run() == Corrupt ? std::nullopt : wanted);
    corrupt_.want(run() == Clean ? std::nullopt : wanted);
}

QStringList AttentionView::tokens() const {
    const auto& state = workspace_.state();
    const auto tokenizer = workspace_.tokenizer();
    const auto& clean = state.prompt.tokens;
    const auto& corrupt = state.corrupt.tokens;
    QStringList texts;
    for (std::size_t p = 0; p < (run() == Corrupt ? corrupt : clean).size(); ++p) {
        auto text = chipText(tokenizer.get(), run() == Corrupt ? corrupt[p] : clean[p]);
        if (run() == CleanMinusCorrupt && p < corrupt.size() && corrupt[p] != clean[p])
            text += QLatin1Char('/') + chipText(tokenizer.get(), corrupt[p]);
        texts << text;
    }
    return texts;
}

QString AttentionView::title() const {
    const auto pinned = head();
    const auto whose = workspace_.asksMean()
                           ? tr(" (of prompt %1 of %2 alone: patterns have no mean)")
                                 .arg(workspace_.state().pair + 1)
                                 .arg(workspace_.state().set->size())
                           : QString();
    return !pinned ? tr("Pin a head (click a cell of one) to see what it attends to.")
                   : tr("%1: %2 of each query (row) to each key, %3")
                             .arg(QString::fromStdString(label(*pinned)), attentionTitle(kind()),
                                  run_->currentText()) +
                         whose;
}

QString AttentionView::whyNot(const ModelColumn& column) const {
    if (column.saved)
        return tr("A saved result has no attention patterns.");
    if (!head())
        return {};
    if (!column.model)
        return tr("opening …");
    const auto& config = column.model->info().config;
    if (head()->layer.value >= config.n_layers || head()->head.value >= config.n_heads)
        return tr("%1 has no such head.").arg(column.name);
    const auto& state = workspace_.state();
    if (run() != Clean && state.corrupt.tokens.empty())
        return tr("Give a corrupted prompt: see Patching.");
    if (run() == CleanMinusCorrupt && state.corrupt.tokens.size() != state.prompt.tokens.size())
        return tr("Prompt and corrupted prompt have different numbers of tokens.");
    for (const auto* details : {&clean_, &corrupt_})
        if (!details->problem().isEmpty())
            return details->problem();
    return tr("computing …");
}

std::optional<AttentionColumn> AttentionView::columnOf(const ModelColumn& column) const {
    if (!column.model || !head())
        return std::nullopt;
    AttentionColumn there{column.name, column.model->info(),
                          run() == Corrupt ? nullptr : clean_.of(column.id),
                          run() == Clean ? nullptr : corrupt_.of(column.id)};
    const bool lacks = (run() != Corrupt && !there.clean) || (run() != Clean && !there.corrupt) ||
                       (there.clean && there.corrupt &&
                        there.clean->pattern.rows() != there.corrupt->pattern.rows());
    return lacks ? std::nullopt : std::optional(std::move(there));
}

bool AttentionView::isStale(const ModelColumn& column) const {
    return (run() != Corrupt && clean_.stale(column.id)) ||
           (run() != Clean && corrupt_.stale(column.id));
}

void AttentionView::rebuild() {
    QStringList names;
    for (const auto& column : workspace_.columns())
        names << column.name;
    page_->setColumns(names, workspace_.difference() ? PlotPage::Difference::Shown
                                                     : PlotPage::Difference::None);
    for (int c = 0; c < static_cast<int>(names.size()); ++c)
        page_->line(Name, c)->setFullText(names[c]);
    want();
    refresh();
}

void AttentionView::refresh() {
    const auto count = static_cast<int>(workspace_.columns().size());
    if (!isVisible() || (count > 0 && heatmap(count - 1) == nullptr)) // new ones are made first
        return;
    title_->setText(title());
    std::vector<std::optional<FigurePanel>> panels;
    std::vector<FigurePanel> there;
    for (const auto& column : workspace_.columns()) {
        const auto of = columnOf(column);
        panels.push_back(of ? std::optional(attentionPanel(*of, kind(), tokens())) : std::nullopt);
        if (panels.back())
            there.push_back(*panels.back());
    }
    const auto scale =
        scaleOf(there, attentionScale(kind(), run() == CleanMinusCorrupt), {locked_, true});
    if (!there.empty())
        page_->bar()->setScale(scale);
    for (int c = 0; c < static_cast<int>(panels.size()); ++c) {
        const auto& column = workspace_.columns()[static_cast<std::size_t>(c)];
        auto& panel = panels[static_cast<std::size_t>(c)];
        if (panel) {
            std::get<HeatmapFigure>(panel->content).data.scale = scale;
            page_->show(Map, c, *panel);
        } else {
            heatmap(c)->setData({});
            page_->showNothing(Map, c, whyNot(column));
        }
        page_->setStale(Map, c, panel && isStale(column));
    }
    refreshDifference(panels);
    refreshMarks();
    Q_EMIT refreshed();
}

void AttentionView::refreshDifference(const std::vector<std::optional<FigurePanel>>& panels) {
    const auto pair = workspace_.difference();
    auto* view = differenceHeatmap();
    if (!pair || view == nullptr)
        return;
    const auto& a = panels[static_cast<std::size_t>(pair->first)];
    const auto& b = panels[static_cast<std::size_t>(pair->second)];
    const auto nameOf = [&](int place) {
        return workspace_.columns()[static_cast<std::size_t>(place)].name;
    };
    auto name = differenceName(nameOf(pair->first), nameOf(pair->second));
    view->setData({});
    if (a && b) {
        auto difference = differenceOf(*a, *b);
        view->setEmptyText(difference.obstacle);
        auto& map = std::get<HeatmapFigure>(difference.panel.content).data;
        map.scale.unit = attentionScale(kind(), false).unit;
        fitScale(map.scale, map.values, {{}, true});
        view->setData(map);
        name +=
            tr("\nblue %1, red %2 %3")
                .arg(threeDigits(-map.scale.limit), threeDigits(map.scale.limit), map.scale.unit);
    }
    page_->differenceHead()->setText(name);
}

PromptBars AttentionView::alongPrompt() const {
    const auto& hovered = workspace_.hovered();
    const auto* pair = hovered ? std::get_if<PositionPair>(&*hovered) : nullptr;
    if (pair == nullptr || !isVisible() || run() != Clean)
        return {};
    PromptBars along;
    for (const auto& column : workspace_.columns())
        if (const auto there = columnOf(column); there && !isStale(column)) {
            const auto weights = attentionFrom(pair->query.value, *there->clean, kind());
            along.bars.resize(std::max(along.bars.size(), weights.size()), 0.0);
            for (std::size_t key = 0; key < weights.size(); ++key)
                along.bars[key] = std::max(along.bars[key], weights[key]);
        }
    const auto most = std::max_element(along.bars.begin(), along.bars.end());
    if (most == along.bars.end() || !(*most > 0.0))
        return {};
    const double highest = *most;
    for (auto& bar : along.bars)
        bar /= highest;
    along.meaning = tr("Bars: %1 of %2 from position %3, in the model where it is largest; the "
                       "highest is %4")
                        .arg(attentionTitle(kind()), QString::fromStdString(label(*head())),
                             QStringLiteral("%1 (%2)")
                                 .arg(pair->query.value)
                                 .arg(tokens().value(pair->query.value)),
                             threeDigits(highest));
    return along;
}

void AttentionView::refreshMarks() {
    const auto thing = workspace_.hovered();
    page_->setHovered(thing);
    page_->bar()->setMarker(thing ? page_->valueOf(*thing) : std::nullopt);
}

Figure AttentionView::figure(FigureRequest& request) const {
    if (!head())
        throw Error("the figure", "no attention is there to draw: pin a head");
    askAsShown(workspace_, request);
    request.fullRange = true;
    request.limit = locked_;
    request.settings.set(QString(attentionHead), QString::fromStdString(label(*head())));
    if (kind() == AttentionKind::WithoutFirst)
        request.settings.setFlag(QString(attentionWithoutFirst));
    std::vector<FigurePanel> panels;
    std::vector<ShownColumn> places;
    for (const auto& column : workspace_.columns())
        if (const auto there = columnOf(column); there && !isStale(column)) {
            panels.push_back(attentionPanel(*there, kind(), tokens()));
            places.push_back({&column,
                              static_cast<int>(&column - workspace_.columns().data()),
                              there->model,
                              {}});
        }
    if (panels.empty())
        throw NothingToDraw("no attention is there to draw: pin a head");
    request = amongShown(request, places);
    const auto name = QString::fromStdString(label(*head()));
    const auto& state = workspace_.state();
    Figure figure;
    figure.view = request.view;
    figure.title =
        QStringLiteral("%1 of %2, %3").arg(attentionTitle(kind()), name, run_->currentText());
    figure.quantity = figure.title;
    figure.caption =
        QStringLiteral("%1: %2 of each query (row) to each key (column) for %3. Prompt: “%4”.")
            .arg(name, attentionTitle(kind()), run_->currentText(),
                 run() == Corrupt ? state.corrupt.text : state.prompt.text);
    figure.provenance = provenance(places);
    addCompared(figure, std::move(panels), attentionScale(kind(), run() == CleanMinusCorrupt),
                request);
    return figure;
}

/// The patterns are activations, which the command line writes and draws, but for what is weighted
/// by values and for the difference of two prompts.
Provenance AttentionView::provenance(const std::vector<ShownColumn>& shown) const {
    Provenance made;
    made.kind = "attention";
    made.version = RESIDUUM_VERSION;
    for (const auto& each : shown)
        made.models.push_back(provenanceOf(each.model));
    const auto& state = workspace_.state();
    const auto nameOf = [](Run each) { return each == Clean ? "prompt.h5" : "corrupted.h5"; };
    for (const auto each : {Clean, Corrupt})
        if (run() == each || run() == CleanMinusCorrupt)
            made.commands.push_back(attentionCommand(
                liveModels(shown), (each == Clean ? state.prompt : state.corrupt).tokens,
                head()->layer, nameOf(each)));
    if (run() != CleanMinusCorrupt && kind() != AttentionKind::ValueWeighted)
        made.result = nameOf(run());
    return made;
}

} // namespace residuum
