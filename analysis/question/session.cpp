#include "analysis/question/session.h"

#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>

namespace residuum {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* sessionFormat = "residuum-session";
constexpr std::uintmax_t mostBytes = 64U << 20U; ///< a session is a few kilobytes

ordered_json idsJson(const std::vector<TokenId>& tokens) {
    auto list = ordered_json::array();
    for (const auto token : tokens)
        list.push_back(token.value);
    return list;
}

ordered_json optionalId(const std::optional<TokenId>& token) {
    return token ? ordered_json(token->value) : ordered_json();
}

TokenId idOf(const json& value) {
    const auto id = value.get<std::int64_t>();
    if (id < 0 || id > 0x7FFFFFFF)
        throw json::other_error::create(0, "a token id is out of range", nullptr);
    return TokenId(id);
}

std::optional<TokenId> optionalIdOf(const json& object, const char* key) {
    return !object.contains(key) || object[key].is_null() ? std::nullopt
                                                          : std::optional(idOf(object[key]));
}

/// What is mistyped is no value as usual.
void requireOnly(const json& object, const std::set<std::string>& names,
                 const std::filesystem::path& file) {
    for (const auto& [name, value] : object.items())
        if (!names.contains(name))
            throw Error(file.string(), "has the member \"" + oneLine(name, 60) +
                                           "\" in a place where this program knows none of that "
                                           "name");
}

SessionPrompt promptOf(const json& object, const std::filesystem::path& file) {
    requireOnly(object, {"text", "tokens", "end_of_text_first"}, file);
    SessionPrompt prompt;
    prompt.text = object.at("text").get<std::string>();
    for (const auto& id : object.at("tokens"))
        prompt.tokens.push_back(idOf(id));
    prompt.endOfTextFirst = object.value("end_of_text_first", false);
    return prompt;
}

ordered_json promptJson(const SessionPrompt& prompt) {
    return {{"text", prompt.text},
            {"tokens", idsJson(prompt.tokens)},
            {"end_of_text_first", prompt.endOfTextFirst}};
}

/// Whether a member is the session's own, else it is a question's.
bool isOwn(const std::string& name) {
    constexpr std::array<std::string_view, 19> own{
        "format",       "schema_version", "residuum_version",
        "numeric",      "models",         "results",
        "prompt",       "position",       "target",
        "versus",       "pins",           "difference",
        "panels",       "window",         "looks",
        "result_looks", "full_range",     "set",
        "history"};
    return std::find(own.begin(), own.end(), name) != own.end();
}

std::string lineOf(const ordered_json& entry) {
    return entry.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::vector<SessionLook> looksOf(const json& list, const std::filesystem::path& file) {
    std::vector<SessionLook> looks;
    for (const auto& look : list) {
        requireOnly(look, {"alias", "hidden", "control"}, file);
        looks.push_back({look.value("alias", std::string()), look.value("hidden", false),
                         look.value("control", false)});
    }
    return looks;
}

bool areUsual(const std::vector<SessionLook>& looks) {
    return looks == std::vector<SessionLook>(looks.size());
}

ordered_json looksJson(const std::vector<SessionLook>& looks) {
    auto list = ordered_json::array();
    for (const auto& look : looks)
        list.push_back(
            {{"alias", look.alias}, {"hidden", look.isHidden}, {"control", look.isControl}});
    return list;
}

SessionWindow windowOf(const json& object, const std::filesystem::path& file) {
    requireOnly(object, {"panel", "inspector", "details"}, file);
    return {object.value("panel", std::string()), object.value("inspector", true),
            object.value("details", std::map<std::string, std::string>())};
}

ordered_json windowJson(const SessionWindow& window) {
    return {{"panel", window.panel}, {"inspector", window.inspector}, {"details", window.details}};
}

SessionSet setOf(const json& object, const std::filesystem::path& file) {
    requireOnly(object, {"name", "pairs", "pair", "mean"}, file);
    return {object.value("name", std::string()), pairRequestFromJson(object.at("pairs"), file),
            std::max(0, object.value("pair", 0)), object.value("mean", false)};
}

ordered_json setJson(const SessionSet& set) {
    return {
        {"name", set.name}, {"pairs", toJson(set.pairs)}, {"pair", set.pair}, {"mean", set.mean}};
}

SessionAsked askedOf(const json& object, const std::filesystem::path& file) {
    requireOnly(object, {"prompt", "corrupt", "target", "versus", "starred", "totals", "kinds"},
                file);
    SessionAsked asked;
    asked.prompt = promptOf(object.at("prompt"), file);
    if (object.contains("corrupt"))
        asked.corrupt = promptOf(object["corrupt"], file);
    asked.target = optionalIdOf(object, "target");
    asked.versus = optionalIdOf(object, "versus");
    asked.isStarred = object.value("starred", false);
    for (const auto& total : object.value("totals", json::array()))
        asked.totals.emplace_back(total.at(0).get<std::string>(),
                                  total.at(1).is_null() ? NAN : total.at(1).get<double>());
    asked.kinds = object.value("kinds", std::vector<std::string>{});
    return asked;
}

ordered_json askedJson(const SessionAsked& asked) {
    ordered_json object{{"prompt", promptJson(asked.prompt)}};
    if (!asked.corrupt.tokens.empty())
        object["corrupt"] = promptJson(asked.corrupt);
    object["target"] = optionalId(asked.target);
    object["versus"] = optionalId(asked.versus);
    if (asked.isStarred)
        object["starred"] = true;
    object["totals"] = ordered_json::array(); // an object would not keep the models' order
    for (const auto& [model, total] : asked.totals)
        object["totals"].push_back(ordered_json::array({model, total}));
    object["kinds"] = asked.kinds;
    return object;
}

Session sessionOf(const json& object, const std::filesystem::path& file) {
    Session session;
    session.file = file;
    const auto& numeric = object.at("numeric");
    session.numeric = {parseDType(numeric.at("dtype").get<std::string>()),
                       numeric.at("device").get<std::string>()};
    session.models = object.at("models").get<std::vector<std::string>>();
    session.results = object.value("results", std::vector<std::string>{});
    session.prompt = promptOf(object.at("prompt"), file);
    session.position = object.value("position", 0);
    session.target = optionalIdOf(object, "target");
    session.versus = optionalIdOf(object, "versus");
    for (const auto& pin : object.value("pins", json::array()))
        session.pins.push_back(
            {pin.at("name").get<std::string>(), pin.at("colour").get<std::string>(),
             pin.value("letter", std::string()), pin.value("note", std::string()),
             pin.value("group", std::string())});
    if (object.contains("difference") && !object["difference"].is_null())
        session.difference = object["difference"].get<std::pair<int, int>>();
    if (session.difference && std::min(session.difference->first, session.difference->second) < 0)
        throw Error(file.string(), "has a difference that names no two columns, counted from 0");
    const auto panels = object.value("panels", json::object());
    for (const auto& [name, panel] : panels.items()) {
        requireOnly(panel, {"view", "limit"}, file);
        auto& into = session.panels[name];
        into.view = panel.value("view", std::string());
        if (panel.contains("limit") && !panel["limit"].is_null())
            into.limit = panel["limit"].get<double>();
        if (into.limit && !(*into.limit > 0.0 && std::isfinite(*into.limit)))
            throw Error(file.string(), "has a limit of colours that is no positive number");
    }
    if (object.contains("looks"))
        session.looks = looksOf(object["looks"], file);
    for (const auto& looks : object.value("result_looks", json::array()))
        session.resultLooks.push_back(looksOf(looks, file));
    session.fullRange = object.value("full_range", false);
    if (object.contains("window"))
        session.window = windowOf(object["window"], file);
    if (object.contains("set") && !object["set"].is_null())
        session.set = setOf(object["set"], file);
    for (const auto& asked : object.value("history", json::array()))
        session.history.push_back(askedOf(asked, file));
    return session;
}

/// What questions have in a session, in its order.
std::vector<std::pair<std::string, std::string>> askedOf(const std::string& text) {
    std::vector<std::pair<std::string, std::string>> asked;
    const auto whole = ordered_json::parse(text);
    for (const auto& [name, entry] : whole.items())
        if (!isOwn(name) && !entry.is_null())
            asked.emplace_back(name, lineOf(entry));
    return asked;
}

} // namespace

std::string toText(const Session& session) {
    ordered_json object{{"format", sessionFormat},
                        {"schema_version", sessionSchemaVersion},
                        {"residuum_version", RESIDUUM_VERSION}};
    object["numeric"] = {{"dtype", name(session.numeric.dtype)},
                         {"device", session.numeric.device}};
    object["models"] = session.models;
    if (!areUsual(session.looks))
        object["looks"] = looksJson(session.looks);
    object["results"] = session.results;
    if (!std::all_of(session.resultLooks.begin(), session.resultLooks.end(), areUsual))
        for (const auto& looks : session.resultLooks)
            object["result_looks"].push_back(looksJson(looks));
    object["prompt"] = promptJson(session.prompt);
    object["position"] = session.position;
    object["target"] = optionalId(session.target);
    object["versus"] = optionalId(session.versus);
    object["pins"] = ordered_json::array();
    for (const auto& pin : session.pins) {
        auto& entry =
            object["pins"].emplace_back(ordered_json{{"name", pin.name}, {"colour", pin.colour}});
        if (!pin.letter.empty())
            entry["letter"] = pin.letter;
        if (!pin.note.empty())
            entry["note"] = pin.note;
        if (!pin.group.empty())
            entry["group"] = pin.group;
    }
    object["difference"] = session.difference ? ordered_json(*session.difference) : ordered_json();
    for (const auto& [panel, entry] : session.asked)
        object[panel] = ordered_json::parse(entry);
    object["panels"] = ordered_json::object();
    for (const auto& [name, panel] : session.panels)
        object["panels"][name] = {
            {"view", panel.view},
            {"limit", panel.limit ? ordered_json(*panel.limit) : ordered_json()}};
    if (session.fullRange)
        object["full_range"] = true;
    if (session.window)
        object["window"] = windowJson(*session.window);
    if (session.set)
        object["set"] = setJson(*session.set);
    for (const auto& asked : session.history)
        object["history"].push_back(askedJson(asked));
    return object.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Session parseSession(const std::string& text, const std::filesystem::path& file) {
    const auto object = parseStrictJson(file, text);
    if (!object.is_object() || object.value("format", json()) != sessionFormat)
        throw Error(file.string(), "is no session (its format is not residuum-session)");
    const auto version = object.value("schema_version", json());
    if (!version.is_number_integer() || version < 1 || version > sessionSchemaVersion)
        throw Error(file.string(),
                    "has schema_version " + version.dump() + ", but this program reads up to " +
                        std::to_string(sessionSchemaVersion) + "; open it with a newer version");
    try {
        auto session = sessionOf(object, file);
        session.asked = askedOf(text);
        return session;
    } catch (const json::exception& error) {
        throw Error(file.string(), "is a session with a part that is missing or not as expected: " +
                                       jsonProblem(error));
    }
}

Session readSession(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error)
        throw Error(file.string(), "cannot be read: " + error.message());
    if (size > mostBytes)
        throw Error(file.string(), "is larger than any session; is it another kind of file?");
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad())
        throw Error(file.string(), "cannot be read");
    return parseSession(text, file);
}

PromptInput promptInput(const SessionPrompt& prompt, const Tokenizer* tokenizer) {
    PromptInput input;
    input.tokens.sequences.push_back({prompt.tokens, std::nullopt});
    auto typed = prompt.tokens;
    if (prompt.endOfTextFirst && !typed.empty())
        typed.erase(typed.begin());
    try {
        if (tokenizer != nullptr && tokenizer->encode(prompt.text) == typed) {
            input.request.prompts = {prompt.text};
            input.request.prependEndOfText = prompt.endOfTextFirst;
            return input;
        }
    } catch (const Error&) {
        // What is no text (a lone half of a character, say) is named by its ids.
    }
    input.request.ids = {prompt.tokens};
    return input;
}

std::optional<PairInput> askedSet(const Session& session, const SessionModels& models) {
    if (!session.set || !session.set->mean)
        return std::nullopt;
    return resolvePairs(session.set->pairs, models.tokenizer, models.narrowest, models.progress);
}

std::uint64_t seedOf(const PairRequest& pairs) {
    return pairs.generated ? pairs.generated->seed : 0;
}

Stored Codec<SessionPrompt>::stored(const SessionPrompt& prompt) {
    return OtherJson{lineOf(promptJson(prompt))};
}

SessionPrompt Codec<SessionPrompt>::of(const Stored& value, const Asking& asking) {
    const auto* object = std::get_if<OtherJson>(&value);
    if (object == nullptr)
        throw UsageError(asking.what, "must be an object with text and tokens");
    try {
        return promptOf(json::parse(object->text), asking.what);
    } catch (const json::exception& error) {
        throw UsageError(asking.what, jsonProblem(error));
    }
}

Stored Codec<std::optional<DatasetRequest>>::stored(const std::optional<DatasetRequest>& dataset) {
    InputRequest request;
    request.dataset = dataset;
    return OtherJson{dataset ? lineOf(toJson(request)) : "null"};
}

std::optional<DatasetRequest> Codec<std::optional<DatasetRequest>>::of(const Stored& value,
                                                                       const Asking& asking) {
    const auto* object = std::get_if<OtherJson>(&value);
    if (object == nullptr)
        throw UsageError(asking.what, "must be an object that names a dataset, or null");
    const auto parsed = json::parse(object->text);
    if (parsed.is_null())
        return std::nullopt;
    auto dataset = inputRequestFromJson(parsed, asking.what).dataset;
    if (!dataset)
        throw UsageError(asking.what, "must name a dataset, or be null");
    return dataset;
}

const std::string* Session::entryOf(const std::string& panel) const {
    const auto found = std::find_if(asked.begin(), asked.end(),
                                    [&](const auto& entry) { return entry.first == panel; });
    return found == asked.end() ? nullptr : &found->second;
}

void Session::setEntry(const std::string& panel, std::string entry) {
    for (auto& [name, there] : asked)
        if (name == panel) {
            there = std::move(entry);
            return;
        }
    asked.emplace_back(panel, std::move(entry));
}

} // namespace residuum
