#include "app/window/preferences.h"

#include "core/store/result_cache.h"
#include "core/task/error.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QSettings>

#include <algorithm>
#include <array>

namespace residuum {

namespace {

constexpr std::uint64_t leastMemory = 64U << 20U;
constexpr std::array themeNames{"system", "light", "dark"};

QString key(const char* name) {
    return QStringLiteral("preferences/") + QLatin1String(name);
}

Theme themeOf(const QString& name) {
    const auto found = std::find(themeNames.begin(), themeNames.end(), name);
    return found == themeNames.end() ? Theme::System
                                     : static_cast<Theme>(found - themeNames.begin());
}

QPalette paletteOf(Theme theme) {
    if (theme == Theme::System)
        return {};
    if (theme == Theme::Light)
        return {QColor(240, 240, 240), QColor(239, 239, 239)};
    QPalette dark(QColor(45, 47, 51), QColor(33, 35, 38)); // the others follow from these
    dark.setColor(QPalette::AlternateBase, QColor(52, 55, 60));
    dark.setColor(QPalette::Link, QColor(120, 170, 255));
    return dark;
}

} // namespace

Preferences Preferences::read(const QSettings& settings) {
    Preferences read;
    read.threads = settings.value(key("threads"), 0).toInt();
    read.memory = settings.value(key("memory"), QStringLiteral("1G")).toString().toStdString();
    read.theme = themeOf(settings.value(key("theme")).toString());
    read.fontSize = settings.value(key("fontSize"), 0).toInt();
    read.endOfTextFirst = settings.value(key("endOfTextFirst"), false).toBool();
    return read.problem().isEmpty() ? read : Preferences();
}

void Preferences::write(QSettings& settings) const {
    settings.setValue(key("threads"), threads);
    settings.setValue(key("memory"), QString::fromStdString(memory));
    settings.setValue(key("theme"), QLatin1String(themeNames.at(static_cast<std::size_t>(theme))));
    settings.setValue(key("fontSize"), fontSize);
    settings.setValue(key("endOfTextFirst"), endOfTextFirst);
}

QString Preferences::problem() const {
    if (threads < 0 || threads > mostThreads)
        return QObject::tr("Threads run from 0 (all cores) to %1.").arg(mostThreads);
    if (fontSize != 0 && (fontSize < leastFontSize || fontSize > mostFontSize))
        return QObject::tr("Type is from %1 to %2 points.").arg(leastFontSize).arg(mostFontSize);
    try {
        if (parseByteSize(memory, "memory") < leastMemory)
            return QObject::tr("Less than 64M of memory is too little to compute with.");
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

std::int64_t Preferences::memoryBytes() const {
    return static_cast<std::int64_t>(parseByteSize(memory, "memory"));
}

int systemFontSize() {
    return QFontDatabase::systemFont(QFontDatabase::GeneralFont).pointSize();
}

void showLook(const Preferences& preferences) {
    QApplication::setPalette(paletteOf(preferences.theme));
    auto font = QApplication::font();
    font.setPointSize(preferences.fontSize == 0 ? systemFontSize() : preferences.fontSize);
    if (font != QApplication::font())
        QApplication::setFont(font);
}

} // namespace residuum
