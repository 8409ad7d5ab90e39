#include "widgets/panels/pattern_row.h"

#include "widgets/panels/attention_figures.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/prompt/token_display.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace residuum {

namespace {

constexpr int gap = 4;    ///< pixels
constexpr int beside = 3; ///< each other

} // namespace

PatternRow::PatternRow(Workspace& workspace, const ComponentDetails& details, QWidget* parent)
    : QWidget(parent), workspace_(workspace), details_(details), grid_(new QGridLayout) {
    auto* large = new QPushButton(tr("Show attention"));
    large->setToolTip(tr("The attention of this head in every model, with tokens"));
    connect(large, &QPushButton::clicked, this, &PatternRow::largeWanted);
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setSpacing(gap);
    grid_->setColumnStretch(beside, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(new QLabel(tr("<b>Attention</b> <small>query (row) to key, 0 … 1</small>")));
    layout->addLayout(grid_);
    layout->addWidget(large, 0, Qt::AlignLeft);
    connect(&workspace_, &Workspace::columnsChanged, this, &PatternRow::rebuild);
}

HeatmapView* PatternRow::pattern(int column) const {
    const auto place = static_cast<std::size_t>(column);
    return place < views_.size() ? views_[place] : nullptr;
}

void PatternRow::fit(int width) {
    width_ = width;
    rebuild();
}

void PatternRow::rebuild() {
    qDeleteAll(views_);
    views_.clear();
    const int side = (width_ - (beside - 1) * gap) / beside;
    for (const auto& column : workspace_.columns()) {
        auto* view = new HeatmapView;
        view->setFixedSize(side, side);
        view->setAccessibleName(tr("attention in %1, small").arg(column.name));
        connect(view, &PlotView::hovered, &workspace_, &Workspace::setHovered);
        connect(view, &PlotView::clicked, this, &PatternRow::largeWanted);
        const int place = static_cast<int>(views_.size());
        grid_->addWidget(view, place / beside, place % beside);
        views_.push_back(view);
    }
    refresh();
}

void PatternRow::refresh() {
    if (views_.size() != workspace_.columns().size()) // others hear of new ones first
        return;
    QStringList tokens;
    for (const auto token : workspace_.state().prompt.tokens)
        tokens << chipText(workspace_.tokenizer().get(), token);
    auto view = views_.begin();
    for (const auto& column : workspace_.columns()) {
        HeatmapData map;
        if (const auto detail = details_.of(column.id); detail && detail->pattern.size() > 0) {
            map.grid = attentionGrid(static_cast<int>(detail->pattern.rows()), tokens,
                                     AttentionKind::Plain, false);
            map.values = attentionValues(detail->pattern, AttentionKind::Plain);
            map.scale = attentionScale(AttentionKind::Plain, false);
        }
        (*view)->setData(map);
        (*view)->setStale(details_.stale(column.id));
        ++view;
    }
}

} // namespace residuum
