// A question that can be asked of a model. All that files, cache, command line and window need to
// know of it is its request's description, and what is said here.
#pragma once

#include "analysis/question/input_way.h"
#include "analysis/question/job.h"
#include "analysis/question/no_settings.h"
#include "analysis/question/result_fields.h"
#include "analysis/question/session.h"
#include "analysis/question/settings.h"
#include "core/model/model.h"

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

/// The shell command that computes a whole request (`requestText`) of `kind` again, without its -o.
/// `settings`: of the request. Throws Error naming `file`, where it was found.
template <class Input>
std::string commandOf(const std::string& request, const std::string& kind,
                      const std::filesystem::path& file, const std::vector<Setting>& settings);
extern template std::string commandOf<PromptInput>(const std::string&, const std::string&,
                                                   const std::filesystem::path&,
                                                   const std::vector<Setting>&);
extern template std::string commandOf<PairInput>(const std::string&, const std::string&,
                                                 const std::filesystem::path&,
                                                 const std::vector<Setting>&);

/// What one model's computation will take.
struct Cost {
    std::string text{};     ///< to be announced; empty: nothing
    std::int64_t bytes = 0; ///< of working memory beyond the weights, at most
    std::string least{};    ///< what takes as much whatever is allowed, e.g. "one pair"
};

/// What a question has from its description. `Self::kind` names it, `Self::panel` its panel.
/// `SettingsOf`: what its panel keeps in a session; where that is a request, it is what is asked.
template <class Self, Described RequestOf, class InputOf, class ResultOf,
          Described SettingsOf = NoSettings>
struct QuestionOf {
    using Request = RequestOf;
    using Input = InputOf;
    using Result = ResultOf;
    using Settings = SettingsOf;
    using OfSession = std::optional<SessionQuestion<Input, Request>>;

    static constexpr int version = 1;
    /// Whether the models' tokenizers decide what comes out: they are part of the key then.
    static constexpr bool readsTokenizer = false;
    /// Whether its subcommand needs a file to write; where it does not, the summaries are what one
    /// asks for.
    static constexpr bool needsFile = true;
    /// Whether it is asked about one prompt only, no dataset.
    static constexpr bool onePrompt = false;
    /// What to ask for where a result is too large.
    static constexpr const char* less = "fewer --sequences";

    static Input resolve(const InputRequest& input, const Request&, const Tokenizer* tokenizer,
                         const ModelConfig& config,
                         Progress& progress) requires std::same_as<Input, PromptInput> {
        return resolveInput(input, tokenizer, config, progress);
    }
    /// For the terminal.
    static std::string summary(const Result& result) {
        return result.model.name + " (" + result.model.normalization.label() + ")\n";
    }
    /// Noted in files.
    static bool centersUnembed(const Request&) { return false; }

    /// JSON of a request, part of the key but for what is outside of it.
    static std::string settings(const Request& request) { return requestJson(request); }
    /// Its members that are no part of the key.
    static std::vector<std::string> outsideKey(Request request) {
        return residuum::outsideKey(settingsOf(request));
    }
    /// JSON of the input that was asked for.
    static std::string asked(const Input& input) { return inputJson(input); }
    static ResultTokens tokens(const Input& input) { return tokensOf(input); }
    /// What to warn of in a result, one sentence each.
    static std::vector<std::string> warnings(const Result&, const Input&) { return {}; }

    /// What a session asks; empty: nothing. Throws Error.
    static OfSession
    ofSession(const Session& session,
              const SessionModels& models) requires std::same_as<Input, PromptInput> {
        if (!session.asks(Self::panel))
            return std::nullopt;
        Request request;
        if constexpr (std::same_as<Settings, Request>)
            request = session.settings<Settings>(Self::panel);
        return SessionQuestion<Input, Request>{promptInput(session.prompt, models.tokenizer),
                                               request};
    }
    /// How a session shows the answer.
    static FigureOptions figureOptions(const Settings&) { return {}; }

    /// The inverse of `settings`, of a whole request (`requestText`) found in `file`. Throws Error
    /// naming the file.
    static Request requestOf(const std::string& text, const std::filesystem::path& file) {
        Request request;
        readSettings(settingsOf(request), text, Self::kind, file);
        return request;
    }

    /// The shell command that computes a whole request again, without its -o. Throws Error.
    static std::string command(const std::string& text, const std::filesystem::path& file) {
        auto request = requestOf(text, file);
        return commandOf<Input>(text, Self::kind, file, settingsOf(request));
    }

    /// Into the file's index-th model group.
    static void write(ResultFile& file, std::size_t index, const Result& result) {
        const auto walk = writingWalk(file, index, result.model.numeric);
        Self::fields(*walk, const_cast<Result&>(result)); // which it leaves as it is
    }
    /// The inverse. Throws Error naming the file and what is missing or inconsistent in it.
    static std::shared_ptr<Result> read(const ResultReader& reader, std::size_t index) {
        auto result = std::make_shared<Result>();
        result->model = reader.model(index);
        result->request = requestOf(reader.request(), reader.path());
        const auto walk = readingWalk(reader, index, tokensOf(Input{}).front().first);
        Self::fields(*walk, *result);
        return result;
    }
    /// So that a result read back is the one that was computed, bit for bit.
    static void roundAsStored(Result& result) {
        Self::fields(*roundingWalk(result.model.numeric), result);
    }
};

/// Beside what QuestionOf has:
///   kind, panel                             its names in files; of its panel, in sessions too
///   description                             for people
///   compute(model, input, request, job)     the result. Throws Error, Cancelled
///   bytes(modelInfo, input, request)        of the numbers in a file, at most
///   fields(walk, result)                    describes them to what writes, reads and rounds them
/// and, where QuestionOf's is not what it needs, its own
///   version                                 raised when its numbers change
///   resolve(inputRequest, request, tokenizer, config, progress)
///                                           the input. Throws Error
///   ofSession(session, models), figureOptions(settings), summary(result), …
/// and, where it can go on with what was broken off,
///   canGoOn(request)                        whether a computation of it can
/// and, where answers help to find others,
///   remember(model, request, result, prepared)
/// and, where other models are to be asked about what one of them has found,
///   followed(result, request)               the request of all
/// and, where results have something of the input that their key does not tell,
///   takeOfInput(result, input)              of an input of the same key
/// and, where a computation's working memory can be limited,
///   cost(model, input, request, memory)     Cost of it within `memory` bytes
template <class Q>
concept Question = requires(const Model& model, const typename Q::Input& input,
                            const typename Q::Request& request, Job<typename Q::Result>& job,
                            ResultFile& file, const ResultReader& reader,
                            const typename Q::Result& result, std::size_t index,
                            const Session& session, const SessionModels& models,
                            const typename Q::Settings& shown) {
    { Q::kind } -> std::convertible_to<std::string>;
    { Q::panel } -> std::convertible_to<std::string>;
    { Q::version } -> std::convertible_to<int>;
    { Q::readsTokenizer } -> std::convertible_to<bool>;
    { Q::needsFile } -> std::convertible_to<bool>;
    { Q::onePrompt } -> std::convertible_to<bool>;
    { Q::settings(request) } -> std::same_as<std::string>;
    { Q::asked(input) } -> std::same_as<std::string>;
    { Q::ofSession(session, models) } -> std::same_as<typename Q::OfSession>;
    { Q::figureOptions(shown) } -> std::same_as<FigureOptions>;
    { Q::tokens(input) } -> std::same_as<ResultTokens>;
    { Q::description } -> std::convertible_to<std::string>;
    { Q::less } -> std::convertible_to<std::string>;
    {
        Q::resolve(input.request, request, nullptr, model.info().config, job.progress)
        } -> std::same_as<typename Q::Input>;
    { Q::summary(result) } -> std::same_as<std::string>;
    { Q::centersUnembed(request) } -> std::same_as<bool>;
    {
        Q::compute(model, input, request, job)
        } -> std::same_as<std::shared_ptr<const typename Q::Result>>;
    { Q::bytes(model.info(), input, request) } -> std::same_as<std::uint64_t>;
    Q::write(file, index, result);
    { Q::read(reader, index) } -> std::same_as<std::shared_ptr<typename Q::Result>>;
    { result.model } -> std::convertible_to<ModelInfo>;
    { result.request } -> std::convertible_to<typename Q::Request>;
    { input.account } -> std::convertible_to<InputAccount>;
};

/// A question that keeps something of every answer, computed or from the cache, for the next one.
template <class Q>
concept Remembers = Question<Q> && requires(const Model& model, const typename Q::Request& request,
                                            const typename Q::Result& result, Prepared& prepared) {
    Q::remember(model, request, result, prepared);
};

/// A question that other models can be asked about what one of them has found.
template <class Q>
concept Follows = Question<Q> &&
    requires(const typename Q::Result& result, const typename Q::Request& request) {
    { Q::followed(result, request) } -> std::same_as<typename Q::Request>;
};

/// A question whose working memory can be limited.
template <class Q>
concept Costs = Question<Q> && requires(const Model& model, const typename Q::Input& input,
                                        const typename Q::Request& request, std::int64_t memory) {
    { Q::cost(model, input, request, memory) } -> std::same_as<Cost>;
};

/// A question whose results have something of the input that is no part of their key.
template <class Q>
concept TakesOfInput = Question<Q> &&
    requires(typename Q::Result& result, const typename Q::Input& input) {
    Q::takeOfInput(result, input);
};

/// A question whose long computations can be broken off and gone on with later.
template <class Q>
concept CanGoOn = Question<Q> && requires(const typename Q::Request& request) {
    { Q::canGoOn(request) } -> std::same_as<bool>;
};

} // namespace residuum
