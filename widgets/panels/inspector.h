// Everything that is known of one thing in every model, and the pins.
#pragma once

#include "widgets/panels/component_details.h"
#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <vector>

class QLabel;
class QScrollArea;

namespace residuum {

class ElidedLabel;
class HeatmapView;
class PatternRow;
class PinList;
class QuestionPanel;
class TextBlock;
struct DetailNames;
struct ThingNumbers;

/// A question's panel, which is asked what it knows.
struct KnownPanel {
    QString name; ///< of the question, for people
    const QuestionPanel* panel = nullptr;
};

/// Follows the hovered thing or, without one, the selected pin; without one of either it says what
/// stands out. As wide as the widest numbers need, whatever it shows. GUI thread only.
class Inspector : public QWidget {
    Q_OBJECT

  public:
    Inspector(Workspace& workspace, std::vector<KnownPanel> panels, QWidget* parent = nullptr);
    /// What is shown, as plain text, for tests and screen readers.
    QString plainText() const;
    /// How wide the numbers that are shown must be, and what they have, in pixels.
    int wantedWidth() const;
    int numbersWidth() const;
    void recompute() { details_.recompute(); }
    PinList* pins() const { return pins_; }
    /// The head's attention in the i-th model; hidden for what is no head.
    HeatmapView* pattern(int column) const;

  Q_SIGNALS:
    /// The attention of the head that is shown, which is pinned, large.
    void attentionWanted();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void refresh();
    void refreshSoon();
    void refreshNumbers();
    void refreshPins();
    void refreshParts();
    QString partsOf(const Component& component) const;
    void showAttention();
    std::optional<Thing> shownThing() const;
    std::optional<Component> shownComponent() const;
    QString pairText() const;
    DetailNames detailNames() const;
    QString titleOf(const Thing& thing) const;
    QString overview() const;
    bool anyStale(const KnownPanel& known) const;
    QString dimColour() const; ///< of what is stale
    QString blockOf(const KnownPanel& known, const ThingNumbers& numbers) const;
    /// The panel in front.
    const KnownPanel* front() const;
    QString withLinks(QString html) const;
    int nameWidth() const;
    void fixWidth();

    Workspace& workspace_;
    std::vector<KnownPanel> panels_;
    ComponentDetails details_;
    ElidedLabel* title_;
    QScrollArea* scroll_;
    TextBlock* numbers_;
    TextBlock* parts_;
    PatternRow* patterns_;
    QLabel* pinTitle_;
    PinList* pins_;
    bool isAsked_ = false; ///< it will be refreshed
};

} // namespace residuum
