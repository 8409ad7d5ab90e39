#include "widgets/figure/figure_kind.h"

#include "core/task/error.h"

#include <algorithm>

namespace residuum {

namespace {

std::string listed(const QStringList& names) {
    return names.join(QStringLiteral(", ")).toStdString();
}

std::string optionText(const QString& name, const QString& value) {
    return "--" + name.toStdString() + (value.isEmpty() ? "" : " " + value.toStdString());
}

} // namespace

QString figureStem(const std::vector<FigureKind>& kinds, const QString& kind, const QString& view) {
    for (const auto& each : kinds) {
        if (each.kind == kind)
            return view;
        for (const auto& other : each.views)
            if (other.name == view)
                return kind + QLatin1Char('-') + view;
    }
    return view;
}

const FigureView& FigureKind::view(const QString& name) const {
    QStringList names;
    for (const auto& each : views) {
        if (name.isEmpty() || each.name == name)
            return each;
        names << each.name;
    }
    throw UsageError("--kind " + name.toStdString(),
                     "a result of the kind " + kind.toStdString() + " has " + listed(names));
}

const ViewSetting& FigureKind::setting(const QString& name) const {
    return *std::find_if(settings.begin(), settings.end(),
                         [&](const ViewSetting& each) { return each.name == name; });
}

void FigureKind::check(const FigureRequest& request) const {
    const auto& shown = view(request.view);
    for (const auto& [name, value] : request.settings.all()) {
        if (!shown.settings.contains(name)) {
            QStringList options;
            for (const auto& each : shown.settings)
                options << QStringLiteral("--") + each;
            throw UsageError(optionText(name, value),
                             "means nothing for " + shown.name.toStdString() +
                                 " of a result of the kind " + kind.toStdString() +
                                 (options.isEmpty() ? std::string(", which has no such settings")
                                                    : ", which has " + listed(options)));
        }
        const auto& known = setting(name);
        using Type = ViewSetting::Type;
        if (known.type == Type::Count || known.type == Type::Position) {
            if (*request.settings.number(name) < 0 && known.type == Type::Count)
                throw UsageError(optionText(name, value), "a number from 0 is expected");
            continue;
        }
        if (known.type != Type::Choice || known.placeOf(value) >= 0)
            continue;
        QStringList names;
        for (const auto& each : known.values)
            names << each.name;
        throw UsageError(optionText(name, value), "unknown; there are " + listed(names));
    }
}

ViewSetting sampleSetting() {
    return {QStringLiteral("sample"), ViewSetting::Type::Count,
            QStringLiteral("which sequence or pair, from 0 (default: the first; patching: the "
                           "mean)")};
}

ViewSetting positionSetting() {
    return {QStringLiteral("position"), ViewSetting::Type::Position,
            QStringLiteral("which position, from the end when negative (default: the last)")};
}

} // namespace residuum
