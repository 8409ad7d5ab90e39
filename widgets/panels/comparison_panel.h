// The window's panel of what differs between models.
#pragma once

#include "widgets/panels/comparison_board.h"
#include "widgets/panels/comparison_views.h"

#include <optional>

class QPushButton;

namespace residuum {

class ElidedLabel;

/// GUI thread only.
class ComparisonPanel : public ViewsPanel<ComparisonAnalysis, comparisonViews> {
  public:
    explicit ComparisonPanel(Workspace& workspace);

    /// What a head attends to.
    std::optional<ThingNumbers> inspect(const Thing& thing) const override;
    /// A head's sink rate.
    std::optional<double> numberOf(const ModelColumn& column, const Thing& thing) const override;
    QString numberText() const override;
    bool numbersAddUp() const override { return false; }

  protected:
    /// The text before a token becomes the prompt, the token after it the target.
    void takeRow(const QString& view, int row) override;

  private:
    void makeInput();
    /// A step to undo.
    void chooseInput(const std::optional<DatasetRequest>& dataset);
    void refreshRest() override;

    ElidedLabel* inputText_ = nullptr;
    QPushButton* usePrompt_ = nullptr;
};

} // namespace residuum
