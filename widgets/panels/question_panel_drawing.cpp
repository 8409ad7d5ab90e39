// What a question's panel shows: asked for, drawn on another thread, put into plots and tables.
#include "widgets/figure/figure_difference.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/question_panel.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/colour_bar.h"

#include <QPointer>

#include <algorithm>

namespace residuum {

bool QuestionPanel::isTogether(const PlotPage& page, int row) {
    return page.rows()[static_cast<std::size_t>(row)].together;
}

std::optional<double> QuestionPanel::lockedLimit(const PlotPage& page) const {
    return hasOwnBar(page) ? board_.lockedLimit(page.view()) : board_.lockedLimit();
}

std::optional<double> QuestionPanel::lockedLimit(const QString& view) const {
    for (const auto* page : pages_)
        if (hasOwnBar(*page) && page->view() == view)
            return lockedLimit(*page);
    return board_.lockedLimit();
}

void QuestionPanel::draw(const PanelRequest& request) {
    if (isDrawing_) // when that is there it is looked what is wanted by then
        return;
    isDrawing_ = true;
    const auto drawing = std::make_shared<PanelDrawing>(undrawn(request));
    workspace_.drawings().run(
        [drawing, request] { *drawing = drawPanel(request); },
        [panel = QPointer(this), drawing, workspace = &workspace_](const QString& problem) {
            if (!problem.isEmpty())
                Q_EMIT workspace->message(problem);
            if (!panel)
                return;
            panel->isDrawing_ = false;
            panel->take(drawing);
            panel->refresh();
        });
}

/// Into what is there, where it is of the same scene.
void QuestionPanel::take(const std::shared_ptr<PanelDrawing>& drawing) {
    const auto& pages = drawing->request.pages;
    isShown_.resize(pages.size(), false);
    for (std::size_t p = 0; p < pages.size(); ++p)
        if (pages[p].isWanted())
            isShown_[p] = false;
    if (drawing_ && drawing_->request.isAlike(drawing->request))
        addPages(*drawing_, std::move(*drawing));
    else
        drawing_ = drawing;
}

/// What of it is not drawn: where one sees some of that, only what one sees.
std::optional<PanelRequest> QuestionPanel::missing(PanelRequest wanted) const {
    const bool isAlike = drawing_ && drawing_->request.isAlike(wanted);
    bool any = false, anySeen = false;
    for (std::size_t p = 0; p < wanted.pages.size(); ++p) {
        auto& page = wanted.pages[p];
        if (isAlike && drawing_->request.pages[p] == page)
            page = {};
        any |= page.isWanted();
        anySeen |= page.isWanted() && isSeen(p);
    }
    if (!any)
        return std::nullopt;
    for (std::size_t p = 0; anySeen && p < wanted.pages.size(); ++p)
        if (!isSeen(p))
            wanted.pages[p] = {};
    return wanted;
}

bool QuestionPanel::isSeen(std::size_t place) const {
    return place < pages_.size() ? pages_[place]->isVisible()
                                 : tables_[place - pages_.size()].table->isVisible();
}

const FigurePanel* QuestionPanel::drawn(const PlotPage* page, int row, int columnId) const {
    const auto place = std::find(pages_.begin(), pages_.end(), page) - pages_.begin();
    if (drawing_ && isTogether(*page, row)) { // the scene's first column has it, for all
        const auto& ids = drawing_->request.columns;
        return ids.empty() ? nullptr
                           : drawing_->panel(static_cast<std::size_t>(place),
                                             static_cast<std::size_t>(row), ids.front());
    }
    return drawing_ ? drawing_->panel(static_cast<std::size_t>(place),
                                      static_cast<std::size_t>(row), columnId)
                    : nullptr;
}

PanelRequest QuestionPanel::wanted() const {
    PanelRequest request;
    request.scene = scene();
    for (std::size_t c = 0; c < ids_.size(); ++c)
        if (states_[c].has)
            request.columns.push_back(ids_[c]);
    request.fullRange = workspace_.fullRange();
    for (const auto* page : pages_) {
        auto& views = request.pages.emplace_back();
        for (const auto& row : page->rows())
            views.rows << (row.hidden ? QString() : row.view);
        views.hasBar = page->hasBar();
        if (views.hasBar) {
            views.limit = lockedLimit(*page);
            if (page->bar() == bar_)
                views.scaled = scaledViews();
        }
    }
    for (const auto& shown : tables_) {
        auto& views = request.pages.emplace_back();
        views.isTable = true;
        if (shown.table->isVisible()) // large, and only numbers: not worth it beforehand
            views.rows << shown.view;
    }
    if (pages_.front()->differenceHead() != nullptr)
        request.difference = compared();
    return request;
}

void QuestionPanel::showDrawing() {
    isShown_.resize(drawing_->request.pages.size(), false);
    for (std::size_t p = 0; p < isShown_.size(); ++p) {
        if (isShown_[p] || !drawing_->request.pages[p].isWanted())
            continue;
        isShown_[p] = true;
        if (p < pages_.size())
            showPage(p);
        else
            tables_[p - pages_.size()].table->setTable(drawing_->tables[p]);
    }
}

/// Columns that have nothing keep what is there.
void QuestionPanel::showPage(std::size_t p) {
    auto& page = *pages_[p];
    if (const auto& scale = drawing_->scales[p];
        scale && (!drawing_->request.columns.empty() || states_.empty()))
        page.bar()->setScale(*scale);
    for (int row = 0; row < static_cast<int>(page.rows().size()); ++row)
        for (std::size_t c = 0; c < ids_.size(); ++c)
            if (const auto* panel = drawn(&page, row, ids_[c]); panel && states_[c].has)
                page.show(row, isTogether(page, row) ? 0 : static_cast<int>(c), *panel);
    if (const auto* difference = drawnDifference(p)) {
        page.show(page.firstPlot(), static_cast<int>(ids_.size()), difference->panel);
        if (auto* bar = page.differenceBar())
            bar->setScale(scaleOf(difference->panel));
    }
}

/// Of the two that are compared; null while it is on its way.
const FigureDifference* QuestionPanel::drawnDifference(std::size_t page) const {
    return drawing_ && page < drawing_->differences.size() && drawing_->differences[page] &&
                   pages_[page]->differenceHead() != nullptr &&
                   drawing_->request.difference == compared()
               ? &*drawing_->differences[page]
               : nullptr;
}

} // namespace residuum
