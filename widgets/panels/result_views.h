// Views that need nothing but a result: their figures, headless and in the window, follow from what
// is said here.
#pragma once

#include "widgets/figure/figure_kind.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/figure_source.h"
#include "widgets/panels/plot_page.h"

#include <QString>

#include <functional>
#include <vector>

namespace residuum {

/// One model's result as one plot.
template <class Result>
struct ResultView {
    QString name;        ///< on the command line
    QString description; ///< for people, with LN treatment
    PlotPage::Kind plot = PlotPage::Kind::Heatmap;
    std::function<FigureContent(const Result&)> content;
    ColourScale scale{}; ///< of heatmaps and texts, but for its end
    /// Adds to the models' panels what only all of them tell; null: nothing.
    std::function<void(std::vector<FigurePanel>&)> together{};
    std::function<QStringList(const Result&)> notes{}; ///< under a plot; null: none
    QString tab{};                                     ///< empty: the description
    /// Views of one group share a tab of that name, with a choice of which is shown; "": none.
    QString group{};

    bool hasColours() const {
        return plot == PlotPage::Kind::Heatmap || plot == PlotPage::Kind::Texts;
    }
};

template <Question Q>
struct ResultViews {
    QString title; ///< of the question's tab and menu entry, with the mnemonic
    std::vector<ResultView<typename Q::Result>> views;
    /// What all columns say together, in a sentence (verdict.h); may be empty.
    std::function<QString(const std::vector<NamedResult<typename Q::Result>>&)> verdict{};

    const ResultView<typename Q::Result>& view(const QString& name) const {
        for (const auto& each : views)
            if (each.name == name)
                return each;
        return views.front();
    }
};

/// What a view shows, for its caption, without its panels yet. `prompt`: "" where there are
/// several.
Figure describedFigure(const QString& view, const QString& description, const QString& models,
                       const QString& prompt, const Provenance& provenance);
/// The prompt of a file that has one; else "".
QString onlyPrompt(const ResultReader& reader, const ResultTokens& names);

/// A view's panel of each column.
template <class Result>
std::vector<FigurePanel> viewPanels(const ResultView<Result>& view,
                                    const std::vector<NamedResult<Result>>& columns) {
    std::vector<FigurePanel> panels;
    for (const auto& [name, result] : columns) {
        panels.push_back(namedPanel(name, result->model));
        panels.back().content = view.content(*result);
        if (view.notes)
            panels.back().notes = view.notes(*result);
    }
    if (view.together)
        view.together(panels);
    return panels;
}

template <Question Q>
Figure
viewFigure(const ResultViews<Q>& shown, const std::vector<NamedResult<typename Q::Result>>& columns,
           const FigureRequest& request, const QString& prompt, const Provenance& provenance) {
    const auto& view = shown.view(request.view);
    using Kind = PlotPage::Kind;
    auto figure =
        describedFigure(view.name, view.description, modelsText(columns), prompt, provenance);
    if (view.plot == Kind::Texts)
        figure.columns = 1; // under each other
    addCompared(figure, viewPanels(view, columns), view.scale, request);
    setPins(figure, request.pins);
    return figure;
}

/// The results' door to figures.
template <Question Q>
FigureKind kindOf(const ResultViews<Q>& shown) {
    FigureKind kind;
    kind.kind = QString::fromLatin1(Q::kind);
    kind.title = shown.title;
    for (const auto& view : shown.views)
        kind.views.push_back({view.name, view.description, {}});
    kind.make = [shown](const ResultReader& reader, const FigureRequest& request) {
        return viewFigure<Q>(shown, resultsOf<Q>(reader, request), request,
                             onlyPrompt(reader, Q::tokens(typename Q::Input{})),
                             fileProvenance<Q>(reader));
    };
    return kind;
}

} // namespace residuum
