#include "widgets/panels/neuron_panel.h"

#include "widgets/panels/column_grid.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/neuron_table.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/plots/token_strip_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QTextBrowser>
#include <QVBoxLayout>

#include <algorithm>

namespace residuum {

namespace {

constexpr int mostTop = 100;

} // namespace

NeuronPanel::NeuronPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace) {
    auto* scatterPage = new QWidget;
    scatters_ = new QGridLayout(scatterPage);
    auto* boxPage = new QWidget;
    boxes_ = new QGridLayout(boxPage);
    auto* curvePage = new QWidget;
    curves_ = new QGridLayout(curvePage);
    for (auto* grid : {scatters_, boxes_, curves_}) {
        grid->setContentsMargins(4, 2, 4, 2);
        grid->setHorizontalSpacing(8);
        grid->setVerticalSpacing(1);
    }
    neuronText_ = new QTextBrowser;
    neuronText_->setOpenLinks(false);
    neuronText_->setFrameShape(QFrame::NoFrame);
    neuronText_->setAccessibleName(tr("what is known of the neuron"));
    tabs_ = new QTabWidget;
    tabs_->setDocumentMode(true);
    tabs_->setAccessibleName(tr("neuron details"));
    tabs_->addTab(boxPage, tr("Effects"));
    tabs_->addTab(curvePage, tr("Cumulative"));
    tabs_->addTab(makeStripPage(), tr("Along the prompt"));
    tabs_->addTab(makeTablePage(), tr("All neurons"));
    tabs_->addTab(neuronText_, tr("One neuron"));
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(QStringLiteral("neuronSplitter"));
    splitter->addWidget(scatterPage);
    splitter->addWidget(tabs_);
    splitter->setSizes({270, 290});
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    layout->addWidget(makeInputBar());
    layout->addWidget(makeViewBar());
    layout->addWidget(splitter, 1);

    connect(stripBar_, &ColourBar::fullRangeWanted, &workspace_, &Workspace::toggleFullRange);
    connect(&workspace_, &Workspace::scaleChanged, this, [this] {
        if (workspace_.fullRange())
            lockedLimit_.reset();
        refreshStrips();
    });
    connect(&workspace_, &Workspace::columnsChanged, this, &NeuronPanel::rebuild);
    connect(&workspace_, &Workspace::pinsChanged, this, &NeuronPanel::refresh);
    connect(&workspace_, &Workspace::hoveredChanged, this, &NeuronPanel::refreshMarks);
    connect(&workspace_.board<NeuronBoard>(), &NeuronBoard::changed, this, &NeuronPanel::refresh);
    connect(&workspace_.board<NeuronBoard>(), &NeuronBoard::settingsChanged, this,
            &NeuronPanel::refreshChoices);
    rebuild();
}

ScatterView* NeuronPanel::scatter(int column) const {
    return column < static_cast<int>(views_.size())
               ? views_[static_cast<std::size_t>(column)].scatter
               : nullptr;
}

ChartView* NeuronPanel::boxes(int column) const {
    return column < static_cast<int>(views_.size()) ? views_[static_cast<std::size_t>(column)].boxes
                                                    : nullptr;
}

ChartView* NeuronPanel::curves(int column) const {
    return column < static_cast<int>(views_.size())
               ? views_[static_cast<std::size_t>(column)].curves
               : nullptr;
}

QString NeuronPanel::neuronShown() const {
    return neuronText_->toPlainText();
}

QString NeuronPanel::summaryShown(int column) const {
    QStringList lines;
    if (column < static_cast<int>(views_.size()))
        for (const auto* label : views_[static_cast<std::size_t>(column)].summary)
            lines << label->fullText();
    return lines.join(QLatin1Char('\n'));
}

QString NeuronPanel::shownView() const {
    switch (tabs_->currentIndex()) {
    case 1:
        return QStringLiteral("cumulative");
    case 2:
        return neuronActivationView.toString();
    case 3:
        return QStringLiteral("neuron-table");
    default:
        return QStringLiteral("neurons");
    }
}

Figure NeuronPanel::figure(FigureRequest& request) const {
    if (request.view == neuronActivationView)
        request.limit = lockedLimit_;
    return neuronFigure(workspace_, request);
}

void NeuronPanel::toggleEffect() {
    changeSettings([](SessionNeurons& settings) { settings.entropy = !settings.entropy; });
}

void NeuronPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    workspace_.board<NeuronBoard>().setActive(true);
    refresh();
}

void NeuronPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    workspace_.board<NeuronBoard>().setActive(false);
}

void NeuronPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    // Tokens are coloured for light or dark.
    if (event->type() == QEvent::PaletteChange && neuronText_ != nullptr)
        refreshTexts();
}

QComboBox* NeuronPanel::addChoice(QWidget* bar, const QString& label, const QStringList& texts,
                                  Change change) {
    auto* combo = new QComboBox;
    combo->addItems(texts);
    combo->setAccessibleName(label);
    combo->setToolTip(label);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    bar->layout()->addWidget(combo);
    connect(combo, &QComboBox::activated, this, [this, change](int index) {
        changeSettings([&](SessionNeurons& settings) { change(settings, index); });
    });
    return combo;
}

QSpinBox* NeuronPanel::addNumber(QWidget* bar, const QString& label, int least, int most,
                                 Change change) {
    auto* box = new QSpinBox;
    box->setRange(least, most);
    box->setAccessibleName(label);
    box->setToolTip(label);
    box->setKeyboardTracking(false);
    bar->layout()->addWidget(box);
    connect(box, &QSpinBox::valueChanged, this, [this, change](int value) {
        changeSettings([&](SessionNeurons& settings) { change(settings, value); });
    });
    return box;
}

QWidget* NeuronPanel::makeInputBar() {
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(6, 1, 6, 1);
    layout->setSpacing(4);
    inputText_ = new ElidedLabel;
    layout->addWidget(inputText_, 1);
    dataset_ = new QPushButton(tr("Data&set …"));
    dataset_->setToolTip(tr("measure over a .txt, .jsonl or .bin file instead of the prompt"));
    usePrompt_ = new QPushButton(tr("Use the prompt"));
    layout->addWidget(dataset_);
    layout->addWidget(usePrompt_);
    connect(dataset_, &QPushButton::clicked, this, &NeuronPanel::datasetWanted);
    connect(usePrompt_, &QPushButton::clicked, this,
            [this] { changeSettings([](SessionNeurons& settings) { settings.dataset.reset(); }); });
    ablation_ = addChoice(bar, tr("ablation"), {tr("mean ablation"), tr("zero ablation")},
                          [](SessionNeurons& settings, int index) {
                              settings.ablation = static_cast<Ablation>(index);
                          });
    screen_ = new QCheckBox(tr("screen a&ll"));
    screen_->setToolTip(tr("estimate every neuron of the last layer, with a bound"));
    layout->addWidget(screen_);
    connect(screen_, &QCheckBox::toggled, this, [this](bool on) {
        changeSettings([&](SessionNeurons& settings) { settings.screen = on; });
    });
    return bar;
}

QWidget* NeuronPanel::makeViewBar() {
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(6, 1, 6, 1);
    layout->setSpacing(4);
    top_ = addNumber(bar, tr("how many neurons are chosen"), 1, mostTop,
                     [](SessionNeurons& settings, int value) { settings.top = value; });
    top_->setPrefix(tr("top "));
    by_ = addChoice(
        bar, tr("what the chosen neurons are ranked by"),
        {tr("by norm / LogitVar"), tr("by norm"), tr("by null-space fraction"),
         tr("by |Δ loss| (screened)"), tr("by |Δ entropy| (screened)")},
        [](SessionNeurons& settings, int index) { settings.by = static_cast<NeuronRank>(index); });
    layer_ = addNumber(bar, tr("layer"), 0, 0, [this](SessionNeurons& settings, int value) {
        // The last layer stays the last in models of any depth.
        settings.layer = value == layer_->maximum() ? -1 : value;
        settings.screen = settings.screen && settings.layer == -1;
    });
    layer_->setPrefix(tr("of layer "));
    chosenOn_ = addChoice(
        bar, tr("model that chooses the neurons"), {}, [this](SessionNeurons& settings, int index) {
            settings.chosenOn = chosenOn_->itemData(index).toString().toStdString();
        });
    layout->addStretch(1);
    effect_ =
        addChoice(bar, tr("what is shown of an ablation"), {tr("|Δ entropy|"), tr("|Δ loss|")},
                  [](SessionNeurons& settings, int index) { settings.entropy = index == 0; });
    plane_ = addChoice(
        bar, tr("what the norm is drawn against"), {tr("norm – LogitVar"), tr("norm – null space")},
        [](SessionNeurons& settings, int index) { settings.againstNullSpace = index == 1; });
    nullSpace_ = addNumber(bar, tr("directions of W_U that count as its null space"), 1, 64,
                           [](SessionNeurons& settings, int value) { settings.nullSpace = value; });
    nullSpace_->setPrefix(tr("k = "));
    return bar;
}

QWidget* NeuronPanel::makeStripPage() {
    stripTitle_ = new ElidedLabel;
    strips_ = new TokenStripView;
    stripBar_ = new ColourBar;
    connect(stripBar_, &ColourBar::lockToggled, this, [this](bool locked) {
        lockedLimit_ = locked ? std::optional(stripBar_->scale().limit) : std::nullopt;
        refreshStrips();
    });
    auto* scroll = new QScrollArea;
    scroll->setWidget(strips_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* page = new QWidget;
    auto* layout = new QGridLayout(page);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->setSpacing(2);
    layout->addWidget(stripTitle_, 0, 0, 1, 2);
    layout->addWidget(scroll, 1, 0);
    layout->addWidget(stripBar_, 1, 1);
    layout->setColumnStretch(0, 1);
    connect(strips_, &TokenStripView::hovered, &workspace_, &Workspace::setHovered);
    connect(strips_, &TokenStripView::clicked, &workspace_, &Workspace::togglePin);
    connect(strips_, &TokenStripView::valueHovered, stripBar_, &ColourBar::setMarker);
    return page;
}

QWidget* NeuronPanel::makeTablePage() {
    table_ = new NeuronTable(workspace_, this);
    filter_ = new NeuronFilter(this);
    filter_->setSourceModel(table_);
    filter_->setSortRole(NeuronTable::sortRole);
    tableView_ = new QTableView;
    tableView_->setModel(filter_);
    tableView_->setSortingEnabled(true);
    tableView_->sortByColumn(1, Qt::DescendingOrder);
    tableView_->setSelectionBehavior(QAbstractItemView::SelectRows);
    tableView_->setSelectionMode(QAbstractItemView::SingleSelection);
    tableView_->setMouseTracking(true);
    tableView_->verticalHeader()->hide();
    tableView_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 4);
    tableView_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    tableView_->horizontalHeader()->setResizeContentsPrecision(0); // of the rows in view
    tableView_->setAccessibleName(tr("all neurons"));
    const auto thingAt = [this](const QModelIndex& index) {
        return filter_->index(index.row(), 0).data(NeuronTable::thingRole).value<Thing>();
    };
    connect(tableView_, &QTableView::entered, this,
            [this, thingAt](const QModelIndex& index) { workspace_.setHovered(thingAt(index)); });
    // Space pins what is hovered, here as everywhere.
    connect(tableView_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this, thingAt](const QModelIndex& index) {
                if (index.isValid() && tableView_->hasFocus())
                    workspace_.setHovered(thingAt(index));
            });
    connect(tableView_, &QTableView::clicked, this,
            [this, thingAt](const QModelIndex& index) { workspace_.togglePin(thingAt(index)); });
    auto* find = new QLineEdit;
    find->setPlaceholderText(tr("neuron's number …"));
    find->setAccessibleName(tr("filter by number"));
    find->setClearButtonEnabled(true);
    auto* all = new QCheckBox(tr("all neurons of the layer"));
    connect(find, &QLineEdit::textChanged, filter_, &NeuronFilter::setNumber);
    connect(all, &QCheckBox::toggled, this, [this](bool on) { filter_->setFollowedOnly(!on); });
    auto* bar = new QHBoxLayout;
    bar->addWidget(find);
    bar->addWidget(all);
    bar->addStretch(1);
    auto* hint = new QLabel(tr("≈: estimated, with a bound; a click pins a neuron and computes it "
                               "exactly"));
    bar->addWidget(hint);
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->addLayout(bar);
    layout->addWidget(tableView_, 1);
    return page;
}

/// Only what the user touched changes: a control may show less than a session has asked for.
void NeuronPanel::changeSettings(const std::function<void(SessionNeurons&)>& change) {
    auto settings = workspace_.board<NeuronBoard>().settings();
    change(settings);
    workspace_.board<NeuronBoard>().setSettings(settings);
}

void NeuronPanel::rebuild() {
    setUpdatesEnabled(false);
    for (auto* grid : {scatters_, boxes_, curves_})
        emptyLayout(grid);
    views_.clear();
    drawn_.reset();
    int place = 0;
    for (const auto& column : workspace_.columns())
        if (isShown(column))
            addColumn(column, place++);
    for (auto* grid : {scatters_, boxes_, curves_})
        spreadColumns(grid, std::max(place, 1), 0);
    scatters_->setRowStretch(1, 1);
    boxes_->setRowStretch(3, 1);
    curves_->setRowStretch(0, 1);
    refreshChoices();
    setUpdatesEnabled(true);
}

void NeuronPanel::addColumn(const ModelColumn& column, int place) {
    ColumnViews views;
    views.id = column.id;
    views.title = new ElidedLabel;
    auto font = views.title->font();
    font.setBold(true);
    views.title->setFont(font);
    for (std::size_t line = 0; line < views.summary.size(); ++line)
        boxes_->addWidget(views.summary[line] = new ElidedLabel, static_cast<int>(line), place);
    views.scatter = new ScatterView;
    views.boxes = new ChartView;
    views.curves = new ChartView;
    views.scatter->setAccessibleName(tr("output vectors of %1").arg(column.name));
    views.boxes->setAccessibleName(tr("effects of ablation in %1").arg(column.name));
    views.curves->setAccessibleName(tr("cumulative ablation in %1").arg(column.name));
    connect(views.scatter, &ScatterView::hovered, &workspace_, &Workspace::setHovered);
    connect(views.scatter, &ScatterView::clicked, &workspace_, &Workspace::togglePin);
    connect(views.boxes, &ChartView::hovered, &workspace_, &Workspace::setHovered);
    connect(views.boxes, &ChartView::clicked, &workspace_, &Workspace::togglePin);
    scatters_->addWidget(views.title, 0, place);
    scatters_->addWidget(views.scatter, 1, place);
    boxes_->addWidget(views.boxes, 3, place);
    curves_->addWidget(views.curves, 0, place);
    views_.push_back(views);
}

} // namespace residuum
