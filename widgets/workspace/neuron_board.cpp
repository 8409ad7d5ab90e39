#include "widgets/workspace/neuron_board.h"

#include "widgets/workspace/component_id.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

namespace {

QString channel(int columnId) {
    return QStringLiteral("neurons:%1").arg(columnId);
}

/// Sequences that every open model can compute, so that all are measured over the same tokens.
std::shared_ptr<const PromptInput> readDatasetFor(const InputRequest& asking,
                                                  const Tokenizer* tokenizer, ModelConfig config,
                                                  int shortestContext, Progress& progress) {
    config.n_ctx = std::min(config.n_ctx, shortestContext);
    return std::make_shared<const PromptInput>(
        PromptInput{asking, resolveInput(asking, tokenizer, config, progress)});
}

QString promptChannel(int columnId) {
    return QStringLiteral("neuron-prompt:%1").arg(columnId);
}

} // namespace

NeuronBoard::NeuronBoard(Workspace& workspace) : QObject(&workspace), workspace_(workspace) {
    connect(&workspace, &Workspace::promptChanged, this, [this] {
        activations_.clear();
        if (settings_.dataset)
            requestActivations();
        else
            outdate();
        Q_EMIT changed();
    });
    connect(&workspace, &Workspace::pinsChanged, this, [this] {
        if (active_ && choice_)
            follow();
    });
    connect(&workspace, &Workspace::columnsChanged, this, [this] {
        const auto& columns = workspace_.columns();
        const auto gone = [&](const auto& entry) {
            return std::none_of(columns.begin(), columns.end(), [&](const ModelColumn& column) {
                return column.id == entry.first;
            });
        };
        std::erase_if(answers_, gone);
        std::erase_if(activations_, gone);
        outdate();
        Q_EMIT settingsChanged();
    });
}

void NeuronBoard::setSettings(const SessionNeurons& settings) {
    if (settings_ == settings)
        return;
    auto same = settings;
    same.entropy = settings_.entropy;
    if (settings.by != NeuronRank::NullSpace) // else k is only looked at
        same.nullSpace = settings_.nullSpace;
    const bool onlyShown = same == settings_;
    settings_ = settings;
    if (!onlyShown)
        outdate();
    Q_EMIT settingsChanged();
    Q_EMIT changed();
}

void NeuronBoard::setActive(bool active) {
    active_ = active;
    requestAll();
}

const NeuronAnswer* NeuronBoard::answer(int columnId) const {
    const auto found = answers_.find(columnId);
    return found == answers_.end() ? nullptr : &found->second;
}

const PromptActivations* NeuronBoard::activations(int columnId) const {
    const auto found = activations_.find(columnId);
    return found == activations_.end() ? nullptr : &found->second;
}

QString NeuronBoard::obstacle() const {
    if (choosingColumn() < 0)
        return tr("Open a model to look at its neurons.");
    if (!settings_.dataset && workspace_.state().prompt.tokens.size() < 2)
        return tr("Give a prompt of at least two tokens above, or choose a dataset.");
    return {};
}

int NeuronBoard::choosingColumn() const {
    int first = -1;
    for (const auto& column : workspace_.columns()) {
        if (!column.model)
            continue;
        if (column.name.toStdString() == settings_.chosenOn)
            return column.id;
        if (first < 0)
            first = column.id;
    }
    return first;
}

std::optional<LayerIndex> NeuronBoard::layer() const {
    for (const auto& column : workspace_.columns())
        if (column.model && column.id == choosingColumn()) {
            const auto& config = column.model->info().config;
            const int layer =
                settings_.layer < 0 ? config.n_layers + settings_.layer : settings_.layer;
            if (layer >= 0 && layer < config.n_layers)
                return LayerIndex(layer);
        }
    return std::nullopt;
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
    for (const auto& pin : workspace_.state().pins)
        if (const auto neuron = neuronOf(pin.id); neuron && neuron->first == layer())
            neurons.push_back(neuron->second);
    return neurons;
}

void NeuronBoard::recompute() {
    requestAll(CacheUse::WriteOnly);
}

void NeuronBoard::outdate() {
    outdated_ = true;
    requestAll();
}

void NeuronBoard::requestAll(CacheUse use) {
    if (!active_ || (!outdated_ && use == CacheUse::ReadAndWrite))
        return;
    outdated_ = false;
    use_ = use;
    choice_.reset();
    followed_.reset();
    for (auto& [id, answer] : answers_)
        answer.stale = true;
    for (const auto& column : workspace_.columns())
        workspace_.engine().cancel(channel(column.id));
    if (obstacle().isEmpty())
        request(choosingColumn(), neuronRequest(settings_), use, &NeuronBoard::chosen);
    Q_EMIT changed();
}

void NeuronBoard::request(int columnId, const NeuronRequest& wanted, CacheUse use,
                          Deliver deliver) {
    std::shared_ptr<const Model> model;
    for (const auto& column : workspace_.columns())
        if (column.id == columnId)
            model = column.model;
    auto& answer = answers_[columnId];
    answer.stale = true;
    answer.problem.clear();
    const auto asked = answer.asked = ++lastAsked_;
    const auto current = [this, columnId, asked] {
        const auto found = answers_.find(columnId);
        return found != answers_.end() && found->second.asked == asked;
    };
    // The prompt's tokens are known; a dataset is read by the job.
    const auto prompt =
        settings_.dataset ? nullptr : std::make_shared<const PromptInput>(workspace_.promptInput());
    workspace_.engine().submit(
        channel(columnId),
        [this, columnId, asked, current, deliver, model = std::move(model), prompt, wanted,
         shared = workspace_.tokenizer(), asking = inputRequest(), cache = workspace_.cache(),
         length = workspace_.contextLength(), use](Progress& progress) -> Delivery {
            auto input = prompt;
            if (!input)
                input =
                    readDatasetFor(asking, shared.get(), model->info().config, length, progress);
            const auto found = residuum::answer<NeuronAnalysis>(cache.get(), use, *model, *input,
                                                                wanted, progress);
            NeuronAnswer whole;
            whole.result = found.result;
            whole.input = input;
            whole.fromCache = found.fromCache;
            whole.created = found.created;
            whole.asked = asked;
            return [this, columnId, current, deliver, whole] {
                if (current())
                    (this->*deliver)(columnId, whole);
            };
        },
        [this, columnId, current](const QString& sentence) {
            if (!current())
                return;
            answers_[columnId].problem = sentence;
            Q_EMIT changed();
        });
}

/// The choosing model's top neurons are there: all models follow them.
void NeuronBoard::chosen(int columnId, NeuronAnswer answer) {
    choice_ = answer.result;
    receive(columnId, std::move(answer));
    follow();
}

void NeuronBoard::follow() {
    const auto wanted = followedRequest(*choice_, pinned());
    if (followed_ == wanted)
        return;
    followed_ = wanted;
    for (const auto& column : workspace_.columns()) {
        if (!column.model)
            continue;
        const auto* there = answer(column.id);
        const bool same = there != nullptr && !there->stale && there->result &&
                          there->result->chosen.neurons == wanted.named;
        if (!same)
            request(column.id, wanted, use_, &NeuronBoard::receive);
    }
    requestActivations();
    Q_EMIT changed();
}

void NeuronBoard::receive(int columnId, NeuronAnswer answer) {
    answers_[columnId] = std::move(answer);
    Q_EMIT changed();
}

void NeuronBoard::requestActivations() {
    if (!active_ || !followed_ || workspace_.state().prompt.tokens.empty())
        return;
    for (const auto& column : workspace_.columns()) {
        workspace_.engine().cancel(promptChannel(column.id));
        if (!column.model)
            continue;
        workspace_.engine().submit(
            promptChannel(column.id),
            [this, id = column.id, model = column.model, wanted = *followed_,
             prompt = workspace_.promptInput().tokens](Progress& progress) -> Delivery {
                const auto values = neuronActivations(
                    *model, prompt.sequences.front(),
                    resolveLayer(wanted.layer, model->info().config), wanted.named, progress);
                return [this, id, neurons = wanted.named, values] {
                    activations_[id] = {neurons, values};
                    Q_EMIT changed();
                };
            },
            [this](const QString& sentence) { Q_EMIT workspace_.message(sentence); });
    }
}

void NeuronBoard::save(const QString& file) {
    std::vector<std::shared_ptr<const NeuronResult>> results;
    std::shared_ptr<const PromptInput> input;
    for (const auto& column : workspace_.columns()) {
        const auto* there = answer(column.id);
        if (there == nullptr || !there->result || there->stale)
            continue;
        results.push_back(there->result);
        input = there->input;
    }
    if (results.empty() || !followed_) {
        Q_EMIT workspace_.message(tr("Nothing was saved: there is no complete neuron result."));
        return;
    }
    workspace_.engine().submit(
        QStringLiteral("save"),
        [this, file, results, input, wanted = *followed_,
         shared = workspace_.tokenizer()](Progress&) -> Delivery {
            saveResults<NeuronAnalysis>(file.toStdString(), results, *input, wanted, shared.get());
            return [this, file] { Q_EMIT workspace_.message(tr("Saved %1.").arg(file)); };
        },
        [this](const QString& sentence) { Q_EMIT workspace_.message(sentence); });
}

} // namespace residuum
