// What a kind of result says of its figures: the one door through which every kind's figures come,
// headless and in the window.
#pragma once

#include "widgets/figure/figure.h"
#include "widgets/figure/view_settings.h"

#include <QString>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

class ResultReader;

/// Which part of a result to draw, and how it is scaled.
struct FigureRequest {
    QString view;                ///< one of the kind's; empty: its first
    ViewSettings settings;       ///< of those that the view has
    std::optional<double> limit; ///< of the colour scale or the axes; empty: what fits all models
    bool fullRange = false;      ///< what fits them all, also what lies far above the rest
    /// Of two models: a further heatmap or text, or further columns of a table; other views have
    /// none.
    std::optional<std::pair<int, int>> difference;
    std::vector<Pin> pins;
};

struct FigureView {
    QString name;         ///< on the command line
    QString description;  ///< for people, with LN treatment
    QStringList settings; ///< names of those that it has
};

struct FigureKind {
    QString kind;  ///< of the result files
    QString title; ///< of the question's tab and menu entry, with the mnemonic
    std::vector<FigureView> views;
    std::vector<ViewSetting> settings; ///< of all views, in the order of commands
    /// Throws Error where the file has no such sample or position, or is damaged, NothingToDraw
    /// where it is whole and has nothing of what the view shows; `request.view` is one of `views`.
    std::function<Figure(const ResultReader&, const FigureRequest&)> make;
    /// Whether a file has what a view shows; null: every file has what every view shows.
    std::function<bool(const ResultReader&, const FigureView&)> has = nullptr;

    /// The view named, the first for an empty name. Throws UsageError where there is none.
    const FigureView& view(const QString& name) const;
    /// One of `settings`.
    const ViewSetting& setting(const QString& name) const;
    /// Throws UsageError where the request's view lacks a setting that is set, or a choice has no
    /// such value.
    void check(const FigureRequest& request) const;
};

/// What a figure's files are called among those of all kinds: the view's name, with its kind before
/// it where an earlier kind has a view of that name.
QString figureStem(const std::vector<FigureKind>& kinds, const QString& kind, const QString& view);

/// "--sample" and "--position" as all kinds have them.
ViewSetting sampleSetting();
ViewSetting positionSetting();

} // namespace residuum
