// What a kind of result says of its figures: the one door through which every kind's figures come,
// headless and in the window.
#pragma once

#include "widgets/figure/figure.h"

#include <QString>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

class ResultReader;

/// A pinned thing by its name, e.g. "L9H9".
struct NamedPin {
    QString name;
    QColor colour;
};

/// Which part of a result to draw, and how it is scaled. A kind ignores what it has no use for.
struct FigureRequest {
    QString view; ///< one of the kind's; empty: its first
    std::optional<int>
        sample; ///< from 0; empty: the first, or the mean over all, as the kind has it
    std::optional<int> position; ///< from the end when negative; empty: the last there is
    std::optional<double> limit; ///< of the colour scale; empty: what fits all models
    bool fullRange = false;      ///< what fits them all, also what lies far above the rest
    std::optional<std::pair<int, int>> difference; ///< of two models, as a further panel
    std::vector<NamedPin> pins;
    QString site;            ///< of patching, e.g. "z_all_pos"; empty: the result's first
    QString method;          ///< the estimate shown beside the exact values; empty: the first
    bool normalised = false; ///< patching: divided by m(clean) - m(corrupted)
    QString effect;          ///< of neurons: "entropy" or "loss"; empty: entropy
    QString against;         ///< what their norm is drawn against: "logitvar" (also empty) or
                             ///< "null-space"
};

/// A difference of two of the document's columns, in the places of those that a figure shows
/// (`places`: of each shown column in the document); empty where one of them is not shown.
std::optional<std::pair<int, int>> amongShown(const std::optional<std::pair<int, int>>& difference,
                                              const std::vector<int>& places);

struct FigureView {
    QString name;        ///< on the command line
    QString description; ///< for people, with LN treatment
};

struct FigureKind {
    QString kind; ///< of the result files
    std::vector<FigureView> views;
    /// Throws Error where the file has no such sample or position, or is damaged; `request.view` is
    /// one of `views`.
    std::function<Figure(const ResultReader&, const FigureRequest&)> make;
    /// Whether a file has what a view shows; null: every file has what every view shows.
    std::function<bool(const ResultReader&, const FigureView&)> has = nullptr;

    /// The view named, the first for an empty name; null: there is none of that name.
    const FigureView* find(const QString& name) const {
        for (const auto& view : views)
            if (name.isEmpty() || view.name == name)
                return &view;
        return nullptr;
    }
};

} // namespace residuum
