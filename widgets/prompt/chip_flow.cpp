#include "widgets/prompt/chip_flow.h"

#include "widgets/text/eliding.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace residuum {

namespace {

constexpr int spacing = 3;
constexpr int margin = 2;

QString toggleText() {
    return QStringLiteral("⟨end⟩");
}

} // namespace

ChipFlow::ChipFlow(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("prompt tokens"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void ChipFlow::setChips(const QStringList& texts, bool toggleOn, bool toggleEnabled) {
    texts_ = texts;
    toggleOn_ = toggleOn;
    toggleEnabled_ = toggleEnabled;
    position_ = std::min<int>(position_, static_cast<int>(texts_.size()) - 1);
    relayout();
    describe();
}

void ChipFlow::setPosition(int position) {
    position_ = std::clamp(position, -1, static_cast<int>(texts_.size()) - 1);
    describe();
    update();
}

QRect ChipFlow::chipRect(int index) const {
    if (index == toggleChip)
        return layout_.toggle;
    return index >= 0 && index < static_cast<int>(layout_.chips.size())
               ? layout_.chips[static_cast<std::size_t>(index)]
               : QRect();
}

QFont ChipFlow::indexFont() const {
    auto small = font();
    small.setPointSizeF(std::max(5.0, font().pointSizeF() * 0.72));
    return small;
}

int ChipFlow::lineHeight() const {
    return fontMetrics().height() + QFontMetrics(indexFont()).height() + 4;
}

int ChipFlow::chipWidth(const QString& text) const {
    const int padding = fontMetrics().averageCharWidth();
    return std::max(fontMetrics().horizontalAdvance(text) + padding,
                    QFontMetrics(indexFont()).horizontalAdvance(QStringLiteral("000")) +
                        padding / 2);
}

ChipFlow::Layout ChipFlow::layoutFor(int width) const {
    Layout layout;
    int x = margin, y = margin;
    const auto place = [&](const QString& text) {
        const int wanted = std::min(chipWidth(text), std::max(20, width - 2 * margin));
        if (x > margin && x + wanted > width - margin) {
            x = margin;
            y += lineHeight() + spacing;
        }
        const QRect rect(x, y, wanted, lineHeight());
        x += wanted + spacing;
        return rect;
    };
    layout.toggle = place(toggleText());
    layout.chips.reserve(static_cast<std::size_t>(texts_.size()));
    for (const auto& text : texts_)
        layout.chips.push_back(place(text));
    layout.height = y + lineHeight() + margin;
    return layout;
}

void ChipFlow::relayout() {
    layout_ = layoutFor(width());
    updateGeometry();
    update();
}

int ChipFlow::heightForWidth(int width) const {
    return layoutFor(width).height;
}

QSize ChipFlow::sizeHint() const {
    const int width = fontMetrics().averageCharWidth() * 60;
    return {width, heightForWidth(width)};
}

QSize ChipFlow::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 20, lineHeight() + 2 * margin};
}

void ChipFlow::drawChip(QPainter& painter, const QRect& rect, const QString& text,
                        const QString& index, bool selected, bool outlined) const {
    const auto colours = palette();
    auto fill =
        selected ? colours.color(QPalette::Highlight) : colours.color(QPalette::AlternateBase);
    const auto ink =
        selected ? colours.color(QPalette::HighlightedText) : colours.color(QPalette::Text);
    auto border = colours.color(QPalette::Mid);
    painter.setPen(QPen(border, 1.0, outlined ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(outlined ? QBrush(Qt::NoBrush) : QBrush(fill));
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    const int textHeight = fontMetrics().height();
    painter.setPen(outlined ? colours.color(QPalette::Disabled, QPalette::Text) : ink);
    painter.setFont(font());
    painter.drawText(QRect(rect.left(), rect.top() + 1, rect.width(), textHeight), Qt::AlignCenter,
                     elided(fontMetrics(), text, rect.width() - 4));
    auto quiet = ink;
    quiet.setAlphaF(0.65F);
    painter.setPen(quiet);
    painter.setFont(indexFont());
    painter.drawText(rect.adjusted(0, textHeight, 0, -1), Qt::AlignCenter, index);
}

void ChipFlow::setUnderlay(const std::vector<double>& bars, const QString& meaning) {
    meaning_ = meaning;
    if (bars_ == bars)
        return;
    bars_ = bars;
    update();
}

/// Over the chip, but so light that its text is read through it.
void ChipFlow::drawBar(QPainter& painter, const QRect& rect, std::size_t chip) const {
    if (chip >= bars_.size() || !(bars_[chip] > 0.0))
        return;
    auto colour = palette().color(QPalette::WindowText);
    colour.setAlphaF(0.13F);
    const double height = std::min(1.0, bars_[chip]) * (rect.height() - 2);
    painter.fillRect(QRectF(rect.left() + 1, rect.bottom() - height, rect.width() - 2, height),
                     colour);
}

void ChipFlow::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (layout_.toggle.intersects(event->rect()))
        drawChip(painter, layout_.toggle, toggleText(), toggleOn_ ? tr("on") : tr("off"), false,
                 !toggleOn_);
    for (int i = 0; i < static_cast<int>(texts_.size()); ++i) {
        const auto& rect = layout_.chips[static_cast<std::size_t>(i)];
        if (rect.intersects(event->rect()))
            drawChip(painter, rect, texts_[i], QString::number(i), i == position_, false);
        drawBar(painter, rect, static_cast<std::size_t>(i));
    }
    if (hasFocus() && position_ >= 0) {
        painter.setPen(QPen(palette().color(QPalette::WindowText), 1.0, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(chipRect(position_)).adjusted(2.5, 2.5, -2.5, -2.5), 2, 2);
    }
}

void ChipFlow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    relayout();
}

void ChipFlow::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        relayout();
}

std::optional<int> ChipFlow::chipAt(const QPoint& point) const {
    if (layout_.toggle.contains(point))
        return toggleChip;
    for (std::size_t i = 0; i < layout_.chips.size(); ++i) {
        if (layout_.chips[i].contains(point))
            return static_cast<int>(i);
    }
    return std::nullopt;
}

void ChipFlow::mousePressEvent(QMouseEvent* event) {
    const auto chip = event->button() == Qt::LeftButton ? chipAt(event->pos()) : std::nullopt;
    if (!chip)
        return QWidget::mousePressEvent(event);
    if (*chip != toggleChip)
        Q_EMIT picked(*chip);
    else if (toggleEnabled_)
        Q_EMIT toggled();
}

void ChipFlow::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && chipAt(event->pos()) != toggleChip)
        Q_EMIT editRequested(QString());
}

void ChipFlow::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(texts_.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        return Q_EMIT picked(std::max(0, position_ - 1));
    case Qt::Key_Right:
        return Q_EMIT picked(std::min(last, position_ + 1));
    case Qt::Key_Home:
        return Q_EMIT picked(0);
    case Qt::Key_End:
        return Q_EMIT picked(last);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_F2:
        return Q_EMIT editRequested(QString());
    default:
        break;
    }
    const auto typed = event->text();
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier));
    // Space is left to the window, where it pins.
    if (plain && !typed.isEmpty() && typed.at(0).isPrint() && event->key() != Qt::Key_Space)
        return Q_EMIT editRequested(typed);
    QWidget::keyPressEvent(event);
}

bool ChipFlow::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto chip = chipAt(help->pos());
        QString text;
        if (chip == toggleChip)
            text = toggleEnabled_
                       ? tr("Put the end-of-text token in front of the prompt, or take it away")
                       : tr("This vocabulary has no end-of-text token");
        else if (chip)
            text = tr("position %1: %2").arg(*chip).arg(texts_[*chip]) +
                   (meaning_.isEmpty() ? QString() : QLatin1Char('\n') + meaning_);
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

void ChipFlow::describe() {
    setAccessibleDescription(position_ < 0 || position_ >= texts_.size()
                                 ? tr("no token")
                                 : tr("position %1 of %2, token %3")
                                       .arg(position_)
                                       .arg(texts_.size())
                                       .arg(texts_[position_]));
}

} // namespace residuum
