#include "widgets/workspace/question_board.h"

#include "widgets/workspace/workspace.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace residuum {

namespace {

/// As long what was prepared is kept while nobody looks.
constexpr std::chrono::minutes patience{5};

} // namespace

QuestionBoard::QuestionBoard(Workspace& workspace, Wish wish) : workspace_(workspace), wish_(wish) {
    unseen_.setSingleShot(true);
    unseen_.setInterval(patience);
    connect(&unseen_, &QTimer::timeout, this, [this] { forgetPrepared(); });
    connect(&workspace, &Workspace::pinsChanged, this, [this] { update(); });
    for (const auto signal : {&Workspace::promptChanged, &Workspace::corruptChanged,
                              &Workspace::targetChanged, &Workspace::setChanged})
        connect(&workspace, signal, this, [this] {
            update();
            Q_EMIT settingsChanged();
        });
    connect(&workspace, &Workspace::columnsChanged, this, [this] {
        columnsChanged();
        update();
        Q_EMIT settingsChanged();
    });
    connect(&workspace, &Workspace::fullRangeChanged, this, [this] {
        if (workspace_.fullRange()) {
            lockScale(std::nullopt);
            viewLimits_.clear();
        }
        Q_EMIT scaleChanged();
    });
    connect(&workspace, &Workspace::workCancelled, this, [this] { cancelled(); });
    connect(this, &QuestionBoard::changed, &workspace, &Workspace::resultsChanged);
}

void QuestionBoard::setActive(bool active) {
    active_ = active;
    wasLookedAt_ = wasLookedAt_ || active;
    if (active)
        unseen_.stop();
    else
        unseen_.start();
    update();
}

QString QuestionBoard::setObstacle() const {
    if (!workspace_.asksMean() || workspace_.askedSet())
        return {};
    const auto& problem = workspace_.setProblem();
    return problem.isEmpty() ? tr("The set %1 is being read …").arg(workspace_.state().set->name)
                             : problem;
}

QString QuestionBoard::obstacle() const {
    if (workspace_.openModels().empty() || workspace_.state().prompt.tokens.empty())
        return tr("Open a model and give a prompt above.");
    return {};
}

std::vector<TokenGuess> QuestionBoard::guesses(const ModelColumn&) const {
    return {};
}

QString QuestionBoard::cancelledText() {
    return tr("Cancelled; Ctrl+R computes it again.");
}

void QuestionBoard::keep(Session& session) const {
    if (const auto view = sessionView(); !view.isEmpty() || lockedLimit_)
        session.panels[panel()] = {view.toStdString(), lockedLimit_};
    for (const auto& [view, limit] : viewLimits_)
        session.panels[ownScale(view)] = {view, limit};
}

QuestionBoard::Restoration QuestionBoard::restoration(const Session& session) {
    const auto found = session.panels.find(panel());
    const auto shown = found == session.panels.end() ? SessionPanel() : found->second;
    std::map<std::string, double> own;
    for (const auto& [name, scale] : session.panels)
        if (scale.limit && name == ownScale(scale.view))
            own[scale.view] = *scale.limit;
    return [this, shown, own](WorkspaceState&) {
        showSessionView(QString::fromStdString(shown.view));
        lockScale(shown.limit);
        viewLimits_ = own;
        Q_EMIT scaleChanged();
    };
}

void QuestionBoard::lockScale(std::optional<double> limit) {
    if (std::exchange(lockedLimit_, limit) != limit)
        Q_EMIT scaleChanged();
}

std::optional<double> QuestionBoard::lockedLimit(const QString& view) const {
    const auto found = viewLimits_.find(view.toStdString());
    return found == viewLimits_.end() ? std::nullopt : std::optional(found->second);
}

void QuestionBoard::lockScale(const QString& view, std::optional<double> limit) {
    if (lockedLimit(view) == limit)
        return;
    if (limit)
        viewLimits_[view.toStdString()] = *limit;
    else
        viewLimits_.erase(view.toStdString());
    Q_EMIT scaleChanged();
}

int QuestionBoard::sampleOf(const ModelColumn& column) const {
    if (!column.saved)
        return -1;
    const auto& sequences = column.saved->tokens.input.sequences;
    const auto found = std::find_if(sequences.begin(), sequences.end(), [&](const auto& sequence) {
        return sequence.tokens == workspace_.state().prompt.tokens;
    });
    return found == sequences.end() ? -1 : static_cast<int>(found - sequences.begin());
}

void QuestionBoard::follow(const ModelColumn&) {}

bool QuestionBoard::adopt(const ModelColumn&, int, WorkspaceState&) const {
    return false;
}

} // namespace residuum
