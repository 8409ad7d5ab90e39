// A table of numbers about things, as Qt's views want it.
#pragma once

#include "widgets/figure/figure.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <vector>

namespace residuum {

/// A column of the rows' names, then the table's; rows may be of nothing that can be pinned.
/// Estimates are marked "≈" and have their bounds in the tooltip; "–" where there is no number. GUI
/// thread only.
class TableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    static constexpr int sortRole = Qt::UserRole; ///< raw number
    static constexpr int thingRole = Qt::UserRole + 1;
    static constexpr int exactRole = Qt::UserRole + 2; ///< whether any estimated number is exact

    /// How the table is read.
    struct Reading {
        bool byMagnitude = false; ///< sorts by |x|, so that what matters comes first
        bool titleFirst = false;  ///< in heads: the column's title above its model
    };
    explicit TableModel(Reading reading, QObject* parent = nullptr);

    void setTable(TableFigure table);
    const TableFigure& table() const { return table_; }
    void setPins(const std::vector<Pin>& pins);
    /// -1: it has none.
    int rowOf(const Thing& thing) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QVariant nameData(std::size_t row, int role) const;
    bool hasExact(std::size_t row) const;

    Reading reading_;
    TableFigure table_;
    std::vector<Pin> pins_;
};

/// Rows by a part of their names ("58" finds 58, 584, 2583 …), those with a number of at least some
/// size in the column that one sorts by, or those with exact numbers only.
class TableFilter : public QSortFilterProxyModel {
    Q_OBJECT

  public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setPart(const QString& part);
    void setExactOnly(bool only);
    /// 0: all.
    void setLeast(double size);

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

  private:
    QString part_;
    bool exactOnly_ = false;
    double least_ = 0.0;
};

} // namespace residuum
