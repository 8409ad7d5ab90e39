#include "pinned/kinds.h"

#include "analysis/attribution/dla_analysis.h"
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/patching/patch_analysis.h"
#include "analysis/question/session.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

namespace residuum::test {

namespace {

namespace fs = std::filesystem;

const char* const pinnedModel = RESIDUUM_PINNED_DIR "/models/original";
constexpr std::size_t pinnedVocabulary = 1024; ///< results of other models have no token texts

InputAccount accountOf(const ResultReader& reader, const nlohmann::json& input) {
    InputAccount account;
    const auto lines = [&](const char* path) {
        const auto stored = reader.file().numbers(path).values;
        return std::vector<std::int64_t>(stored.begin(), stored.end());
    };
    if (reader.file().contains("/source_line"))
        account.sourceLines = lines("/source_line");
    if (reader.file().contains("/left_out/line")) {
        const auto reasons = reader.file().strings("/left_out/reason");
        for (const auto line : lines("/left_out/line"))
            account.leftOut.push_back({line, reasons.at(account.leftOut.size())});
    }
    account.sha256 = input.value("sha256", std::string());
    if (input.contains("dataset"))
        account.sha256 = input["dataset"].value("sha256", std::string());
    return account;
}

void readInput(const ResultReader& reader, const nlohmann::json& json, PromptInput& input) {
    input.request = inputRequestFromJson(json, reader.path());
    input.tokens = reader.tokens().input;
    input.account = accountOf(reader, json);
}

void readInput(const ResultReader& reader, const nlohmann::json& json, PairInput& input) {
    input.request = pairRequestFromJson(json, reader.path());
    input.tokens.clean = reader.tokens("clean").input;
    input.tokens.corrupt = reader.tokens("corrupt").input;
    input.tokens.answers = reader.tokens("answers").input;
    if (reader.file().contains("/more_correct")) {
        input.tokens.moreCorrect = reader.tokens("more_correct").input;
        input.tokens.moreIncorrect = reader.tokens("more_incorrect").input;
    }
    input.account = accountOf(reader, json);
}

template <class Analysis>
void saveAgainAs(const ResultReader& reader, const fs::path& to) {
    const auto whole = nlohmann::json::parse(reader.request());
    typename Analysis::Input input;
    readInput(reader, whole.at("input"), input);
    std::vector<std::shared_ptr<const typename Analysis::Result>> results;
    for (std::size_t i = 0; i < reader.modelCount(); ++i) {
        auto result = Analysis::read(reader, i);
        // A model's report does not hold which tokenizer was named; the request does.
        result->model.tokenizerFolder = whole.value("tokenizer", std::string());
        results.push_back(std::move(result));
    }
    const auto d_vocab = static_cast<std::size_t>(results.front()->model.config.d_vocab);
    const auto tokenizer =
        d_vocab == pinnedVocabulary ? Tokenizer::open(pinnedModel, d_vocab) : nullptr;
    saveResults<Analysis>(to, results, input, Analysis::requestOf(reader.request(), reader.path()),
                          tokenizer.get());
}

} // namespace

void saveAgain(const fs::path& from, const fs::path& to) {
    const ResultReader reader(from);
    if (reader.kind() == DlaAnalysis::kind)
        saveAgainAs<DlaAnalysis>(reader, to);
    else if (reader.kind() == PatchAnalysis::kind)
        saveAgainAs<PatchAnalysis>(reader, to);
    else if (reader.kind() == NeuronAnalysis::kind)
        saveAgainAs<NeuronAnalysis>(reader, to);
    else
        throw Error(from.string(), "is of a kind that is not read back");
}

std::string commandOf(const fs::path& result) {
    const ResultReader reader(result);
    if (reader.kind() == DlaAnalysis::kind)
        return DlaAnalysis::command(reader.request(), result);
    if (reader.kind() == PatchAnalysis::kind)
        return PatchAnalysis::command(reader.request(), result);
    return NeuronAnalysis::command(reader.request(), result);
}

std::string sessionAgain(const std::string& text) {
    auto session = parseSession(text, "session");
    const auto again = [&]<class Q>(const Q*) {
        if (session.asks(Q::panel))
            session.ask(Q::panel, session.settings<typename Q::Settings>(Q::panel));
    };
    again(static_cast<const PatchAnalysis*>(nullptr));
    again(static_cast<const NeuronAnalysis*>(nullptr));
    return toText(session);
}

} // namespace residuum::test
