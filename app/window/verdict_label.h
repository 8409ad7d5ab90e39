// The sentence above the tabs.
#pragma once

#include <QWidget>

class QLabel;

namespace residuum {

struct Verdict;

/// As high as the numbers of so many models may need at its width, whatever is said: nothing below
/// it moves, nor is laid out anew. GUI thread only.
class VerdictLabel : public QWidget {
    Q_OBJECT

  public:
    explicit VerdictLabel(QWidget* parent = nullptr);
    void setVerdict(const Verdict& verdict, int models);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void fitHeight();

    QLabel* label_; ///< child, in no layout
    int models_ = 0;
    int lines_ = 0; ///< at least, for so many models at this width
};

} // namespace residuum
