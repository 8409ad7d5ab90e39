#include "analysis/prompts/input_request.h"

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

TokenInput resolveInput(const InputRequest& request, const Tokenizer* tokenizer,
                        const ModelConfig& config, Progress& progress) {
    const bool direct = !request.prompts.empty() || !request.ids.empty();
    if (direct == request.dataset.has_value())
        throw UsageError("the input", direct ? "--dataset cannot be mixed with --prompt or --ids"
                                             : "give --prompt TEXT, --ids 1,2,3 or --dataset FILE");
    if (request.dataset) {
        auto dataset = *request.dataset;
        dataset.prependEndOfText = request.prependEndOfText;
        return readDataset(dataset, tokenizer, config.n_ctx, config.d_vocab, progress);
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
    return input;
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
        entry["file"] = dataset.file.string();
        if (dataset.sequences)
            entry["sequences"] = *dataset.sequences;
        if (dataset.length)
            entry["length"] = *dataset.length;
        if (dataset.seed)
            entry["seed"] = *dataset.seed;
    }
    json["bos"] = request.prependEndOfText;
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
        }
        return request;
    } catch (const nlohmann::json::exception& error) {
        throw Error(file.string(),
                    "its input is not one of prompts, ids or a dataset: " + jsonProblem(error));
    }
}

} // namespace residuum
