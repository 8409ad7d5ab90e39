#include "analysis/question/question.h"

#include "analysis/inputs/input_command.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

namespace residuum {

namespace {

using Json = nlohmann::json;

std::optional<std::uint64_t> seedOf(const std::vector<Setting>& settings) {
    for (const auto& setting : settings)
        if (setting.ofInput)
            return parseSeed(setting.text(), {});
    return std::nullopt;
}

/// One option for both seeds: of a request they are the same, or of no account.
template <class Input>
std::string argumentsOfInput(const Json& json, const std::filesystem::path& file,
                             const std::string& settings, std::optional<std::uint64_t> seed);

template <>
std::string argumentsOfInput<PromptInput>(const Json& json, const std::filesystem::path& file,
                                          const std::string& settings,
                                          std::optional<std::uint64_t> seed) {
    const auto input = inputRequestFromJson(json, file);
    auto arguments = inputArguments(input) + settings;
    const bool generated = input.pairs && input.pairs->generated; // which have named theirs
    if (input.dataset && input.dataset->seed)
        arguments += " --seed " + std::to_string(*input.dataset->seed);
    else if (!generated && seed.value_or(0) != 0)
        arguments += " --seed " + std::to_string(*seed);
    return arguments;
}

template <>
std::string argumentsOfInput<PairInput>(const Json& json, const std::filesystem::path& file,
                                        const std::string& settings,
                                        std::optional<std::uint64_t> seed) {
    const auto input = pairRequestFromJson(json, file);
    auto arguments = pairArguments(input) + settings;
    if (!input.generated && seed.value_or(0) != 0)
        arguments += " --seed " + std::to_string(*seed);
    return arguments;
}

} // namespace

ResultTokens tokensOf(const PromptInput& input) {
    return {{"tokens", &input.tokens}};
}

ResultTokens tokensOf(const PairInput& input) {
    ResultTokens tokens{{"clean", &input.tokens.clean},
                        {"corrupt", &input.tokens.corrupt},
                        {"answers", &input.tokens.answers}};
    if (!input.tokens.moreCorrect.sequences.empty())
        tokens.insert(tokens.end(), {{"more_correct", &input.tokens.moreCorrect},
                                     {"more_incorrect", &input.tokens.moreIncorrect}});
    return tokens;
}

std::string inputJson(const PromptInput& input) {
    return jsonLine(toJson(input));
}

std::string inputJson(const PairInput& input) {
    return jsonLine(toJson(input));
}

template <class Input>
std::string commandOf(const std::string& request, const std::string& kind,
                      const std::filesystem::path& file, const std::vector<Setting>& settings) {
    const auto whole = parseStrictJson(file, request);
    try {
        return "residuum " + kind + modelArguments(whole) +
               argumentsOfInput<Input>(whole.at("input"), file, settingArguments(settings),
                                       seedOf(settings)) +
               numericArguments(whole.at("numeric"));
    } catch (const Json::exception& error) {
        throw Error(file.string(), "its request cannot be read: " + jsonProblem(error));
    }
}

template std::string commandOf<PromptInput>(const std::string&, const std::string&,
                                            const std::filesystem::path&,
                                            const std::vector<Setting>&);
template std::string commandOf<PairInput>(const std::string&, const std::string&,
                                          const std::filesystem::path&,
                                          const std::vector<Setting>&);

} // namespace residuum
