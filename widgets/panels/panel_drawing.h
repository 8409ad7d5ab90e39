// What a panel's plots show, worked out from what the answers were when it was asked for. No
// widgets: any thread may do it.
#pragma once

#include "widgets/figure/figure_difference.h"
#include "widgets/figure/figure_kind.h"

#include <QStringList>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

/// The answers of the columns that have one, and how they are looked at.
struct Scene {
    virtual ~Scene() = default;
    /// Of each column one, or one of all for tables.
    virtual std::vector<FigurePanel> panels(const QString& view) const = 0;
    /// Of a view's heatmaps and texts, but for its end.
    virtual ColourScale scale(const QString& view) const = 0;
    /// Of a view that is a table of numbers; `difference`: places of the two that are compared.
    virtual TableFigure table(const QString& view,
                              const std::optional<std::pair<int, int>>& difference) const = 0;
    /// Whether the other shows the same.
    virtual bool isSame(const Scene& other) const = 0;
};

/// One page of plots, or one table.
struct PageViews {
    QStringList rows; ///< each row's view; "": none. No rows: nothing is to be drawn of the page
    bool isTable = false; ///< the only row's view is one
    bool hasBar = false;  ///< all its heatmaps and texts have the bar's scale
    QStringList scaled;   ///< the views whose values the bar's scale shows; none: those of the rows
    std::optional<double> limit; ///< the end of the scale where it is locked

    /// Of the first row that has one; -1: none has.
    qsizetype firstRow() const;

    bool isWanted() const { return !rows.isEmpty(); }

    friend bool operator==(const PageViews&, const PageViews&) = default;
};

/// What is to be drawn.
struct PanelRequest {
    std::shared_ptr<const Scene> scene;
    std::vector<int> columns; ///< ids of the scene's
    std::vector<PageViews> pages;
    bool fullRange = false;
    /// Places among the scene's columns of the two whose difference pages with a bar show.
    std::optional<std::pair<int, int>> difference;

    /// But for the pages.
    bool isAlike(const PanelRequest& other) const;
};

/// What was drawn.
struct PanelDrawing {
    PanelRequest request;
    std::vector<std::optional<ColourScale>> scales; ///< by page, of its bar; empty: it has none
    /// By page and row, a panel of each of the scene's columns.
    std::vector<std::vector<std::vector<FigurePanel>>> rows;
    std::vector<std::optional<FigureDifference>> differences; ///< by page, of its first row
    std::vector<TableFigure> tables;                          ///< by page

    /// Of a column by its id; null: the row shows nothing of it.
    const FigurePanel* panel(std::size_t page, std::size_t row, int columnId) const;
};

/// Of a request of which nothing is drawn (yet).
PanelDrawing undrawn(const PanelRequest& request);
PanelDrawing drawPanel(const PanelRequest& request);
/// Puts the pages that `more` has into a drawing that is alike.
void addPages(PanelDrawing& drawing, PanelDrawing more);

} // namespace residuum
