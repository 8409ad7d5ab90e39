// The sentence above the tabs.
#pragma once

#include <QLabel>

namespace residuum {

struct Verdict;

/// As high as the numbers of so many models may need at its width, whatever is said: nothing below
/// it moves. GUI thread only.
class VerdictLabel : public QLabel {
    Q_OBJECT

  public:
    explicit VerdictLabel(QWidget* parent = nullptr);
    void setVerdict(const Verdict& verdict, int models);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void fitHeight();

    int models_ = 0;
};

} // namespace residuum
