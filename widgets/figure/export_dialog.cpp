#include "widgets/figure/export_dialog.h"

#include "core/task/error.h"
#include "widgets/figure/figure_command.h"
#include "widgets/figure/figure_layout.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSpinBox>

#include <cmath>

namespace residuum {

namespace {

constexpr double pointsPerInch = 72.0;

/// What the screen says of itself, unless that cannot be true.
double trueDpi(const QWidget& widget) {
    const auto* screen = widget.screen();
    const double dpi = screen == nullptr ? 96.0 : screen->physicalDotsPerInch();
    return dpi >= 50.0 && dpi <= 600.0 ? dpi : 96.0;
}

} // namespace

ExportDialog::ExportDialog(std::vector<FigureView> views, const QString& firstView, Make make,
                           QWidget* parent)
    : QDialog(parent), views_(std::move(views)), make_(std::move(make)) {
    request_.view = firstView;
    setWindowTitle(tr("Export figure"));
    setAttribute(Qt::WA_DeleteOnClose);
    preview_ = new QLabel;
    preview_->setAlignment(Qt::AlignCenter);
    preview_->setAccessibleName(tr("preview at true size"));
    scroll_ = new QScrollArea;
    scroll_->setWidget(preview_);
    scroll_->setWidgetResizable(true);
    scroll_->setBackgroundRole(QPalette::Mid);
    size_ = new QLabel;
    command_ = new QLineEdit;
    command_->setReadOnly(true);
    command_->setAccessibleName(tr("command that makes this figure"));
    auto* buttons = new QDialogButtonBox;
    auto* save = buttons->addButton(tr("&Export …"), QDialogButtonBox::AcceptRole);
    auto* copy = buttons->addButton(tr("&Copy figure"), QDialogButtonBox::ActionRole);
    auto* numbers = buttons->addButton(tr("Copy &numbers"), QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Close);
    connect(save, &QPushButton::clicked, this, &ExportDialog::chooseFile);
    connect(copy, &QPushButton::clicked, this, &ExportDialog::copyFigure);
    connect(numbers, &QPushButton::clicked, this, &ExportDialog::copyNumbers);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    save->setDefault(true);

    auto* right = new QVBoxLayout;
    right->addWidget(scroll_, 1);
    right->addWidget(size_);
    auto* top = new QHBoxLayout;
    top->addWidget(makeControls());
    top->addLayout(right, 1);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(top, 1);
    layout->addWidget(command_);
    layout->addWidget(buttons);
    resize(static_cast<int>(7.5 * trueDpi(*this)) + 300, 480);
    applyPreset();
}

QWidget* ExportDialog::makeControls() {
    auto* panel = new QWidget;
    auto* form = new QFormLayout(panel);
    form->setContentsMargins(0, 0, 0, 0);
    view_ = new QComboBox;
    for (const auto& view : views_)
        view_->addItem(view.description, view.name);
    view_->setCurrentIndex(std::max(0, view_->findData(request_.view)));
    preset_ = new QComboBox;
    for (const auto& preset : figurePresets())
        preset_->addItem(preset.label, preset.name);
    width_ = new QDoubleSpinBox;
    width_->setRange(0.5, 100.0);
    width_->setSuffix(tr(" in"));
    width_->setSingleStep(0.25);
    fontSize_ = new QDoubleSpinBox;
    fontSize_->setRange(3.0, 100.0);
    fontSize_->setSuffix(tr(" pt"));
    fontSize_->setDecimals(1);
    font_ = new QComboBox;
    font_->addItems({tr("sans serif"), tr("serif")});
    colours_ = new QComboBox;
    colours_->addItem(tr("blue to red"), paletteName(ColourPalette::BlueRed));
    colours_->addItem(tr("dark to light (prints in grey)"), paletteName(ColourPalette::GreySafe));
    dpi_ = new QSpinBox;
    dpi_->setRange(30, 2400);
    dpi_->setValue(300);
    dpi_->setSuffix(tr(" dpi"));
    rows_ = new QSpinBox;
    rows_->setRange(1, 100'000);
    rows_->setValue(FigureStyle().tableRows);
    letters_ = new QCheckBox(tr("(a), (b), … before titles"));
    letters_->setChecked(true);
    csv_ = new QCheckBox(tr("also the plotted numbers (CSV)"));
    latex_ = new QCheckBox(tr("also a LaTeX snippet"));
    form->addRow(tr("&Figure"), view_);
    form->addRow(tr("&Place"), preset_);
    form->addRow(tr("&Width"), width_);
    form->addRow(tr("&Type size"), fontSize_);
    form->addRow(tr("T&ype"), font_);
    form->addRow(tr("C&olours"), colours_);
    form->addRow(tr("&Resolution of PNG"), dpi_);
    form->addRow(tr("Ro&ws of a table"), rows_);
    form->addRow(letters_);
    form->addRow(csv_);
    form->addRow(latex_);
    connect(preset_, &QComboBox::currentIndexChanged, this, &ExportDialog::applyPreset);
    for (auto* combo : {view_, font_, colours_})
        connect(combo, &QComboBox::currentIndexChanged, this, &ExportDialog::refresh);
    for (auto* spin : {width_, fontSize_})
        connect(spin, &QDoubleSpinBox::valueChanged, this, &ExportDialog::refresh);
    for (auto* spin : {dpi_, rows_})
        connect(spin, &QSpinBox::valueChanged, this, &ExportDialog::refresh);
    connect(letters_, &QCheckBox::toggled, this, &ExportDialog::refresh);
    return panel;
}

void ExportDialog::choosePreset(const QString& name) {
    preset_->setCurrentIndex(std::max(0, preset_->findData(name)));
}

void ExportDialog::chooseView(const QString& name) {
    view_->setCurrentIndex(std::max(0, view_->findData(name)));
}

void ExportDialog::applyPreset() {
    const auto* preset = findPreset(preset_->currentData().toString());
    {
        const QSignalBlocker quietWidth(width_), quietSize(fontSize_);
        width_->setValue(preset->width / pointsPerInch);
        fontSize_->setValue(preset->fontSize);
    }
    refresh();
}

FigureStyle ExportDialog::style() const {
    FigureStyle style;
    style.width = width_->value() * pointsPerInch;
    style.fontSize = fontSize_->value();
    style.serif = font_->currentIndex() == 1;
    style.palette =
        colours_->currentIndex() == 1 ? ColourPalette::GreySafe : ColourPalette::BlueRed;
    style.letters = letters_->isChecked();
    style.dpi = dpi_->value();
    style.tableRows = rows_->value();
    return style;
}

QString ExportDialog::command() const {
    return command_->text();
}

void ExportDialog::refresh() {
    request_.view = view_->currentData().toString();
    try {
        figure_ = make_(request_);
    } catch (const Error& error) {
        figure_ = {};
        preview_->setPixmap({});
        preview_->setText(QString::fromUtf8(error.what()));
        return;
    }
    const auto& result = figure_.provenance.result;
    figure_.provenance.commands.push_back(
        result.empty() ? std::string("# no command draws this figure")
                       : figureCommand(QString::fromStdString(result), request_, style(),
                                       request_.view + QStringLiteral(".pdf"))
                             .toStdString());
    QStringList lines;
    for (const auto& line : figure_.provenance.commands)
        lines << QString::fromStdString(line);
    command_->setText(lines.join(QStringLiteral(" && ")));
    command_->setCursorPosition(0);
    drawPreview();
}

/// An inch on paper is an inch on the screen.
void ExportDialog::drawPreview() {
    auto atScreen = style();
    atScreen.dpi = trueDpi(*this) * devicePixelRatioF();
    auto image = figureImage(figure_, atScreen);
    image.setDevicePixelRatio(devicePixelRatioF());
    preview_->setPixmap(QPixmap::fromImage(image));
    const FigureLayout layout(figure_, style());
    size_->setText(tr("%1 × %2 in, shown at true size")
                       .arg(layout.size().width() / unitsPerPoint / pointsPerInch, 0, 'f', 2)
                       .arg(layout.size().height() / unitsPerPoint / pointsPerInch, 0, 'f', 2));
}

void ExportDialog::copyFigure() const {
    if (figure_.panels.empty())
        return;
    auto* mime = new QMimeData;
    mime->setImageData(figureImage(figure_, style()));
    mime->setData(QStringLiteral("image/svg+xml"), figureSvg(figure_, style()));
    QApplication::clipboard()->setMimeData(mime);
}

void ExportDialog::copyNumbers() const {
    if (!figure_.panels.empty())
        QApplication::clipboard()->setText(QString::fromUtf8(figureCsv(figure_)));
}

void ExportDialog::chooseFile() {
    if (figure_.panels.empty())
        return;
    const auto file = QFileDialog::getSaveFileName(
        this, tr("Export figure"), request_.view + QStringLiteral(".pdf"),
        tr("PDF (*.pdf);;SVG (*.svg);;PNG (*.png);;numbers as CSV (*.csv)"));
    if (!file.isEmpty())
        Q_EMIT exportRequested(figure_, style(), file, {csv_->isChecked(), latex_->isChecked()});
}

} // namespace residuum
