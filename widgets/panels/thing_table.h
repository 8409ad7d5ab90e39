// A table whose rows are things, hovered and pinned as in the plots, or whatever else.
#pragma once

#include "widgets/panels/table_model.h"

#include <QTableView>

#include <optional>
#include <vector>

namespace residuum {

/// Sorted by the first number, largest first, until the user sorts otherwise. GUI thread only.
class ThingTable : public QTableView {
    Q_OBJECT

  public:
    ThingTable(TableModel::Reading reading, const QString& accessibleName,
               QWidget* parent = nullptr);

    TableFilter* filter() const { return filter_; }
    /// The row one is in stays, as far as the table has its place.
    void setTable(TableFigure table);
    const TableFigure& shownTable() const { return table_->table(); }
    /// Of what one sees at an index.
    int rowOf(const QModelIndex& index) const { return filter_->mapToSource(index).row(); }
    /// Shows the columns with this title only, and sorts by the first; "": all.
    void showPart(const QString& title);
    void setPins(const std::vector<Pin>& pins) { table_->setPins(pins); }
    /// Dims the numbers while their successors are computed.
    void setStale(bool stale);
    bool isStale() const { return isStale_; }
    /// Selects what is hovered elsewhere.
    void setHovered(const std::optional<Thing>& thing);

  Q_SIGNALS:
    void thingHovered(const std::optional<Thing>& thing); ///< by the user
    void thingClicked(const Thing& thing);                ///< by the user
    /// By the user: what can be done with a thing. `text`: its name and the number pointed at.
    void menuWanted(const Thing& thing, const QString& text, const QPoint& global);

  protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    static std::optional<Thing> thingOf(const QModelIndex& index);
    void keepHeadsWhole();
    void hideOthers();

    TableModel* table_;
    TableFilter* filter_;
    bool isStale_ = false;
    QString part_; ///< title of the columns that are shown; "": all are
};

} // namespace residuum
