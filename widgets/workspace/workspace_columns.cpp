// Closing, ordering and reopening the document's columns.
#include "widgets/workspace/workspace.h"

#include "core/task/error.h"
#include "widgets/text/short_names.h"

#include <QRegularExpression>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

QString lastComponent(const QString& named) {
    const auto trimmed = named.endsWith(QLatin1Char('/')) ? named.chopped(1) : named;
    const auto cut = trimmed.lastIndexOf(QRegularExpression(QStringLiteral("[/:]")));
    return trimmed.mid(cut + 1);
}

} // namespace

QString ModelColumn::ownName() const {
    if (!alias.isEmpty())
        return alias;
    if (info() == nullptr)
        return lastComponent(source);
    return QString::fromStdString(info()->name) + (saved ? QObject::tr(" (saved)") : QString());
}

void Workspace::closeModel(int id) {
    const auto* column = find(id);
    if (column == nullptr)
        return;
    closed_ << (column->saved ? column->saved->file : column->source);
    engine_.cancelAllOf(id);
    std::erase_if(columns_, [&](const ModelColumn& c) { return c.id == id; });
    announceColumns();
    if (differenceIds_ && !difference())
        setDifference(std::nullopt);
}

void Workspace::retry(int id) {
    const auto found = std::find_if(failures_.begin(), failures_.end(),
                                    [&](const FailedModel& each) { return each.id == id; });
    if (found == failures_.end())
        return;
    const auto [own, source, name, problem, alias] = *found;
    failures_.erase(found);
    openModel(source, alias);
}

void Workspace::forgetFailure(int id) {
    if (std::erase_if(failures_, [&](const FailedModel& each) { return each.id == id; }) > 0)
        announceColumns();
}

void Workspace::closeOthers(int id) {
    std::vector<int> others;
    for (const auto& column : columns_)
        if (column.id != id)
            others.push_back(column.id);
    for (auto other = others.rbegin(); other != others.rend(); ++other)
        closeModel(*other); // the first one is the last closed, and the first to come back
    if (id == -1 && !std::exchange(failures_, {}).empty())
        announceColumns();
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
    announceColumns();
    if (differenceIds_)
        Q_EMIT differenceChanged(); // its places are others now
}

void Workspace::announceColumns() {
    QStringList names;
    for (auto& column : columns_) {
        const auto own = column.ownName();
        column.name = own;
        for (int number = 2; names.contains(column.name); ++number)
            column.name = QStringLiteral("%1 (%2)").arg(own).arg(number);
        names << column.name;
    }
    const auto heads = withoutCommonPrefix(names);
    for (std::size_t place = 0; place < columns_.size(); ++place) {
        auto& column = columns_[place];
        column.head = heads[static_cast<qsizetype>(place)];
        if (column.isControl)
            column.head += tr(" · control");
    }
    Q_EMIT columnsChanged();
    fitSet();
}

void Workspace::rename(int id, const QString& alias) {
    auto* column = find(id);
    if (column == nullptr)
        return;
    column->alias = alias.trimmed();
    announceColumns();
    Q_EMIT resultsChanged(); // what is drawn has names too
}

void Workspace::setControl(int id) {
    for (auto& column : columns_)
        column.isControl = column.id == id;
    announceColumns();
}

void Workspace::hideColumn(int id) {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const ModelColumn& c) { return c.id == id; });
    if (found == columns_.end())
        return;
    engine_.cancelAllOf(id);
    hidden_.push_back(std::move(*found));
    columns_.erase(found);
    announceColumns();
    if (differenceIds_ && !difference())
        setDifference(std::nullopt);
}

void Workspace::showColumn(int id) {
    const auto found = std::find_if(hidden_.begin(), hidden_.end(),
                                    [&](const ModelColumn& c) { return c.id == id; });
    if (found == hidden_.end())
        return;
    const auto* first = firstOpen();
    if (found->saved) {
        if (const auto why = whyNotBeside(*found->saved); !why.isEmpty())
            return void(Q_EMIT message(why));
    } else if (first != nullptr) {
        try {
            requireSameVocabulary(*first, *found->model);
        } catch (const Error& error) {
            return void(Q_EMIT message(QString::fromUtf8(error.what())));
        }
    }
    columns_.push_back(std::move(*found));
    hidden_.erase(found);
    const auto& column = columns_.back();
    if (column.saved)
        column.enter(column.id);
    else
        enterVocabularyOf(*column.model, first != nullptr);
    announceColumns();
    Q_EMIT resultsChanged();
    if (first == nullptr && state_.prompt.tokens.empty() && firstOpen() != nullptr)
        beginPrompt();
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
