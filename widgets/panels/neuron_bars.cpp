#include "widgets/panels/neuron_bars.h"

#include "widgets/panels/elided_label.h"
#include "widgets/panels/neuron_views.h"
#include "widgets/panels/settings_bar.h"
#include "widgets/panels/verdict.h"
#include "widgets/text/counts.h"

#include <QComboBox>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>

namespace residuum {

namespace {

constexpr int mostDirections = 64;

} // namespace

NeuronBars::NeuronBars(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace), board_(workspace.board<NeuronBoard>()) {
    makeInputBar();
    makeViewBar();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    for (auto* bar : {inputBar_, viewBar_}) {
        layout->addWidget(bar);
        connect(bar, &SettingsBar::edited, this, [this] { board_.setSettings(edited_); });
    }
}

void NeuronBars::change(const std::function<void(NeuronSettings&)>& change) {
    auto settings = board_.settings();
    change(settings);
    board_.setSettings(settings);
}

void NeuronBars::makeInputBar() {
    inputBar_ = new SettingsBar(settingsOf(edited_),
                                {{"ablation",
                                  tr("ablation"),
                                  {{nameOf(Ablation::Mean), tr("mean ablation")},
                                   {nameOf(Ablation::Zero), tr("zero ablation")}}},
                                 {"screen",
                                  tr("estimate every neuron of the last layer, with a bound"),
                                  {},
                                  tr("screen a&ll")}});
    screenTip_ = inputBar_->control("screen")->toolTip();
    inputText_ = new ElidedLabel;
    auto* dataset = new QPushButton(tr("Data&set …"));
    dataset->setToolTip(tr("measure over a .txt, .jsonl or .bin file instead of the prompt"));
    usePrompt_ = new QPushButton(tr("Use the prompt"));
    auto* row = inputBar_->row();
    row->insertWidget(0, inputText_);
    row->insertWidget(1, dataset);
    row->insertWidget(2, usePrompt_);
    for (const auto* name : {"screen", "ablation"}) // from left to right
        setTabOrder(usePrompt_, inputBar_->control(name));
    connect(dataset, &QPushButton::clicked, this, &NeuronBars::datasetWanted);
    connect(usePrompt_, &QPushButton::clicked, this,
            [this] { change([](NeuronSettings& settings) { settings.dataset.reset(); }); });
}

void NeuronBars::makeViewBar() {
    viewBar_ =
        new SettingsBar(settingsOf(edited_),
                        {{"top", tr("how many neurons are chosen"), {}, tr("top ")},
                         {"by",
                          tr("what the chosen neurons are ranked by"),
                          {{nameOf(NeuronRank::Score), tr("by norm / LogitVar")},
                           {nameOf(NeuronRank::Norm), tr("by norm")},
                           {nameOf(NeuronRank::NullSpace), tr("by null-space fraction")},
                           {nameOf(NeuronRank::TotalLoss), tr("by |Δ loss| (screened)")},
                           {nameOf(NeuronRank::TotalEntropy), tr("by |Δ entropy| (screened)")}}}});
    addChoosing();
    viewBar_->row()->addStretch();
    const auto kind = neuronKind();
    const auto& effect = kind.setting(QStringLiteral("effect"));
    const auto& against = kind.setting(QStringLiteral("against"));
    const auto yes = QStringLiteral("true"), no = QStringLiteral("false");
    viewBar_->add(
        {"entropy", effect.title, {{yes, effect.values[0].title}, {no, effect.values[1].title}}});
    viewBar_->add({"against_null_space",
                   against.title,
                   {{no, against.values[0].title}, {yes, against.values[1].title}}});
    viewBar_->add(
        {"null_space", tr("directions of W_U that count as its null space"), {}, tr("k = ")});
    nullSpace_ = qobject_cast<QSpinBox*>(viewBar_->control("null_space"));
}

/// The layer, and the model that chooses in it.
void NeuronBars::addChoosing() {
    layer_ = new QSpinBox;
    layer_->setPrefix(tr("of layer "));
    layer_->setToolTip(tr("layer"));
    layer_->setKeyboardTracking(false);
    connect(layer_, &QSpinBox::valueChanged, this, [this](int value) {
        change([&](NeuronSettings& settings) {
            // The last layer stays the last in models of any depth.
            settings.layer = value == layer_->maximum() ? -1 : value;
            settings.screen = settings.screen && settings.layer == -1;
        });
    });
    chosenOn_ = new QComboBox;
    chosenOn_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    chosenOn_->setMinimumContentsLength(6); // where there is too little room
    chosenOn_->setToolTip(tr("model that chooses the neurons"));
    connect(chosenOn_, &QComboBox::activated, this, [this] {
        change([this](NeuronSettings& settings) {
            settings.chosenOn = chosenOn_->currentData().toString().toStdString();
        });
    });
    for (auto* own : std::initializer_list<QWidget*>{layer_, chosenOn_}) {
        own->setAccessibleName(own->toolTip());
        viewBar_->row()->addWidget(own);
    }
}

void NeuronBars::refresh() {
    edited_ = board_.settings();
    const QSignalBlocker blockers[] = {QSignalBlocker(layer_), QSignalBlocker(nullSpace_)};
    chosenOn_->clear();
    int layers = 1, directions = mostDirections;
    for (const auto& column : workspace_.columns()) {
        if (!column.model)
            continue;
        chosenOn_->addItem(tr("in %1").arg(column.name), column.source);
        if (column.id == board_.choosingColumn()) {
            chosenOn_->setCurrentIndex(chosenOn_->count() - 1);
            layers = column.model->info().config.n_layers;
            directions = std::min(mostDirections, column.model->info().config.d_model);
        }
    }
    layer_->setMaximum(layers - 1);
    layer_->setValue(edited_.layer < 0 ? layers + edited_.layer : edited_.layer);
    nullSpace_->setMaximum(directions);
    inputBar_->refresh();
    viewBar_->refresh();
    refreshScreening();
    usePrompt_->setVisible(edited_.dataset.has_value());
}

/// What cannot be had in the choosing model cannot be chosen, and the tooltip says why; what is
/// chosen already can be taken back.
void NeuronBars::refreshScreening() {
    const auto* chooser = workspace_.column(board_.choosingColumn());
    const auto why = chooser == nullptr ? QString() : board_.whyNotScreened(*chooser);
    auto* screen = inputBar_->control("screen");
    screen->setEnabled(why.isEmpty() || edited_.screen);
    screen->setToolTip(why.isEmpty() ? screenTip_ : why);
    auto* by = qobject_cast<QComboBox*>(viewBar_->control("by"));
    const auto* ranks = qobject_cast<QStandardItemModel*>(by->model());
    for (const auto rank : {NeuronRank::TotalLoss, NeuronRank::TotalEntropy}) {
        const int place = by->findData(nameOf(rank));
        ranks->item(place)->setEnabled(why.isEmpty());
        ranks->item(place)->setToolTip(why);
    }
}

void NeuronBars::refreshInput() {
    const auto& settings = board_.settings();
    std::size_t tokens = 0;
    bool isStale = false;
    for (const auto& [id, model] : workspace_.openModels())
        if (const auto* answer = board_.answer(id); answer != nullptr && answer->result) {
            tokens = answer->result->tokens.size();
            isStale |= answer->stale();
        }
    const auto extent = countText(static_cast<qint64>(tokens), tr("scored token"));
    const auto mean = meanText(workspace_);
    const auto source =
        settings.dataset ? QString::fromStdString(settings.dataset->file.filename().string())
        : mean.isEmpty() ? tr("the prompt")
                         : tr("all prompts of %1").arg(workspace_.state().set->name);
    const bool isFew = !settings.dataset && mean.isEmpty();
    if (tokens == 0 || isStale) // a count would be of what was measured before
        inputText_->setFullText(
            (isStale ? tr("Measuring over %1 …") : tr("Measured over %1")).arg(source));
    else
        inputText_->setFullText((isFew ? tr("Measured over %1: %2 – few; choose a dataset for more")
                                       : tr("Measured over %1: %2"))
                                    .arg(source, extent),
                                {}, {isFew ? extent + tr(" – few") : extent, extent});
    inputText_->setEnabled(!isStale);
}

} // namespace residuum
