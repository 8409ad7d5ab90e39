// The document as a session and back.
#include "widgets/workspace/prompt_history.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>
#include <functional>

namespace residuum {

namespace {

/// A folder is found again from anywhere; Hub ids and demo:NAME stay as they are.
std::string fromAnywhere(const QString& source) {
    std::error_code error;
    const std::filesystem::path path = source.toStdString();
    const bool isPath = std::filesystem::exists(path, error);
    return isPath ? std::filesystem::absolute(path, error).lexically_normal().string()
                  : source.toStdString();
}

/// Those that are no pins are left out; who has no letter of its own, or another's, gets one.
std::vector<Pin> pinsOf(const Session& session) {
    std::vector<Pin> pins;
    for (const auto& there : session.pins) {
        const QColor colour(QString::fromStdString(there.colour));
        const auto thing = parseThing(there.name);
        const auto letter = QString::fromStdString(there.letter);
        const bool isThere = std::any_of(pins.begin(), pins.end(),
                                         [&](const Pin& pin) { return pin.thing == thing; });
        if (!thing || !colour.isValid() || isThere)
            continue;
        const bool isFree =
            !letter.isEmpty() && std::none_of(pins.begin(), pins.end(),
                                              [&](const Pin& pin) { return pin.letter == letter; });
        pins.push_back({*thing, colour, isFree ? letter : nextPin(*thing, pins).letter,
                        QString::fromStdString(there.note), QString::fromStdString(there.group)});
    }
    return pins;
}

} // namespace

SessionPrompt sessionPrompt(const PromptState& prompt) {
    return {prompt.text.toStdString(), prompt.tokens, prompt.endOfTextFirst};
}

Session Workspace::session() const {
    Session session = others_;
    session.numeric = options_.numeric;
    for (const auto& column : columns_)
        if (column.saved)
            keepSaved(session, column, false);
        else
            session.models.push_back(fromAnywhere(column.source));
    for (const auto& failure : failures_) // it may be there the next time
        session.models.push_back(fromAnywhere(failure.source));
    for (const auto& column : hidden_)
        if (column.model)
            session.models.push_back(fromAnywhere(column.source));
        else if (column.saved)
            keepSaved(session, column, true);
    session.looks = looks();
    session.fullRange = fullRange_;
    session.prompt = sessionPrompt(state_.prompt);
    session.position = state_.position;
    session.target = state_.target;
    session.versus = state_.versus;
    for (const auto& pin : state_.pins)
        session.pins.push_back({label(pin.thing), pin.colour.name(QColor::HexRgb).toStdString(),
                                pin.letter.toStdString(), pin.note.toStdString(),
                                pin.group.toStdString()});
    if (state_.set)
        session.set = {state_.set->name.toStdString(), state_.set->request, state_.pair,
                       state_.mean};
    session.history = history_->kept();
    session.difference = difference();
    if (session.difference)
        session.difference = {placeRestored(session.difference->first),
                              placeRestored(session.difference->second)};
    for (const auto& board : boards_)
        board->keep(session);
    return session;
}

/// One file, however many columns.
void Workspace::keepSaved(Session& session, const ModelColumn& column, bool isHidden) const {
    const auto source = fromAnywhere(column.source);
    auto& results = session.results;
    const auto found = std::find(results.begin(), results.end(), source);
    const auto place = static_cast<std::size_t>(found - results.begin());
    if (found == results.end()) {
        results.push_back(source);
        session.resultLooks.emplace_back();
    }
    auto& looks = session.resultLooks[place];
    looks.resize(std::max(looks.size(), column.saved->model + 1));
    looks[column.saved->model] = {column.alias.toStdString(), isHidden, column.isControl};
}

/// Of the models, as `session` orders them.
std::vector<SessionLook> Workspace::looks() const {
    std::vector<SessionLook> looks;
    for (const auto& column : columns_)
        if (!column.saved)
            looks.push_back({column.alias.toStdString(), false, column.isControl});
    for (const auto& failure : failures_)
        looks.push_back({failure.alias.toStdString(), false, false});
    for (const auto& column : hidden_)
        if (column.model)
            looks.push_back({column.alias.toStdString(), true, column.isControl});
    return looks;
}

/// Of the column at a place: models are restored first, then the columns of files.
int Workspace::placeRestored(int place) const {
    const auto isFirst = [&](const ModelColumn& column) { return !column.saved; };
    const auto& asked = columns_[static_cast<std::size_t>(place)];
    const auto before = columns_.begin() + place;
    if (!asked.saved)
        return static_cast<int>(std::count_if(columns_.begin(), before, isFirst));
    return static_cast<int>(std::ssize(failures_) +
                            std::count_if(hidden_.begin(), hidden_.end(), isFirst) +
                            std::count_if(columns_.begin(), columns_.end(), isFirst) +
                            std::count_if(columns_.begin(), before, std::not_fn(isFirst)));
}

void Workspace::restore(const Session& session) {
    std::vector<QuestionBoard::Restoration> restorations;
    for (const auto& board : boards_)
        restorations.push_back(board->restoration(session));
    while (!columns_.empty())
        closeModel(columns_.back().id);
    failures_.clear();
    hidden_.clear();
    hidingWhenOpen_.clear();
    engine_.cancelAllFor(openingResult_);
    engine_.cancelAllFor(openingSet_);
    options_.numeric = session.numeric;
    if (fullRange_ != session.fullRange)
        toggleFullRange(); // before the boards lock scales of their own
    others_ = {};
    others_.asked = session.asked;
    others_.panels = session.panels;
    for (const auto& board : boards_) { // each says for itself what a session keeps
        std::erase_if(others_.asked,
                      [&](const auto& entry) { return entry.first == board->panel(); });
        std::erase_if(others_.panels, [&](const auto& entry) {
            return entry.first == board->panel() || entry.first.starts_with(board->panel() + '/');
        });
    }
    WorkspaceState next;
    for (const auto& restore : restorations)
        restore(next);
    next.prompt = {QString::fromStdString(session.prompt.text), session.prompt.tokens,
                   session.prompt.endOfTextFirst};
    next.position = std::clamp(session.position, 0,
                               std::max(0, static_cast<int>(session.prompt.tokens.size()) - 1));
    next.target = session.target;
    if (session.versus != session.target)
        next.versus = session.versus;
    next.pins = pinsOf(session);
    if (const auto& set = session.set) {
        next.set = std::make_shared<const PromptSet>(
            PromptSet{QString::fromStdString(set->name), set->pairs, nullptr, nullptr});
        next.pair = set->pair;
        next.mean = set->mean;
    }
    history_->restore(session.history);
    vocabulary_.reset(); // of the session's ids: the models will tell
    apply(next);
    undo_.clear();
    wishedDifference_ = session.difference;
    for (std::size_t m = 0; m < session.models.size(); ++m) {
        const auto look = m < session.looks.size() ? session.looks[m] : SessionLook();
        openModel(QString::fromStdString(session.models[m]), QString::fromStdString(look.alias));
        columns_.back().isControl = look.isControl;
        if (look.isHidden)
            hidingWhenOpen_.push_back(columns_.back().id);
    }
    for (std::size_t r = 0; r < session.results.size(); ++r)
        openResult(QString::fromStdString(session.results[r]), false,
                   r < session.resultLooks.size() ? session.resultLooks[r]
                                                  : std::vector<SessionLook>());
    wishDifference();
}

/// As soon as both columns are there.
void Workspace::wishDifference() {
    const int count = static_cast<int>(columns_.size());
    const auto wished = wishedDifference_;
    if (!wished || wished->first < 0 || wished->second < 0 || wished->first >= count ||
        wished->second >= count)
        return;
    wishedDifference_.reset();
    setDifference(wished);
}

} // namespace residuum
