#include "widgets/panels/plot_page.h"

#include "widgets/panels/elided_label.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/graph_view.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/plots/token_strip_view.h"

#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace residuum {

PlotPage::PlotPage(std::vector<Row> rows, ColourBar* bar, int barRoom, QWidget* parent)
    : QWidget(parent), rows_(std::move(rows)), bar_(bar), barRoom_(barRoom),
      grid_(new QGridLayout(this)) {
    grid_->setContentsMargins(4, 2, 4, 2);
    grid_->setHorizontalSpacing(8);
    grid_->setVerticalSpacing(1);
}

void PlotPage::setView(int row, const QString& view) {
    rows_[static_cast<std::size_t>(row)].view = view;
}

int PlotPage::firstPlot() const {
    auto first = std::find_if(rows_.begin(), rows_.end(),
                              [](const Row& row) { return isPlot(row.kind) && !row.hidden; });
    if (first == rows_.end())
        first = std::find_if(rows_.begin(), rows_.end(),
                             [](const Row& row) { return isPlot(row.kind); });
    return static_cast<int>(first - rows_.begin());
}

PlotView* PlotPage::makePlot(const Row& row, const QString& column) {
    PlotView* view = nullptr;
    if (row.kind == Kind::Heatmap) {
        auto* heatmap = new HeatmapView;
        connect(heatmap, &HeatmapView::partChosen, this,
                [this, heatmap](const QRectF& part) { showPart(*heatmap, part); });
        view = heatmap;
    } else if (row.kind == Kind::Scatter)
        view = new ScatterView;
    else if (row.kind == Kind::Chart)
        view = new ChartView;
    else if (row.kind == Kind::Graph)
        view = new GraphView;
    else
        view = new TokenStripView;
    view->setAccessibleName(row.name.arg(column));
    // Six beside the inspector in 1,024 pixels, and three rows of them in 700.
    const int line = fontMetrics().height();
    view->setMinimumSize(6 * line, std::min(9 * line / 2, view->minimumHeight()));
    connect(view, &PlotView::hovered, this, &PlotPage::hovered);
    connect(view, &PlotView::clicked, this, &PlotPage::clicked);
    connect(view, &PlotView::menuWanted, this, &PlotPage::menuWanted);
    return view;
}

void PlotPage::place(int row, int column, QWidget* widget) {
    widgets_[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)] = widget;
    grid_->addWidget(widget, row, column < std::max(1, models_) ? column : differenceColumn());
}

void PlotPage::placeTogether(int row, int columns) {
    auto* view = makePlot(rows_[static_cast<std::size_t>(row)], tr("all models"));
    widgets_[static_cast<std::size_t>(row)][0] = view;
    auto* scroll = new QScrollArea;
    scroll->setWidget(view);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumHeight(7 * fontMetrics().height());
    scroll->setAccessibleName(view->accessibleName());
    grid_->addWidget(scroll, row, 0, 1, columns);
}

void PlotPage::placeTexts(int row, const QStringList& names, int columns) {
    auto* list = new QWidget;
    auto* layout = new QVBoxLayout(list);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    for (int c = 0; c < static_cast<int>(names.size()); ++c) {
        auto* head = new QLabel(names[c]);
        head->setWordWrap(true);
        auto* view = makePlot(rows_[static_cast<std::size_t>(row)], names[c]);
        if (bar_ != nullptr)
            connect(static_cast<TokenStripView*>(view), &TokenStripView::valueHovered, bar_,
                    &ColourBar::setMarker);
        widgets_[static_cast<std::size_t>(row)][static_cast<std::size_t>(c)] = view;
        textHeads_[view] = head;
        layout->addWidget(head);
        layout->addWidget(view);
    }
    layout->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(list);
    scroll->setWidgetResizable(true);
    scroll->setAccessibleName(tr("texts of all models"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    grid_->addWidget(scroll, row, 0, 1, columns);
}

void PlotPage::setColumns(const QStringList& names, Difference difference) {
    while (auto* item = grid_->takeAt(0)) {
        if (item->widget() != bar_)
            item->widget()->deleteLater();
        delete item;
    }
    models_ = static_cast<int>(names.size());
    const bool hasDifference = difference != Difference::None;
    const int plots = std::max(1, models_);
    const int all = hasDifference ? differenceColumn() + 1 : plots; // without the last bar
    widgets_.assign(
        rows_.size(),
        std::vector<QWidget*>(static_cast<std::size_t>(plots + (hasDifference ? 1 : 0)), nullptr));
    textHeads_.clear();
    const int first = firstPlot();
    const bool beginsWithTexts = rows_[static_cast<std::size_t>(first)].kind == Kind::Texts;
    int last = first;
    for (int r = 0; r < static_cast<int>(rows_.size()); ++r) {
        const auto& row = rows_[static_cast<std::size_t>(r)];
        grid_->setRowStretch(r, 0);
        if (row.hidden)
            continue;
        if (isPlot(row.kind)) {
            last = r;
            grid_->setRowStretch(r, 1);
        }
        if (row.kind == Kind::Title) {
            auto* label = new QLabel;
            label->setWordWrap(true); // the window must not grow with what it says
            widgets_[static_cast<std::size_t>(r)][0] = label;
            grid_->addWidget(label, r, 0, 1, all);
        }
        if (row.together) {
            placeTogether(r, all);
            continue;
        }
        if (row.kind == Kind::Texts) {
            const bool one = difference == Difference::Shown && r == first;
            placeTexts(r, one ? names + QStringList{QString()} : names,
                       bar_ == nullptr ? all : plots);
            continue;
        }
        for (int c = 0; c < models_; ++c)
            if (isPlot(row.kind))
                place(r, c, makePlot(row, names[c]));
            else if (isLine(row.kind) || row.kind == Kind::Name)
                place(r, c, makeLine(row.kind == Kind::Name));
    }
    differenceHead_ = nullptr;
    differenceBar_ = nullptr;
    if (difference == Difference::Shown)
        addDifference(beginsWithTexts);
    if (bar_ != nullptr) {
        grid_->addWidget(bar_, first, plots, last - first + 1, 1);
        bar_->setVisible(hasBar());
    }
    for (int c = 0; c < std::max(differenceColumn() + 2, grid_->columnCount()); ++c) {
        const bool isPlots = c < plots || (hasDifference && c == differenceColumn() &&
                                           !(beginsWithTexts && bar_ != nullptr));
        const bool isBar = c == plots || (hasDifference && c == differenceColumn() + 1);
        grid_->setColumnStretch(c, isPlots ? 1 : 0);
        grid_->setColumnMinimumWidth(c, isBar ? barRoom_ : 0);
    }
}

/// In the first row of plots, with a bar of its own.
void PlotPage::addDifference(bool isText) {
    const int first = firstPlot();
    if (isText) {
        differenceHead_ = textHeads_.at(at(first, models_));
    } else {
        differenceHead_ = new QLabel;
        differenceHead_->setAlignment(Qt::AlignCenter);
        differenceHead_->setWordWrap(true);
        grid_->addWidget(differenceHead_, 0, differenceColumn(), headRows(), 1);
        place(first, models_, makePlot(rows_[static_cast<std::size_t>(first)], {}));
    }
    at(first, models_)->setAccessibleName(tr("difference of two models"));
    if (bar_ == nullptr)
        return;
    differenceBar_ = new ColourBar;
    differenceBar_->hideLock();
    differenceBar_->setAccessibleName(tr("Colour scale of the difference"));
    connect(differenceBar_, &ColourBar::fullRangeWanted, bar_, &ColourBar::fullRangeWanted);
    grid_->addWidget(differenceBar_, first, differenceColumn() + 1);
}

ElidedLabel* PlotPage::makeLine(bool bold) {
    auto* line = new ElidedLabel;
    auto font = line->font();
    font.setBold(bold);
    line->setFont(font);
    return line;
}

/// Those above the first row that is over all columns or has plots.
int PlotPage::headRows() const {
    const auto end = std::find_if(rows_.begin(), rows_.end(), [](const Row& row) {
        return row.kind == Kind::Title || isPlot(row.kind);
    });
    return static_cast<int>(end - rows_.begin());
}

QWidget* PlotPage::at(int row, int column) const {
    const auto r = static_cast<std::size_t>(row), c = static_cast<std::size_t>(column);
    return r < widgets_.size() && c < widgets_[r].size() ? widgets_[r][c] : nullptr;
}

void PlotPage::setHead(int row, int column, QWidget* head) {
    place(row, column, head);
}

QLabel* PlotPage::title(int row) const {
    return static_cast<QLabel*>(at(row, 0));
}

ElidedLabel* PlotPage::line(int row, int column) const {
    return static_cast<ElidedLabel*>(at(row, column));
}

void PlotPage::show(int row, int column, const FigurePanel& panel) {
    auto* view = at(row, column);
    if (auto* heatmap = dynamic_cast<HeatmapView*>(view))
        showHeatmap(*heatmap, std::get<HeatmapFigure>(panel.content).data);
    else if (auto* scatter = dynamic_cast<ScatterView*>(view))
        scatter->setData(std::get<ScatterFigure>(panel.content).data,
                         std::get<ScatterFigure>(panel.content).limit);
    else if (auto* chart = dynamic_cast<ChartView*>(view))
        chart->setData(std::get<ChartFigure>(panel.content).data,
                       std::get<ChartFigure>(panel.content).range);
    else if (auto* graph = dynamic_cast<GraphView*>(view))
        graph->setData(std::get<GraphFigure>(panel.content).data);
    else if (auto* text = dynamic_cast<TokenStripView*>(view))
        showText(*text, panel);
}

namespace {

QString axesOf(const CellGrid& grid) {
    return grid.columnTitle + QLatin1Char('\n') + grid.rowTitle;
}

} // namespace

void PlotPage::showHeatmap(HeatmapView& view, const HeatmapData& shown) {
    view.setData(shown);
    view.setPart(parts_[axesOf(shown.grid)]);
}

/// What the user has chosen in one is shown in all that have its axes.
void PlotPage::showPart(const HeatmapView& chosen, const QRectF& part) {
    const auto axes = axesOf(chosen.data().grid);
    parts_[axes] = part;
    for (const auto& row : widgets_)
        for (auto* widget : row)
            if (auto* view = dynamic_cast<HeatmapView*>(widget);
                view != nullptr && axesOf(view->data().grid) == axes)
                view->setPart(part);
}

void PlotPage::showText(TokenStripView& view, const FigurePanel& panel) {
    view.setStrips(std::get<TokenStripFigure>(panel.content).strips);
    auto* head = textHeads_.at(&view);
    if (head == differenceHead_)
        return;
    auto words = QStringList{panel.subtitle} + panel.notes;
    words.removeAll(QString());
    head->setText(
        QStringLiteral("<b>%1</b> %2")
            .arg(panel.title.toHtmlEscaped(), words.join(QStringLiteral(" · ")).toHtmlEscaped()));
}

void PlotPage::showNothing(int row, int column, const QString& why) {
    if (auto* view = plot<PlotView>(row, column))
        view->setEmptyText(why);
}

void PlotPage::setStale(int row, int column, bool stale) {
    if (auto* view = plot<PlotView>(row, column))
        view->setStale(stale);
}

void PlotPage::setLinesStale(int column, bool stale) {
    for (int r = 0; r < static_cast<int>(rows_.size()); ++r)
        if (rows_[static_cast<std::size_t>(r)].kind == Kind::Line && at(r, column) != nullptr)
            at(r, column)->setEnabled(!stale);
}

void PlotPage::setTitlesStale(bool stale) {
    for (int r = 0; r < static_cast<int>(rows_.size()); ++r)
        if (rows_[static_cast<std::size_t>(r)].kind == Kind::Title)
            if (auto* line = title(r)) // none of a hidden row
                line->setEnabled(!stale);
}

void PlotPage::setHovered(const std::optional<Thing>& thing) {
    for (const auto& row : widgets_)
        for (auto* widget : row)
            if (auto* view = dynamic_cast<PlotView*>(widget))
                view->setHovered(thing);
}

void PlotPage::setPins(const std::vector<Pin>& pins) {
    for (const auto& row : widgets_)
        for (auto* widget : row)
            if (auto* view = dynamic_cast<PlotView*>(widget))
                view->setPins(pins);
}

std::optional<double> PlotPage::valueOf(const Thing& thing) const {
    for (int column = 0; column < models_; ++column)
        if (const auto* view = plot<HeatmapView>(firstPlot(), column))
            if (const auto value = view->valueOf(thing))
                return value;
    return std::nullopt;
}

void PlotPage::mark(const std::optional<Thing>& thing) {
    if (bar_ != nullptr)
        bar_->setMarker(thing ? valueOf(*thing) : std::nullopt);
    if (differenceBar_ == nullptr)
        return;
    const auto* view = plot<HeatmapView>(firstPlot(), models_);
    differenceBar_->setMarker(thing && view != nullptr ? view->valueOf(*thing) : std::nullopt);
}

} // namespace residuum
