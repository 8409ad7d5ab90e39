#include "widgets/panels/comparison_board.h"

#include <algorithm>

namespace residuum {

namespace {

/// The same pair the other way round.
std::shared_ptr<const Divergence> swapped(const Divergence& pair) {
    auto other = std::make_shared<Divergence>(pair);
    std::swap(other->kl, other->klReverse);
    std::swap(other->meanKl, other->meanKlReverse);
    return other;
}

} // namespace

QString ComparisonBoard::obstacle() const {
    if (settings().dataset)
        return workspace().openModels().empty() ? tr("Open a model to compare over the dataset.")
                                                : QString();
    if (const auto missing = setObstacle(); !missing.isEmpty())
        return missing;
    if (auto why = Board::obstacle(); !why.isEmpty())
        return why;
    if (!workspace().asksMean() && workspace().state().prompt.tokens.size() < 2)
        return tr("Give a prompt of at least two tokens above, or choose a dataset.");
    return {};
}

std::optional<ComparisonRequest> ComparisonBoard::request() const {
    return input() ? std::optional(settings().request()) : std::nullopt;
}

std::shared_ptr<const PromptInput> ComparisonBoard::input() const {
    return settings().dataset ? dataset_ : workspace().askedPrompts();
}

void ComparisonBoard::recompute() {
    chosen_.reset(); // the file may hold something else by now
    Board::recompute();
}

void ComparisonBoard::update() {
    std::optional<Choice> now;
    if (const auto& dataset = settings().dataset)
        now = Choice{*dataset, workspace().contextLength(), workspace().tokenizer()};
    if (now != chosen_) {
        chosen_ = now;
        ++times_;
        reading_ = std::make_shared<std::shared_ptr<const PromptInput>>();
        dataset_.reset();
    }
    Board::update();
}

/// Sequences of a dataset that every open model can compute, so that all are compared over the same
/// tokens.
std::optional<ComparisonBoard::Asked> ComparisonBoard::wanted(const ModelColumn& column) const {
    if (!settings().dataset)
        return Board::wanted(column);
    if (!obstacle().isEmpty() || !chosen_)
        return std::nullopt;
    Asked asked;
    asked.request = settings().request();
    asked.place = std::to_string(times_);
    asked.read = [reading = reading_, choice = *chosen_](const Model& model, Progress& progress) {
        if (!*reading) {
            InputRequest from;
            from.dataset = choice.dataset;
            auto config = model.info().config;
            config.n_ctx = std::min(config.n_ctx, choice.contextLength);
            *reading = std::make_shared<const PromptInput>(
                resolveInput(from, choice.tokenizer.get(), config, progress));
        }
        return *reading;
    };
    return asked;
}

void ComparisonBoard::outdated(int columnId) {
    workspace().engine().cancel({pairing_, columnId});
    own_.erase(columnId);
    std::erase_if(pairs_, [&](const auto& each) {
        return each.first.first == columnId || each.first.second == columnId;
    });
}

void ComparisonBoard::columnsChanged() {
    Board::columnsChanged();
    showDistances();
}

void ComparisonBoard::received(int columnId) {
    own_[columnId] = shown(columnId).result;
    if (settings().dataset)
        dataset_ = shown(columnId).input;
    askPairs(columnId);
}

/// Of a column and those that were answered before it, one after the other.
void ComparisonBoard::askPairs(int columnId) {
    struct Meeting {
        Pair columns;
        std::shared_ptr<const Model> first, second;
    };
    std::vector<Meeting> asked;
    bool before = true;
    for (const auto& column : workspace().columns()) {
        if (column.id == columnId)
            before = false;
        else if (own_.contains(column.id) && column.model)
            asked.push_back(before
                                ? Meeting{{column.id, columnId}, column.model, modelOf(columnId)}
                                : Meeting{{columnId, column.id}, modelOf(columnId), column.model});
    }
    if (asked.empty())
        return;
    const auto use = isAgain() ? CacheUse::WriteOnly : CacheUse::ReadAndWrite;
    workspace().engine().submit(
        {pairing_, columnId},
        [this, asked, use, own = own_, cache = workspace().cache(), memory = memory(),
         input = input(), request = *request()](Progress& progress, const Publish& publish) {
            Job<ComparisonResult> job(progress);
            job.memory = memory;
            for (const auto& each : asked) {
                const auto pair = ComparisonAnalysis::distance(cache.get(), use, each.first,
                                                               each.second, *input, request, job);
                publish([this, columns = each.columns, pair, own] {
                    const auto isSame = [&](int id) {
                        const auto there = own_.find(id);
                        return there != own_.end() && there->second == own.at(id);
                    };
                    if (!isSame(columns.first) || !isSame(columns.second))
                        return; // one of them was asked something else meanwhile
                    pairs_[columns] = pair;
                    showDistances();
                });
            }
            return Delivery([] {});
        },
        [this](const QString& sentence) { Q_EMIT workspace().message(sentence); });
}

std::vector<Distance> ComparisonBoard::distancesOf(int columnId,
                                                   const std::map<int, std::size_t>& places) const {
    std::vector<Distance> distances;
    for (const auto& column : workspace().columns()) {
        const auto place = places.find(column.id);
        if (column.id == columnId || place == places.end())
            continue;
        for (const auto& [columns, numbers] : pairs_)
            if (columns == Pair(columnId, column.id) || columns == Pair(column.id, columnId))
                distances.push_back(
                    {place->second, column.name.toStdString(), columns.first == columnId, numbers});
    }
    return distances;
}

void ComparisonBoard::showDistances() {
    std::map<int, std::size_t> places;
    for (const auto& column : workspace().columns())
        places.emplace(column.id, places.size());
    bool any = false;
    for (const auto& [id, own] : own_) {
        auto distances = distancesOf(id, places);
        if (distances == shown(id).result->distances)
            continue;
        auto result = std::make_shared<ComparisonResult>(*own);
        result->distances = std::move(distances);
        shown(id).result = std::move(result);
        any = true;
    }
    if (any)
        Q_EMIT changed();
}

std::shared_ptr<const ComparisonResult> ComparisonBoard::saved(int columnId) const {
    const auto there = Board::saved(columnId);
    if (!there)
        return nullptr;
    std::map<int, std::size_t> places;
    for (const auto& column : workspace().columns())
        if (column.model && Board::saved(column.id))
            places.emplace(column.id, places.size());
    auto result = std::make_shared<ComparisonResult>(*there);
    result->distances = distancesOf(columnId, places);
    for (auto& distance : result->distances) { // in a file the first is that of the lower place
        const bool isFirst = places.at(columnId) < distance.other;
        if (distance.isFirst != isFirst)
            distance.numbers = swapped(*distance.numbers);
        distance.isFirst = isFirst;
    }
    return result;
}

} // namespace residuum
