#include "app/window/settings_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace residuum {

SettingsDialog::SettingsDialog(const Preferences& preferences, QWidget* parent)
    : QDialog(parent), threads_(new QSpinBox), memory_(new QLineEdit), theme_(new QComboBox),
      fontSize_(new QSpinBox), endOfText_(new QCheckBox), note_(new QLabel) {
    setWindowTitle(tr("Settings"));
    setAttribute(Qt::WA_DeleteOnClose);
    threads_->setRange(0, mostThreads);
    threads_->setSpecialValueText(tr("all cores"));
    threads_->setValue(preferences.threads);
    threads_->setToolTip(tr("threads to compute with; --threads on the command line comes first"));
    memory_->setText(QString::fromStdString(preferences.memory));
    memory_->setToolTip(tr("what one computation may hold beyond the models' weights, e.g. 512M or "
                           "4G"));
    theme_->addItems({tr("as the system has it"), tr("light"), tr("dark")});
    theme_->setCurrentIndex(static_cast<int>(preferences.theme));
    fontSize_->setRange(leastFontSize - 1, mostFontSize);
    fontSize_->setSpecialValueText(tr("as the system has it (%1 pt)").arg(systemFontSize()));
    fontSize_->setSuffix(tr(" pt"));
    fontSize_->setValue(preferences.fontSize == 0 ? fontSize_->minimum() : preferences.fontSize);
    endOfText_->setText(tr("a new document's prompt begins with the end-of-&text token"));
    endOfText_->setChecked(preferences.endOfTextFirst);
    note_->setWordWrap(true);
    note_->setAccessibleName(tr("about the settings"));
    auto* form = new QFormLayout;
    form->addRow(tr("&Threads"), threads_);
    form->addRow(tr("&Memory of a computation"), memory_);
    form->addRow(tr("&Colours"), theme_);
    form->addRow(tr("Type &size"), fontSize_);
    form->addRow(endOfText_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Apply |
                                         QDialogButtonBox::Cancel);
    accept_ = buttons->button(QDialogButtonBox::Ok);
    apply_ = buttons->button(QDialogButtonBox::Apply);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(note_);
    layout->addStretch(1);
    layout->addWidget(buttons);
    connect(apply_, &QPushButton::clicked, this, &SettingsDialog::choose);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        choose();
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(memory_, &QLineEdit::textChanged, this, &SettingsDialog::check);
    check();
}

Preferences SettingsDialog::preferences() const {
    return {threads_->value(), memory_->text().trimmed().toStdString(),
            static_cast<Theme>(theme_->currentIndex()),
            fontSize_->value() < leastFontSize ? 0 : fontSize_->value(), endOfText_->isChecked()};
}

void SettingsDialog::check() {
    const auto problem = preferences().problem();
    note_->setText(problem.isEmpty()
                       ? tr("Colours and type change at once, but for a few larger titles, which "
                            "have their size from the next start on. Threads and memory hold for "
                            "what is computed from now on.")
                       : problem);
    for (auto* button : {accept_, apply_})
        button->setEnabled(problem.isEmpty());
}

void SettingsDialog::choose() {
    Q_EMIT chosen(preferences());
}

} // namespace residuum
