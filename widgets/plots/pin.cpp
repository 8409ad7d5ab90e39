#include "widgets/plots/pin.h"

#include <algorithm>
#include <array>

namespace residuum {

QString pinLetter(int n) {
    QString letter;
    for (int rest = n + 1; rest > 0; rest = (rest - 1) / 26)
        letter.prepend(QChar(u'A' + (rest - 1) % 26));
    return letter;
}

QColor pinColour(int n) {
    // Those that are seen on white and on black come first.
    static const std::array<QColor, 12> cycle = {
        QColor(0x0F, 0x96, 0x4B), // green
        QColor(0xFF, 0x1E, 0xFF), // magenta
        QColor(0x00, 0x78, 0xFF), // azure
        QColor(0x00, 0xD2, 0x00), // bright green
        QColor(0xFF, 0x00, 0x1E), // scarlet
        QColor(0x0F, 0xC3, 0xD2), // turquoise
        QColor(0xFF, 0x00, 0x78), // raspberry
        QColor(0xFF, 0x87, 0xE1), // pink
        QColor(0x69, 0x5A, 0x00), // olive
        QColor(0x4B, 0x00, 0xFF), // ultramarine
        QColor(0xB4, 0xC3, 0x0F), // lime
        QColor(0x87, 0x1E, 0xA5), // purple
    };
    return cycle[static_cast<std::size_t>(n) % cycle.size()];
}

Pin nextPin(const Thing& thing, const std::vector<Pin>& pins) {
    int n = 0;
    while (std::any_of(pins.begin(), pins.end(),
                       [&](const Pin& pin) { return pin.letter == pinLetter(n); }))
        ++n;
    return {thing, pinColour(n), pinLetter(n)};
}

QString pinName(const Pin& pin) {
    const auto name = QString::fromStdString(label(pin.thing));
    return pin.note.isEmpty() ? name : name + QStringLiteral(" · ") + pin.note;
}

} // namespace residuum
