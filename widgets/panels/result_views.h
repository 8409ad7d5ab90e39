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

/// All models' results as one table.
template <class Result>
struct ResultTable {
    using Columns = std::vector<NamedResult<Result>>;

    QString name, description; ///< as of a view
    std::function<TableFigure(const Columns&)> table;
    std::function<QStringList(const Columns&)> notes{}; ///< what its numbers are of; null: none
    QString tab{}, group{};                             ///< as of a view
    /// Titles of columns of which one's are shown at a time; none: all are.
    QStringList parts{};
    QString offer{}; ///< what the panel does with a chosen row (`takeRow`); "": nothing
};

template <Question Q>
struct ResultViews {
    using Result = typename Q::Result;

    QString title; ///< of the question's tab and menu entry, with the mnemonic
    std::vector<ResultView<Result>> views;
    /// What all columns say together, in a sentence (verdict.h); may be empty.
    std::function<QString(const std::vector<NamedResult<Result>>&)> verdict{};
    std::vector<ResultTable<Result>> tables{};
    /// The one number of a thing, and what all things' numbers are; null: there are none.
    std::function<std::optional<double>(const Result&, const Thing&)> number{};
    std::function<QString(const Result&)> numberText{};

    const ResultView<Result>& view(const QString& name) const {
        for (const auto& each : views)
            if (each.name == name)
                return each;
        return views.front();
    }
    /// Null: it is not one of the tables.
    const ResultTable<Result>* table(const QString& name) const {
        for (const auto& each : tables)
            if (each.name == name)
                return &each;
        return nullptr;
    }
    /// Of a view or table.
    const QString& description(const QString& name) const {
        const auto* found = table(name);
        return found == nullptr ? view(name).description : found->description;
    }
};

/// Which of a table's parts a figure has; the first unless told.
ViewSetting partSetting(const QStringList& parts);
/// The columns of that part alone.
void keepPart(TableFigure& table, const QStringList& parts, const ViewSettings& settings);

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
    if (const auto* table = shown.table(request.view)) {
        auto figure = describedFigure(table->name, table->description, modelsText(columns), prompt,
                                      provenance);
        FigurePanel panel;
        if (table->notes)
            panel.notes = table->notes(columns);
        auto drawn = table->table(columns);
        keepPart(drawn, table->parts, request.settings);
        panel.content = std::move(drawn);
        figure.columns = 1;
        figure.panels.push_back(std::move(panel));
        return figure;
    }
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
    for (const auto& table : shown.tables) {
        QStringList settings;
        if (!table.parts.isEmpty()) {
            kind.settings.push_back(partSetting(table.parts));
            settings << kind.settings.back().name;
        }
        kind.views.push_back({table.name, table.description, settings});
    }
    kind.make = [shown](const ResultReader& reader, const FigureRequest& request) {
        return viewFigure<Q>(shown, resultsOf<Q>(reader, request), request,
                             onlyPrompt(reader, Q::tokens(typename Q::Input{})),
                             fileProvenance<Q>(reader));
    };
    return kind;
}

} // namespace residuum
