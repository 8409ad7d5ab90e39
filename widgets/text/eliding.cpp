#include "widgets/text/eliding.h"

#include <QRegularExpression>

#include <algorithm>
#include <vector>

namespace residuum {

namespace {

const QChar dots(0x2026);

/// A number, which stays whole, or what is between two.
struct Part {
    QString text;
    bool isNumber = false;
};

/// Numbers with their sign, decimals, exponent and percent; names such as L2H3
/// are numbers too.
std::vector<Part> partsOf(const QString& text) {
    static const QRegularExpression number( // made once: that takes longer than using it
        QStringLiteral("(?:(?<![\\p{L}\\p{N}])(?:\\p{Lu}\\p{N}+)+)|"
                       "(?:[-−+±]?\\p{N}+(?:[.,/\\x{A0}\\x{202F}]\\p{N}+)*"
                       "(?:e[-−]?\\p{N}+)?(?:[ \\x{A0}\\x{202F}]?%)?)"),
        QRegularExpression::UseUnicodePropertiesOption);
    std::vector<Part> parts;
    qsizetype at = 0;
    for (auto found = number.globalMatch(text); found.hasNext();) {
        const auto match = found.next();
        if (match.capturedStart() > at)
            parts.push_back({text.mid(at, match.capturedStart() - at)});
        parts.push_back({match.captured(), true});
        at = match.capturedEnd();
    }
    if (at < text.size())
        parts.push_back({text.mid(at)});
    return parts;
}

qsizetype numbersIn(const std::vector<Part>& parts) {
    return std::count_if(parts.begin(), parts.end(),
                         [](const Part& part) { return part.isNumber; });
}

/// At most `length` characters, of which one is the dots in the middle.
QString shortened(const QString& words, qsizetype length) {
    if (words.size() <= length)
        return words;
    auto head = length / 2, tail = length - 1 - head;
    if (head > 0 && words[head - 1].isHighSurrogate())
        --head;
    if (tail > 0 && words[words.size() - tail].isLowSurrogate())
        --tail;
    return words.left(head) + dots + words.right(tail);
}

/// Words of at most `length` characters, and the first `numbers` numbers; what follows these only
/// begins.
QString joined(const std::vector<Part>& parts, qsizetype length, qsizetype numbers) {
    QString text;
    const auto isLeftOut = [&](std::size_t place) {
        return place < parts.size() && parts[place].isNumber && numbers <= 0;
    };
    for (std::size_t i = 0; i < parts.size() && !isLeftOut(i); ++i) {
        if (parts[i].isNumber)
            --numbers;
        if (isLeftOut(i + 1))
            return text + (parts[i].isNumber ? parts[i].text : parts[i].text.left(length - 1)) +
                   dots;
        text += parts[i].isNumber ? parts[i].text : shortened(parts[i].text, length);
    }
    return text.isEmpty() ? QString(dots) : text;
}

/// As Qt has it; empty where that cuts into a number or leaves one out.
QString cutInTheMiddle(const QFontMetricsF& metrics, const QString& text, double width,
                       const std::vector<Part>& parts) {
    const auto cut = metrics.elidedText(text, Qt::ElideMiddle, width);
    const auto at = cut.indexOf(dots);
    const auto tail = text.size() - (cut.size() - at - 1);
    qsizetype from = 0;
    for (const auto& part : parts) {
        const auto to = from + part.text.size();
        if (part.isNumber && from < tail && to > at)
            return {};
        from = to;
    }
    return cut;
}

} // namespace

QString elided(const QFontMetricsF& metrics, const QString& text, double width) {
    const auto fits = [&](const QString& shown) {
        return metrics.horizontalAdvance(shown) <= width;
    };
    if (fits(text))
        return text;
    const auto parts = partsOf(text);
    if (const auto cut = cutInTheMiddle(metrics, text, width, parts); !cut.isEmpty())
        return cut;
    auto numbers = numbersIn(parts);
    qsizetype least = 1, most = 1; // characters that words keep
    for (const auto& part : parts)
        if (!part.isNumber)
            most = std::max(most, part.text.size());
    while (!fits(joined(parts, least, numbers)))
        if (numbers-- == 0)
            return {};
    while (least < most) {
        const auto middle = (least + most + 1) / 2;
        if (fits(joined(parts, middle, numbers)))
            least = middle;
        else
            most = middle - 1;
    }
    return joined(parts, least, numbers);
}

} // namespace residuum
