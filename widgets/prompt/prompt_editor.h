// A text edit that gives back every character it was given. Internal to prompt/.
#pragma once

#include <QChar>
#include <QPlainTextEdit>
#include <QString>

#include <functional>
#include <map>

namespace residuum {

/// Enter commits, Shift+Enter breaks the line, Escape reverts. Characters that end a line for Qt's
/// documents but are no line feed (CR, U+2029, …) are shown by signs that stand for them, and
/// U+00A0 and U+2028 stay what they are. GUI thread only.
class PromptEditor : public QPlainTextEdit {
    Q_OBJECT

  public:
    explicit PromptEditor(QWidget* parent = nullptr);

    /// Instead of setPlainText and toPlainText, which change characters.
    void setText(const QString& text);
    QString text() const;
    /// At the cursor, instead of the selection.
    void insertText(const QString& text);
    /// Refuses what would make the text longer than this (UTF-16 units).
    void setLongest(qsizetype units) { longest_ = units; }

    std::function<void()> commit, revert;
    std::function<bool(int step)> recall; ///< 1: up from the first line, -1: down from the last one
    std::function<void(qsizetype units)> refused; ///< a text of so many units was not taken

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void insertFromMimeData(const QMimeData* source) override;
    QMimeData* createMimeDataFromSelection() const override;

  private:
    QString withSigns(QString text) const;
    QString withoutSigns(QString text) const;
    void chooseSigns(const QString& text);

    std::map<QChar, QChar> signs_; ///< by what they stand for
    qsizetype longest_ = 0;        ///< 0: any length
};

} // namespace residuum
