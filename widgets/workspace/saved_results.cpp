// Results from files as columns beside the live ones, and results into files.
#include "widgets/workspace/workspace.h"

#include "core/task/error.h"

#include <QFileInfo>

#include <algorithm>

namespace residuum {

namespace {

QStringList storedTargets(const ResultReader& reader, std::size_t model, const DlaResult& result) {
    QStringList targets;
    for (const auto& text : DlaAnalysis::targetTexts(reader, model, result))
        targets << QString::fromStdString(text);
    return targets;
}

void addTexts(std::map<int, QString>& texts, const StoredTokens& tokens) {
    for (std::size_t s = 0; s < tokens.texts.size(); ++s)
        for (std::size_t p = 0; p < tokens.texts[s].size(); ++p)
            texts.emplace(tokens.input.sequences[s].tokens[p].value,
                          QString::fromStdString(tokens.texts[s][p]));
}

/// Of the tokens that neurons promote and suppress.
void addTexts(std::map<int, QString>& texts, const ResultReader& reader, std::size_t model,
              const WrittenTokens& written) {
    const auto add = [&](const std::string& name, const Table& ids) {
        const auto path = reader.modelGroup(model) + "/" + name + "_text";
        if (!reader.file().contains(path))
            return;
        const auto words = reader.file().strings(path);
        for (std::size_t i = 0; i < words.size() && i < static_cast<std::size_t>(ids.size()); ++i)
            texts.emplace(static_cast<int>(ids.data()[i]), QString::fromStdString(words[i]));
    };
    add("promoted", written.promoted);
    add("suppressed", written.suppressed);
}

/// A column for each of the file's results.
template <class Analysis, class Fill>
std::vector<ModelColumn> columnsOf(const ResultReader& reader, const Fill& fill) {
    const auto file = QString::fromStdString(reader.path().string());
    const auto results = readResults<Analysis>(reader);
    if (results.empty())
        throw Error(reader.path().string(), "holds no model's result");
    std::vector<ModelColumn> columns;
    for (std::size_t i = 0; i < results.size(); ++i) {
        SavedSource saved;
        saved.file = file;
        saved.model = i;
        saved.tokens = reader.tokens();
        saved.request = reader.request();
        saved.key = reader.key();
        ModelColumn column;
        column.source = file;
        column.name = QString::fromStdString(results[i]->model.name) + QObject::tr(" (saved)");
        column.state = ModelColumn::State::Saved;
        column.created = reader.created();
        fill(results[i], column, saved);
        column.saved = std::make_shared<const SavedSource>(std::move(saved));
        columns.push_back(std::move(column));
    }
    return columns;
}

std::vector<ModelColumn> readColumns(const QString& file) {
    const ResultReader reader(file.toStdString());
    if (reader.kind() == NeuronAnalysis::kind)
        return columnsOf<NeuronAnalysis>(
            reader, [&](const auto& result, ModelColumn&, SavedSource& saved) {
                addTexts(saved.tokenTexts, saved.tokens);
                addTexts(saved.tokenTexts, reader, saved.model, result->written);
                saved.neurons = result;
            });
    if (reader.kind() != DlaAnalysis::kind)
        throw Error(file.toStdString(),
                    "is a result of the kind " + reader.kind() +
                        ", which the window cannot show beside models; residuum figure draws it");
    return columnsOf<DlaAnalysis>(reader,
                                  [&](const auto& result, ModelColumn& column, SavedSource& saved) {
                                      saved.targets = storedTargets(reader, saved.model, *result);
                                      column.result = result;
                                  });
}

} // namespace

void Workspace::openResult(const QString& file, bool adopt) {
    engine_.submit(
        {openingResult_, nextId_++},
        [this, file, adopt](Progress&) -> Delivery {
            return [this, file, adopt, columns = readColumns(file)] {
                addSaved(file, columns, adopt);
            };
        },
        [this](const QString& sentence) {
            Q_EMIT message(sentence);
            Q_EMIT notOpened(sentence);
        });
}

void Workspace::addSaved(const QString& file, std::vector<ModelColumn> columns, bool adopt) {
    const int stored = columns.front().info()->config.d_vocab;
    const int open = vocabularySize();
    if (stored != 0 && open != 0 && stored != open) {
        const auto sentence = tr("%1: its models have %2 tokens, the open ones %3; the same ids "
                                 "mean different things to them. Close the open models first.")
                                  .arg(QFileInfo(file).fileName())
                                  .arg(stored)
                                  .arg(open);
        Q_EMIT message(sentence);
        Q_EMIT notOpened(sentence);
        return;
    }
    if (open != 0 && !namesAgree(columns.front().saved->tokens, tokenizer().get())) {
        Q_EMIT message(
            tr("%1: its tokens have other texts than the same ids of the open models, so "
               "it is of another vocabulary. Close the open models first.")
                .arg(QFileInfo(file).fileName()));
        return;
    }
    const int first = nextId_;
    for (auto& column : columns) {
        column.id = nextId_++;
        columns_.push_back(std::move(column));
    }
    Q_EMIT columnsChanged();
    Q_EMIT resultsChanged();
    wishDifference();
    if (!adopt)
        return;
    const bool aboutNeurons = find(first)->saved->neurons != nullptr;
    Q_EMIT resultOpened(
        QString::fromLatin1(aboutNeurons ? NeuronAnalysis::kind : DlaAnalysis::kind));
    if (!aboutNeurons && sampleOf(*find(first)) < 0 &&
        !find(first)->saved->tokens.input.sequences.empty())
        adoptPrompt(first, 0);
}

void Workspace::adoptPrompt(int columnId, int sample) {
    const auto* column = find(columnId);
    if (column == nullptr || !column->saved || !column->result)
        return;
    const auto& tokens = column->saved->tokens;
    const auto at = static_cast<std::size_t>(sample);
    if (sample < 0 || at >= tokens.input.sequences.size())
        return;
    if (firstOpen() == nullptr)
        enterVocabularyOf(*column);
    WorkspaceState next = state_;
    next.prompt = {{}, tokens.input.sequences[at].tokens, false};
    next.prompt = spelled(next, *vocabulary_).prompt;
    const auto& rows = column->result->rows;
    const auto last = std::find_if(rows.rbegin(), rows.rend(),
                                   [&](const auto& row) { return row.sample == sample; });
    if (last != rows.rend()) {
        next.position = last->position.value;
        const bool own = column->result->request.target == TargetRule::Argmax;
        next.target = own ? std::nullopt : std::optional(last->target);
        next.versus = column->result->request.versus;
    }
    change(tr("prompt of a saved result"), next);
}

void Workspace::saveResult(const QString& file) {
    std::vector<std::shared_ptr<const DlaResult>> results;
    for (const auto& column : columns_) {
        if (!column.model)
            continue;
        if (!column.result || column.stale || !column.problem.isEmpty()) {
            Q_EMIT message(
                tr("Nothing was saved: %1 has no result of this prompt (yet).").arg(column.name));
            return;
        }
        results.push_back(column.result);
    }
    if (results.empty()) {
        Q_EMIT message(tr("Nothing was saved: no model is open."));
        return;
    }
    save(file, [file, results, input = promptInput(), wanted = dlaRequest(), shared = tokenizer()] {
        saveResults<DlaAnalysis>(file.toStdString(), results, input, wanted, shared.get());
    });
}

void Workspace::save(const QString& file, std::function<void()> write) {
    files_.run(std::move(write), [this, file](const QString& problem) {
        Q_EMIT message(problem.isEmpty() ? tr("Saved %1.").arg(file) : problem);
    });
}

} // namespace residuum
