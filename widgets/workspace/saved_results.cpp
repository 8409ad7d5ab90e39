// Results from files as columns beside the live ones, and files that are written.
#include "widgets/workspace/workspace.h"

#include "core/task/error.h"

#include <QFileInfo>

namespace residuum {

namespace {

void addTexts(std::map<int, QString>& texts, const StoredTokens& tokens) {
    for (std::size_t s = 0; s < tokens.texts.size(); ++s)
        for (std::size_t p = 0; p < tokens.texts[s].size(); ++p)
            texts.emplace(tokens.input.sequences[s].tokens[p].value,
                          QString::fromStdString(tokens.texts[s][p]));
}

std::vector<SavedColumn> readColumns(const QString& file,
                                     const std::map<std::string, QuestionBoard*>& boards) {
    const ResultReader reader(file.toStdString());
    const auto board = boards.find(reader.kind());
    if (board == boards.end())
        throw Error(file.toStdString(),
                    "is a result of the kind " + reader.kind() +
                        ", which the window cannot show beside models; residuum figure draws it");
    auto columns = board->second->read(reader);
    if (columns.empty())
        throw Error(file.toStdString(), "holds no model's result");
    return columns;
}

} // namespace

SavedSource savedSource(const ResultReader& reader, std::size_t model, const ResultTokens& names) {
    SavedSource source;
    source.kind = reader.kind();
    source.file = QString::fromStdString(reader.path().string());
    source.model = model;
    source.info = reader.model(model);
    source.request = reader.request();
    source.key = reader.key();
    for (const auto& [name, none] : names) {
        auto tokens = reader.tokens(name);
        addTexts(source.tokenTexts, tokens);
        if (name == names.front().first)
            source.tokens = std::move(tokens);
        else
            source.others[name] = std::move(tokens);
    }
    return source;
}

void Workspace::openResult(const QString& file, bool adopt) {
    openResult(file, adopt, {});
}

void Workspace::openResult(const QString& file, bool adopt, const std::vector<SessionLook>& looks) {
    std::map<std::string, QuestionBoard*> boards;
    for (const auto& board : boards_)
        boards[board->kind()] = board.get();
    engine_.submit(
        {openingResult_, nextId_++},
        [this, file, adopt, boards, looks](Progress&) -> Delivery {
            return [this, adopt, looks, columns = readColumns(file, boards)] {
                addSaved(columns, adopt, looks);
            };
        },
        [this](const QString& sentence) {
            Q_EMIT message(sentence);
            Q_EMIT notOpened(sentence);
        });
}

/// "": it may stand beside the open models.
QString Workspace::whyNotBeside(const SavedSource& source) const {
    const auto name = QFileInfo(source.file).fileName();
    const int stored = source.info.config.d_vocab, open = vocabularySize();
    if (stored != 0 && open != 0 && stored != open)
        return tr("%1: its models have %2 tokens, the open ones %3; the same ids mean different "
                  "things to them. Close the open models first.")
            .arg(name)
            .arg(stored)
            .arg(open);
    if (open != 0 && !namesAgree(source.tokens, tokenizer().get()))
        return tr("%1: its tokens have other texts than the same ids of the open models, so it is "
                  "of another vocabulary. Close the open models first.")
            .arg(name);
    return {};
}

void Workspace::addSaved(const std::vector<SavedColumn>& columns, bool adopt,
                         const std::vector<SessionLook>& looks) {
    if (const auto why = whyNotBeside(*columns.front().source); !why.isEmpty()) {
        Q_EMIT message(why);
        Q_EMIT notOpened(why);
        return;
    }
    const int first = nextId_;
    std::vector<int> hidden;
    for (const auto& [source, enter] : columns) {
        ModelColumn column;
        column.id = nextId_++;
        column.source = source->file;
        const auto look = source->model < looks.size() ? looks[source->model] : SessionLook();
        column.alias = QString::fromStdString(look.alias);
        column.isControl = look.isControl;
        if (look.isHidden)
            hidden.push_back(column.id);
        column.state = ModelColumn::State::Saved;
        column.saved = source;
        column.enter = enter;
        columns_.push_back(std::move(column));
        enter(columns_.back().id);
    }
    announceColumns();
    for (const int id : hidden)
        hideColumn(id);
    Q_EMIT resultsChanged();
    wishDifference();
    if (!adopt)
        return;
    const auto source = columns.front().source;
    boardOf(source->kind)->follow(*column(first));
    Q_EMIT resultOpened(QString::fromStdString(source->kind));
    if (boardOf(source->kind)->sampleOf(*column(first)) < 0 &&
        !source->tokens.input.sequences.empty())
        adoptPrompt(first, 0);
}

void Workspace::adoptPrompt(int columnId, int sample) {
    const auto* asked = column(columnId);
    if (asked == nullptr || !asked->saved || sample < 0)
        return;
    const auto& sequences = asked->saved->tokens.input.sequences;
    const auto at = static_cast<std::size_t>(sample);
    const auto& board = *boardOf(asked->saved->kind);
    const auto asking = [&](WorkspaceState& next) {
        next.prompt = {{}, sequences[at].tokens, false};
        return board.adopt(*asked, sample, next);
    };
    WorkspaceState next = state_;
    if (at >= sequences.size() || !asking(next))
        return;
    if (firstOpen() == nullptr) {
        enterVocabularyOf(*asked);
        next = state_;
        asking(next);
    }
    const auto named = spelled(next, *vocabulary_);
    next.prompt = named.prompt;
    if (next.corrupt.tokens != state_.corrupt.tokens)
        next.corrupt = named.corrupt;
    change(tr("prompt of a saved result"), next);
}

void Workspace::save(const QString& file, std::function<void()> write, const QString& remark) {
    files_.run(std::move(write), [this, file, remark](const QString& problem) {
        if (!problem.isEmpty())
            Q_EMIT message(problem);
        else
            Q_EMIT message((tr("Saved %1.").arg(file) + QLatin1Char(' ') + remark).trimmed());
    });
}

} // namespace residuum
