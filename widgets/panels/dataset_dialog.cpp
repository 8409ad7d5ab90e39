#include "widgets/panels/dataset_dialog.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>

namespace residuum {

DatasetDialog::DatasetDialog(const QString& title, int contextLength,
                             std::function<void(const DatasetRequest&)> chosen, QWidget* parent)
    : QDialog(parent), file_(new QLineEdit), sequences_(new QSpinBox), length_(new QSpinBox),
      chosen_(std::move(chosen)) {
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    file_->setPlaceholderText(tr("a .txt, .jsonl or .bin file"));
    file_->setMinimumWidth(fontMetrics().averageCharWidth() * 45);
    sequences_->setRange(1, 1'000'000);
    sequences_->setValue(200);
    length_->setRange(2, std::max(2, contextLength));
    length_->setValue(std::min(64, std::max(2, contextLength)));
    length_->setSuffix(tr(" tokens"));
    auto* browseButton = new QToolButton;
    browseButton->setText(tr("Browse …"));
    auto* line = new QHBoxLayout;
    line->addWidget(file_, 1);
    line->addWidget(browseButton);
    auto* form = new QFormLayout(this);
    form->addRow(tr("&File"), line);
    form->addRow(tr("&Sequences"), sequences_);
    form->addRow(tr("Cut to &length"), length_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    auto* ok = buttons->button(QDialogButtonBox::Ok);
    ok->setText(tr("Measure"));
    ok->setEnabled(false);
    form->addRow(buttons);
    connect(file_, &QLineEdit::textChanged, this,
            [ok](const QString& text) { ok->setEnabled(!text.trimmed().isEmpty()); });
    connect(browseButton, &QToolButton::clicked, this, &DatasetDialog::browse);
    connect(buttons, &QDialogButtonBox::accepted, this, &DatasetDialog::acceptRequest);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

void DatasetDialog::browse() {
    const auto file = QFileDialog::getOpenFileName(this, tr("Choose a dataset"), {},
                                                   tr("Datasets (*.txt *.jsonl *.bin)"));
    if (!file.isEmpty())
        file_->setText(file);
}

void DatasetDialog::acceptRequest() {
    DatasetRequest request;
    request.file = file_->text().trimmed().toStdString();
    request.sequences = sequences_->value();
    request.length = length_->value();
    chosen_(request);
    accept();
}

} // namespace residuum
