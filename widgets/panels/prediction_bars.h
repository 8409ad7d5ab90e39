// A model's own next-token guesses as small bars.
#pragma once

#include <QString>
#include <QWidget>

#include <vector>

namespace residuum {

struct PredictionBar {
    QString token;
    double probability = 0.0;
};

/// Draws as many of the first bars as have room in a fixed number of lines.
class PredictionBars : public QWidget {
    Q_OBJECT

  public:
    explicit PredictionBars(QWidget* parent = nullptr);
    void setBars(const std::vector<PredictionBar>& bars, bool stale);
    const std::vector<PredictionBar>& bars() const { return bars_; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<PredictionBar> bars_;
    bool stale_ = false;
};

} // namespace residuum
