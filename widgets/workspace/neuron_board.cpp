#include "widgets/workspace/neuron_board.h"

#include "analysis/neurons/neuron_input.h"
#include "widgets/workspace/component_id.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

namespace {

/// Each model keeps activations for pins to come, so less than a single study may have.
constexpr NeuronLimits limits{std::int64_t{512} << 20};

QString cancelledText() {
    return NeuronBoard::tr("Cancelled; Ctrl+R computes it again.");
}

bool holds(const std::vector<NeuronIndex>& list, NeuronIndex neuron) {
    return std::find(list.begin(), list.end(), neuron) != list.end();
}

/// Sequences that every open model can compute, so that all are measured over the same tokens.
std::shared_ptr<const PromptInput> readInput(const InputRequest& asking, const Tokenizer* tokenizer,
                                             ModelConfig config, int shortestContext,
                                             Progress& progress) {
    config.n_ctx = std::min(config.n_ctx, shortestContext);
    return std::make_shared<const PromptInput>(
        accounted(resolveInput(asking, tokenizer, config, progress)));
}

} // namespace

NeuronBoard::NeuronBoard(Workspace& workspace) : QObject(&workspace), workspace_(workspace) {
    connect(&workspace, &Workspace::promptChanged, this, [this] {
        for (auto& [id, slot] : slots_) {
            workspace_.engine().cancel({prompt_, id});
            slot.activations.reset();
            slot.askedActivations.clear();
        }
        update();
        Q_EMIT changed();
    });
    connect(&workspace, &Workspace::pinsChanged, this, [this] {
        update();
        for (auto& [id, slot] : slots_)
            show(slot);
        Q_EMIT changed();
    });
    connect(&workspace, &Workspace::columnsChanged, this, &NeuronBoard::columnsChanged);
    connect(&workspace, &Workspace::workCancelled, this, &NeuronBoard::cancelled);
}

void NeuronBoard::setSettings(const SessionNeurons& settings) {
    if (settings_ == settings)
        return;
    settings_ = settings;
    update();
    Q_EMIT settingsChanged();
    Q_EMIT changed();
}

void NeuronBoard::restore(const std::optional<SessionNeurons>& settings) {
    used_ = active_ || settings.has_value();
    setSettings(settings.value_or(SessionNeurons{}));
}

void NeuronBoard::setActive(bool active) {
    active_ = active;
    used_ = used_ || active;
    update();
}

const NeuronAnswer* NeuronBoard::answer(int columnId) const {
    const auto found = slots_.find(columnId);
    return found == slots_.end() ? nullptr : &found->second.shown;
}

const PromptActivations* NeuronBoard::activations(int columnId) const {
    const auto found = slots_.find(columnId);
    return found == slots_.end() ? nullptr : found->second.activations.get();
}

QString NeuronBoard::obstacle() const {
    if (choosingColumn() < 0)
        return tr("Open a model to look at its neurons.");
    if (!settings_.dataset && workspace_.state().prompt.tokens.size() < 2)
        return tr("Give a prompt of at least two tokens above, or choose a dataset.");
    return {};
}

std::shared_ptr<const Model> NeuronBoard::modelOf(int columnId) const {
    for (const auto& column : workspace_.columns())
        if (column.id == columnId)
            return column.model;
    return nullptr;
}

int NeuronBoard::choosingColumn() const {
    int first = -1;
    for (const auto& column : workspace_.columns()) {
        if (!column.model)
            continue;
        if (column.source.toStdString() == settings_.chosenOn)
            return column.id;
        if (first < 0)
            first = column.id;
    }
    return first;
}

std::optional<LayerIndex> NeuronBoard::layer() const {
    if (const auto model = modelOf(choosingColumn())) {
        const int layers = model->info().config.n_layers;
        const int layer = settings_.layer < 0 ? layers + settings_.layer : settings_.layer;
        return layer >= 0 && layer < layers ? std::optional(LayerIndex(layer)) : std::nullopt;
    }
    for (const auto& column : workspace_.columns())
        if (column.saved && column.saved->neurons)
            return column.saved->neurons->layer;
    return std::nullopt;
}

std::optional<NeuronRequest> NeuronBoard::followed() const {
    return choice_ ? std::optional(followedRequest(*choice_, pinned())) : std::nullopt;
}

InputRequest NeuronBoard::inputRequest() const {
    if (!settings_.dataset)
        return workspace_.promptInput().request;
    InputRequest request;
    request.dataset = settings_.dataset;
    return request;
}

std::vector<NeuronIndex> NeuronBoard::pinned() const {
    std::vector<NeuronIndex> neurons;
    const auto model = modelOf(choosingColumn());
    const auto looked = layer();
    for (const auto& pin : workspace_.state().pins)
        if (const auto neuron = neuronOf(pin.id);
            model && neuron && neuron->first == looked &&
            neuron->second.value < model->info().config.d_mlp &&
            !(choice_ && holds(choice_->chosen.neurons, neuron->second)))
            neurons.push_back(neuron->second);
    return neurons;
}

std::optional<NeuronBoard::Asked> NeuronBoard::asking() const {
    if (!obstacle().isEmpty())
        return std::nullopt;
    Asked asked;
    asked.request = neuronRequest(settings_);
    if (settings_.by != NeuronRank::NullSpace) // else k is only looked at: every k is kept
        asked.request.nullSpace = usualNullSpace;
    asked.chooser = choosingColumn();
    asked.model = modelOf(asked.chooser).get();
    asked.dataset = settings_.dataset;
    if (!asked.dataset)
        asked.prompt = workspace_.state().prompt.tokens;
    asked.contextLength = workspace_.contextLength();
    return asked;
}

void NeuronBoard::columnsChanged() {
    const auto& columns = workspace_.columns();
    std::erase_if(slots_, [&](const auto& entry) {
        const bool gone = std::none_of(columns.begin(), columns.end(), [&](const auto& column) {
            return column.id == entry.first;
        });
        if (gone)
            cancel(entry.first);
        return gone;
    });
    takeSaved();
    update();
    Q_EMIT settingsChanged();
}

/// Results from files are answers that nobody computes.
void NeuronBoard::takeSaved() {
    for (const auto& column : workspace_.columns())
        if (column.saved && column.saved->neurons && !slots_.contains(column.id)) {
            auto& shown = slots_[column.id].shown;
            shown.result = column.saved->neurons;
            shown.input =
                std::make_shared<const PromptInput>(PromptInput{{}, column.saved->tokens.input});
            shown.created = column.created;
        }
}

void NeuronBoard::cancelled() {
    for (auto& [id, slot] : slots_) {
        if (slot.shown.stale || !slot.askedPins.empty())
            slot.shown.problem = cancelledText();
        slot.askedPins.clear();
        if (!slot.askedActivations.empty() && !slot.activations)
            activationsProblem_ = cancelledText();
    }
    Q_EMIT changed();
}

void NeuronBoard::cancel(int columnId) {
    for (const auto* purpose : {&main_, &pins_, &prompt_})
        workspace_.engine().cancel({*purpose, columnId});
}

/// What was computed stays to be seen, but is of something else.
void NeuronBoard::forget(Slot& slot, int columnId) {
    cancel(columnId);
    auto shown = std::move(slot.shown);
    shown.problem.clear();
    shown.stale = true;
    auto activations = std::move(slot.activations);
    slot = Slot();
    slot.shown = std::move(shown);
    slot.activations = std::move(activations);
}

void NeuronBoard::recompute() {
    begin(asking().value_or(Asked()), CacheUse::WriteOnly);
}

void NeuronBoard::update() {
    if (!active_)
        return;
    if (const auto asked = asking().value_or(Asked()); asked != asked_)
        begin(asked, CacheUse::ReadAndWrite);
    else if (choice_)
        follow();
}

void NeuronBoard::begin(const Asked& asked, CacheUse use) {
    asked_ = asked;
    use_ = use;
    choice_.reset();
    input_.reset();
    for (auto& [id, slot] : slots_)
        if (modelOf(id))
            forget(slot, id);
    if (asked.chooser >= 0) {
        if (!settings_.dataset) // its tokens are known; a dataset is read by the job
            input_ = std::make_shared<const PromptInput>(workspace_.promptInput());
        submit(main_, asked.chooser, asked.request, use, &NeuronBoard::chosen);
    }
    Q_EMIT changed();
}

void NeuronBoard::submit(const Purpose& purpose, int columnId, const NeuronRequest& wanted,
                         CacheUse use, Deliver deliver) {
    auto& slot = slots_[columnId];
    slot.shown.stale = slot.main == nullptr;
    workspace_.engine().submit(
        {purpose, columnId},
        [this, columnId, deliver, model = modelOf(columnId), input = input_, wanted,
         main = slot.main, ground = slot.ground, shared = workspace_.tokenizer(),
         asking = inputRequest(), cache = workspace_.cache(), length = workspace_.contextLength(),
         use](Progress& progress) -> Delivery {
            Found found;
            found.ground = ground;
            found.input =
                input ? input
                      : readInput(asking, shared.get(), model->info().config, length, progress);
            const auto answered = residuum::answer<NeuronAnalysis>(
                cache.get(), use, *model, *found.input, wanted, progress, [&] {
                    if (!found.ground)
                        found.ground =
                            prepareNeurons(model, found.input->tokens, wanted.layer, limits,
                                           main ? std::optional(main->weights) : std::nullopt);
                    return studyNeurons(*found.ground, wanted, progress);
                });
            found.result = answered.result;
            found.created = answered.created;
            found.warning = QString::fromStdString(answered.warning);
            return [this, columnId, deliver, found, isNew = input == nullptr] {
                if (isNew)
                    for (const auto& warning : warningsOf(*found.input))
                        Q_EMIT workspace_.message(QString::fromStdString(warning));
                if (!found.warning.isEmpty())
                    Q_EMIT workspace_.message(found.warning);
                (this->*deliver)(columnId, found);
            };
        },
        [this, columnId](const QString& sentence) { failed(columnId, sentence); });
}

void NeuronBoard::failed(int columnId, const QString& sentence) {
    for (auto& [id, slot] : slots_) {
        if (id == columnId)
            slot.shown.problem = sentence;
        else if (!choice_ && modelOf(id)) // nobody chooses for the others either
            slot.shown.problem = tr("No neurons were chosen: %1").arg(sentence);
        if (id == columnId)
            slot.askedPins.clear();
    }
    Q_EMIT changed();
}

/// The choosing model's top neurons are there: all models follow them.
void NeuronBoard::chosen(int columnId, const Found& found) {
    choice_ = found.result;
    input_ = found.input;
    auto& slot = slots_[columnId];
    slot.asked = followedRequest(*choice_);
    received(columnId, found);
    follow();
}

void NeuronBoard::received(int columnId, const Found& found) {
    auto& slot = slots_[columnId];
    slot.main = found.result;
    slot.ground = found.ground;
    slot.shown = NeuronAnswer{found.result, found.input, false, found.created, {}};
    followPins(columnId, slot);
    show(slot);
    Q_EMIT changed();
}

void NeuronBoard::receivedPins(int columnId, const Found& found) {
    auto& slot = slots_[columnId];
    slot.ground = found.ground;
    slot.askedPins.clear();
    slot.pins.push_back(found.result);
    slot.shown.problem.clear();
    followPins(columnId, slot);
    show(slot);
    Q_EMIT changed();
}

void NeuronBoard::follow() {
    const auto wanted = followedRequest(*choice_);
    for (const auto& [id, model] : workspace_.openModels()) {
        auto& slot = slots_[id];
        if (slot.asked != wanted) {
            forget(slot, id);
            slot.asked = wanted;
            submit(main_, id, wanted, use_, &NeuronBoard::received);
        } else {
            followPins(id, slot);
        }
        requestActivations(id, slot);
    }
    Q_EMIT changed();
}

/// Pinned neurons are studied by themselves, so that a pin costs no more than its neuron.
void NeuronBoard::followPins(int columnId, Slot& slot) {
    if (!slot.main || !slot.asked)
        return;
    std::vector<NeuronIndex> missing;
    for (const auto neuron : pinned())
        if (std::none_of(slot.pins.begin(), slot.pins.end(),
                         [&](const auto& there) { return holds(there->chosen.neurons, neuron); }))
            missing.push_back(neuron);
    if (missing == slot.askedPins)
        return;
    slot.askedPins = missing;
    workspace_.engine().cancel({pins_, columnId});
    if (missing.empty())
        return;
    auto wanted = *slot.asked;
    wanted.choice = NeuronChoice::Named;
    wanted.named = missing;
    wanted.randomNeurons = 0;
    wanted.screen = false;
    submit(pins_, columnId, canonical(wanted), CacheUse::ReadAndWrite, &NeuronBoard::receivedPins);
}

/// The answer with the pinned neurons that are there.
void NeuronBoard::show(Slot& slot) {
    if (!slot.main)
        return;
    std::vector<NeuronIndex> there;
    for (const auto neuron : pinned())
        if (std::any_of(slot.pins.begin(), slot.pins.end(),
                        [&](const auto& result) { return holds(result->chosen.neurons, neuron); }))
            there.push_back(neuron);
    if (slot.shown.result && slot.shown.result->request.also == there)
        return;
    slot.shown.result = there.empty() ? slot.main : withAlso(*slot.main, slot.pins, there);
}

void NeuronBoard::requestActivations(int columnId, Slot& slot) {
    const auto model = modelOf(columnId);
    auto wanted = choice_->chosen.neurons;
    const auto more = pinned();
    wanted.insert(wanted.end(), more.begin(), more.end());
    std::erase_if(wanted,
                  [&](NeuronIndex neuron) { return neuron.value >= model->info().config.d_mlp; });
    if (workspace_.state().prompt.tokens.empty() || wanted.empty() ||
        wanted == slot.askedActivations)
        return;
    slot.askedActivations = wanted;
    activationsProblem_.clear();
    workspace_.engine().submit(
        {prompt_, columnId},
        [this, columnId, model, wanted, layer = settings_.layer,
         prompt = workspace_.promptInput().tokens](Progress& progress) -> Delivery {
            const auto values = std::make_shared<const PromptActivations>(PromptActivations{
                wanted,
                neuronActivations(*model, prompt.sequences.front(),
                                  resolveLayer(layer, model->info().config), wanted, progress)});
            return [this, columnId, values] {
                slots_[columnId].activations = values;
                Q_EMIT changed();
            };
        },
        [this](const QString& sentence) { Q_EMIT workspace_.message(sentence); });
}

void NeuronBoard::save(const QString& file) {
    auto wanted = followed();
    std::vector<std::shared_ptr<const NeuronResult>> results;
    for (const auto& [id, model] : workspace_.openModels()) {
        const auto* there = answer(id);
        if (!wanted || there == nullptr || !there->result || there->stale ||
            there->result->request.also != wanted->also)
            continue;
        // Null-space fractions are there for every k: the file gets those of the k in view.
        auto copy = std::make_shared<NeuronResult>(*there->result);
        copy->request.nullSpace = settings_.nullSpace;
        results.push_back(std::move(copy));
    }
    if (results.empty()) {
        Q_EMIT workspace_.message(tr("Nothing was saved: there is no complete neuron result."));
        return;
    }
    wanted->nullSpace = settings_.nullSpace;
    workspace_.save(
        file, [file, results, input = input_, wanted = *wanted, shared = workspace_.tokenizer()] {
            saveResults<NeuronAnalysis>(file.toStdString(), results, *input, wanted, shared.get());
        });
}

} // namespace residuum
