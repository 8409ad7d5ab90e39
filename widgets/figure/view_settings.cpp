#include "widgets/figure/view_settings.h"

#include "core/task/error.h"

namespace residuum {

int ViewSetting::placeOf(const QString& value) const {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i].name == value)
            return static_cast<int>(i);
    return -1;
}

void ViewSettings::set(const QString& name, const QString& value) {
    for (auto& [known, there] : all_)
        if (known == name) {
            there = value;
            return;
        }
    all_.emplace_back(name, value);
}

const QString* ViewSettings::find(const QString& name) const {
    for (const auto& [known, value] : all_)
        if (known == name)
            return &value;
    return nullptr;
}

QString ViewSettings::text(const QString& name) const {
    const auto* found = find(name);
    return found == nullptr ? QString() : *found;
}

std::optional<int> ViewSettings::number(const QString& name) const {
    const auto* found = find(name);
    if (found == nullptr)
        return std::nullopt;
    bool good = false;
    const int value = found->toInt(&good);
    if (!good)
        throw UsageError("--" + name.toStdString() + " " + found->toStdString(),
                         "a whole number is expected");
    return value;
}

bool ViewSettings::flag(const QString& name) const {
    return find(name) != nullptr;
}

void ViewSettings::keepOnly(const QStringList& names) {
    std::erase_if(all_, [&](const auto& entry) { return !names.contains(entry.first); });
}

} // namespace residuum
