#include "app/window/set_dialogs.h"

#include "analysis/inputs/pair_tasks.h"
#include "widgets/text/counts.h"
#include "widgets/workspace/workspace_state.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <limits>

namespace residuum {

MakeSetDialog::MakeSetDialog(bool endOfTextFirst, QWidget* parent)
    : QDialog(parent), task_(new QComboBox), count_(new QSpinBox), seed_(new QSpinBox),
      endOfText_(new QCheckBox(tr("&end-of-text token in front"))), about_(new QLabel) {
    setWindowTitle(tr("Make a set of prompts"));
    setAttribute(Qt::WA_DeleteOnClose);
    for (const auto& task : pairTasks())
        task_->addItem(QString::fromStdString(task.name));
    task_->setCurrentText(QStringLiteral("ioi-paper"));
    count_->setRange(1, 100'000);
    count_->setValue(480);
    seed_->setRange(0, std::numeric_limits<int>::max());
    endOfText_->setChecked(endOfTextFirst);
    about_->setWordWrap(true);
    about_->setMinimumWidth(fontMetrics().averageCharWidth() * 60);
    auto* form = new QFormLayout(this);
    form->addRow(tr("&Task"), task_);
    form->addRow(QString(), about_);
    form->addRow(tr("&Pairs"), count_);
    form->addRow(tr("&Seed"), seed_);
    form->addRow(QString(), endOfText_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("&Make"));
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT chosen(choice(), task_->currentText());
        accept();
    });
    connect(task_, &QComboBox::currentIndexChanged, this, &MakeSetDialog::showTask);
    showTask();
}

void MakeSetDialog::showTask() {
    const auto& task = pairTasks().at(static_cast<std::size_t>(task_->currentIndex()));
    about_->setText(
        tr("%1\n“%2”")
            .arg(QString::fromStdString(task.summary), QString::fromStdString(task.example)));
}

PairRequest MakeSetDialog::choice() const {
    PairRequest request;
    request.generated = GeneratedPairs{task_->currentText().toStdString(), count_->value(),
                                       static_cast<std::uint64_t>(seed_->value())};
    request.prependEndOfText = endOfText_->isChecked();
    return request;
}

QDialog* showLeftOut(const PromptSet& set, QWidget* parent) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(QObject::tr("Left out of %1").arg(set.name));
    const auto& account = set.pairs->account;
    auto* head = new QLabel(QObject::tr("%1 used, %2 left out:")
                                .arg(countText(set.size(), QObject::tr("pair")))
                                .arg(account.leftOut.size()));
    QStringList lines;
    const auto where =
        set.request.generated ? QObject::tr("draw %1: %2") : QObject::tr("line %1: %2");
    for (const auto& left : account.leftOut)
        lines << where.arg(left.line).arg(QString::fromStdString(left.reason));
    auto* text = new QPlainTextEdit(lines.join(QLatin1Char('\n')));
    text->setReadOnly(true);
    text->setAccessibleName(QObject::tr("what was left out, and why"));
    text->setMinimumSize(text->fontMetrics().averageCharWidth() * 80,
                         text->fontMetrics().lineSpacing() * 12);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(head);
    layout->addWidget(text, 1);
    layout->addWidget(buttons);
    dialog->show();
    return dialog;
}

} // namespace residuum
