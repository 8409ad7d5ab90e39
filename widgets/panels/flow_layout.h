// A row of controls that breaks where there is too little room.
#pragma once

#include <QLayout>
#include <QList>

namespace residuum {

/// Every item has the size it wants, so that nothing in it is cut; as narrow as its widest item.
/// GUI thread only.
class FlowLayout : public QLayout {
    Q_OBJECT

  public:
    explicit FlowLayout(QWidget* parent = nullptr) : QLayout(parent) {}
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override { items_ << item; }
    int count() const override { return static_cast<int>(items_.size()); }
    QLayoutItem* itemAt(int index) const override { return items_.value(index); }
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

  private:
    /// Their places within `rect`; their height with the margins.
    int place(const QRect& rect, bool isReal) const;

    QList<QLayoutItem*> items_;
};

} // namespace residuum
