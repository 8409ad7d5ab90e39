#include "analysis/session/session.h"

#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <fstream>
#include <iterator>

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

SessionPrompt promptOf(const json& object) {
    SessionPrompt prompt;
    prompt.text = object.at("text").get<std::string>();
    for (const auto& id : object.at("tokens"))
        prompt.tokens.push_back(idOf(id));
    prompt.endOfTextFirst = object.value("end_of_text_first", false);
    return prompt;
}

SessionPatching patchingOf(const json& object) {
    const std::string asking = "the session's patching";
    SessionPatching patching;
    patching.corrupt = promptOf(object.at("corrupt"));
    patching.site = parseName<PatchSite>(object.at("site").get<std::string>(), asking);
    patching.estimate = parseName<PatchMethod>(object.at("estimate").get<std::string>(), asking);
    patching.metric = parseName<PatchMetric>(object.at("metric").get<std::string>(), asking);
    patching.direction =
        parseName<PatchDirection>(object.at("direction").get<std::string>(), asking);
    patching.normalised = object.value("normalised", false);
    return patching;
}

SessionNeurons neuronsOf(const json& object, const std::filesystem::path& file) {
    const std::string asking = "the session's neurons";
    SessionNeurons neurons;
    neurons.layer = object.at("layer").get<int>();
    neurons.top = std::max(1, object.at("top").get<int>());
    neurons.by = parseName<NeuronRank>(object.at("by").get<std::string>(), asking);
    neurons.chosenOn = object.at("chosen_on").get<std::string>();
    neurons.ablation = parseName<Ablation>(object.at("ablation").get<std::string>(), asking);
    neurons.nullSpace = std::max(1, object.at("null_space").get<int>());
    neurons.screen = object.at("screen").get<bool>();
    neurons.entropy = object.at("entropy").get<bool>();
    neurons.againstNullSpace = object.at("against_null_space").get<bool>();
    if (!object.at("input").is_null())
        neurons.dataset = inputRequestFromJson(object["input"], file).dataset;
    return neurons;
}

ordered_json neuronsJson(const SessionNeurons& neurons) {
    ordered_json input;
    if (neurons.dataset) {
        InputRequest request;
        request.dataset = neurons.dataset;
        input = toJson(request);
    }
    return {{"layer", neurons.layer},
            {"top", neurons.top},
            {"by", name(neurons.by)},
            {"chosen_on", neurons.chosenOn},
            {"ablation", name(neurons.ablation)},
            {"null_space", neurons.nullSpace},
            {"screen", neurons.screen},
            {"entropy", neurons.entropy},
            {"against_null_space", neurons.againstNullSpace},
            {"input", input}};
}

ordered_json promptJson(const SessionPrompt& prompt) {
    return {{"text", prompt.text},
            {"tokens", idsJson(prompt.tokens)},
            {"end_of_text_first", prompt.endOfTextFirst}};
}

Session sessionOf(const json& object, const std::filesystem::path& file) {
    Session session;
    const auto& numeric = object.at("numeric");
    session.numeric = {parseDType(numeric.at("dtype").get<std::string>()),
                       numeric.at("device").get<std::string>()};
    session.models = object.at("models").get<std::vector<std::string>>();
    session.results = object.value("results", std::vector<std::string>{});
    session.prompt = promptOf(object.at("prompt"));
    session.position = object.value("position", 0);
    session.target = optionalIdOf(object, "target");
    session.versus = optionalIdOf(object, "versus");
    for (const auto& pin : object.value("pins", json::array()))
        session.pins.push_back(
            {pin.at("name").get<std::string>(), pin.at("colour").get<std::string>()});
    if (object.contains("difference") && !object["difference"].is_null())
        session.difference = object["difference"].get<std::pair<int, int>>();
    if (object.contains("patching") && !object["patching"].is_null())
        session.patching = patchingOf(object["patching"]);
    if (object.contains("neurons") && !object["neurons"].is_null())
        session.neurons = neuronsOf(object["neurons"], file);
    const auto panels = object.value("panels", json::object());
    for (const auto& [name, panel] : panels.items()) {
        auto& into = session.panels[name];
        into.view = panel.value("view", std::string());
        if (panel.contains("limit") && !panel["limit"].is_null())
            into.limit = panel["limit"].get<double>();
    }
    return session;
}

} // namespace

std::string toText(const Session& session) {
    ordered_json object{{"format", sessionFormat},
                        {"schema_version", sessionSchemaVersion},
                        {"residuum_version", RESIDUUM_VERSION}};
    object["numeric"] = {{"dtype", name(session.numeric.dtype)},
                         {"device", session.numeric.device}};
    object["models"] = session.models;
    object["results"] = session.results;
    object["prompt"] = promptJson(session.prompt);
    object["position"] = session.position;
    object["target"] = optionalId(session.target);
    object["versus"] = optionalId(session.versus);
    object["pins"] = ordered_json::array();
    for (const auto& pin : session.pins)
        object["pins"].push_back({{"name", pin.name}, {"colour", pin.colour}});
    object["difference"] = session.difference ? ordered_json(*session.difference) : ordered_json();
    if (const auto& patching = session.patching)
        object["patching"] = {
            {"corrupt", promptJson(patching->corrupt)}, {"site", name(patching->site)},
            {"estimate", name(patching->estimate)},     {"metric", name(patching->metric)},
            {"direction", name(patching->direction)},   {"normalised", patching->normalised}};
    if (session.neurons)
        object["neurons"] = neuronsJson(*session.neurons);
    object["panels"] = ordered_json::object();
    for (const auto& [name, panel] : session.panels)
        object["panels"][name] = {
            {"view", panel.view},
            {"limit", panel.limit ? ordered_json(*panel.limit) : ordered_json()}};
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
        return sessionOf(object, file);
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

PairInput pairInput(const SessionPrompt& clean, const SessionPrompt& corrupt, TokenId correct,
                    TokenId incorrect, const Tokenizer* tokenizer) {
    const auto isText = [&](const SessionPrompt& prompt) {
        try {
            return tokenizer != nullptr && !prompt.endOfTextFirst &&
                   tokenizer->encode(prompt.text) == prompt.tokens;
        } catch (const Error&) {
            return false; // text that the vocabulary cannot express
        }
    };
    PromptPair pair;
    if (isText(clean) && isText(corrupt)) {
        pair.clean = clean.text;
        pair.corrupt = corrupt.text;
    } else {
        pair.cleanIds = clean.tokens;
        pair.corruptIds = corrupt.tokens;
    }
    pair.correct = "#" + std::to_string(correct.value);
    pair.incorrect = "#" + std::to_string(incorrect.value);
    PairInput input;
    input.request.pairs = {pair};
    input.tokens.add({clean.tokens, {}}, {corrupt.tokens, {}}, {correct, incorrect});
    return input;
}

PatchRequest patchingRequest(PatchSite site, PatchMethod estimate, PatchMetric metric,
                             PatchDirection direction) {
    PatchRequest request;
    request.sites = {site};
    if (const auto all = allPositionsOf(site))
        request.sites.push_back(*all); // as the command line has it
    request.methods = {estimate, PatchMethod::Exact};
    request.metric = metric;
    request.direction = direction;
    return request;
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

NeuronRequest neuronRequest(const SessionNeurons& asked) {
    NeuronRequest request;
    request.layer = asked.layer;
    request.choice.top = asked.top;
    request.by = asked.by;
    request.ablation = asked.ablation;
    request.nullSpace = asked.nullSpace;
    request.screen = asked.screen;
    // As on the command line, where one seed serves both.
    request.seed = asked.dataset ? asked.dataset->seed.value_or(0) : 0;
    return request;
}

DlaRequest attributionRequest(std::optional<TokenId> target, std::optional<TokenId> versus) {
    DlaRequest request;
    request.target = {target ? TargetRule::Token : TargetRule::Argmax, target};
    request.versus = versus;
    request.position.all = true;
    request.topPredictions = usualPredictions;
    return request;
}

} // namespace residuum
