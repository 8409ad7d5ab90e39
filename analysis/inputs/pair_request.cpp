#include "analysis/inputs/pair_request.h"

#include "analysis/inputs/answer_token.h"
#include "analysis/inputs/input_command.h"
#include "analysis/inputs/pair_checks.h"
#include "analysis/inputs/pair_file.h"
#include "analysis/inputs/pair_tasks.h"
#include "analysis/inputs/spacing_hint.h"
#include "core/json/strict_json.h"
#include "core/store/atomic_file.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <optional>

namespace residuum {

namespace {

namespace fs = std::filesystem;

/// A generator whose pairs are nearly all unusable is given up after this many per pair asked for.
constexpr int attemptsPerPair = 50;

/// More names than these are left out.
constexpr std::size_t mostRoles = 64;

PairRoles together(const std::vector<std::vector<RolePosition>>& pairs) {
    PairRoles roles;
    const auto placeOf = [&](const std::string& name) {
        return static_cast<std::size_t>(std::find(roles.names.begin(), roles.names.end(), name) -
                                        roles.names.begin());
    };
    for (const auto& pair : pairs)
        for (const auto& role : pair)
            if (roles.names.size() < mostRoles && placeOf(role.name) == roles.names.size())
                roles.names.push_back(role.name);
    if (roles.names.empty())
        return roles;
    for (const auto& pair : pairs) {
        auto& positions = roles.positions.emplace_back(roles.names.size(), -1);
        for (const auto& role : pair)
            if (const auto place = placeOf(role.name); place < positions.size())
                positions[place] = role.position;
    }
    return roles;
}

class PairResolver {
  public:
    PairResolver(const PairRequest& request, const Tokenizer* tokenizer, const ModelConfig& config,
                 bool twoAnswers)
        : tokenizer_(tokenizer), config_(config), twoAnswers_(twoAnswers) {
        input_.request = request;
        if (request.prependEndOfText) {
            endOfText_ = tokenizer == nullptr ? std::nullopt : tokenizer->endOfText();
            if (!endOfText_)
                throw Error("--bos", "the model's tokenizer has no end-of-text token to prepend");
        }
    }

    /// Throws Error where the pair cannot be used. `subject`: names it.
    void add(const PromptPair& pair, const std::string& subject) {
        const auto clean = tokensOf(pair.clean, pair.cleanIds, "the clean prompt");
        const auto corrupt = tokensOf(pair.corrupt, pair.corruptIds, "the corrupted prompt");
        const auto token = [&](const std::string& text, const std::string& which) {
            return parseToken(text, "the " + which + " answer", tokenizer_, config_.d_vocab);
        };
        AnswerTokens answers{token(pair.correct, "correct"), token(pair.incorrect, "incorrect")};
        for (const auto& text : pair.moreCorrect)
            answers.moreCorrect.push_back(token(text, "correct"));
        for (const auto& text : pair.moreIncorrect)
            answers.moreIncorrect.push_back(token(text, "incorrect"));
        if (const auto problem = pairProblem(clean, corrupt, answers, config_, twoAnswers_))
            throw Error(subject, *problem);
        input_.tokens.add(clean, corrupt, answers);
        roles_.push_back(positionsOf(pair.roles, clean));
    }

    /// Leaves the pair out where it cannot be used. `line`: as InputAccount::sourceLines.
    bool tryAdd(const PairRecord& record) {
        try {
            if (!record.problem.empty())
                throw Error("the pair", record.problem);
            add(record.pair, "the pair");
        } catch (const Error& error) {
            input_.account.leftOut.push_back({record.line, error.what()});
            return false;
        }
        input_.account.sourceLines.push_back(record.line);
        return true;
    }

    /// Notes where spaces between prompts and answers look wrong.
    void hint(const PromptPair& pair, const std::string& subject) {
        if (tokenizer_ == nullptr || pair.byIds())
            return;
        for (const auto* prompt : {&pair.clean, &pair.corrupt})
            for (const auto* answer : {&pair.correct, &pair.incorrect})
                if (const auto hint = spacingHint(*prompt, *answer, *tokenizer_)) {
                    if (hints_++ == 0)
                        hint_ = subject + ": " + *hint;
                    return;
                }
    }

    /// `place`: what the numbers of records count.
    PairInput take(const std::string& subject, const std::string& place = "line") {
        const auto& leftOut = input_.account.leftOut;
        if (input_.tokens.size() == 0)
            throw Error(subject, leftOut.empty()
                                     ? "holds no pair of prompts"
                                     : "has no pair that this model's tokenizer can use; of " +
                                           std::to_string(leftOut.size()) + ", the first (" +
                                           place + " " + std::to_string(leftOut.front().line) +
                                           "): " + leftOut.front().reason);
        if (hints_ > 0)
            input_.account.notes.push_back(
                hint_ + (hints_ == 1 ? std::string()
                                     : " (and so in " + std::to_string(hints_ - 1) + " further " +
                                           (hints_ == 2 ? "pair)" : "pairs)")));
        input_.tokens.roles = together(roles_);
        return std::move(input_);
    }

    void setSha256(const std::string& sha256) { input_.account.sha256 = sha256; }

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

    /// Roles are of texts, so there is a tokenizer.
    std::vector<RolePosition> positionsOf(const std::vector<PromptRole>& roles,
                                          const TokenSequence& clean) const {
        std::vector<RolePosition> positions;
        for (const auto& role : roles) {
            std::size_t end = 0;
            for (std::size_t t = endOfText_ ? 1 : 0; t < clean.tokens.size(); ++t) {
                const auto begin = end;
                end += tokenizer_->bytes(clean.tokens[t]).size();
                if (begin <= role.at && role.at < end)
                    positions.push_back({role.name, static_cast<int>(t)});
            }
        }
        return positions;
    }

    const Tokenizer* tokenizer_;
    const ModelConfig& config_;
    bool twoAnswers_;
    std::optional<TokenId> endOfText_;
    std::size_t hints_ = 0;
    std::string hint_;                             ///< the first
    std::vector<std::vector<RolePosition>> roles_; ///< of each pair
    PairInput input_;
};

nlohmann::ordered_json idsJson(const std::vector<TokenId>& ids) {
    auto json = nlohmann::ordered_json::array();
    for (const auto id : ids)
        json.push_back(id.value);
    return json;
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
    const auto side = [](const std::string& first, const std::vector<std::string>& more) {
        if (more.empty())
            return nlohmann::ordered_json(first);
        auto answers = nlohmann::ordered_json::array({first});
        for (const auto& answer : more)
            answers.push_back(answer);
        return answers;
    };
    for (const auto& role : pair.roles)
        json["role_ends"][role.name] = role.at;
    json["correct"] = side(pair.correct, pair.moreCorrect);
    json["incorrect"] = side(pair.incorrect, pair.moreIncorrect);
    return json;
}

} // namespace

PairInput resolvePairs(const PairRequest& request, const Tokenizer* tokenizer,
                       const ModelConfig& config, Progress& progress, bool twoAnswers) {
    const int given =
        !request.pairs.empty() + request.file.has_value() + request.generated.has_value();
    if (given != 1)
        throw UsageError("the pairs", "give --clean TEXT and --corrupt TEXT, --clean-ids and "
                                      "--corrupt-ids, --prompts FILE.jsonl or --task NAME, one of "
                                      "them");
    PairResolver resolver(request, tokenizer, config, twoAnswers);
    if (!request.pairs.empty()) {
        for (std::size_t i = 0; i < request.pairs.size(); ++i) {
            const auto subject = request.pairs.size() == 1 ? std::string("the pair of prompts")
                                                           : "pair " + std::to_string(i + 1);
            resolver.add(request.pairs[i], subject);
            resolver.hint(request.pairs[i], subject);
        }
        return resolver.take("the pairs");
    }
    if (request.file) {
        const auto file = readPairFile(*request.file);
        resolver.setSha256(file.sha256);
        for (const auto& record : file.records) {
            progress.check();
            if (resolver.tryAdd(record))
                resolver.hint(record.pair,
                              request.file->string() + " line " + std::to_string(record.line));
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
        accepted += resolver.tryAdd({attempt + 1, next(), {}});
    }
    return resolver.take("--task " + asked.task, "draw");
}

std::vector<std::string> warningsOf(const PairInput& input) {
    return warningsOf(input.request, input.account);
}

std::vector<std::string> warningsOf(const PairRequest& request, const InputAccount& account) {
    return warningsOf(account, "pairs",
                      request.file        ? request.file->string()
                      : request.generated ? "--task " + request.generated->task
                                          : "the pairs",
                      request.generated ? "draw" : "line");
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
        json["file"] = absolutePath(*request.file);
    if (request.generated)
        json["generated"] = {{"task", request.generated->task},
                             {"count", request.generated->count},
                             {"seed", request.generated->seed}};
    json["bos"] = request.prependEndOfText;
    return json;
}

nlohmann::ordered_json toJson(const PairInput& input) {
    auto json = toJson(input.request);
    if (!input.account.sha256.empty())
        json["sha256"] = input.account.sha256;
    return json;
}

PairRequest pairRequestFromJson(const nlohmann::json& json, const fs::path& file) {
    try {
        PairRequest request;
        request.prependEndOfText = json.value("bos", false);
        if (json.contains("pairs"))
            for (const auto& pair : json.at("pairs"))
                request.pairs.push_back(pairOfObject(pair, file.string()));
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
