// The numbers of one thing in every model, and the pins.
#pragma once

#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <vector>

class QLabel;
class QListWidget;

namespace residuum {

class ElidedLabel;
class QuestionPanel;
struct ThingNumbers;

/// Follows the hovered thing or, without one, the last pin. As wide as the widest numbers need,
/// whatever it shows. GUI thread only.
class Inspector : public QWidget {
    Q_OBJECT

  public:
    /// `panels` are asked what they know of a thing; the first that knows is shown.
    Inspector(Workspace& workspace, std::vector<const QuestionPanel*> panels,
              QWidget* parent = nullptr);
    /// What is shown, as plain text, for tests and screen readers.
    QString plainText() const;
    /// How wide the numbers that are shown must be, and what they have, in pixels.
    int wantedWidth() const;
    int numbersWidth() const;

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void refresh();
    void refreshPins();
    std::optional<Thing> shownThing() const;
    QString tableOf(const ThingNumbers& numbers) const;
    int nameWidth() const;
    void fixWidth();

    Workspace& workspace_;
    std::vector<const QuestionPanel*> panels_;
    ElidedLabel* title_;
    QLabel* numbers_;
    QListWidget* pins_;
};

} // namespace residuum
