#include "widgets/text/short_names.h"

#include <algorithm>

namespace residuum {

namespace {

bool parts(QChar character) {
    return QStringLiteral("-_/.").contains(character);
}

} // namespace

QStringList withoutCommonPrefix(const QStringList& names) {
    if (names.size() < 2)
        return names;
    qsizetype common = 0;
    const auto isCommon = [&](qsizetype length) {
        return std::all_of(names.begin(), names.end(), [&](const QString& name) {
            return name.size() > length && name.startsWith(names.front().left(length));
        });
    };
    for (qsizetype length = 1; length < names.front().size() && isCommon(length); ++length)
        if (parts(names.front()[length - 1]))
            common = length;
    auto shorter = names;
    for (auto& name : shorter)
        name = name.mid(common);
    return shorter;
}

} // namespace residuum
