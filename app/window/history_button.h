// What was asked before, to be searched, starred and asked again.
#pragma once

#include <QToolButton>

class QFrame;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace residuum {

class Workspace;

/// At the left of the prompt; opens the list under itself. GUI thread only.
class HistoryButton : public QToolButton {
    Q_OBJECT

  public:
    explicit HistoryButton(Workspace& workspace, QWidget* parent = nullptr);

    /// Opens the list.
    void open();
    QFrame* list() const { return popup_; }
    QTreeWidget* entries() const { return tree_; }
    QLineEdit* search() const { return search_; }

  Q_SIGNALS:
    /// The starred pairs as a set.
    void setWanted();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void makePopup();
    void refresh();
    void filter();
    void goBack(const QTreeWidgetItem* item);
    void toggleStar(const QTreeWidgetItem* item);

    Workspace& workspace_;
    QFrame* popup_ = nullptr;
    QLineEdit* search_ = nullptr;
    QTreeWidget* tree_ = nullptr;
    QPushButton *starShown_ = nullptr, *makeSet_ = nullptr;
};

} // namespace residuum
