// Opening models: on the engine's thread, into a column or among the failures.
#include "widgets/workspace/workspace.h"

#include "core/task/error.h"

#include <algorithm>
#include <utility>

namespace residuum {

void Workspace::openModel(const QString& named, const QString& alias) {
    ModelColumn column;
    column.id = nextId_++;
    column.source = named;
    column.alias = alias;
    columns_.push_back(column);
    announceColumns();
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
    if (std::erase(hidingWhenOpen_, id) > 0)
        return hideColumn(id);
    enterVocabularyOf(*column->model, first != nullptr);
    if (state_.set && !state_.set->pairs)
        readSetAgain();
    announceColumns();
    if (beginAsAsked())
        return;
    // A session that was read says what the models make of it when they are there.
    if (state_.prompt.tokens.empty())
        beginPrompt();
}

void Workspace::failed(int id, const QString& sentence) {
    if (!moveToFailures(id, sentence))
        return;
    Q_EMIT notOpened(sentence);
    announceColumns();
    if (differenceIds_ && !difference())
        setDifference(std::nullopt);
}

/// It has no column any more.
bool Workspace::moveToFailures(int id, const QString& sentence) {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const ModelColumn& column) { return column.id == id; });
    if (found == columns_.end())
        return false;
    const int place = static_cast<int>(found - columns_.begin());
    failures_.push_back({id, found->source, found->name, sentence, found->alias});
    columns_.erase(found);
    if (auto& wished = wishedDifference_) { // places to come move up
        if (wished->first == place || wished->second == place)
            wished.reset();
        else
            wished = {wished->first - (wished->first > place ? 1 : 0),
                      wished->second - (wished->second > place ? 1 : 0)};
    }
    return true;
}

} // namespace residuum
