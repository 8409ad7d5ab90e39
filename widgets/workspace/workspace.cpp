#include "widgets/workspace/workspace.h"

#include "core/task/error.h"

#include <QRegularExpression>
#include <QUndoCommand>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

QString lastComponent(const QString& named) {
    const auto trimmed = named.endsWith(QLatin1Char('/')) ? named.chopped(1) : named;
    const auto cut = trimmed.lastIndexOf(QRegularExpression(QStringLiteral("[/:]")));
    return trimmed.mid(cut + 1);
}

} // namespace

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
    : QObject(parent), options_(std::move(options)) {
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
    if (!promptInput_ || spelling_ != shared || !(asked_ == state_.prompt)) {
        asked_ = state_.prompt;
        spelling_ = shared;
        promptInput_ = std::make_shared<const PromptInput>(
            residuum::promptInput(sessionPrompt(asked_), shared.get()));
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

void Workspace::openModel(const QString& named) {
    ModelColumn column;
    column.id = nextId_++;
    column.source = named;
    column.name = lastComponent(named);
    columns_.push_back(column);
    Q_EMIT columnsChanged();
    engine_.submit(
        {opening_, column.id},
        [this, id = column.id, source = named.toStdString(), options = options_,
         hashes = hashes_](Progress& progress) -> Delivery {
            const auto location = resolveModel(source, options.demoFolder);
            auto model = Model::open(location, options.numeric, progress, {}, hashes.get());
            return [this, id, model = std::move(model)] { opened(id, model); };
        },
        [this, id = column.id](const QString& sentence) { failed(id, sentence); });
}

void Workspace::opened(int id, std::shared_ptr<const Model> model) {
    auto* column = find(id);
    if (column == nullptr)
        return;
    const auto* first = firstOpen();
    if (first != nullptr) {
        try {
            requireSameVocabulary(*first, *model);
        } catch (const Error& error) {
            return failed(id, QString::fromUtf8(error.what()));
        }
    }
    column->model = std::move(model);
    column->state = ModelColumn::State::Open;
    column->name = QString::fromStdString(column->model->info().name);
    enterVocabularyOf(*column->model, first != nullptr);
    Q_EMIT columnsChanged();
    // A session that was read says what the models make of it when they are there.
    if (state_.prompt.tokens.empty())
        beginPrompt();
}

void Workspace::failed(int id, const QString& sentence) {
    auto* column = find(id);
    if (column == nullptr)
        return;
    column->problem = sentence;
    column->state = ModelColumn::State::Failed;
    Q_EMIT notOpened(sentence);
    Q_EMIT columnsChanged();
}

void Workspace::setInitialTexts(const QString& prompt, const QString& corrupt,
                                const QString& target, const QString& versus) {
    initialPrompt_ = prompt;
    initialCorrupt_ = corrupt;
    initialTarget_ = target;
    initialVersus_ = versus;
}

/// The first open model decides; what it cannot express is left out.
void Workspace::beginPrompt() {
    WorkspaceState nothing;
    nothing.pins = state_.pins;
    auto next = nothing;
    const auto shared = tokenizer();
    try {
        if (shared) {
            next.prompt.tokens = shared->encode(initialPrompt_.toStdString());
            next.prompt.text = initialPrompt_;
            next.corrupt.tokens = shared->encode(initialCorrupt_.toStdString());
            next.corrupt.text = initialCorrupt_;
            next.target = shared->single(initialTarget_.toStdString());
            next.versus = shared->single(initialVersus_.toStdString());
        }
    } catch (const Error&) {
        next = nothing;
    }
    const auto limit = static_cast<std::size_t>(contextLength());
    if (next.prompt.tokens.empty() || next.prompt.tokens.size() > limit) {
        next = nothing;
        QStringList ids;
        for (std::size_t id = 0; id < std::min<std::size_t>(limit, 8); ++id) {
            next.prompt.tokens.emplace_back(static_cast<std::int64_t>(id));
            ids << QString::number(id);
        }
        next.prompt.text = ids.join(QLatin1Char(' '));
    }
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
}

void Workspace::setPrompt(const PromptState& prompt) {
    auto next = state_;
    next.prompt = prompt;
    next.position = static_cast<int>(prompt.tokens.size()) - 1;
    change(tr("edit prompt"), next);
}

void Workspace::setCorrupt(const PromptState& prompt) {
    auto next = state_;
    next.corrupt = prompt;
    change(tr("edit corrupted prompt"), next);
}

void Workspace::setPair(const PromptState& clean, const PromptState& corrupt, TokenId correct,
                        TokenId incorrect) {
    auto next = state_;
    next.prompt = clean;
    next.corrupt = corrupt;
    next.position = static_cast<int>(clean.tokens.size()) - 1;
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
    if (token && next.versus == token)
        next.versus.reset(); // the difference of a token with itself says nothing
    change(tr("choose target"), next);
}

void Workspace::setVersus(std::optional<TokenId> token) {
    auto next = state_;
    next.versus = token;
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
    for (auto& column : columns_)
        if (column.state == ModelColumn::State::Opening) {
            column.state = ModelColumn::State::Failed;
            column.problem =
                tr("Opening was cancelled; close this column and open the model again.");
        }
    Q_EMIT workCancelled();
    Q_EMIT columnsChanged();
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
