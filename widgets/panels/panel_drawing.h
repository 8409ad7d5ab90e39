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
    /// Of a view's heatmaps, but for its end.
    virtual ColourScale scale(const QString& view) const = 0;
    /// Whether the other shows the same.
    virtual bool isSame(const Scene& other) const = 0;
};

/// One page of plots.
struct PageViews {
    bool hasBar = false; ///< all its heatmaps have the bar's scale
    QStringList rows;    ///< each row's view; "": none

    /// Of the first row that has one; -1: none has.
    qsizetype firstRow() const;

    friend bool operator==(const PageViews&, const PageViews&) = default;
};

/// What is to be drawn.
struct PanelRequest {
    std::shared_ptr<const Scene> scene;
    std::vector<PageViews> pages;
    QStringList scaledViews; ///< whose values the bar's scale shows; none: those of its page
    std::optional<double> limit;
    bool fullRange = false;
    /// Places among the scene's columns of the two whose difference the first page shows.
    std::optional<std::pair<int, int>> difference;

    bool isSame(const PanelRequest& other) const;
};

/// What was drawn.
struct PanelDrawing {
    PanelRequest request;
    std::optional<ColourScale> scale; ///< of the bar; empty: nothing has one
    /// By page and row, a panel of each of the scene's columns.
    std::vector<std::vector<std::vector<FigurePanel>>> rows;
    std::optional<FigureDifference> difference;
};

PanelDrawing drawPanel(const PanelRequest& request);

} // namespace residuum
