// The numbers of one component in every model, and the pins.
#pragma once

#include "widgets/workspace/workspace.h"

#include <QWidget>

class QLabel;
class QListWidget;

namespace residuum {

/// Follows the hovered component or, without one, the last pin. GUI thread only.
class Inspector : public QWidget {
    Q_OBJECT

  public:
    explicit Inspector(Workspace& workspace, QWidget* parent = nullptr);
    /// What is shown, as plain text, for tests and screen readers.
    QString plainText() const;

  private:
    void refresh();
    void refreshPins();
    std::optional<Thing> shownThing() const;
    QString numbersTable(const Component& component) const;
    QString numbersTable(const Neuron& neuron) const;

    Workspace& workspace_;
    QLabel* title_;
    QLabel* numbers_;
    QListWidget* pins_;
};

} // namespace residuum
