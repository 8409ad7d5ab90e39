// What exact patching has done, and what more of it would cost.
#pragma once

#include "widgets/panels/patching_board.h"

#include <QWidget>

#include <vector>

class QLabel;
class QToolButton;

namespace residuum {

/// One line with a button per choice of cells that is not patched exactly yet, always as high.
/// GUI thread only.
class ExactOffers : public QWidget {
    Q_OBJECT

  public:
    explicit ExactOffers(PatchingBoard& board, QWidget* parent = nullptr);

    void refresh();
    /// Those that are shown.
    std::vector<QToolButton*> buttons() const;

  private:
    void ask(const ExactOffer& offer);
    PatchingBoard& board_;
    QLabel* state_;
    std::vector<QToolButton*> buttons_;
};

} // namespace residuum
