#include "widgets/panels/prediction_bars.h"

#include "widgets/prompt/token_display.h"
#include "widgets/text/eliding.h"

#include <QPainter>

#include <algorithm>

namespace residuum {

namespace {

constexpr int lines = 3;

} // namespace

PredictionBars::PredictionBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(tr("next-token predictions"));
}

void PredictionBars::setBars(const std::vector<PredictionBar>& bars, bool stale) {
    bars_ = bars;
    stale_ = stale;
    QStringList all;
    for (const auto& bar : bars_)
        all << bar.token + QLatin1Char(' ') + probabilityText(bar.probability);
    setToolTip(all.join(QLatin1Char('\n')));
    setAccessibleDescription(all.join(QStringLiteral(", ")));
    update();
}

QSize PredictionBars::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 24, fontMetrics().height() * lines + 2};
}

QSize PredictionBars::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 12, sizeHint().height()};
}

void PredictionBars::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (stale_)
        painter.setOpacity(0.45);
    const auto metrics = fontMetrics();
    const int lineHeight = metrics.height();
    const int numberWidth = metrics.horizontalAdvance(QStringLiteral("< 0.01 %")) + 6;
    // Numbers are whole however narrow it is.
    const int tokenWidth = std::min({std::max(width() * 2 / 5, metrics.averageCharWidth() * 5),
                                     width() - numberWidth, metrics.averageCharWidth() * 14});
    const int barRoom = std::max(0, width() - tokenWidth - numberWidth - 6);
    const int count = std::min<int>(lines, static_cast<int>(bars_.size()));
    for (int i = 0; i < count; ++i) {
        const auto& bar = bars_[static_cast<std::size_t>(i)];
        const int top = i * lineHeight;
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(QRect(0, top, tokenWidth, lineHeight), Qt::AlignLeft | Qt::AlignVCenter,
                         elided(metrics, bar.token, tokenWidth));
        painter.drawText(QRect(tokenWidth, top, numberWidth - 4, lineHeight),
                         Qt::AlignRight | Qt::AlignVCenter, probabilityText(bar.probability));
        const QRectF body(tokenWidth + numberWidth + 2, top + lineHeight * 0.28,
                          std::max(1.0, barRoom * bar.probability), lineHeight * 0.44);
        painter.fillRect(body, palette().color(QPalette::Highlight));
    }
}

} // namespace residuum
