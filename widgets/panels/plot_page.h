// Plots of models beside each other, with what stands above and below each.
#pragma once

#include "widgets/figure/figure.h"

#include <QRectF>
#include <QWidget>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

class QGridLayout;
class QLabel;

namespace residuum {

class ColourBar;
class ElidedLabel;
class HeatmapView;
class PlotView;
class TokenStripView;

/// A grid: a column per model, in rows of one kind each. Hover and pins are linked in all its
/// plots, and so is the part that heatmaps with the same axes show. GUI thread only.
class PlotPage : public QWidget {
    Q_OBJECT

  public:
    enum class Kind {
        Head,    ///< a widget of each column, which is set
        Name,    ///< a line of each column, bold
        Line,    ///< a line of each column
        Answer,  ///< the same, of what its model answers to the prompt; who has the page fills it
        Title,   ///< a line over all columns
        Heatmap, ///< a plot of each column
        Scatter,
        Chart,
        Graph,
        Texts ///< tokens of each column, not beside but under each other, with names and notes
    };
    struct Row {
        Kind kind;
        QString name{}; ///< of a plot, for screen readers; "%1": its column's
        QString view{}; ///< of a plot: what it shows; "": who has the page shows it
        /// One plot of all columns, which scrolls where it is higher than there is room.
        bool together = false;
        bool hidden = false; ///< takes no room and shows nothing
    };

    /// `bar` stands beside the plots; null: none does, and `barRoom` is left for one, so that pages
    /// under each other have their columns so too.
    explicit PlotPage(std::vector<Row> rows, ColourBar* bar, int barRoom = 0,
                      QWidget* parent = nullptr);

    const std::vector<Row>& rows() const { return rows_; }
    void setView(int row, const QString& view);
    /// From the next columns on.
    void setHidden(int row, bool hidden) { rows_[static_cast<std::size_t>(row)].hidden = hidden; }
    /// Of the first row of plots.
    const QString& view() const { return rows_[static_cast<std::size_t>(firstPlot())].view; }
    /// None beside a graph, which has no colours of values.
    bool hasBar() const {
        return bar_ != nullptr && rows_[static_cast<std::size_t>(firstPlot())].kind != Kind::Graph;
    }
    ColourBar* bar() const { return bar_; } ///< null: none
    /// The first row of plots that is not hidden, where not all are.
    int firstPlot() const;

    /// One column more, for the difference of two.
    enum class Difference {
        None,
        Room, ///< empty: another page has it
        Shown ///< with a head and a plot in the first row of plots
    };
    /// Begins anew with columns of these names.
    void setColumns(const QStringList& names, Difference difference = Difference::None);
    void setHead(int row, int column, QWidget* head);
    QLabel* title(int row) const;
    ElidedLabel* line(int row, int column) const;
    QLabel* differenceHead() const { return differenceHead_; }  ///< null: there is no difference
    ColourBar* differenceBar() const { return differenceBar_; } ///< null: there is none
    /// Null where there is no such column.
    template <class View>
    View* plot(int row, int column) const {
        return dynamic_cast<View*>(at(row, column));
    }

    /// `content` is of the row's kind.
    void show(int row, int column, const FigurePanel& panel);
    /// Keeps what is shown if anything is; else says why nothing is.
    void showNothing(int row, int column, const QString& why);
    void setStale(int row, int column, bool stale);
    /// Dims all numbers of a column that are in no plot: its lines, but for names.
    void setLinesStale(int column, bool stale);
    /// The lines over all columns.
    void setTitlesStale(bool stale);

    void setHovered(const std::optional<Thing>& thing);
    void setPins(const std::vector<Pin>& pins);
    /// The number of a thing in the first of the first row's heatmaps of models that has one.
    std::optional<double> valueOf(const Thing& thing) const;
    /// Shows the numbers of a thing on the bars; empty: none.
    void mark(const std::optional<Thing>& thing);

  Q_SIGNALS:
    void hovered(std::optional<Thing> thing); ///< by the user
    void clicked(const Thing& thing);         ///< by the user
    void menuWanted(const Thing& thing, const QString& text, const QPoint& global);

  private:
    static bool isLine(Kind kind) { return kind == Kind::Line || kind == Kind::Answer; }
    static bool isPlot(Kind kind) { return kind >= Kind::Heatmap; }
    void showText(TokenStripView& view, const FigurePanel& panel);
    void showHeatmap(HeatmapView& view, const HeatmapData& shown);
    void showPart(const HeatmapView& chosen, const QRectF& part);
    PlotView* makePlot(const Row& row, const QString& column);
    static ElidedLabel* makeLine(bool bold);
    int headRows() const;
    QWidget* at(int row, int column) const;
    /// Of the layout: after the models and the bar.
    int differenceColumn() const { return std::max(1, models_) + 1; }
    void addDifference(bool isText);
    void place(int row, int column, QWidget* widget);
    /// One plot of all columns of the grid.
    void placeTogether(int row, int columns);
    /// One text per name, in a scroll area over `columns` of the grid.
    void placeTexts(int row, const QStringList& names, int columns);

    std::vector<Row> rows_;
    ColourBar* bar_;
    int barRoom_;
    QGridLayout* grid_;
    int models_ = 0;
    QLabel* differenceHead_ = nullptr;
    ColourBar* differenceBar_ = nullptr;         ///< child
    std::vector<std::vector<QWidget*>> widgets_; ///< by row and column; null: none
    std::map<const QWidget*, QLabel*> textHeads_;
    std::map<QString, QRectF> parts_; ///< of heatmaps, by their axes; null: all of it
};

} // namespace residuum
