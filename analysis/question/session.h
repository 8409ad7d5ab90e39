// What a session file (.residuum, JSON) holds: models, prompt, pins, and what each question's panel
// has set. The window reads and writes it, `run-session` computes it.
#pragma once

#include "analysis/inputs/input_request.h"
#include "analysis/inputs/pair_request.h"
#include "analysis/question/settings.h"
#include "core/model/model_info.h"
#include "core/task/progress.h"
#include "core/tokenizer/tokenizer.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

inline constexpr int sessionSchemaVersion = 1;

/// A prompt as it was typed and as it was tokenised.
struct SessionPrompt {
    std::string text;
    std::vector<TokenId> tokens;
    bool endOfTextFirst = false;

    friend bool operator==(const SessionPrompt&, const SessionPrompt&) = default;
};

template <>
struct Codec<SessionPrompt> : OneMember<Codec<SessionPrompt>, SessionPrompt> {
    static Stored stored(const SessionPrompt& prompt);
    static SessionPrompt of(const Stored& value, const Asking& asking);
};

/// Null where there is none.
template <>
struct Codec<std::optional<DatasetRequest>>
    : OneMember<Codec<std::optional<DatasetRequest>>, std::optional<DatasetRequest>> {
    static Stored stored(const std::optional<DatasetRequest>& dataset);
    static std::optional<DatasetRequest> of(const Stored& value, const Asking& asking);
};

struct SessionPin {
    std::string name;     ///< e.g. "L9H9"
    std::string colour;   ///< "#rrggbb"
    std::string letter{}; ///< "": of a session from before there were any
    std::string note{};   ///< the user's; "": none
    std::string group{};  ///< the name of those it is taken together with; "": none
};

/// How one panel is set. What a panel has no use for stays as it is.
struct SessionPanel {
    std::string view;            ///< as `residuum figure --kind` names it
    std::optional<double> limit; ///< of a locked colour scale
};

/// How the window shows one of the models.
struct SessionLook {
    std::string alias; ///< "": its own name
    bool isHidden = false;
    bool isControl = false; ///< what the others are compared with

    friend bool operator==(const SessionLook&, const SessionLook&) = default;
};

/// A set of pairs of prompts that is open.
struct SessionSet {
    std::string name;
    PairRequest pairs;
    int pair = 0;      ///< its place among those that can be used: the document's prompts
    bool mean = false; ///< every question is asked over the whole set

    friend bool operator==(const SessionSet&, const SessionSet&) = default;
};

/// A question that was asked of the models before.
struct SessionAsked {
    SessionPrompt prompt, corrupt;
    std::optional<TokenId> target, versus;
    bool isStarred = false;
    std::vector<std::pair<std::string, double>> totals; ///< by model: what attributions add up to
    std::vector<std::string> kinds;                     ///< of the questions that were answered

    friend bool operator==(const SessionAsked&, const SessionAsked&) = default;
};

/// What the window shows beside that.
struct SessionWindow {
    std::string panel; ///< in front, by its name
    bool inspector = true;
    std::map<std::string, std::string> details; ///< the tab below the plots, by panel

    friend bool operator==(const SessionWindow&, const SessionWindow&) = default;
};

struct Session {
    NumericSettings numeric;
    std::vector<std::string> models;  ///< as named: folders, Hub ids, demo:NAME
    std::vector<SessionLook> looks;   ///< of the models, in their order; what lacks is as usual
    std::vector<std::string> results; ///< result files shown beside them
    /// Of the results' models, in the order of both; what lacks is as usual.
    std::vector<std::vector<SessionLook>> resultLooks;
    SessionPrompt prompt;
    int position = 0;
    std::optional<TokenId> target; ///< empty: each model's own top prediction
    std::optional<TokenId> versus;
    std::vector<SessionPin> pins;
    std::optional<std::pair<int, int>> difference; ///< of two columns
    /// What each question's panel asks, JSON by the panel's name; those of questions that this
    /// program does not know stay as they are.
    std::vector<std::pair<std::string, std::string>> asked;
    std::map<std::string, SessionPanel> panels; ///< by name, e.g. "attribution"
    bool fullRange = false; ///< colour scales go to the largest value, whatever stands out
    std::optional<SessionWindow> window; ///< empty: an older session, or of no window
    std::optional<SessionSet> set;       ///< empty: none is open
    std::vector<SessionAsked> history;   ///< the last one first
    std::filesystem::path file;          ///< that it was read from, for messages

    bool asks(const std::string& panel) const { return entryOf(panel) != nullptr; }
    /// What a panel asks; what is usual where the session says nothing. Throws Error naming the
    /// file and what cannot be read.
    template <Described Settings>
    Settings settings(const std::string& panel) const {
        Settings settings;
        if (const auto* entry = entryOf(panel))
            readEntry(settingsOf(settings), *entry, "its " + panel, file);
        return settings;
    }
    template <Described Settings>
    void ask(const std::string& panel, Settings settings) {
        setEntry(panel, settingsText(settingsOf(settings)));
    }

  private:
    const std::string* entryOf(const std::string& panel) const;
    void setEntry(const std::string& panel, std::string entry);
};

std::string toText(const Session& session);
/// Throws Error naming `file` for what is no session, damaged, or of a newer schema.
Session parseSession(const std::string& text, const std::filesystem::path& file);
/// Throws Error naming the file.
Session readSession(const std::filesystem::path& file);

/// The prompt as an analysis takes it: by its text where that tokenises to its tokens, else by ids.
/// `tokenizer` may be null.
PromptInput promptInput(const SessionPrompt& prompt, const Tokenizer* tokenizer);

/// The models of a session, to be asked.
struct SessionModels {
    std::vector<ModelInfo> infos;
    const Tokenizer* tokenizer = nullptr; ///< that they share; null: none
    ModelConfig narrowest;                ///< of whose shape every input is usable in all of them
    Progress& progress;
};

/// The set that a session asks about as a whole; empty: it asks about its prompt. Throws Error.
std::optional<PairInput> askedSet(const Session& session, const SessionModels& models);
/// What generated a set is seeded with; 0 where nothing did.
std::uint64_t seedOf(const PairRequest& pairs);

/// What a session asks of a question.
template <class Input, class Request>
struct SessionQuestion {
    Input input;
    Request request;
    int chooser = -1; ///< the place of the model whose choice the others follow; -1: none's
};

/// Settings of the figures that a session shows, by their names; flags have no text.
using FigureOptions = std::vector<std::pair<std::string, std::string>>;

} // namespace residuum
