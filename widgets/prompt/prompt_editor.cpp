#include "widgets/prompt/prompt_editor.h"

#include <QKeyEvent>
#include <QMimeData>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextLayout>

#include <algorithm>
#include <memory>
#include <utility>

namespace residuum {

namespace {

constexpr QChar firstPrivateUse(0xE000);

/// What a text document would make a line's end or drop, and the sign that usually stands for it.
constexpr std::pair<QChar, QChar> usualSigns[] = {
    {QChar(u'\r'), QChar(0x240D)},  // ␍
    {QChar(0x2029), QChar(0x2761)}, // ❡
    {QChar(0xFDD0), firstPrivateUse},
    {QChar(0xFDD1), firstPrivateUse},
};

} // namespace

PromptEditor::PromptEditor(QWidget* parent) : QPlainTextEdit(parent) {
    chooseSigns({});
}

/// A sign that the text itself has would stand for two things.
void PromptEditor::chooseSigns(const QString& text) {
    signs_.clear();
    auto next = firstPrivateUse;
    for (const auto& [character, usual] : usualSigns) {
        auto sign = usual;
        while (text.contains(sign) ||
               std::any_of(signs_.begin(), signs_.end(),
                           [&](const auto& other) { return other.second == sign; }))
            sign = next = QChar(next.unicode() + 1);
        signs_.emplace(character, sign);
    }
}

QString PromptEditor::withSigns(QString text) const {
    for (const auto& [character, sign] : signs_)
        text.replace(character, sign);
    return text;
}

QString PromptEditor::withoutSigns(QString text) const {
    text.replace(QChar(QChar::ParagraphSeparator), QLatin1Char('\n'));
    for (const auto& [character, sign] : signs_)
        text.replace(sign, character);
    return text;
}

void PromptEditor::setText(const QString& text) {
    chooseSigns(text);
    setPlainText(withSigns(text));
}

QString PromptEditor::text() const {
    return withoutSigns(document()->toRawText());
}

void PromptEditor::insertText(const QString& text) {
    if (longest_ > 0 && document()->characterCount() + text.size() > longest_) {
        if (refused)
            refused(text.size());
        return;
    }
    const bool ambiguous = std::any_of(
        signs_.begin(), signs_.end(), [&](const auto& sign) { return text.contains(sign.second); });
    if (ambiguous) { // other signs, of one character like these: the cursor's place stays
        const auto whole = this->text();
        const int anchor = textCursor().anchor(), position = textCursor().position();
        chooseSigns(whole + text);
        setPlainText(withSigns(whole));
        auto same = textCursor();
        same.setPosition(anchor);
        same.setPosition(position, QTextCursor::KeepAnchor);
        setTextCursor(same);
    }
    insertPlainText(withSigns(text));
}

void PromptEditor::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (event->modifiers() & Qt::ShiftModifier)
            return insertPlainText(QStringLiteral("\n"));
        return commit();
    }
    if (event->key() == Qt::Key_Escape)
        return revert();
    const auto block = textCursor().block();
    const auto line =
        block.layout()->lineForTextPosition(textCursor().positionInBlock()).lineNumber();
    const bool older = event->key() == Qt::Key_Up && !block.previous().isValid() && line <= 0;
    const bool newer = event->key() == Qt::Key_Down && !block.next().isValid() &&
                       line + 1 >= block.layout()->lineCount();
    if ((older || newer) && event->modifiers() == Qt::NoModifier && recall &&
        recall(older ? 1 : -1))
        return;
    QPlainTextEdit::keyPressEvent(event);
}

void PromptEditor::insertFromMimeData(const QMimeData* source) {
    insertText(source->text());
}

QMimeData* PromptEditor::createMimeDataFromSelection() const {
    auto mime = std::make_unique<QMimeData>();
    mime->setText(withoutSigns(textCursor().selectedText()));
    return mime.release();
}

} // namespace residuum
