#include "app/window/guide_window.h"

#include <QFile>
#include <QTextBrowser>

/// Resources of a static library are in the program only where something asks for them.
static void keepGuide() {
    Q_INIT_RESOURCE(residuum);
}

namespace residuum {

void showGuide(QWidget* parent) {
    keepGuide();
    auto* browser = new QTextBrowser(parent);
    browser->setObjectName(QStringLiteral("guide"));
    browser->setWindowFlag(Qt::Window);
    browser->setAttribute(Qt::WA_DeleteOnClose);
    browser->setWindowTitle(QObject::tr("Residuum guide"));
    browser->setOpenExternalLinks(true);
    QFile guide(QStringLiteral(":/guide/guide.md"));
    if (guide.open(QIODevice::ReadOnly))
        browser->setMarkdown(QString::fromUtf8(guide.readAll()));
    const auto metrics = browser->fontMetrics();
    browser->resize(metrics.averageCharWidth() * 90, metrics.height() * 40);
    browser->show();
}

} // namespace residuum
