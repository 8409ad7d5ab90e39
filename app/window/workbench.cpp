#include "app/window/workbench.h"

#include "app/window/autosave.h"
#include "app/window/main_window.h"
#include "core/task/error.h"
#include "widgets/figure/figure_export.h"

#include <QApplication>
#include <QSettings>
#include <QTimer>

namespace residuum {

namespace {

/// Draws the window once nothing is being computed any more.
class Photographer : public QObject {
  public:
    Photographer(MainWindow& window, const std::filesystem::path& file)
        : window_(window), file_(QString::fromStdString(file.string())) {
        timer_.setInterval(50);
        connect(&timer_, &QTimer::timeout, this, [this] { look(); });
        timer_.start();
    }

    bool saved() const { return saved_; }

  private:
    /// Two quiet looks in a row: results may just have been delivered and not yet painted.
    void look() {
        quiet_ = window_.workspace().engine().busy() ? 0 : quiet_ + 1;
        if (quiet_ < 3)
            return;
        timer_.stop();
        saved_ = window_.grab().save(file_, "PNG");
        QCoreApplication::quit();
    }

    MainWindow& window_;
    QString file_;
    QTimer timer_;
    int quiet_ = 0;
    bool saved_ = false;
};

} // namespace

int runWorkbench(int& argc, char** argv, const WorkbenchOptions& options) {
    if (!options.screenshot.empty() && qEnvironmentVariableIsEmpty("DISPLAY") &&
        qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") &&
        qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    orderFontsTheSameEachTime();
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("residuum"));
    QApplication::setOrganizationName(QStringLiteral("residuum"));
    QApplication::setApplicationVersion(QStringLiteral(RESIDUUM_VERSION));
    auto adjusted = options;
    // A screenshot shows what it was asked for, not what was left open.
    if (options.stateFolder.empty() && options.screenshot.empty())
        adjusted.stateFolder = Autosave::defaultFolder();
    MainWindow window(adjusted, std::make_unique<QSettings>());
    window.show();
    window.showPanel(options.panel);
    window.openInitialModels();
    if (options.screenshot.empty())
        return QApplication::exec();
    const Photographer photographer(window, options.screenshot);
    QApplication::exec();
    if (!photographer.saved())
        throw Error(options.screenshot.string(), "cannot be written as PNG; is the folder there?");
    return 0;
}

} // namespace residuum
