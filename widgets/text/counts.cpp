#include "widgets/text/counts.h"

#include <QLocale>

namespace residuum {

QString countText(qint64 count, const QString& thing) {
    return QStringLiteral("%1 %2%3").arg(QLocale::c().toString(count), thing,
                                         count == 1 ? QString() : QStringLiteral("s"));
}

} // namespace residuum
