#include "widgets/panels/attribution_panel.h"

#include "widgets/panels/attribution_figures.h"
#include "widgets/panels/column_grid.h"
#include "widgets/panels/contributor_model.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/model_header.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

QLabel* centredLabel() {
    auto* label = new QLabel;
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    return label;
}

QString nmaeDetail(const DlaResult& result) {
    const auto interval = nmaeInterval(result.nmae);
    return interval.isEmpty() ? nmaeExtent(result)
                              : interval + QStringLiteral(" · ") + nmaeExtent(result);
}

/// Why a column has no result (yet).
QString missingText(const ModelColumn& column, const AttributionBoard& board) {
    if (column.saved)
        return QObject::tr("This is a saved result of another kind: see its own tab.");
    if (!column.problem.isEmpty())
        return column.problem;
    const auto* answer = board.answer(column.id);
    if (answer != nullptr && !answer->sentence.isEmpty())
        return answer->sentence;
    const auto obstacle = column.model ? board.obstacle() : QString();
    return obstacle.isEmpty() ? QObject::tr("computing …") : obstacle;
}

/// How exact the column's numbers are, and where they come from.
QString checkText(const ModelColumn& column, const AttributionBoard::ColumnAnswer& answer,
                  int row) {
    if (column.saved && row < 0)
        return QObject::tr("of other prompts or positions; ▸ shows one");
    if (row < 0 || row >= static_cast<int>(answer.result->rows.size()))
        return {};
    auto text =
        QObject::tr("Σ − logit = %1")
            .arg(oneDigit(answer.result->rows[static_cast<std::size_t>(row)].completenessError));
    if (column.saved && row < column.saved->targets.size())
        text += QObject::tr(" · target “%1”").arg(column.saved->targets[row]);
    if (answer.fromCache)
        text += QObject::tr(" · cached");
    return text;
}

} // namespace

AttributionPanel::AttributionPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace) {
    bar_ = new ColourBar;
    bar_->setProperty("keep", true);
    auto* columns = new QWidget;
    top_ = new QGridLayout(columns);
    auto* scatterPage = new QWidget;
    scatters_ = new QGridLayout(scatterPage);
    makeTable();
    tabs_ = new QTabWidget;
    tabs_->setDocumentMode(true);
    tabs_->setAccessibleName(tr("attribution details"));
    tabs_->addTab(scatterPage, tr("DLA against direct effect"));
    tabs_->addTab(table_, tr("Contributors"));
    auto* foot = new QWidget;
    bottom_ = new QGridLayout(foot);
    for (auto* grid : {top_, scatters_, bottom_}) {
        grid->setContentsMargins(4, 2, 4, 2);
        grid->setHorizontalSpacing(8);
        grid->setVerticalSpacing(2);
    }
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(QStringLiteral("attributionSplitter"));
    splitter->addWidget(columns);
    splitter->addWidget(tabs_);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeToolBar());
    layout->addWidget(splitter, 1);
    layout->addWidget(foot);

    connect(bar_, &ColourBar::lockToggled, this, [this](bool locked) {
        workspace_.lockScale(locked ? std::optional(bar_->scale().limit) : std::nullopt);
    });
    connect(bar_, &ColourBar::fullRangeWanted, &workspace_, &Workspace::toggleFullRange);
    connect(&workspace_, &Workspace::scaleChanged, this, &AttributionPanel::refreshScales);
    connect(&workspace_, &Workspace::columnsChanged, this, &AttributionPanel::rebuild);
    connect(&workspace_, &Workspace::differenceChanged, this, &AttributionPanel::rebuild);
    connect(&workspace_.board<AttributionBoard>(), &AttributionBoard::changed, this,
            &AttributionPanel::refresh);
    connect(&workspace_, &Workspace::positionChanged, this, &AttributionPanel::refresh);
    connect(&workspace_, &Workspace::modeChanged, this, [this] {
        refreshModeButtons();
        refresh();
    });
    connect(&workspace_, &Workspace::hoveredChanged, this, &AttributionPanel::refreshHover);
    connect(&workspace_, &Workspace::pinsChanged, this, &AttributionPanel::refreshPins);
    rebuild();
}

HeatmapView* AttributionPanel::heatmap(int column) const {
    return column < static_cast<int>(views_.size())
               ? views_[static_cast<std::size_t>(column)].heatmap
               : nullptr;
}

ScatterView* AttributionPanel::scatter(int column) const {
    return column < static_cast<int>(views_.size())
               ? views_[static_cast<std::size_t>(column)].scatter
               : nullptr;
}

QString AttributionPanel::shownView() const {
    if (table_->hasFocus())
        return QStringLiteral("contributors");
    return viewOf(workspace_.mode());
}

QString AttributionPanel::nmaeShown(int column) const {
    return column < static_cast<int>(views_.size())
               ? views_[static_cast<std::size_t>(column)].nmae->text()
               : QString();
}

QWidget* AttributionPanel::makeToolBar() {
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(6, 2, 6, 2);
    layout->setSpacing(2);
    auto* group = new QButtonGroup(bar);
    for (const auto mode : {ViewMode::Dla, ViewMode::DirectEffect, ViewMode::Error}) {
        auto* button = new QToolButton;
        button->setText(modeTitle(mode));
        button->setCheckable(true);
        button->setAutoRaise(true);
        group->addButton(button);
        layout->addWidget(button);
        modeButtons_.push_back(button);
        connect(button, &QToolButton::clicked, this, [this, mode] { workspace_.setMode(mode); });
    }
    layout->addStretch(1);
    auto* label = new QLabel(tr("&Compare"));
    compare_ = new QComboBox;
    compare_->setAccessibleName(tr("two models to compare"));
    compare_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    label->setBuddy(compare_);
    layout->addWidget(label);
    layout->addWidget(compare_);
    connect(compare_, &QComboBox::activated, this, [this](int index) {
        const auto pair = compare_->itemData(index).toPoint();
        if (index == 0)
            workspace_.setDifference(std::nullopt);
        else
            workspace_.setDifference(std::pair(pair.x(), pair.y()));
    });
    refreshModeButtons();
    return bar;
}

void AttributionPanel::makeTable() {
    contributors_ = new ContributorModel(workspace_, this);
    sorted_ = new QSortFilterProxyModel(this);
    sorted_->setSourceModel(contributors_);
    sorted_->setSortRole(ContributorModel::sortRole);
    table_ = new QTableView;
    table_->setModel(sorted_);
    table_->setSortingEnabled(true);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setAlternatingRowColors(true);
    table_->setMouseTracking(true);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 4);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table_->setAccessibleName(tr("contributors"));
    table_->sortByColumn(1, Qt::DescendingOrder);
    const auto thingOf = [](const QModelIndex& index) {
        return index.data(ContributorModel::thingRole).value<Thing>();
    };
    connect(table_, &QTableView::entered, this,
            [this, thingOf](const QModelIndex& index) { workspace_.setHovered(thingOf(index)); });
    connect(table_, &QTableView::clicked, this,
            [this, thingOf](const QModelIndex& index) { workspace_.togglePin(thingOf(index)); });
    connect(table_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this, thingOf](const QModelIndex& index) {
                if (index.isValid() && table_->hasFocus())
                    workspace_.setHovered(thingOf(index));
            });
}

void AttributionPanel::clearColumns() {
    for (auto* grid : {top_, scatters_, bottom_})
        emptyLayout(grid);
    views_.clear();
    difference_ = {};
}

void AttributionPanel::rebuild() {
    setUpdatesEnabled(false);
    clearColumns();
    int place = 0;
    for (const auto& column : workspace_.columns())
        addColumn(column, place++);
    if (place == 0) {
        auto* empty = centredLabel();
        empty->setText(
            tr("No model is open. Open a folder in Hugging Face layout with Ctrl+O, drop "
               "one here, or choose a demo model in the File menu."));
        top_->addWidget(empty, 0, 0, 2, 1);
        place = 1;
    } else if (workspace_.difference()) {
        addDifferenceColumn(place++);
    }
    top_->addWidget(bar_, 1, place);
    top_->setRowStretch(1, 1);
    const int barWidth = bar_->sizeHint().width();
    for (auto* grid : {top_, scatters_, bottom_})
        spreadColumns(grid, place, barWidth);
    refreshCompare();
    refresh();
    refreshPins();
    setUpdatesEnabled(true);
}

template <class View>
void AttributionPanel::link(View* view) {
    connect(view, &View::hovered, &workspace_, &Workspace::setHovered);
    connect(view, &View::clicked, &workspace_, &Workspace::togglePin);
}

void AttributionPanel::addColumn(const ModelColumn& column, int place) {
    ColumnViews views;
    views.id = column.id;
    views.header = new ModelHeader;
    views.heatmap = new HeatmapView;
    views.scatter = new ScatterView;
    views.nmae = new QLabel;
    views.nmaeDetail = new ElidedLabel;
    views.check = new ElidedLabel;
    auto font = views.nmae->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * 1.5);
    views.nmae->setFont(font);
    views.heatmap->setAccessibleName(tr("attribution heatmap of %1").arg(column.name));
    views.scatter->setAccessibleName(tr("DLA against direct effect of %1").arg(column.name));
    link(views.heatmap);
    link(views.scatter);
    connect(views.header, &ModelHeader::closeRequested, &workspace_,
            [this, id = column.id] { workspace_.closeModel(id); });
    connect(views.header, &ModelHeader::nextSampleRequested, &workspace_, [this, id = column.id] {
        for (const auto& each : workspace_.columns())
            if (each.id == id && each.saved)
                return workspace_.adoptPrompt(
                    id, (workspace_.board<AttributionBoard>().sampleOf(each) + 1) %
                            static_cast<int>(each.saved->tokens.input.sequences.size()));
    });
    top_->addWidget(views.header, 0, place);
    top_->addWidget(views.heatmap, 1, place);
    scatters_->addWidget(views.scatter, 0, place);
    bottom_->addWidget(views.nmae, 0, place);
    bottom_->addWidget(views.nmaeDetail, 1, place);
    bottom_->addWidget(views.check, 2, place);
    if (const auto result = workspace_.board<AttributionBoard>().result(column.id))
        views.heatmap->setGrid(attributionGrid(result->components, result->model.config.n_layers,
                                               result->model.config.n_heads));
    views_.push_back(views);
}

void AttributionPanel::addDifferenceColumn(int place) {
    difference_.header = centredLabel();
    difference_.heatmap = new HeatmapView;
    difference_.heatmap->setAccessibleName(tr("difference of two models"));
    link(difference_.heatmap);
    top_->addWidget(difference_.header, 0, place);
    top_->addWidget(difference_.heatmap, 1, place);
}

void AttributionPanel::refresh() {
    const auto& columns = workspace_.columns();
    for (std::size_t i = 0; i < views_.size() && i < columns.size(); ++i)
        refreshColumn(columns[i], views_[i]);
    refreshDifference();
    refreshScales();
    contributors_->refresh();
    refreshHover();
}

void AttributionPanel::refreshColumn(const ModelColumn& column, ColumnViews& views) {
    const auto& board = workspace_.board<AttributionBoard>();
    const auto* answer = board.answer(column.id);
    const int row = board.rowOf(column);
    views.header->showColumn(column, answer, row, workspace_.tokenizer().get());
    if (answer == nullptr || !answer->result) {
        views.heatmap->setEmptyText(missingText(column, board));
        views.scatter->setEmptyText(QString());
        views.nmae->clear();
        views.nmaeDetail->setFullText(QString());
        views.check->setFullText(QString());
        return;
    }
    const auto& result = *answer->result;
    views.heatmap->setGrid(attributionGrid(result.components, result.model.config.n_layers,
                                           result.model.config.n_heads));
    views.heatmap->setValues(cellValues(result, row, workspace_.mode()));
    views.scatter->setData(attributionScatter(result, row));
    const bool stale = answer->stale();
    views.heatmap->setStale(stale);
    views.scatter->setStale(stale);
    views.nmae->setEnabled(!stale); // numbers of what is stale are dimmed too
    views.nmaeDetail->setEnabled(!stale);
    views.nmae->setText(nmaeText(result.nmae));
    views.nmae->setToolTip(
        tr("%1 %: normalised mean absolute error of DLA (LN frozen) against the direct effect (LN "
           "recomputed), over %2, with its 95 % bootstrap "
           "interval")
            .arg(result.nmae.heads)
            .arg(nmaeDomain(result)));
    const auto overDataset = board.datasetNmae(column.id);
    views.nmaeDetail->setFullText(overDataset.isEmpty() ? nmaeDetail(result) : overDataset);
    views.check->setFullText(answer->sentence.isEmpty() ? checkText(column, *answer, row)
                                                        : answer->sentence);
}

void AttributionPanel::refreshDifference() {
    const auto pair = workspace_.difference();
    if (!pair || difference_.heatmap == nullptr)
        return;
    const auto& a = workspace_.columns()[static_cast<std::size_t>(pair->first)];
    const auto& b = workspace_.columns()[static_cast<std::size_t>(pair->second)];
    const auto& board = workspace_.board<AttributionBoard>();
    for (const auto* column : {&a, &b})
        if (!board.result(column->id))
            return difference_.heatmap->setEmptyText(missingText(*column, board));
    const auto difference = attributionDifference(
        {a.name, board.result(a.id), board.rowOf(a), {}, {}},
        {b.name, board.result(b.id), board.rowOf(b), {}, {}}, workspace_.mode());
    difference_.heatmap->setGrid(difference.cells.grid);
    difference_.heatmap->setEmptyText(difference.obstacle);
    difference_.heatmap->setValues(difference.cells.values);
    difference_.heatmap->setStale(board.answer(a.id)->stale() || board.answer(b.id)->stale());
}

/// Names the models and, because the bar beside it may be of another map, the colours' ends.
void AttributionPanel::titleDifference(const ColourScale& scale) {
    const auto pair = workspace_.difference();
    if (!pair)
        return;
    const auto& a = workspace_.columns()[static_cast<std::size_t>(pair->first)];
    const auto& b = workspace_.columns()[static_cast<std::size_t>(pair->second)];
    difference_.header->setText(tr("<b>%1 − %2</b><br>%3<br>blue %4, red %5 %6")
                                    .arg(a.name.toHtmlEscaped(), b.name.toHtmlEscaped(),
                                         modeTitle(workspace_.mode()).toHtmlEscaped(),
                                         threeDigits(-scale.limit), threeDigits(scale.limit),
                                         scale.unit));
}

void AttributionPanel::refreshScales() {
    std::vector<double> all;
    double scatterLimit = 0.0;
    const auto& board = workspace_.board<AttributionBoard>();
    for (const auto& column : workspace_.columns()) {
        const auto result = board.result(column.id);
        if (!result)
            continue;
        const auto values = cellValues(*result, board.rowOf(column), workspace_.mode());
        all.insert(all.end(), values.begin(), values.end());
        for (const auto& point : attributionScatter(*result, board.rowOf(column)).points)
            scatterLimit = std::max({scatterLimit, std::abs(point.x), std::abs(point.y)});
    }
    auto scale = attributionScale(all, workspace_.mode(),
                                  {workspace_.lockedLimit(), workspace_.fullRange()});
    bar_->setScale(scale);
    for (const auto& views : views_) {
        views.heatmap->setScale(scale);
        views.scatter->setLimit(scatterLimit > 0.0 ? scatterLimit * 1.05 : 1.0);
    }
    if (difference_.heatmap != nullptr) {
        scale.map = ColourMap::Diverging; // a difference is signed whatever it is of
        difference_.heatmap->setScale(scale);
        titleDifference(scale);
    }
}

void AttributionPanel::refreshHover() {
    const auto hovered = workspace_.hovered();
    for (const auto& views : views_) {
        views.heatmap->setHovered(hovered);
        views.scatter->setHovered(hovered);
    }
    if (difference_.heatmap != nullptr)
        difference_.heatmap->setHovered(hovered);
    std::optional<double> value;
    const auto* component = hovered ? std::get_if<Component>(&*hovered) : nullptr;
    const auto& board = workspace_.board<AttributionBoard>();
    for (const auto& column : workspace_.columns()) {
        const auto result = board.result(column.id);
        if (component == nullptr || !result || value)
            continue;
        if (const auto numbers = numbersOf(*result, board.rowOf(column), *component))
            value = numbers->shown(workspace_.mode());
    }
    bar_->setMarker(value);
    const QSignalBlocker blocker(table_->selectionModel());
    if (const int row = hovered ? contributors_->rowOf(*hovered) : -1; row >= 0)
        table_->selectRow(sorted_->mapFromSource(contributors_->index(row, 0)).row());
    else
        table_->clearSelection();
    table_->viewport()->update();
}

void AttributionPanel::refreshPins() {
    const auto& pins = workspace_.state().pins;
    for (const auto& views : views_) {
        views.heatmap->setPins(pins);
        views.scatter->setPins(pins);
    }
    if (difference_.heatmap != nullptr)
        difference_.heatmap->setPins(pins);
    table_->viewport()->update();
}

void AttributionPanel::refreshModeButtons() {
    for (std::size_t i = 0; i < modeButtons_.size(); ++i)
        modeButtons_[i]->setChecked(static_cast<std::size_t>(workspace_.mode()) == i);
}

void AttributionPanel::refreshCompare() {
    const QSignalBlocker blocker(compare_);
    compare_->clear();
    compare_->addItem(tr("no difference"));
    const auto& columns = workspace_.columns();
    for (int a = 0; a < static_cast<int>(columns.size()); ++a) {
        for (int b = 0; b < static_cast<int>(columns.size()); ++b) {
            if (a != b)
                compare_->addItem(tr("%1 − %2").arg(columns[static_cast<std::size_t>(a)].name,
                                                    columns[static_cast<std::size_t>(b)].name),
                                  QPoint(a, b));
        }
    }
    if (const auto pair = workspace_.difference())
        compare_->setCurrentIndex(
            std::max(0, compare_->findData(QPoint(pair->first, pair->second))));
}

} // namespace residuum
