#include "app/window/export_all.h"

#include "core/task/error.h"
#include "core/task/wording.h"
#include "widgets/figure/figure_command.h"
#include "widgets/workspace/background_work.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace residuum {

ExportAll::ExportAll(std::vector<FigureToExport> figures, BackgroundWork& files, QWidget* parent)
    : QDialog(parent), figures_(std::move(figures)), files_(files), folder_(new QLineEdit),
      format_(new QComboBox), preset_(new QComboBox),
      numbers_(new QCheckBox(tr("also the plotted &numbers (CSV)"))),
      latex_(new QCheckBox(tr("also LaTe&X snippets"))), progress_(new QProgressBar),
      report_(new QLabel) {
    setWindowTitle(tr("Export all figures"));
    setAttribute(Qt::WA_DeleteOnClose);
    folder_->setPlaceholderText(tr("a folder, made if it is not there"));
    folder_->setMinimumWidth(fontMetrics().averageCharWidth() * 45);
    auto* browse = new QPushButton(tr("&Browse …"));
    auto* place = new QHBoxLayout;
    place->addWidget(folder_, 1);
    place->addWidget(browse);
    for (const auto* ending : {"pdf", "svg", "png", "csv"})
        format_->addItem(QString::fromLatin1(ending).toUpper(), QString::fromLatin1(ending));
    for (const auto& preset : figurePresets())
        preset_->addItem(preset.label, preset.name);
    progress_->setRange(0, static_cast<int>(figures_.size()));
    progress_->setAccessibleName(tr("progress"));
    auto keepsRoom = progress_->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true);
    progress_->setSizePolicy(keepsRoom);
    progress_->hide(); // until it begins
    report_->setWordWrap(true);
    report_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    report_->setText(tr("Every view of every tab that has something to show, as it is shown, each "
                        "with a file that says where it comes from."));
    auto* form = new QFormLayout;
    auto* folderLabel = new QLabel(tr("F&older"));
    folderLabel->setBuddy(folder_); // a row of a layout has none by itself
    form->addRow(folderLabel, place);
    form->addRow(tr("&Format"), format_);
    form->addRow(tr("&Place"), preset_);
    form->addRow(numbers_);
    form->addRow(latex_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    start_ = buttons->addButton(tr("&Export"), QDialogButtonBox::ActionRole);
    stop_ = buttons->addButton(tr("&Cancel"), QDialogButtonBox::ActionRole);
    stop_->setEnabled(false);
    start_->setEnabled(false);
    start_->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(progress_);
    layout->addWidget(report_, 1);
    layout->addWidget(buttons);
    connect(browse, &QPushButton::clicked, this, &ExportAll::chooseFolder);
    connect(folder_, &QLineEdit::textChanged, this, [this](const QString& text) {
        start_->setEnabled(!isRunning_ && !text.trimmed().isEmpty());
    });
    connect(start_, &QPushButton::clicked, this, &ExportAll::start);
    connect(stop_, &QPushButton::clicked, this, &ExportAll::stop);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
}

void ExportAll::setFolder(const QString& folder) {
    folder_->setText(folder);
}

void ExportAll::setFormat(const QString& ending) {
    format_->setCurrentIndex(std::max(0, format_->findData(ending)));
}

QString ExportAll::report() const {
    return report_->text();
}

void ExportAll::chooseFolder() {
    const auto folder = QFileDialog::getExistingDirectory(this, tr("A folder for the figures"));
    if (!folder.isEmpty())
        setFolder(folder);
}

FigureStyle ExportAll::style() const {
    FigureStyle style;
    const auto* preset = findPreset(preset_->currentData().toString());
    style.width = preset->width;
    style.fontSize = preset->fontSize;
    return style;
}

void ExportAll::start() {
    if (isRunning_)
        return;
    if (!QDir().mkpath(folder_->text()))
        return report_->setText(
            tr("%1 cannot be made; choose another folder.").arg(folder_->text()));
    isRunning_ = true;
    place_ = 0;
    written_ = 0;
    leftOut_.clear();
    start_->setEnabled(false);
    stop_->setEnabled(true);
    progress_->show();
    report_->setText(QString());
    next();
}

void ExportAll::stop() {
    if (isRunning_)
        finish(tr("Cancelled."));
}

/// What a figure shows is taken from the window on this thread, a figure at a time.
void ExportAll::next() {
    if (!isRunning_)
        return;
    progress_->setValue(static_cast<int>(place_));
    if (place_ == figures_.size())
        return finish({});
    const auto& asked = figures_[place_++];
    FigureRequest request;
    request.view = asked.view;
    try {
        auto figure = asked.make(request);
        const auto file = asked.stem + QLatin1Char('.') + format_->currentData().toString();
        nameCommand(figure, request, style(), file);
        const auto target = QDir(folder_->text()).filePath(file);
        files_.run(
            [figure, style = style(), path = target.toStdString(),
             extras = FigureExtras{numbers_->isChecked(), latex_->isChecked()}] {
                exportFigure(figure, style, path, extras);
            },
            [shown = QPointer<ExportAll>(this), target](const QString& problem) {
                if (shown)
                    shown->written(target, problem);
            });
    } catch (const Error& error) {
        const auto why = QString::fromUtf8(error.reason().c_str());
        if (!leftOut_.contains(why))
            leftOut_ << why;
        QTimer::singleShot(0, this, &ExportAll::next);
    }
}

void ExportAll::written(const QString& file, const QString& problem) {
    written_ += problem.isEmpty() ? 1 : 0;
    if (!problem.isEmpty() && isRunning_)
        return finish(problem);
    if (isRunning_)
        report_->setText(tr("Wrote %1.").arg(file));
    next();
}

void ExportAll::finish(const QString& sentence) {
    isRunning_ = false;
    stop_->setEnabled(false);
    start_->setEnabled(true);
    auto parts = QStringList{
        sentence,
        tr("%1 in %2.").arg(QString::fromStdString(counted(written_, "figure")), folder_->text())};
    if (!leftOut_.isEmpty())
        parts << tr("Left out what has nothing to show: %1.")
                     .arg(leftOut_.join(QStringLiteral("; ")));
    parts.removeAll(QString());
    report_->setText(parts.join(QLatin1Char(' ')));
}

} // namespace residuum
