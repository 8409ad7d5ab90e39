#include "app/window/workbench.h"

#include "app/window/autosave.h"
#include "app/window/main_window.h"
#include "app/window/preferences.h"
#include "core/task/error.h"
#include "widgets/figure/figure_export.h"

#include <QApplication>
#include <QScreen>
#include <QSettings>
#include <QStringList>
#include <QStyle>
#include <QTimer>

namespace residuum {

namespace {

/// Draws the window once nothing is being computed any more, unless something that was asked for
/// did not come about.
class Photographer : public QObject {
  public:
    Photographer(MainWindow& window, const std::filesystem::path& file)
        : window_(window), file_(QString::fromStdString(file.string())) {
        timer_.setInterval(50);
        connect(&timer_, &QTimer::timeout, this, [this] { look(); });
        connect(&window.workspace(), &Workspace::notOpened, this,
                [this](const QString& sentence) { missing_ << sentence; });
        timer_.start();
    }

    /// Throws Error unless the picture is there.
    void requirePicture() const {
        const auto file = file_.toStdString();
        if (!missing_.isEmpty())
            throw Error("--screenshot " + file, "not drawn: " + missing_.first().toStdString());
        if (!saved_)
            throw Error(file, "cannot be written as PNG; is the folder there?");
    }

  private:
    /// Two quiet looks in a row: results may just have been delivered and not yet painted.
    void look() {
        quiet_ = window_.workspace().busy() ? 0 : quiet_ + 1;
        if (quiet_ < 3)
            return;
        timer_.stop();
        for (const auto& failure : window_.workspace().failures())
            miss(failure.problem);
        for (const auto& column : window_.workspace().columns())
            for (const auto& board : window_.workspace().boards())
                if (const auto* answer = board->status(column.id);
                    answer != nullptr && answer->state == AnswerState::Failed)
                    miss(answer->sentence);
        saved_ = missing_.isEmpty() && window_.grab().save(file_, "PNG");
        QCoreApplication::quit();
    }

    void miss(const QString& sentence) {
        if (!sentence.isEmpty() && !missing_.contains(sentence))
            missing_ << sentence;
    }

    MainWindow& window_;
    QString file_;
    QTimer timer_;
    QStringList missing_; ///< sentences: what could not be opened or computed
    int quiet_ = 0;
    bool saved_ = false;
};

/// What window managers put around a window; it is known only once that is shown.
QMargins usualFrame() {
    const auto& style = *QApplication::style();
    const int side = style.pixelMetric(QStyle::PM_MdiSubWindowFrameWidth);
    return {side, style.pixelMetric(QStyle::PM_TitleBarHeight) + side, side, side};
}

} // namespace

QSize firstSize(QSize wanted, QSize available, QMargins frame) {
    return wanted.boundedTo(available.shrunkBy(frame)); // the window knows what it needs
}

int runWorkbench(int& argc, char** argv, const Questions& questions,
                 const WorkbenchOptions& options) {
    if (!options.screenshot.empty() && qEnvironmentVariableIsEmpty("DISPLAY") &&
        qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") &&
        qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (!options.screenshot.empty())
        keepQtQuiet();
    orderFontsTheSameEachTime();
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("residuum"));
    QApplication::setOrganizationName(QStringLiteral("residuum"));
    QApplication::setApplicationVersion(QStringLiteral(RESIDUUM_VERSION));
    requireFonts();
    auto adjusted = options;
    // A screenshot shows what it was asked for, not what was left open.
    if (options.stateFolder.empty() && options.screenshot.empty())
        adjusted.stateFolder = Autosave::defaultFolder();
    if (options.fitsScreen) {
        const auto size =
            firstSize({options.width, options.height},
                      QGuiApplication::primaryScreen()->availableGeometry().size(), usualFrame());
        adjusted.width = size.width();
        adjusted.height = size.height();
    }
    auto settings = std::make_unique<QSettings>();
    adjusted.startupWarning = configureThreads(
        options.threads > 0 ? options.threads : Preferences::read(*settings).threads);
    MainWindow window(adjusted, questions, std::move(settings));
    window.show();
    if (options.screenshot.empty()) {
        window.openInitialModels();
        window.showPanel(options.panel);
        return QApplication::exec();
    }
    const Photographer photographer(window, options.screenshot);
    window.openInitialModels();
    window.showPanel(options.panel);
    QApplication::exec();
    photographer.requirePicture();
    return 0;
}

} // namespace residuum
