// Closing, ordering and reopening the document's columns.
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

void Workspace::closeModel(int id) {
    const auto* column = find(id);
    if (column == nullptr)
        return;
    closed_ << (column->saved ? column->saved->file : column->source);
    engine_.cancelAllOf(id);
    std::erase_if(columns_, [&](const ModelColumn& c) { return c.id == id; });
    Q_EMIT columnsChanged();
    if (differenceIds_ && !difference())
        setDifference(std::nullopt);
}

void Workspace::closeOthers(int id) {
    std::vector<int> others;
    for (const auto& column : columns_)
        if (column.id != id)
            others.push_back(column.id);
    for (auto other = others.rbegin(); other != others.rend(); ++other)
        closeModel(*other); // the first one is the last closed, and the first to come back
}

void Workspace::moveColumn(int id, int by) {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const ModelColumn& c) { return c.id == id; });
    if (found == columns_.end())
        return;
    const auto from = found - columns_.begin();
    const auto to = std::clamp<std::ptrdiff_t>(from + by, 0, std::ssize(columns_) - 1);
    if (from == to)
        return;
    if (from < to)
        std::rotate(found, found + 1, columns_.begin() + to + 1);
    else
        std::rotate(columns_.begin() + to, found, found + 1);
    Q_EMIT columnsChanged();
    if (differenceIds_)
        Q_EMIT differenceChanged(); // its places are others now
}

void Workspace::reopenClosed() {
    if (closed_.isEmpty())
        return;
    const auto last = closed_.takeLast();
    if (last.endsWith(QStringLiteral(".h5")))
        openResult(last, false);
    else
        openModel(last);
}

} // namespace residuum
