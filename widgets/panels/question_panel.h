// What all questions' panels have in common: a column per model with its plots on shared scales,
// the difference of two, what stands in the way, hover and pins, the lock of the colours, figures.
#pragma once

#include "widgets/figure/figure_kind.h"
#include "widgets/panels/panel_drawing.h"
#include "widgets/panels/plot_page.h"
#include "widgets/panels/prompt_bars.h"
#include "widgets/panels/verdict.h"
#include "widgets/workspace/workspace.h"

#include <QAction>
#include <QList>
#include <QPalette>
#include <QStringList>
#include <QTabWidget>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

class ColourBar;
class HeatmapView;
class ThingTable;

/// What is known of a thing, for the inspector.
struct ThingNumbers {
    QString domain;    ///< units, and what the numbers are of: "logits at position 14 (·to)"
    QStringList heads; ///< of the columns of numbers, HTML
    /// One per column of the document, in its order; "–": none.
    std::vector<QStringList> rows;
    QString foot{}; ///< what else is to be said of them
};

/// A question derives from it and says which views its rows of plots show. Computes while it is
/// shown. What plots and tables show is worked out on another thread, what one sees before what is
/// in other tabs, and again only for something else. GUI thread only.
class QuestionPanel : public QWidget {
    Q_OBJECT

  public:
    ColourBar* colourBar() const { return bar_; }
    /// The heatmap of the difference; null unless two models are compared.
    HeatmapView* differenceHeatmap() const;
    /// The tabs under the first page of plots.
    QTabWidget* details() const { return tabs_; }
    QuestionBoard& board() const { return board_; }
    /// The figure view that shows what one looks at.
    virtual QString shownView() const = 0;
    /// What is shown as the figure of `request.view`; the rest of the request is filled in. Throws
    /// Error where there is no result.
    virtual Figure figure(FigureRequest& request) const = 0;
    /// How far off what is shown may be, for the status bar; "": nothing to say.
    virtual QString statusText() const { return {}; }
    /// Calls the views as the models that are shown have it: `views` are the kind's.
    virtual void describeViews(std::vector<FigureView>&) const {}
    /// What the question says of a thing in every column; empty: nothing.
    virtual std::optional<ThingNumbers> inspect(const Thing&) const { return std::nullopt; }
    /// What else the question says of a thing, in every column, as HTML in a palette's colours; "":
    /// nothing.
    virtual QString dossier(const Thing&, const QPalette&) const { return {}; }
    /// The menu entry by which the question takes up a thing that another shows; "": it does not.
    virtual QString offer(const Thing&) const { return {}; }
    virtual void takeUp(const Thing&) {}
    /// What stands out where the document looks, as HTML whose links name things; "": nothing.
    virtual QString overview() const { return {}; }
    /// The one number of a thing in a column that the first page shows; empty: there is none.
    virtual std::optional<double> numberOf(const ModelColumn&, const Thing&) const {
        return std::nullopt;
    }
    /// What that number is, of what, and its unit, e.g. "DLA (LN frozen) at position 14 (·to),
    /// logits"; "": the panel has none.
    virtual QString numberText() const { return {}; }
    /// Whether the sum of several things' numbers is a number of them together.
    virtual bool numbersAddUp() const { return true; }
    /// What the shown columns say together; models that have nothing yet are left out.
    Verdict verdict() const;
    virtual PromptBars alongPrompt() const { return {}; }
    /// Entries of the menus View and Analysis.
    virtual QList<QAction*> viewActions() { return {}; }
    virtual QList<QAction*> analysisActions() { return {}; }
    /// Shows the error, or the question's other number, instead of what is shown, or back.
    virtual void toggleError() = 0;

  Q_SIGNALS:
    /// What is shown was brought up to date.
    void refreshed();
    /// By the user: what can be done with a thing. `text`: label and value.
    void menuWanted(const Thing& thing, const QString& text, const QPoint& global);

  protected:
    /// What a column has to show.
    struct ColumnState {
        bool has = false;
        bool stale = false;
        QString why; ///< there is nothing, in a sentence; "": what is there already stays

        /// Whether something of what was asked before is seen.
        bool showsStale() const { return stale && (has || why.isEmpty()); }
    };

    QuestionPanel(Workspace& workspace, QuestionBoard& board, QWidget* parent);
    /// With the colour bar, with one of its own, with room for one, or without.
    enum class Bar { Shown, Own, Room, None };
    /// Shows views for its rows that name one. The first page says what stands in the way.
    PlotPage* addPage(std::vector<PlotPage::Row> rows, Bar bar);
    /// Shows a view in a table, while one sees it.
    void addTable(ThingTable* table, const QString& view);
    /// `bars` above the first page, tabs below it, `foot` (or null) at the bottom. `heights`: of
    /// the page and the tabs.
    void layOut(const QString& name, const std::vector<QWidget*>& bars, const QList<int>& heights,
                QWidget* foot = nullptr);

    Workspace& workspace() const { return workspace_; }
    /// The columns that are shown, in their order.
    std::vector<const ModelColumn*> shown() const;
    virtual bool shows(const ModelColumn& column) const;
    /// Whether there is a result to be shown, stale or not.
    virtual bool has(const ModelColumn& column) const = 0;
    virtual ColumnState stateOf(const ModelColumn& column) const;
    /// Whether what a view shows of a column is of what was asked before.
    virtual bool isStaleIn(const QString&, const ModelColumn&, const ColumnState& state) const {
        return state.stale;
    }
    /// Why there is none.
    virtual QString missingText(const ModelColumn& column) const;
    /// Whether something that is shown is of what was asked before.
    bool isStale() const;
    /// Of those that are shown, as of the last refresh.
    const std::vector<ColumnState>& states() const { return states_; }
    /// The places of the two models compared among the shown columns that have something; empty:
    /// none are compared, or one has nothing.
    std::optional<std::pair<int, int>> compared() const;

    /// What is to be drawn of the shown columns that have something.
    virtual std::shared_ptr<const Scene> scene() const = 0;
    /// The views whose values the panel's bar shows; none: those of its page.
    virtual QStringList scaledViews() const { return {}; }
    /// The end of a view's scale where it is locked, on its page's own bar or on the panel's.
    std::optional<double> lockedLimit(const QString& view) const;
    /// What is subtracted where a page begins with the view, as HTML, under the models' names.
    virtual QString differenceText(const QString&) const { return {}; }

    virtual QString verdictText() const { return {}; }

    /// The pages have new columns.
    virtual void columnsMade() {}
    /// The controls show what is set.
    virtual void refreshChoices() {}
    /// What was drawn of a column in a row of plots; null: nothing (yet).
    const FigurePanel* drawn(const PlotPage* page, int row, int columnId) const;
    /// What else is shown.
    virtual void refreshRest() {}
    virtual void click(const Thing& thing);
    /// Hover or pins changed.
    virtual void refreshMarks();

    void rebuild();
    void refresh();
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void connectBar(ColourBar& bar, const std::function<void(std::optional<double>)>& lock);
    bool hasOwnBar(const PlotPage& page) const { return page.hasBar() && page.bar() != bar_; }
    std::optional<double> lockedLimit(const PlotPage& page) const;
    void showAnswers();
    void dimStale();
    static bool isTogether(const PlotPage& page, int row);
    struct ShownTable {
        ThingTable* table;
        QString view;
    };
    PanelRequest wanted() const;
    std::optional<PanelRequest> missing(PanelRequest wanted) const;
    bool isSeen(std::size_t place) const;
    void draw(const PanelRequest& request);
    void take(const std::shared_ptr<PanelDrawing>& drawing);
    void showDrawing();
    void showPage(std::size_t page);
    const FigureDifference* drawnDifference(std::size_t page) const;
    void showStates(PlotPage& page, bool isFirst);
    void showDifference(std::size_t page);

    Workspace& workspace_;
    QuestionBoard& board_;
    ColourBar* bar_;
    QTabWidget* tabs_;
    std::vector<PlotPage*> pages_;
    std::vector<ShownTable> tables_; ///< in a drawing's pages they follow those of plots
    std::vector<int> ids_;           ///< of the columns that the pages have
    std::vector<ColumnState> states_;
    std::shared_ptr<PanelDrawing> drawing_; ///< the last one; null: none yet
    std::vector<bool> isShown_;             ///< by its pages: they show what was drawn
    bool isDrawing_ = false;                ///< another is on its way
};

} // namespace residuum
