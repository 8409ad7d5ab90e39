#include "widgets/workspace/workspace.h"

#include "core/task/error.h"
#include "widgets/workspace/beginning.h"
#include "widgets/workspace/prompt_history.h"

#include <QUndoCommand>

#include <algorithm>
#include <utility>

namespace residuum {

/// Restores a state; moves of the position merge into one step.
class StateCommand : public QUndoCommand {
  public:
    StateCommand(Workspace& workspace, const QString& text, WorkspaceState next, int mergeId)
        : QUndoCommand(text), workspace_(workspace), before_(workspace.state_),
          after_(std::move(next)), vocabulary_(workspace.vocabulary_), mergeId_(mergeId) {}

    void undo() override { workspace_.applyOf(before_, vocabulary_); }
    void redo() override { workspace_.applyOf(after_, vocabulary_); }
    int id() const override { return mergeId_; }
    bool mergeWith(const QUndoCommand* other) override {
        const auto* later = static_cast<const StateCommand*>(other);
        if (later->vocabulary_ != vocabulary_)
            return false;
        after_ = later->after_;
        return true;
    }

  private:
    Workspace& workspace_;
    WorkspaceState before_, after_;
    std::shared_ptr<const Vocabulary> vocabulary_; ///< of both states' ids
    int mergeId_;
};

Workspace::Workspace(WorkspaceOptions options, QObject* parent)
    : QObject(parent), options_(std::move(options)),
      history_(std::make_unique<PromptHistory>(*this)) {
    if (options_.cache) {
        cache_ = std::make_shared<ResultCache>(*options_.cache);
        hashes_ = std::make_shared<HashMemory>(weightsMemoryFolder(*options_.cache));
    }
}
Workspace::~Workspace() = default;

std::optional<std::pair<int, int>> Workspace::difference() const {
    if (!differenceIds_)
        return std::nullopt;
    const auto place = [&](int id) {
        const auto found = std::find_if(columns_.begin(), columns_.end(),
                                        [&](const ModelColumn& c) { return c.id == id; });
        return found == columns_.end() ? -1 : static_cast<int>(found - columns_.begin());
    };
    const auto pair = std::pair(place(differenceIds_->first), place(differenceIds_->second));
    return pair.first < 0 || pair.second < 0 ? std::nullopt : std::optional(pair);
}

std::shared_ptr<const Tokenizer> Workspace::tokenizer() const {
    return vocabulary_ ? vocabulary_->tokenizer : nullptr;
}

const ModelInfo* ModelColumn::info() const {
    if (model)
        return &model->info();
    return saved ? &saved->info : nullptr;
}

std::vector<std::pair<int, std::shared_ptr<const Model>>> Workspace::openModels() const {
    std::vector<std::pair<int, std::shared_ptr<const Model>>> open;
    for (const auto& column : columns_)
        if (column.model)
            open.emplace_back(column.id, column.model);
    return open;
}

QuestionBoard* Workspace::boardOf(const std::string& kind) const {
    const auto found = std::find_if(boards_.begin(), boards_.end(),
                                    [&](const auto& board) { return board->kind() == kind; });
    return found == boards_.end() ? nullptr : found->get();
}

const Model* Workspace::firstOpen() const {
    for (const auto& column : columns_) {
        if (column.model)
            return column.model.get();
    }
    return nullptr;
}

int Workspace::vocabularySize() const {
    const auto* model = firstOpen();
    return model == nullptr ? 0 : model->info().config.d_vocab;
}

int Workspace::contextLength() const {
    int length = 0;
    for (const auto& column : columns_) {
        if (!column.model)
            continue;
        const int own = column.model->info().config.n_ctx;
        length = length == 0 ? own : std::min(length, own);
    }
    return length;
}

std::shared_ptr<const PromptInput> Workspace::promptInput() const {
    const auto shared = tokenizer();
    if (!promptInput_ || spelling_ != shared || !(inputOf_ == state_.prompt)) {
        inputOf_ = state_.prompt;
        spelling_ = shared;
        promptInput_ = std::make_shared<const PromptInput>(
            residuum::promptInput(sessionPrompt(inputOf_), shared.get()));
    }
    return promptInput_;
}

const ModelColumn* Workspace::column(int id) const {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const ModelColumn& c) { return c.id == id; });
    return found == columns_.end() ? nullptr : &*found;
}

ModelColumn* Workspace::find(int id) {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const ModelColumn& c) { return c.id == id; });
    return found == columns_.end() ? nullptr : &*found;
}

void Workspace::setInitialTexts(const QString& prompt, const QString& corrupt,
                                const QString& target, const QString& versus, bool endOfTextFirst) {
    initial_ = {prompt.toStdString(), corrupt.toStdString(), {}, {}, target.toStdString(),
                versus.toStdString(), endOfTextFirst};
}

void Workspace::ask(const Beginning& beginning) {
    asked_ = beginning;
    if (beginning.hasPrompt())
        return;
    asked_->prompt = initial_.prompt;
    if (asked_->corrupt.empty() && asked_->corruptIds.empty())
        asked_->corrupt = initial_.corrupt;
}

/// Of all open models: what every one of them can compute.
ModelConfig Workspace::narrowest() const {
    auto config = firstOpen()->info().config;
    config.n_ctx = contextLength();
    return config;
}

/// True: the document is as the user has asked.
bool Workspace::beginAsAsked() {
    const auto asked = std::exchange(asked_, std::nullopt);
    if (!asked)
        return false;
    try {
        auto next = begun(*asked, tokenizer().get(), narrowest());
        next.pins = state_.pins;
        apply(next);
        return true;
    } catch (const Error& error) {
        const auto sentence = QString::fromUtf8(error.what());
        Q_EMIT message(sentence);
        Q_EMIT notOpened(sentence);
        return false;
    }
}

/// The first open model decides; what it cannot express is left out.
void Workspace::beginPrompt() {
    WorkspaceState next;
    try {
        if (const auto shared = tokenizer()) {
            auto wanted = initial_;
            wanted.endOfTextFirst &= shared->endOfText().has_value();
            for (auto* answer : {&wanted.target, &wanted.versus})
                if (!shared->single(*answer))
                    answer->clear();
            next = begun(wanted, shared.get(), narrowest());
        }
    } catch (const Error&) {
        next = {};
    }
    if (next.prompt.tokens.empty()) {
        QStringList ids;
        for (int id = 0; id < std::min(contextLength(), 8); ++id) {
            next.prompt.tokens.emplace_back(id);
            ids << QString::number(id);
        }
        next.prompt.text = ids.join(QLatin1Char(' '));
    }
    next.pins = state_.pins;
    next.position = static_cast<int>(next.prompt.tokens.size()) - 1;
    apply(next); // where the document begins is no step to undo
}

void Workspace::change(const QString& text, const WorkspaceState& next, int mergeId) {
    if (!(next == state_))
        undo_.push(new StateCommand(*this, text, next, mergeId));
}

void Workspace::apply(const WorkspaceState& next) {
    const auto before = std::exchange(state_, next);
    if (!(before.prompt == state_.prompt))
        Q_EMIT promptChanged();
    if (!(before.corrupt == state_.corrupt))
        Q_EMIT corruptChanged();
    if (before.target != state_.target || before.versus != state_.versus)
        Q_EMIT targetChanged();
    if (before.position != state_.position)
        Q_EMIT positionChanged();
    if (before.pins != state_.pins)
        Q_EMIT pinsChanged();
    if (before.set != state_.set || before.pair != state_.pair || before.mean != state_.mean)
        Q_EMIT setChanged();
    if (before.set != state_.set) {
        readSetAgain();
        fitSet();
    }
}

void Workspace::setPrompt(const PromptState& prompt) {
    auto next = state_;
    next.prompt = prompt;
    next.position = static_cast<int>(prompt.tokens.size()) - 1;
    next.mean = false; // what is edited is looked at
    change(tr("edit prompt"), next);
}

void Workspace::setCorrupt(const PromptState& prompt) {
    auto next = state_;
    next.corrupt = prompt;
    next.mean = false; // what is edited is looked at
    change(tr("edit corrupted prompt"), next);
}

void Workspace::setPair(const PromptState& clean, const PromptState& corrupt, TokenId correct,
                        TokenId incorrect) {
    auto next = state_;
    next.prompt = clean;
    next.corrupt = corrupt;
    next.position = static_cast<int>(clean.tokens.size()) - 1;
    next.mean = false; // what is edited is looked at
    next.target = correct;
    next.versus = incorrect;
    change(tr("choose a pair of prompts"), next);
}

void Workspace::setPosition(int position) {
    auto next = state_;
    next.position =
        std::clamp(position, 0, std::max(0, static_cast<int>(state_.prompt.tokens.size()) - 1));
    change(tr("move position"), next, 1);
}

void Workspace::setTarget(std::optional<TokenId> token) {
    auto next = state_;
    next.target = token;
    next.mean = false; // what is edited is looked at
    if (token && next.versus == token)
        next.versus.reset(); // the difference of a token with itself says nothing
    change(tr("choose target"), next);
}

void Workspace::setVersus(std::optional<TokenId> token) {
    auto next = state_;
    next.versus = token;
    next.mean = false; // what is edited is looked at
    if (token && next.target == token) {
        Q_EMIT message(tr("The target and the token it is compared with are the same; their logit "
                          "difference is always zero. Choose another token."));
        Q_EMIT targetChanged(); // pickers show again what holds
        return;
    }
    change(tr("choose versus"), next);
}

void Workspace::toggleFullRange() {
    fullRange_ = !fullRange_;
    Q_EMIT fullRangeChanged();
}

void Workspace::setHovered(std::optional<Thing> thing) {
    if (std::exchange(hovered_, thing) != thing)
        Q_EMIT hoveredChanged();
}

void Workspace::setDifference(std::optional<std::pair<int, int>> columns) {
    differenceIds_.reset();
    const int count = static_cast<int>(columns_.size());
    if (columns && columns->first < count && columns->second < count)
        differenceIds_ = {columns_[static_cast<std::size_t>(columns->first)].id,
                          columns_[static_cast<std::size_t>(columns->second)].id};
    Q_EMIT differenceChanged();
}

void Workspace::cancelWork() {
    engine_.cancelAll();
    std::vector<int> opening;
    for (const auto& column : columns_)
        if (column.state == ModelColumn::State::Opening)
            opening.push_back(column.id);
    for (const int id : opening)
        moveToFailures(id, tr("opening it was cancelled."));
    if (state_.set && !state_.set->pairs) {
        setProblem_ = tr("Reading the set was cancelled; close it and open it again.");
        Q_EMIT setChanged();
    }
    Q_EMIT workCancelled();
    announceColumns();
}

void Workspace::setThreads(int threads) {
    engine_.submit(
        threading_,
        [threads](Progress&) -> Delivery {
            configureThreads(threads);
            return [] {};
        },
        [](const QString&) {});
}

void Workspace::listHub(std::function<void(const QStringList& ids)> deliver) {
    engine_.submit(
        hub_,
        [deliver = std::move(deliver)](Progress&) -> Delivery {
            QStringList ids;
            for (const auto& model : listHubModels())
                ids << QString::fromStdString(model.source);
            return [deliver, ids] { deliver(ids); };
        },
        [](const QString&) {});
}

} // namespace residuum
