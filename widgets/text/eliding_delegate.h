// Cells of tables and lists whose numbers are never shown in part.
#pragma once

#include <QStyledItemDelegate>

namespace residuum {

/// The whole text is in the tooltip of a cell that has no other, while it does not fit. Draws the
/// separators of combo boxes too. GUI thread only.
class ElidingDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    /// What is shown of an item's text in `option.rect`.
    QString shown(const QStyleOptionViewItem& option, const QModelIndex& index) const;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;

  private:
    /// The item as it is drawn.
    QStyleOptionViewItem drawn(const QStyleOptionViewItem& option, const QModelIndex& index) const;
};

} // namespace residuum
