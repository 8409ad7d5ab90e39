// What is pinned: letter, name, the number of each in every model, and what they add up to.
#pragma once

#include "widgets/workspace/workspace.h"

#include <QTreeWidget>

#include <functional>
#include <optional>

class QMenu;

namespace residuum {

/// The number that is shown of pins.
struct PinNumbers {
    QString what; ///< and of what, with its unit; "": there is none
    std::function<std::optional<double>(const ModelColumn&, const Thing&)> of;
    std::function<bool(const ModelColumn&)> stale;
    bool addUp = false; ///< their sum says something
};

/// A click selects a pin, its × (or Delete) unpins it, a double click edits its note; several that
/// are selected can be gathered in a group, which stands over them with its sum. GUI thread only.
class PinList : public QTreeWidget {
    Q_OBJECT

  public:
    explicit PinList(Workspace& workspace, QWidget* parent = nullptr);
    /// Brings pins, columns and numbers up to date.
    void refresh(const PinNumbers& numbers);
    QSize sizeHint() const override;

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void rebuild();
    QTreeWidgetItem* makePin(const Pin& pin);
    /// All pins' items, groups' among them.
    std::vector<QTreeWidgetItem*> pinItems() const;
    std::vector<Thing> chosen() const;
    void askGroup();
    void addGroupActions(QMenu& menu);
    void showSum(QTreeWidgetItem& item, const std::vector<QTreeWidgetItem*>& of,
                 const PinNumbers& numbers);
    void fitColumns(const QStringList& heads);
    void showNumbers(QTreeWidgetItem& item, const std::function<QString(const ModelColumn&)>& text,
                     const PinNumbers& numbers);
    std::optional<Thing> thingOf(const QTreeWidgetItem* item) const;
    void unpinLater(const Thing& thing);

    Workspace& workspace_;
    std::vector<Pin> shown_;
    QStringList heads_;
};

} // namespace residuum
