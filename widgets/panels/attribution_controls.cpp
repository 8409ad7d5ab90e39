// The controls of the attribution panel: what is shown, of whom, and how much of it.
#include "widgets/figure/figure_difference.h"
#include "widgets/panels/attribution_dataset.h"
#include "widgets/panels/attribution_panel.h"
#include "widgets/panels/flow_layout.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>

namespace residuum {

using Kind = PlotPage::Kind;

void AttributionPanel::addCharts() {
    using V = AttributionViews;
    const auto add = [this](QLatin1StringView view, const QString& name, const QString& tab) {
        charts_.push_back(addPage({{Kind::Chart, name, view, true}}, Bar::Room));
        details()->addTab(charts_.back(), tab);
    };
    add(V::ranked, tr("largest components of %1"), tr("Ranked"));
    add(V::byLayer, tr("attribution layer by layer in %1"), tr("By layer"));
    add(V::byPosition, tr("error along the prompt in %1"), tr("By position"));
    details()->addTab(
        addPage({{Kind::Heatmap, tr("NMAE of every head of %1"), V::nmaeHeads}}, Bar::Own),
        tr("NMAE of heads"));
    top_ = new QSpinBox;
    top_->setRange(1, 1000);
    top_->setPrefix(tr("top ± "));
    top_->setKeyboardTracking(false);
    top_->setToolTip(tr("How many components of each sign are shown"));
    top_->setAccessibleName(top_->toolTip());
    connect(top_, &QSpinBox::valueChanged, this, [this](int top) { answers().setTop(top); });
    along_ = new QComboBox;
    along_->addItems({tr("heads"), tr("MLPs")});
    along_->setToolTip(tr("Whose error is shown along the prompt, here and under its tokens"));
    along_->setAccessibleName(along_->toolTip());
    connect(along_, &QComboBox::activated, this,
            [this](int which) { answers().setMlpsAlong(which == 1); });
    auto* corner = new QWidget;
    auto* layout = new QHBoxLayout(corner);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(top_);
    layout->addWidget(along_);
    details()->setCornerWidget(corner);
    const auto showOwn = [this] {
        top_->setVisible(details()->currentWidget() == charts_.front());
        along_->setVisible(details()->currentWidget() == charts_.back());
    };
    connect(details(), &QTabWidget::currentChanged, this, showOwn);
    showOwn();
}

QList<QAction*> AttributionPanel::viewActions() {
    for (const auto mode : {ViewMode::Dla, ViewMode::DirectEffect}) {
        modeActions_.push_back(new QAction(this));
        modeActions_.back()->setCheckable(true);
        connect(modeActions_.back(), &QAction::triggered, this, [this, mode] {
            answers().setMode(mode);
            refreshChoices(); // the entry of the one that is shown stays marked
        });
    }
    refreshTreatment();
    return {modeActions_.begin(), modeActions_.end()};
}

QList<QAction*> AttributionPanel::analysisActions() {
    auto* nmae = new QAction(tr("&NMAE over a dataset …"), this);
    connect(nmae, &QAction::triggered, this, [this] { askForDataset(workspace(), window()); });
    return {nmae};
}

void AttributionPanel::toggleError() {
    answers().setMode(answers().mode() == ViewMode::Error ? ViewMode::Dla : ViewMode::Error);
}

QWidget* AttributionPanel::makeToolBar() {
    auto* bar = new QWidget;
    auto* layout = new FlowLayout(bar);
    layout->setContentsMargins(6, 2, 6, 2);
    layout->setSpacing(2);
    auto* group = new QButtonGroup(bar);
    for (const auto mode : {ViewMode::Dla, ViewMode::DirectEffect, ViewMode::Error}) {
        auto* button = new QToolButton;
        button->setCheckable(true);
        button->setAutoRaise(true);
        group->addButton(button);
        layout->addWidget(button);
        modeButtons_.push_back(button);
        connect(button, &QToolButton::clicked, this, [this, mode] { answers().setMode(mode); });
    }
    layout->addStretch();
    auto* label = new QLabel(tr("&Compare"));
    compare_ = new QComboBox;
    compare_->setAccessibleName(tr("two models to compare"));
    compare_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    compare_->setMinimumContentsLength(6); // where there is too little room
    label->setBuddy(compare_);
    layout->addWidget(label);
    layout->addWidget(compare_);
    connect(compare_, &QComboBox::activated, this, [this](int index) {
        const auto pair = compare_->itemData(index).toPoint();
        if (index == 0)
            workspace().setDifference(std::nullopt);
        else
            workspace().setDifference(std::pair(pair.x(), pair.y()));
    });
    return bar;
}

void AttributionPanel::refreshTreatment() {
    const auto treatment = this->treatment();
    for (std::size_t i = 0; i < modeButtons_.size(); ++i)
        modeButtons_[i]->setText(modeTitle(static_cast<ViewMode>(i), treatment));
    if (modeActions_.empty())
        return;
    modeActions_[0]->setText(tr("&DLA (%1)").arg(QString::fromStdString(treatment.frozen())));
    modeActions_[1]->setText(
        tr("Direct e&ffect (%1)").arg(QString::fromStdString(treatment.recomputed())));
}

void AttributionPanel::refreshChoices() {
    refreshTreatment();
    heatmaps_->setView(heatmaps_->firstPlot(), viewOf(answers().mode()));
    for (std::size_t i = 0; i < modeButtons_.size(); ++i)
        modeButtons_[i]->setChecked(static_cast<std::size_t>(answers().mode()) == i);
    for (std::size_t i = 0; i < modeActions_.size(); ++i)
        modeActions_[i]->setChecked(static_cast<std::size_t>(answers().mode()) == i);
    const QSignalBlocker blocker(top_);
    top_->setValue(answers().top());
    along_->setCurrentIndex(answers().mlpsAlong() ? 1 : 0);
    refreshCompare();
}

void AttributionPanel::refreshCompare() {
    const QSignalBlocker blocker(compare_);
    compare_->clear();
    compare_->addItem(tr("no difference"));
    const auto& columns = workspace().columns();
    for (int a = 0; a < static_cast<int>(columns.size()); ++a) {
        for (int b = 0; b < static_cast<int>(columns.size()); ++b) {
            if (a != b)
                compare_->addItem(differenceName(columns[static_cast<std::size_t>(a)].head,
                                                 columns[static_cast<std::size_t>(b)].head),
                                  QPoint(a, b));
        }
    }
    if (const auto pair = workspace().difference())
        compare_->setCurrentIndex(
            std::max(0, compare_->findData(QPoint(pair->first, pair->second))));
}

} // namespace residuum
