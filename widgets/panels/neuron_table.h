// All neurons of the layer as a table: what each model says of each.
#pragma once

#include "widgets/panels/neuron_figures.h"
#include "widgets/workspace/workspace.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// Columns: neuron; then |change| total and LN frozen, LN-mediated share, norm, LogitVar,
/// null-space fraction, mean activation, each for all models side by side. Effects are exact for
/// followed neurons, "≈" where they were screened, "–" where neither.
class NeuronTable : public QAbstractTableModel {
    Q_OBJECT

  public:
    static constexpr int sortRole = Qt::UserRole; ///< raw number
    static constexpr int thingRole = Qt::UserRole + 1;
    static constexpr int followedRole = Qt::UserRole + 2; ///< whether effects are exact

    explicit NeuronTable(const Workspace& workspace, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void refresh(const NeuronView& view);

  private:
    struct Entry {
        QString name;
        std::shared_ptr<const NeuronResult> result;
        std::vector<int> exactRow; ///< per neuron its row in `chosen`, -1: not followed
    };
    struct Cell {
        double value = 0.0;
        bool approximate = false;
        double bound = 0.0;
    };

    std::optional<LayerIndex> shownLayer() const;
    /// What a column shows, one for each model before the next.
    const Entry& entryOf(int column) const;
    int whatOf(int column) const;
    Cell cell(const Entry& entry, int neuron, int what) const;

    const Workspace& workspace_;
    NeuronView view_;
    std::vector<Entry> entries_;
    int neurons_ = 0;
};

/// Rows by number ("58" finds 58, 584, 2583 …) or the followed ones only.
class NeuronFilter : public QSortFilterProxyModel {
    Q_OBJECT

  public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setNumber(const QString& part);
    void setFollowedOnly(bool only);

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

  private:
    QString part_;
    bool followedOnly_ = true;
};

} // namespace residuum
