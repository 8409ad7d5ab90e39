#include "analysis/prompts/pair_request.h"

#include "analysis/prompts/answer_token.h"
#include "analysis/prompts/input_command.h"
#include "analysis/prompts/pair_tasks.h"
#include "core/json/strict_json.h"
#include "core/store/atomic_file.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <fstream>

namespace residuum {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largestLine = 16 << 20;
/// A generator whose pairs are nearly all unusable is given up after this many per pair asked for.
constexpr int attemptsPerPair = 50;

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

class PairResolver {
  public:
    PairResolver(const PairRequest& request, const Tokenizer* tokenizer, const ModelConfig& config)
        : tokenizer_(tokenizer), config_(config) {
        input_.request = request;
        if (request.prependEndOfText) {
            endOfText_ = tokenizer == nullptr ? std::nullopt : tokenizer->endOfText();
            if (!endOfText_)
                throw Error("--bos", "the model's tokenizer has no end-of-text token to prepend");
        }
    }

    /// Throws Error where the pair cannot be used.
    void add(const PromptPair& pair) {
        const auto clean = tokensOf(pair.clean, pair.cleanIds, "the clean prompt");
        const auto corrupt = tokensOf(pair.corrupt, pair.corruptIds, "the corrupted prompt");
        if (clean.tokens.size() != corrupt.tokens.size())
            throw Error("the pair of prompts",
                        "the clean prompt has " + counted(clean.tokens.size(), "token") +
                            ", the corrupted one " + std::to_string(corrupt.tokens.size()) +
                            "; patching needs as many in both, token under token");
        const AnswerTokens answer{
            parseToken(pair.correct, "the correct answer", tokenizer_, config_.d_vocab),
            parseToken(pair.incorrect, "the incorrect answer", tokenizer_, config_.d_vocab)};
        input_.tokens.add(clean, corrupt, answer);
    }

    /// Counts the pair where it cannot be used.
    bool tryAdd(const PromptPair& pair) {
        try {
            add(pair);
            return true;
        } catch (const Error& error) {
            if (input_.rejected.count++ == 0)
                input_.rejected.example =
                    (pair.byIds() ? std::string() : quoted(pair.clean) + ": ") + error.what();
            return false;
        }
    }

    PairInput take(const std::string& subject) {
        if (input_.tokens.size() == 0)
            throw Error(subject, input_.rejected.count == 0
                                     ? "holds no pair of prompts"
                                     : "has no pair that this model's tokenizer can use; of " +
                                           std::to_string(input_.rejected.count) +
                                           ", the first: " + input_.rejected.example);
        return std::move(input_);
    }

  private:
    TokenSequence tokensOf(const std::string& text, const std::vector<TokenId>& ids,
                           const std::string& subject) const {
        TokenSequence sequence;
        if (endOfText_)
            sequence.tokens.push_back(*endOfText_);
        if (ids.empty() && tokenizer_ == nullptr)
            throw Error(subject, "the model has no tokenizer; give token ids, or name a "
                                 "tokenizer's folder with --tokenizer");
        const auto own = ids.empty() ? tokenizer_->encode(text) : ids;
        if (own.empty())
            throw Error(subject, "is empty; at least one token is needed");
        sequence.tokens.insert(sequence.tokens.end(), own.begin(), own.end());
        return sequence;
    }

    const Tokenizer* tokenizer_;
    const ModelConfig& config_;
    std::optional<TokenId> endOfText_;
    PairInput input_;
};

std::vector<TokenId> idsFrom(const nlohmann::json& json) {
    std::vector<TokenId> ids;
    for (const auto& id : json)
        ids.emplace_back(id.get<std::int32_t>());
    return ids;
}

nlohmann::ordered_json idsJson(const std::vector<TokenId>& ids) {
    auto json = nlohmann::ordered_json::array();
    for (const auto id : ids)
        json.push_back(id.value);
    return json;
}

/// Throws nlohmann's exceptions.
PromptPair pairFrom(const nlohmann::json& json) {
    PromptPair pair;
    if (json.contains("clean_ids")) {
        pair.cleanIds = idsFrom(json.at("clean_ids"));
        pair.corruptIds = idsFrom(json.at("corrupt_ids"));
    } else {
        pair.clean = json.at("clean").get<std::string>();
        pair.corrupt = json.at("corrupt").get<std::string>();
    }
    const auto answer = [&](const char* key) {
        const auto& value = json.at(key);
        return value.is_number_integer() ? "#" + std::to_string(value.get<std::int32_t>())
                                         : value.get<std::string>();
    };
    pair.correct = answer("correct");
    pair.incorrect = answer("incorrect");
    return pair;
}

nlohmann::ordered_json toJson(const PromptPair& pair) {
    nlohmann::ordered_json json;
    if (pair.byIds()) {
        json["clean_ids"] = idsJson(pair.cleanIds);
        json["corrupt_ids"] = idsJson(pair.corruptIds);
    } else {
        json["clean"] = pair.clean;
        json["corrupt"] = pair.corrupt;
    }
    json["correct"] = pair.correct;
    json["incorrect"] = pair.incorrect;
    return json;
}

} // namespace

PairInput resolvePairs(const PairRequest& request, const Tokenizer* tokenizer,
                       const ModelConfig& config, Progress& progress) {
    const int given =
        !request.pairs.empty() + request.file.has_value() + request.generated.has_value();
    if (given != 1)
        throw UsageError("the pairs", "give --clean TEXT and --corrupt TEXT, --clean-ids and "
                                      "--corrupt-ids, --prompts FILE.jsonl or --task NAME, one of "
                                      "them");
    PairResolver resolver(request, tokenizer, config);
    if (!request.pairs.empty()) {
        for (const auto& pair : request.pairs)
            resolver.add(pair);
        return resolver.take("the pairs");
    }
    if (request.file) {
        for (const auto& pair : readPairs(*request.file)) {
            progress.check();
            resolver.tryAdd(pair);
        }
        return resolver.take(request.file->string());
    }
    const auto& asked = *request.generated;
    if (asked.count < 1 || asked.count > 100'000)
        throw UsageError("--pairs " + std::to_string(asked.count),
                         "is out of range; 1 to 100000 are possible");
    const auto next = pairGenerator(asked.task, asked.seed);
    int accepted = 0;
    for (int attempt = 0; accepted < asked.count && attempt < attemptsPerPair * asked.count;
         ++attempt) {
        progress.check();
        accepted += resolver.tryAdd(next());
    }
    return resolver.take("--task " + asked.task);
}

std::vector<PromptPair> readPairs(const fs::path& file) {
    std::ifstream in(file);
    if (!in)
        throw Error(file.string(), "cannot be opened; a JSONL file of prompt pairs is expected");
    std::vector<PromptPair> pairs;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos)
            continue;
        const auto where = file.string() + " line " + std::to_string(number);
        if (line.size() > largestLine)
            throw Error(where, "is longer than 16 MB; one pair of prompts per line is expected");
        try {
            pairs.push_back(pairFrom(parseStrictJson(where, line)));
        } catch (const nlohmann::json::exception& error) {
            throw Error(where, "is no pair; an object with clean and corrupt (texts) "
                               "or clean_ids and corrupt_ids, and correct and "
                               "incorrect is expected: " +
                                   jsonProblem(error));
        }
    }
    if (in.bad())
        throw Error(file.string(), "cannot be read to its end");
    return pairs;
}

void writePairs(const fs::path& file, const std::vector<PromptPair>& pairs) {
    std::string text;
    for (const auto& pair : pairs)
        text += jsonLine(toJson(pair)) + "\n";
    writeAtomically(file, text);
}

nlohmann::ordered_json toJson(const PairRequest& request) {
    nlohmann::ordered_json json;
    for (const auto& pair : request.pairs)
        json["pairs"].push_back(toJson(pair));
    if (request.file)
        json["file"] = request.file->string();
    if (request.generated)
        json["generated"] = {{"task", request.generated->task},
                             {"count", request.generated->count},
                             {"seed", request.generated->seed}};
    json["bos"] = request.prependEndOfText;
    return json;
}

PairRequest pairRequestFromJson(const nlohmann::json& json, const fs::path& file) {
    try {
        PairRequest request;
        request.prependEndOfText = json.value("bos", false);
        if (json.contains("pairs"))
            for (const auto& pair : json.at("pairs"))
                request.pairs.push_back(pairFrom(pair));
        if (json.contains("file"))
            request.file = json.at("file").get<std::string>();
        if (json.contains("generated")) {
            const auto& generated = json.at("generated");
            request.generated = GeneratedPairs{generated.at("task").get<std::string>(),
                                               generated.at("count").get<int>(),
                                               generated.at("seed").get<std::uint64_t>()};
        }
        return request;
    } catch (const nlohmann::json::exception& error) {
        throw Error(file.string(), "its input is not pairs of prompts: " + jsonProblem(error));
    }
}

std::string pairArguments(const PairRequest& request) {
    std::string arguments;
    const auto list = [](const std::vector<TokenId>& ids) {
        std::string text;
        for (const auto id : ids)
            text += (text.empty() ? "" : ",") + std::to_string(id.value);
        return text;
    };
    for (const auto& pair : request.pairs) {
        if (pair.byIds())
            arguments +=
                " --clean-ids " + list(pair.cleanIds) + " --corrupt-ids " + list(pair.corruptIds);
        else // "=": a text may begin with a dash
            arguments +=
                " --clean=" + shellQuoted(pair.clean) + " --corrupt=" + shellQuoted(pair.corrupt);
        arguments += " --correct=" + shellQuoted(pair.correct) +
                     " --incorrect=" + shellQuoted(pair.incorrect);
    }
    if (request.file)
        arguments += " --prompts " + shellQuoted(request.file->string());
    if (request.generated)
        arguments += " --task " + shellQuoted(request.generated->task) + " --pairs " +
                     std::to_string(request.generated->count) + " --seed " +
                     std::to_string(request.generated->seed);
    return arguments + (request.prependEndOfText ? " --bos" : "");
}

} // namespace residuum
