#include "widgets/workspace/patching_board.h"

#include "analysis/patching/patch_answer.h"

#include "core/task/wording.h"
#include "widgets/workspace/component_id.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

namespace {

QString cancelledText() {
    return PatchingBoard::tr("Cancelled; Ctrl+R computes it again.");
}

} // namespace

PatchingBoard::PatchingBoard(Workspace& workspace) : QObject(&workspace), workspace_(workspace) {
    const auto again = [this] {
        outdated_ = true;
        requestAll();
        Q_EMIT settingsChanged();
    };
    connect(&workspace, &Workspace::promptChanged, this, again);
    connect(&workspace, &Workspace::corruptChanged, this, again);
    connect(&workspace, &Workspace::targetChanged, this, again);
    connect(&workspace, &Workspace::pinsChanged, this, &PatchingBoard::requestPatterns);
    connect(&workspace, &Workspace::columnsChanged, this, [this] {
        const auto& columns = workspace_.columns();
        const auto isGone = [&](const auto& entry) {
            return std::none_of(columns.begin(), columns.end(), [&](const ModelColumn& column) {
                return column.id == entry.first;
            });
        };
        std::erase_if(answers_, isGone);
        std::erase_if(patterns_, isGone);
        if (auto open = workspace_.openModels(); open != open_) {
            open_ = std::move(open);
            outdated_ = true;
            requestAll();
        }
        Q_EMIT settingsChanged();
    });
    connect(&workspace, &Workspace::workCancelled, this, [this] {
        for (auto& [id, answer] : answers_)
            if (answer.stale || !answer.complete)
                answer.problem = cancelledText();
        patternsProblem_ = cancelledText();
        Q_EMIT changed();
    });
}

void PatchingBoard::setSettings(const PatchSettings& settings) {
    if (settings_ == settings)
        return;
    const bool onlyShown = [&] {
        auto same = settings;
        same.normalised = settings_.normalised;
        return same == settings_;
    }();
    settings_ = settings;
    if (!onlyShown) {
        outdated_ = true;
        requestAll();
    }
    Q_EMIT settingsChanged();
    Q_EMIT changed();
}

void PatchingBoard::setActive(bool active) {
    active_ = active;
    requestAll();
}

const PatchAnswer* PatchingBoard::answer(int columnId) const {
    const auto found = answers_.find(columnId);
    return found == answers_.end() ? nullptr : &found->second;
}

QString PatchingBoard::obstacle() const {
    const auto& state = workspace_.state();
    if (state.prompt.tokens.empty())
        return tr("Open a model and give a clean prompt above.");
    if (state.corrupt.tokens.empty())
        return tr("Give a corrupted prompt: the clean one with something changed.");
    if (state.corrupt.tokens.size() != state.prompt.tokens.size())
        return tr("The clean prompt has %1, the corrupted one %2; patching needs as many in "
                  "both, token under token.")
            .arg(QString::fromStdString(counted(state.prompt.tokens.size(), "token")))
            .arg(state.corrupt.tokens.size());
    if (state.corrupt.tokens == state.prompt.tokens)
        return tr("Clean and corrupted prompt are the same; change a token of the corrupted one.");
    if (!state.target)
        return tr("Choose the correct answer as target above.");
    if (!state.versus)
        return tr("Choose the incorrect answer as versus above.");
    if (settings_.metric == PatchMetric::Kl &&
        settings_.direction == PatchDirection::CorruptIntoClean)
        return tr("KL to the clean run has no gradient at the clean run, so there is nothing to "
                  "estimate; choose another metric or direction.");
    return {};
}

PairInput PatchingBoard::input() const {
    const auto& state = workspace_.state();
    const auto plain = [](const PromptState& prompt) {
        return SessionPrompt{prompt.text.toStdString(), prompt.tokens, prompt.endOfTextFirst};
    };
    return pairInput(plain(state.prompt), plain(state.corrupt), *state.target, *state.versus,
                     workspace_.tokenizer().get());
}

PatchRequest PatchingBoard::request() const {
    return patchingRequest(settings_.site, settings_.estimate, settings_.metric,
                           settings_.direction);
}

void PatchingBoard::recompute() {
    requestAll(CacheUse::WriteOnly);
}

void PatchingBoard::save(const QString& file) {
    std::vector<std::shared_ptr<const PatchResult>> results;
    for (const auto& column : workspace_.columns()) {
        const auto* there = answer(column.id);
        if (there != nullptr && there->complete && !there->stale)
            results.push_back(there->result);
    }
    if (results.empty() || !obstacle().isEmpty()) {
        Q_EMIT workspace_.message(tr("Nothing was saved: there is no complete patching result."));
        return;
    }
    workspace_.save(file, [file, results, input = input(), wanted = request(),
                           shared = workspace_.tokenizer()] {
        saveResults<PatchAnalysis>(file.toStdString(), results, input, wanted, shared.get());
    });
}

void PatchingBoard::requestAll(CacheUse use) {
    if (!active_ || (!outdated_ && use == CacheUse::ReadAndWrite))
        return;
    outdated_ = false;
    const bool possible = obstacle().isEmpty();
    for (const auto& column : workspace_.columns()) {
        workspace_.engine().cancel({sweep_, column.id});
        if (column.model && possible)
            request(column.id, column.model, use);
        else if (const auto found = answers_.find(column.id); found != answers_.end())
            found->second.stale = true;
    }
    requestPatterns();
}

void PatchingBoard::request(int columnId, std::shared_ptr<const Model> model, CacheUse use) {
    auto& answer = answers_[columnId];
    answer.stale = true;
    answer.problem.clear();
    workspace_.engine().submit(
        {sweep_, columnId},
        [this, columnId, model = std::move(model), input = input(), wanted = request(),
         cache = workspace_.cache(), use](Progress& progress, const Publish& publish) -> Delivery {
            const PartialPatch partial = [&](const std::shared_ptr<const PatchResult>& sofar) {
                publish([this, columnId, sofar] {
                    PatchAnswer part;
                    part.result = sofar;
                    receive(columnId, std::move(part));
                });
            };
            const auto found =
                answerPatch(cache.get(), use, *model, input, wanted, progress, {}, partial);
            return [this, columnId, found] {
                PatchAnswer whole;
                whole.result = found.result;
                whole.complete = true;
                whole.fromCache = found.fromCache;
                whole.created = found.created;
                if (!found.warning.empty())
                    Q_EMIT workspace_.message(QString::fromStdString(found.warning));
                receive(columnId, std::move(whole));
            };
        },
        [this, columnId](const QString& sentence) {
            if (const auto found = answers_.find(columnId); found != answers_.end())
                found->second.problem = sentence;
            Q_EMIT changed();
        });
}

std::optional<Component> PatchingBoard::shownHead() const {
    const auto& pins = workspace_.state().pins;
    for (auto pin = pins.rbegin(); pin != pins.rend(); ++pin)
        if (const auto component = componentOf(pin->id);
            !neuronOf(pin->id) && component.kind == ComponentKind::Head)
            return component;
    return std::nullopt;
}

const HeadPatterns* PatchingBoard::patterns(int columnId) const {
    const auto found = patterns_.find(columnId);
    return found == patterns_.end() ? nullptr : &found->second;
}

void PatchingBoard::requestPatterns() {
    const auto head = shownHead();
    patterns_.clear();
    Q_EMIT changed();
    for (const auto& column : workspace_.columns()) {
        const Channel channel(pattern_, column.id);
        workspace_.engine().cancel(channel);
        if (!active_ || !head || !column.model || !obstacle().isEmpty() ||
            head->layer.value >= column.model->info().config.n_layers ||
            head->head.value >= column.model->info().config.n_heads)
            continue;
        patternsProblem_.clear();
        workspace_.engine().submit(
            channel,
            [this, id = column.id, model = column.model, pair = input().tokens,
             head = *head](Progress& progress) -> Delivery {
                const auto found = headPatterns(*model, pair, head.layer, head.head, progress);
                return [this, id, found] {
                    patterns_[id] = found;
                    Q_EMIT changed();
                };
            },
            [this](const QString& sentence) { Q_EMIT workspace_.message(sentence); });
    }
}

void PatchingBoard::receive(int columnId, PatchAnswer answer) {
    if (const auto found = answers_.find(columnId); found != answers_.end())
        found->second = std::move(answer);
    Q_EMIT changed();
}

} // namespace residuum
