#include "widgets/panels/neuron_bars.h"

#include "widgets/panels/elided_label.h"
#include "widgets/panels/neuron_views.h"
#include "widgets/panels/setting_choice.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace residuum {

namespace {

constexpr int mostTop = 100;
constexpr int mostDirections = 64;

QWidget* makeBar() {
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(6, 1, 6, 1);
    layout->setSpacing(4);
    return bar;
}

/// Values named by their place.
ViewSetting placesOf(const QString& title, const QStringList& titles) {
    ViewSetting setting;
    setting.title = title;
    for (const auto& each : titles)
        setting.values.push_back({QString::number(setting.values.size()), each});
    return setting;
}

} // namespace

NeuronBars::NeuronBars(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace), board_(workspace.board<NeuronBoard>()) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    layout->addWidget(makeInputBar());
    layout->addWidget(makeViewBar());
}

/// Only what the user touched changes: a control may show less than a session has asked for.
void NeuronBars::change(const std::function<void(NeuronSettings&)>& change) {
    auto settings = board_.settings();
    change(settings);
    board_.setSettings(settings);
}

QComboBox* NeuronBars::addChoice(QWidget* bar, const ViewSetting& setting, Choose choose) {
    auto* combo = settingChoice(setting);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    bar->layout()->addWidget(combo);
    connect(combo, &QComboBox::activated, this, [this, combo, choose = std::move(choose)] {
        change(
            [&](NeuronSettings& settings) { choose(settings, combo->currentData().toString()); });
    });
    return combo;
}

QSpinBox* NeuronBars::addNumber(QWidget* bar, const QString& label, const QString& prefix,
                                int least, int most, Count count) {
    auto* box = new QSpinBox;
    box->setRange(least, most);
    box->setPrefix(prefix);
    box->setAccessibleName(label);
    box->setToolTip(label);
    box->setKeyboardTracking(false);
    bar->layout()->addWidget(box);
    connect(box, &QSpinBox::valueChanged, this, [this, count = std::move(count)](int value) {
        change([&](NeuronSettings& settings) { count(settings, value); });
    });
    return box;
}

QWidget* NeuronBars::makeInputBar() {
    auto* bar = makeBar();
    inputText_ = new ElidedLabel;
    static_cast<QHBoxLayout*>(bar->layout())->addWidget(inputText_, 1);
    auto* dataset = new QPushButton(tr("Data&set …"));
    dataset->setToolTip(tr("measure over a .txt, .jsonl or .bin file instead of the prompt"));
    usePrompt_ = new QPushButton(tr("Use the prompt"));
    bar->layout()->addWidget(dataset);
    bar->layout()->addWidget(usePrompt_);
    connect(dataset, &QPushButton::clicked, this, &NeuronBars::datasetWanted);
    connect(usePrompt_, &QPushButton::clicked, this,
            [this] { change([](NeuronSettings& settings) { settings.dataset.reset(); }); });
    ablation_ = addChoice(bar, placesOf(tr("ablation"), {tr("mean ablation"), tr("zero ablation")}),
                          [](NeuronSettings& settings, const QString& value) {
                              settings.ablation = static_cast<Ablation>(value.toInt());
                          });
    screen_ = new QCheckBox(tr("screen a&ll"));
    screen_->setToolTip(tr("estimate every neuron of the last layer, with a bound"));
    bar->layout()->addWidget(screen_);
    connect(screen_, &QCheckBox::toggled, this,
            [this](bool on) { change([&](NeuronSettings& settings) { settings.screen = on; }); });
    return bar;
}

QWidget* NeuronBars::makeViewBar() {
    auto* bar = makeBar();
    top_ = addNumber(bar, tr("how many neurons are chosen"), tr("top "), 1, mostTop,
                     [](NeuronSettings& settings, int value) { settings.top = value; });
    by_ = addChoice(bar,
                    placesOf(tr("what the chosen neurons are ranked by"),
                             {tr("by norm / LogitVar"), tr("by norm"), tr("by null-space fraction"),
                              tr("by |Δ loss| (screened)"), tr("by |Δ entropy| (screened)")}),
                    [](NeuronSettings& settings, const QString& value) {
                        settings.by = static_cast<NeuronRank>(value.toInt());
                    });
    layer_ = addNumber(bar, tr("layer"), tr("of layer "), 0, 0,
                       [this](NeuronSettings& settings, int value) {
                           // The last layer stays the last in models of any depth.
                           settings.layer = value == layer_->maximum() ? -1 : value;
                           settings.screen = settings.screen && settings.layer == -1;
                       });
    chosenOn_ = addChoice(bar, placesOf(tr("model that chooses the neurons"), {}),
                          [](NeuronSettings& settings, const QString& source) {
                              settings.chosenOn = source.toStdString();
                          });
    static_cast<QHBoxLayout*>(bar->layout())->addStretch(1);
    const auto kind = neuronKind();
    effect_ = addChoice(bar, kind.setting(QStringLiteral("effect")),
                        [](NeuronSettings& settings, const QString& value) {
                            settings.entropy = value == QLatin1String("entropy");
                        });
    plane_ = addChoice(bar, kind.setting(QStringLiteral("against")),
                       [](NeuronSettings& settings, const QString& value) {
                           settings.againstNullSpace = value == QLatin1String("null-space");
                       });
    nullSpace_ = addNumber(bar, tr("directions of W_U that count as its null space"), tr("k = "), 1,
                           mostDirections,
                           [](NeuronSettings& settings, int value) { settings.nullSpace = value; });
    return bar;
}

void NeuronBars::refresh() {
    const auto& settings = board_.settings();
    const QSignalBlocker blockers[] = {QSignalBlocker(layer_), QSignalBlocker(top_),
                                       QSignalBlocker(nullSpace_), QSignalBlocker(screen_)};
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
    layer_->setValue(settings.layer < 0 ? layers + settings.layer : settings.layer);
    top_->setValue(settings.top);
    nullSpace_->setMaximum(directions);
    nullSpace_->setValue(settings.nullSpace);
    by_->setCurrentIndex(static_cast<int>(settings.by));
    ablation_->setCurrentIndex(static_cast<int>(settings.ablation));
    effect_->setCurrentIndex(settings.entropy ? 0 : 1);
    plane_->setCurrentIndex(settings.againstNullSpace ? 1 : 0);
    screen_->setChecked(settings.screen);
    screen_->setEnabled(layer_->value() == layer_->maximum());
    usePrompt_->setVisible(settings.dataset.has_value());
}

void NeuronBars::refreshInput() {
    const auto& settings = board_.settings();
    std::size_t tokens = 0;
    for (const auto& [id, model] : workspace_.openModels())
        if (const auto result = board_.result(id))
            tokens = result->tokens.size();
    const auto source = settings.dataset
                            ? QString::fromStdString(settings.dataset->file.filename().string())
                            : tr("the prompt");
    inputText_->setFullText(
        tokens == 0 ? tr("Measured over %1").arg(source)
        : !settings.dataset
            ? tr("Measured over %1: %2 scored tokens – few; choose a dataset for more")
                  .arg(source)
                  .arg(tokens)
            : tr("Measured over %1: %L2 scored tokens").arg(source).arg(tokens));
}

} // namespace residuum
