// In which order a patching board has its columns computed; the rest of it is in
// patching_board.cpp.
#include "widgets/panels/patching_board.h"

#include "widgets/panels/edge_figures.h"
#include "widgets/text/counts.h"

#include <algorithm>

namespace residuum {

namespace {

/// Seconds of exact patching in one turn, at least.
constexpr double leastTurn = 1.0;
/// How many times as long as preparing it a turn takes, so that taking turns costs little.
constexpr double worthPreparing = 20.0;

} // namespace

/// But for the choice of cells, which may change while a sweep is under way.
bool PatchingBoard::isPart(const ColumnAnswer& there, const Asked& asked) const {
    if (!there.result || !there.input || there.input->tokens != asked.input->tokens)
        return false;
    auto request = there.result->request;
    request.cells = asked.request.cells;
    request.checkEdges = asked.request.checkEdges; // which follow from the scores
    request.faithfulness = asked.request.faithfulness;
    return request == asked.request;
}

PatchingBoard::Turn PatchingBoard::turn(int columnId, const Asked& asked) {
    const auto stage = stages_.try_emplace(columnId, Stage::Estimates).first->second;
    Turn next;
    if (!isAgain() && isPart(shown(columnId), asked))
        next.begun = shown(columnId).result;
    next.pauses = [stage](double preparing, double working) {
        return stage == Stage::Estimates || (stage == Stage::Timing && working > 0.0) ||
               working > std::max(leastTurn, preparing * worthPreparing);
    };
    next.paused = [this, columnId] { paused(columnId); };
    return next;
}

void PatchingBoard::paused(int columnId) {
    auto& stage = stages_.at(columnId);
    // Edges are timed by the runs that they begin with, quick sets by their first pairs.
    if (const auto there = result(columnId); there && (there->edgesAhead || !there->ahead.empty()))
        stage = Stage::Timing;
    if (stage == Stage::Timing) {
        stage = Stage::Timed;
        return decide();
    }
    if (stage == Stage::Estimates)
        stage = Stage::Timing;
    goOn(columnId);
}

/// What all columns take is known once each is timed.
void PatchingBoard::decide() {
    double seconds = 0.0;
    bool any = false;
    for (const auto& [id, stage] : stages_) {
        if (stage == Stage::Estimates || stage == Stage::Timing)
            return;
        if (stage == Stage::Timed) {
            const auto there = result(id);
            any = true;
            seconds += there->ahead.empty() ? 0.0 : there->ahead.front().seconds;
            if (there->edgesAhead)
                seconds += there->edgesAhead->scores + there->edgesAhead->study;
        }
    }
    if (!any)
        return;
    const bool goes = isWanted_ || seconds <= announceFrom_;
    for (auto& [id, stage] : stages_) {
        if (stage != Stage::Timed)
            continue;
        if (goes) {
            stage = Stage::Exact;
            goOn(id);
        } else {
            shown(id).state = AnswerState::Announced;
        }
    }
    Q_EMIT changed();
}

void PatchingBoard::outdated(int columnId) {
    stages_.erase(columnId);
    isWanted_ = false;
}

void PatchingBoard::received(int columnId) {
    const auto& there = *answer(columnId);
    if (const auto set = workspace().askedSet(); set && set->pairs == there.input)
        sets_[columnId] = {{there.result->request, there.input},
                           {{there.result, there.created, there.fromCache, {}}, there.input}};
    stages_.erase(columnId);
    decide();
}

void PatchingBoard::failed(int columnId, const QString& sentence) {
    stages_.erase(columnId);
    Board::failed(columnId, sentence);
    decide();
}

void PatchingBoard::askExact(const ExactCells& choice) {
    const auto known = offers();
    const bool isKnown = std::any_of(known.begin(), known.end(), [&](const ExactOffer& offer) {
        return offer.choice == choice && offer.seconds >= 0.0;
    });
    auto next = settings();
    next.cells = choice;
    setSettings(next);
    beginCancelled();
    isWanted_ = isKnown;
    decide();
}

bool PatchingBoard::ofEdges() const {
    return isOfEdges(settings().estimate);
}

void PatchingBoard::askEdges(bool studied) {
    auto next = settings();
    next.studied = studied;
    setSettings(next);
    beginCancelled();
    isWanted_ = true;
    decide();
}

std::vector<ExactOffer> PatchingBoard::edgeOffers() const {
    ExactOffer scores{{}, 0, 0.0, false}, all{{}, 0, 0.0, true};
    bool any = false;
    for (const auto& [id, model] : workspace().openModels()) {
        const auto* there = answer(id);
        if (there == nullptr || !there->result || there->coming())
            return {};
        const auto& ahead = there->result->edgesAhead;
        any |= there->state == AnswerState::Announced || there->state == AnswerState::Cancelled;
        const bool known = ahead && all.seconds >= 0.0;
        scores.seconds = known ? scores.seconds + ahead->scores : -1.0;
        all.seconds = known ? all.seconds + ahead->scores + ahead->study : -1.0;
    }
    if (any && settings().studied)
        return {scores, all};
    if (any)
        return {scores};
    // What was asked without it once took long; it was not timed with it.
    all.seconds = -1.0;
    return settings().studied || !obstacle().isEmpty() || workspace().openModels().empty()
               ? std::vector<ExactOffer>()
               : std::vector{all};
}

std::vector<ExactOffer> PatchingBoard::offers() const {
    if (ofEdges())
        return edgeOffers();
    std::vector<ExactOffer> list;
    const auto offerOf = [&](const ExactCells& choice) -> ExactOffer& {
        for (auto& offer : list)
            if (offer.choice == choice)
                return offer;
        return list.emplace_back(ExactOffer{choice});
    };
    for (const auto& [id, model] : workspace().openModels()) {
        const auto* there = answer(id);
        if (there == nullptr || !there->result || !obstacle().isEmpty() ||
            !isPart(*there, {*request(), input()}))
            continue;
        if (there->coming())
            return {};
        const auto& ahead = there->result->ahead;
        if (ahead.empty() && there->result->request.cells != ExactCells())
            offerOf({}).seconds = -1.0;
        for (const auto& each : ahead) {
            const bool isAll = std::all_of(ahead.begin(), ahead.end(), [&](const auto& other) {
                return other.cells <= each.cells;
            });
            if (each.missing == 0 || (isAll && each.choice.top > 0))
                continue;
            auto& offer = offerOf(each.choice);
            offer.cells = std::max(offer.cells, each.cells);
            offer.seconds = offer.seconds < 0.0 ? -1.0 : offer.seconds + each.seconds;
        }
    }
    std::sort(list.begin(), list.end(), [](const ExactOffer& a, const ExactOffer& b) {
        return a.choice.top > b.choice.top; // all of them last
    });
    return list;
}

QString PatchingBoard::edgesText() const {
    if (anyIs(AnswerState::Waiting) || anyIs(AnswerState::Partial))
        return tr("Scores first; then the best edges are patched exactly and circuits are run.");
    if (anyIs(AnswerState::Announced))
        return tr("Edges take long:");
    if (anyIs(AnswerState::Cancelled))
        return tr("Cancelled.");
    if (!anyIs(AnswerState::Complete))
        return {};
    return settings().studied ? tr("Patched exactly: the best %1 of each model.")
                                    .arg(countText(settings().topEdges, tr("edge")))
                              : tr("Scores alone.");
}

bool PatchingBoard::anyIs(AnswerState state) const {
    const auto models = workspace().openModels();
    return std::any_of(models.begin(), models.end(), [&](const auto& model) {
        const auto* there = answer(model.first);
        return there != nullptr && there->state == state;
    });
}

QString PatchingBoard::exactText() const {
    if (ofEdges())
        return edgesText();
    const auto any = [this](const auto& is) {
        const auto models = workspace().openModels();
        return std::any_of(models.begin(), models.end(), [&](const auto& model) {
            const auto* there = answer(model.first);
            return there != nullptr && is(model.first, *there);
        });
    };
    const auto isIn = [this](AnswerState state) { return anyIs(state); };
    if (any([this](int id, const ColumnAnswer& there) {
            const auto stage = stages_.find(id);
            return there.coming() && stage != stages_.end() && stage->second == Stage::Exact;
        }))
        return workspace().asksMean()
                   ? tr("Pairs are patched group by group, models by turns.")
                   : tr("Exact cells come in a shuffled order, models by turns.");
    if (isIn(AnswerState::Waiting) || isIn(AnswerState::Partial))
        return tr("Estimates first; then exact patching is timed.");
    if (isIn(AnswerState::Announced))
        return tr("These are estimates. Exact patching takes long:");
    if (isIn(AnswerState::Cancelled))
        return tr("Exact patching was cancelled.");
    if (!isIn(AnswerState::Complete))
        return {};
    return settings().cells.top > 0
               ? tr("Exact: top %1.").arg(countText(settings().cells.top, tr("cell")))
               : tr("Exact: all cells.");
}

} // namespace residuum
