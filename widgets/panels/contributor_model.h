// The contributors as a table: a row per component, three numbers per model.
#pragma once

#include "widgets/workspace/workspace.h"

#include <QAbstractTableModel>

#include <vector>

namespace residuum {

/// Columns: component; per open model DLA, direct effect and error; with a difference the two
/// models' DLA subtracted. Sorted by a proxy over Qt::UserRole (raw numbers; |x| for signed
/// columns).
class ContributorModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    /// Raw number behind a cell, for sorting: magnitudes, so that what matters comes first.
    static constexpr int sortRole = Qt::UserRole;
    static constexpr int thingRole = Qt::UserRole + 1;

    explicit ContributorModel(const Workspace& workspace, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    int rowOf(const Thing& thing) const;

  public Q_SLOTS:
    void refresh();

  private:
    struct NumberColumn {
        QString title;
        QString toolTip;
        std::vector<double> values; ///< NaN: this model has no such component
        bool isError = false;
    };

    void addModel(const ModelColumn& column);
    void addDifference();

    const Workspace& workspace_;
    std::vector<Component> components_;
    QStringList labels_;
    std::vector<NumberColumn> columns_;
};

} // namespace residuum
