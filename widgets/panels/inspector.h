// The numbers of one thing in every model, and the pins.
#pragma once

#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <vector>

class QLabel;
class QListWidget;

namespace residuum {

class QuestionPanel;
struct ThingNumbers;

/// Follows the hovered thing or, without one, the last pin. GUI thread only.
class Inspector : public QWidget {
    Q_OBJECT

  public:
    /// `panels` are asked what they know of a thing; the first that knows is shown.
    Inspector(Workspace& workspace, std::vector<const QuestionPanel*> panels,
              QWidget* parent = nullptr);
    /// What is shown, as plain text, for tests and screen readers.
    QString plainText() const;

  private:
    void refresh();
    void refreshPins();
    std::optional<Thing> shownThing() const;
    QString tableOf(const ThingNumbers& numbers) const;

    Workspace& workspace_;
    std::vector<const QuestionPanel*> panels_;
    QLabel* title_;
    QLabel* numbers_;
    QListWidget* pins_;
};

} // namespace residuum
