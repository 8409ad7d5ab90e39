// The small buttons of lines and bands.
#pragma once

#include <QString>
#include <QToolButton>

namespace residuum {

/// Without a frame; `name` is its tooltip and what screen readers say.
inline QToolButton* makeFlatButton(const QString& text, const QString& name) {
    auto* button = new QToolButton;
    button->setText(text);
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

} // namespace residuum
