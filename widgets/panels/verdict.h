// What a question answers for what is shown, in a sentence.
#pragma once

#include <QString>
#include <QStringList>

namespace residuum {

class Workspace;

/// Where the document looks, always with its token: "14 (·to)".
QString positionText(const Workspace& workspace);

/// Of how many prompts all numbers are the mean: "mean of 480 prompts (ioi-paper)"; "": of one.
QString meanText(const Workspace& workspace);
/// What numbers at an end or at the position are of: "position 14 (·to)", or "the end of 480
/// prompts (ioi-paper), mean".
QString placeText(const Workspace& workspace);

/// "Prompt 3 of 480 (ioi-paper), this tab has no mean: ".
QString onePromptText(const Workspace& workspace);

struct Verdict {
    QString text; ///< "": there is nothing to say yet
    bool stale = false;

    friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// One number of every model, in the order of the columns: "28.0 | 27.7 | 0".
inline QString ofEach(const QStringList& values) {
    return values.join(QStringLiteral(" | "));
}

/// The same of columns: what `text` says of each.
template <class Columns, class Text>
QString ofEach(const Columns& columns, const Text& text) {
    QStringList values;
    for (const auto& column : columns)
        values << text(column);
    return ofEach(values);
}

/// The same where they may be alike: "36" of all, or "36 | 156".
template <class Columns, class Text>
QString ofAll(const Columns& columns, const Text& text) {
    QStringList values;
    for (const auto& column : columns)
        values << text(column);
    return values.count(values.value(0)) == values.size() ? values.value(0) : ofEach(values);
}

/// "original | vanilla: " where there are several, so that one knows whose numbers follow.
template <class Columns>
QString whose(const Columns& columns) {
    return columns.size() < 2 ? QString() : ofEach(columns, [](const auto& column) {
                                                return column.name;
                                            }) + QStringLiteral(": ");
}

} // namespace residuum
