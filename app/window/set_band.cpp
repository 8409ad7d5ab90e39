#include "app/window/set_band.h"

#include "app/window/flat_button.h"
#include "widgets/panels/elided_label.h"
#include "widgets/text/counts.h"
#include "widgets/workspace/workspace.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QRadioButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>

#include <initializer_list>

namespace residuum {

SetBand::SetBand(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace), name_(new ElidedLabel),
      previous_(makeFlatButton(QStringLiteral("◂"), tr("Previous pair of the set (Shift+Left)"))),
      number_(new QSpinBox), count_(new QLabel),
      next_(makeFlatButton(QStringLiteral("▸"), tr("Next pair of the set (Shift+Right)"))),
      mean_(new QRadioButton), one_(new QRadioButton), leftOut_(makeFlatButton({}, {})),
      close_(makeFlatButton(QStringLiteral("×"), tr("Close the set"))) {
    setAccessibleName(tr("set of prompts"));
    number_->setAccessibleName(tr("pair of the set"));
    number_->setToolTip(tr("Which pair of the set is looked at"));
    number_->setKeyboardTracking(false);
    number_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    number_->setAlignment(Qt::AlignRight);
    mean_->setToolTip(tr("Ask all questions of the whole set (M)"));
    one_->setToolTip(tr("Ask all questions of the prompt above (M)"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(4, 0, 2, 0);
    row->setSpacing(4);
    row->addWidget(name_, 1);
    for (auto* widget : std::initializer_list<QWidget*>{previous_, number_, count_, next_, mean_,
                                                        one_, leftOut_, close_})
        row->addWidget(widget);
    const auto step = [this](int by) { workspace_.showPair(workspace_.state().pair + by); };
    connect(previous_, &QToolButton::clicked, this, [step] { step(-1); });
    connect(next_, &QToolButton::clicked, this, [step] { step(1); });
    connect(number_, &QSpinBox::valueChanged, this,
            [this](int number) { workspace_.showPair(number - 1); });
    connect(mean_, &QRadioButton::clicked, this, [this] { workspace_.setMean(true); });
    connect(one_, &QRadioButton::clicked, this, [this] { workspace_.setMean(false); });
    connect(leftOut_, &QToolButton::clicked, this, &SetBand::leftOutWanted);
    connect(close_, &QToolButton::clicked, &workspace_, &Workspace::closeSet);
    for (const auto signal : {&Workspace::setChanged, &Workspace::promptChanged,
                              &Workspace::corruptChanged, &Workspace::targetChanged})
        connect(&workspace_, signal, this, &SetBand::refresh);
    refresh();
}

void SetBand::refresh() {
    const auto& state = workspace_.state();
    setVisible(state.set != nullptr);
    if (!state.set)
        return;
    const auto& set = *state.set;
    const bool isThere = set.pairs != nullptr;
    const auto& problem = workspace_.setProblem();
    name_->setFullText(isThere             ? tr("set: %1").arg(set.name)
                       : problem.isEmpty() ? tr("set: %1 is being read …").arg(set.name)
                                           : tr("set: %1 is not open: %2").arg(set.name, problem));
    for (auto* widget :
         std::initializer_list<QWidget*>{previous_, number_, count_, next_, mean_, one_})
        widget->setVisible(isThere);
    leftOut_->setVisible(isThere && !set.pairs->account.leftOut.empty());
    if (!isThere)
        return;
    const QSignalBlocker blocker(number_);
    number_->setRange(1, set.size());
    number_->setValue(state.pair + 1);
    count_->setText(tr("of %1").arg(set.size()));
    previous_->setEnabled(state.pair > 0);
    next_->setEnabled(state.pair + 1 < set.size());
    mean_->setText(tr("mean of %1").arg(set.size()));
    mean_->setAccessibleName(tr("ask the whole set: %1").arg(mean_->text()));
    one_->setText(workspace_.showsPair() ? tr("this prompt") : tr("this prompt, edited"));
    one_->setAccessibleName(tr("ask %1").arg(one_->text()));
    (state.mean ? mean_ : one_)->setChecked(true);
    const auto left = static_cast<qint64>(set.pairs->account.leftOut.size());
    leftOut_->setText(tr("%1 left out").arg(left));
    leftOut_->setToolTip(tr("What was left out of the set, and why"));
    leftOut_->setAccessibleName(tr("%1 left out: see why").arg(countText(left, tr("pair"))));
}

} // namespace residuum
