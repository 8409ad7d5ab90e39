#include "widgets/panels/neuron_board.h"

#include "analysis/neurons/neuron_input.h"
#include "analysis/neurons/neuron_words.h"

#include <algorithm>

namespace residuum {

namespace {

bool holds(const std::vector<NeuronIndex>& list, NeuronIndex neuron) {
    return std::find(list.begin(), list.end(), neuron) != list.end();
}

bool anyHolds(const std::vector<std::shared_ptr<const NeuronResult>>& results, NeuronIndex neuron) {
    return std::any_of(results.begin(), results.end(),
                       [&](const auto& each) { return holds(each->chosen.neurons, neuron); });
}

} // namespace

NeuronBoard::NeuronBoard(Workspace& workspace)
    : Board(workspace), activations_(workspace, [this] { Q_EMIT changed(); }) {}

QString NeuronBoard::obstacle() const {
    if (choosingColumn() < 0)
        return tr("Open a model to look at its neurons.");
    if (const auto missing = settings().dataset ? QString() : setObstacle(); !missing.isEmpty())
        return missing;
    if (!settings().dataset && !workspace().asksMean() &&
        workspace().state().prompt.tokens.size() < 2)
        return tr("Give a prompt of at least two tokens above, or choose a dataset.");
    const auto why = screens(neuronRequest(settings()))
                         ? whyNotScreened(*workspace().column(choosingColumn()))
                         : QString();
    if (why.isEmpty())
        return {};
    return settings().screen
               ? tr("%1 Take the tick from “screen all”, or choose another model.").arg(why)
               : tr("%1 Rank them by another number, or choose another model.").arg(why);
}

QString NeuronBoard::whyNotScreened(const ModelColumn& column) const {
    if (!column.model)
        return {};
    const auto& info = column.model->info();
    const int layers = info.config.n_layers;
    const int layer = settings().layer < 0 ? layers + settings().layer : settings().layer;
    const auto why = whyNoBound(info.normalization, layer == layers - 1);
    return why.empty() ? QString()
                       : tr("The neurons of %1 cannot be screened: %2.")
                             .arg(column.name, QString::fromStdString(why));
}

QString NeuronBoard::whyNotFollowed(const ModelColumn& column) const {
    return choice_ && screens(choice_->request) ? whyNotScreened(column) : QString();
}

int NeuronBoard::choosingColumn() const {
    int first = -1;
    for (const auto& column : workspace().columns()) {
        if (!column.model)
            continue;
        if (column.source.toStdString() == settings().chosenOn)
            return column.id;
        if (first < 0)
            first = column.id;
    }
    return first;
}

std::optional<LayerIndex> NeuronBoard::layer() const {
    if (const auto model = modelOf(choosingColumn())) {
        const int layers = model->info().config.n_layers;
        const int layer = settings().layer < 0 ? layers + settings().layer : settings().layer;
        return layer >= 0 && layer < layers ? std::optional(LayerIndex(layer)) : std::nullopt;
    }
    for (const auto& column : workspace().columns())
        if (const auto there = column.saved ? result(column.id) : nullptr)
            return there->layer;
    return std::nullopt;
}

std::optional<NeuronRequest> NeuronBoard::request() const {
    if (!choice_)
        return std::nullopt;
    auto request = followedRequest(*choice_, pinned());
    request.nullSpace = settings().nullSpace; // the fractions of every k are there
    return request;
}

std::vector<NeuronIndex> NeuronBoard::pinned() const {
    std::vector<NeuronIndex> neurons;
    const auto model = modelOf(choosingColumn());
    const auto looked = layer();
    for (const auto& pin : workspace().state().pins)
        if (const auto* neuron = std::get_if<Neuron>(&pin.thing);
            model && neuron != nullptr && neuron->layer == looked &&
            neuron->index.value < model->info().config.d_mlp &&
            !(choice_ && holds(choice_->chosen.neurons, neuron->index)))
            neurons.push_back(neuron->index);
    return neurons;
}

/// Without a dataset.
std::shared_ptr<const PromptInput> NeuronBoard::prompts() const {
    const auto asked = workspace().askedPrompts();
    if (!workspace().asksMean())
        return asked;
    if (setPrompts_.first != asked)
        setPrompts_ = {asked, std::make_shared<const PromptInput>(accounted(*asked))};
    return setPrompts_.second;
}

std::optional<NeuronBoard::Choosing> NeuronBoard::choosing() const {
    if (!obstacle().isEmpty())
        return std::nullopt;
    Choosing choosing;
    choosing.request = neuronRequest(settings());
    if (settings().by != NeuronRank::NullSpace) // else k is only looked at: every k is kept
        choosing.request.nullSpace = usualNullSpace;
    choosing.column = choosingColumn();
    choosing.dataset = settings().dataset;
    if (choosing.dataset)
        choosing.contextLength = workspace().contextLength();
    else
        choosing.prompts = workspace().askedPrompts()->tokens;
    if (!choosing.dataset && workspace().asksMean())
        if (const auto seed = seedOf(workspace().state().set->request); seed != 0)
            choosing.request.seed = seed; // on the command line there is one for both
    return choosing;
}

NeuronBoard::Asked NeuronBoard::asked(const NeuronRequest& request) const {
    Asked asked{request, input_};
    asked.use = use_;
    if (!asked.input)
        readDataset(asked);
    return asked;
}

/// Sequences that every open model can compute, so that all are measured over the same tokens.
void NeuronBoard::readDataset(Asked& asked) const {
    InputRequest from;
    from.dataset = settings().dataset;
    asked.place = std::to_string(times_);
    asked.read = [from, shortest = workspace().contextLength(),
                  shared = workspace().tokenizer()](const Model& model, Progress& progress) {
        auto config = model.info().config;
        config.n_ctx = std::min(config.n_ctx, shortest);
        return std::make_shared<const PromptInput>(
            accounted(resolveInput(from, shared.get(), config, progress)));
    };
}

std::optional<NeuronBoard::Asked> NeuronBoard::wanted(const ModelColumn& column) const {
    if (!choosing_)
        return std::nullopt;
    if (choice_)
        return whyNotFollowed(column).isEmpty() ? std::optional(asked(followedRequest(*choice_)))
                                                : std::nullopt;
    return column.id == choosing_->column ? std::optional(asked(choosing_->request)) : std::nullopt;
}

bool NeuronBoard::awaited(const ModelColumn& column) const {
    const auto* chooser = choosing_ && !choice_ ? answer(choosing_->column) : nullptr;
    return chooser != nullptr && chooser->coming() && column.id != choosing_->column;
}

void NeuronBoard::recompute() {
    choosing_.reset();
    activations_.forgetAll();
    Board::recompute();
}

void NeuronBoard::update() {
    if (auto now = choosing(); now != choosing_) {
        choosing_ = std::move(now);
        ++times_;
        choice_.reset();
        input_.reset();
        use_ = isAgain() ? CacheUse::WriteOnly : CacheUse::ReadAndWrite;
    }
    if (choosing_ && !settings().dataset)
        input_ = prompts();
    Board::update();
    for (auto& [id, study] : studies_)
        updatePins(id, study);
    updateActivations();
}

void NeuronBoard::outdated(int columnId) {
    workspace().engine().cancel({pins_, columnId});
    studies_.erase(columnId);
}

/// The choosing model's top neurons, or what another has followed.
void NeuronBoard::received(int columnId) {
    studies_[columnId].main = result(columnId);
    if (!choice_) {
        choice_ = result(columnId);
        input_ = answer(columnId)->input;
        relabel(columnId, asked(followedRequest(*choice_)));
    }
    update();
}

void NeuronBoard::failed(int columnId, const QString& sentence) {
    if (!choice_) // nobody chooses for the others either
        for (const auto& [id, model] : workspace().openModels())
            Board::failed(id, tr("No neurons were chosen: %1").arg(sentence));
    Board::failed(columnId, sentence);
}

void NeuronBoard::columnsChanged() {
    Board::columnsChanged();
    activations_.forgetClosed();
}

void NeuronBoard::cancelled() {
    activations_.cancelled(cancelledText());
    Board::cancelled();
}

/// Pinned neurons are studied by themselves, so that a pin costs no more than its neuron.
void NeuronBoard::updatePins(int columnId, Study& study) {
    if (!study.main || !choice_)
        return;
    std::vector<NeuronIndex> missing;
    for (const auto neuron : pinned())
        if (!anyHolds(study.pins, neuron))
            missing.push_back(neuron);
    if (isLookedAt() && missing != study.askedPins) {
        study.askedPins = missing;
        workspace().engine().cancel({pins_, columnId});
        shown(columnId).sentence.clear();
        shown(columnId).state = missing.empty() ? AnswerState::Complete : AnswerState::Partial;
        if (!missing.empty()) {
            auto wanted = followedRequest(*choice_);
            wanted.choice = {ChoiceKind::Named, missing};
            wanted.randomNeurons = 0;
            wanted.screen = false;
            ask(pins_, columnId, Asked{canonical(wanted), input_},
                {[this, columnId](const Found& found) {
                    receivedPins(columnId, found.answer.result);
                }});
        }
        Q_EMIT changed();
    }
    showPins(columnId, study);
}

void NeuronBoard::receivedPins(int columnId, const std::shared_ptr<const NeuronResult>& result) {
    auto& study = studies_[columnId];
    study.askedPins.clear();
    study.pins.push_back(result);
    shown(columnId).state = AnswerState::Complete;
    shown(columnId).sentence.clear();
    updatePins(columnId, study);
    Q_EMIT changed();
}

/// The answer with the pinned neurons that are there.
void NeuronBoard::showPins(int columnId, const Study& study) {
    std::vector<NeuronIndex> there;
    for (const auto neuron : pinned())
        if (anyHolds(study.pins, neuron))
            there.push_back(neuron);
    auto& result = shown(columnId).result;
    if (result && result->request.also == there)
        return;
    result = there.empty() ? study.main : withAlso(*study.main, study.pins, there);
    Q_EMIT changed();
}

void NeuronBoard::updateActivations() {
    const auto& prompt = workspace().state().prompt.tokens;
    if (std::pair now(prompt, layer()); now != activationsOf_) {
        activationsOf_ = std::move(now);
        activations_.forgetAll();
        Q_EMIT changed();
    }
    if (!isLookedAt() || !choice_ || prompt.empty())
        return;
    auto neurons = choice_->chosen.neurons;
    const auto more = pinned();
    neurons.insert(neurons.end(), more.begin(), more.end());
    for (const auto& [id, opened] : workspace().openModels()) {
        auto wanted = neurons;
        std::erase_if(wanted, [&](NeuronIndex neuron) {
            return neuron.value >= opened->info().config.d_mlp;
        });
        if (!wanted.empty())
            activations_.want(id, wanted,
                              [model = opened, wanted, layer = settings().layer,
                               input = workspace().promptInput()](Progress& progress) {
                                  return PromptActivations{
                                      wanted,
                                      neuronActivations(*model, input->tokens.sequences.front(),
                                                        resolveLayer(layer, model->info().config),
                                                        wanted, progress)};
                              });
    }
}

std::shared_ptr<const NeuronResult> NeuronBoard::saved(int columnId) const {
    const auto there = Board::saved(columnId);
    if (!there || there->request.also != pinned())
        return nullptr;
    auto copy = std::make_shared<NeuronResult>(*there);
    copy->request.nullSpace = settings().nullSpace; // the file gets those of the k in view
    return copy;
}

/// The tokens that neurons promote and suppress have their texts in the file.
void NeuronBoard::describe(const ResultReader& reader, const NeuronResult& result,
                           SavedSource& source) const {
    const auto add = [&](const std::string& name, const Table& ids) {
        const auto path = reader.modelGroup(source.model) + "/" + name + "_text";
        if (!reader.file().contains(path))
            return;
        const auto words = reader.file().strings(path);
        for (std::size_t i = 0; i < words.size() && i < static_cast<std::size_t>(ids.size()); ++i)
            source.tokenTexts.emplace(static_cast<int>(ids.data()[i]),
                                      QString::fromStdString(words[i]));
    };
    add("promoted", result.written.promoted);
    add("suppressed", result.written.suppressed);
}

} // namespace residuum
