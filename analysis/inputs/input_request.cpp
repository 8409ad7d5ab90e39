#include "analysis/inputs/input_request.h"

#include "analysis/inputs/input_command.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

namespace residuum {

namespace {

TokenId endOfTextOf(const Tokenizer* tokenizer) {
    const auto token = tokenizer == nullptr ? std::nullopt : tokenizer->endOfText();
    if (!token)
        throw Error("--bos", "the model's tokenizer has no end-of-text token to prepend");
    return *token;
}

void add(TokenInput& input, std::vector<TokenId> ids, const InputRequest& request,
         const Tokenizer* tokenizer) {
    if (request.prependEndOfText)
        ids.insert(ids.begin(), endOfTextOf(tokenizer));
    input.sequences.push_back({std::move(ids), std::nullopt});
}

} // namespace

PromptInput resolveInput(const InputRequest& request, const Tokenizer* tokenizer,
                         const ModelConfig& config, Progress& progress) {
    const bool direct = !request.prompts.empty() || !request.ids.empty();
    if (request.pairs) {
        if (direct || request.dataset)
            throw UsageError("the input", "pairs of prompts cannot be mixed with --prompt, --ids "
                                          "or --dataset");
        return cleanPrompts(resolvePairs(*request.pairs, tokenizer, config, progress));
    }
    if (direct == request.dataset.has_value())
        throw UsageError("the input", direct ? "--dataset cannot be mixed with --prompt or --ids"
                                             : "give --prompt TEXT, --ids 1,2,3 or --dataset FILE");
    if (request.dataset) {
        auto dataset = *request.dataset;
        dataset.prependEndOfText = request.prependEndOfText;
        auto content = readDataset(dataset, tokenizer, config.n_ctx, config.d_vocab, progress);
        return {request, std::move(content.tokens), std::move(content.account)};
    }
    TokenInput input;
    for (const auto& prompt : request.prompts) {
        if (tokenizer == nullptr)
            throw Error("--prompt",
                        "the model has no tokenizer; give token ids with --ids, or name "
                        "a tokenizer's folder with --tokenizer");
        add(input, tokenizer->encode(prompt), request, tokenizer);
    }
    for (const auto& ids : request.ids)
        add(input, ids, request, tokenizer);
    return {request, std::move(input)};
}

PromptInput cleanPrompts(const PairInput& pairs) {
    PromptInput input;
    input.request.pairs = pairs.request;
    input.account = pairs.account;
    std::size_t several = 0;
    for (std::size_t i = 0; i < pairs.tokens.size(); ++i) {
        auto sequence = pairs.tokens.clean.sequences[i];
        const auto answer = pairs.tokens.answer(i);
        sequence.answers = OwnAnswers{answer.correct, answer.incorrect};
        several += answer.moreCorrect.empty() && answer.moreIncorrect.empty() ? 0 : 1;
        input.tokens.sequences.push_back(std::move(sequence));
    }
    if (several > 0)
        input.account.notes.push_back("where a pair has several answers of a kind the first is "
                                      "meant (" +
                                      std::to_string(several) + " of " +
                                      std::to_string(pairs.tokens.size()) + " pairs)");
    return input;
}

std::vector<std::string> warningsOf(const PromptInput& input) {
    if (input.request.pairs)
        return warningsOf(*input.request.pairs, input.account);
    if (!input.request.dataset)
        return {};
    return warningsOf(input.account, "sequences", input.request.dataset->file.string());
}

nlohmann::ordered_json toJson(const InputRequest& request) {
    nlohmann::ordered_json json;
    if (!request.prompts.empty())
        json["prompts"] = request.prompts;
    for (const auto& ids : request.ids) {
        auto list = nlohmann::ordered_json::array();
        for (const auto id : ids)
            list.push_back(id.value);
        json["ids"].push_back(std::move(list));
    }
    if (request.dataset) {
        const auto& dataset = *request.dataset;
        auto& entry = json["dataset"];
        entry["file"] = absolutePath(dataset.file);
        if (dataset.sequences)
            entry["sequences"] = *dataset.sequences;
        if (dataset.length)
            entry["length"] = *dataset.length;
        if (dataset.seed)
            entry["seed"] = *dataset.seed;
        if (dataset.split)
            entry["split"] = name(*dataset.split);
        if (dataset.tokenWidth)
            entry["token_width"] = *dataset.tokenWidth;
    }
    if (request.pairs)
        json["pairs"] = toJson(*request.pairs);
    json["bos"] = request.prependEndOfText;
    return json;
}

nlohmann::ordered_json toJson(const PromptInput& input) {
    auto json = toJson(input.request);
    if (!input.account.sha256.empty())
        json[input.request.pairs ? "pairs" : "dataset"]["sha256"] = input.account.sha256;
    return json;
}

InputRequest inputRequestFromJson(const nlohmann::json& json, const std::filesystem::path& file) {
    try {
        InputRequest request;
        request.prependEndOfText = json.value("bos", false);
        if (json.contains("prompts"))
            request.prompts = json["prompts"].get<std::vector<std::string>>();
        if (json.contains("ids")) {
            for (const auto& list : json["ids"]) {
                auto& ids = request.ids.emplace_back();
                for (const auto id : list.get<std::vector<std::int32_t>>())
                    ids.emplace_back(id);
            }
        }
        if (json.contains("dataset")) {
            const auto& entry = json["dataset"];
            auto& dataset = request.dataset.emplace();
            dataset.file = entry.at("file").get<std::string>();
            if (entry.contains("sequences"))
                dataset.sequences = entry["sequences"].get<int>();
            if (entry.contains("length"))
                dataset.length = entry["length"].get<int>();
            if (entry.contains("seed"))
                dataset.seed = entry["seed"].get<std::uint64_t>();
            if (entry.contains("split"))
                dataset.split = parseTextSplit(entry["split"].get<std::string>(), file.string());
            if (entry.contains("token_width"))
                dataset.tokenWidth = entry["token_width"].get<int>();
        }
        if (json.contains("pairs"))
            request.pairs = pairRequestFromJson(json["pairs"], file);
        return request;
    } catch (const nlohmann::json::exception& error) {
        throw Error(file.string(),
                    "its input is not one of prompts, ids or a dataset: " + jsonProblem(error));
    }
}

} // namespace residuum
