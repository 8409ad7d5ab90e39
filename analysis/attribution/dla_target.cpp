#include "analysis/attribution/dla_target.h"

#include "core/model/doubles.h"
#include "core/model/row_index.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace residuum {

namespace {

std::optional<TokenId> followingToken(const TokenInput& input, const AttributionRow& row) {
    const auto& sequence = input.sequences[static_cast<std::size_t>(row.sample)];
    const auto next = static_cast<std::size_t>(row.position.value) + 1;
    return next < sequence.tokens.size() ? std::optional(sequence.tokens[next])
                                         : sequence.following;
}

OwnAnswers ownAnswers(const TokenInput& input, const AttributionRow& row) {
    return *input.sequences[static_cast<std::size_t>(row.sample)].answers;
}

/// The target where the text fixes it; empty where the model's own top prediction is meant.
std::optional<TokenId> givenTarget(const TokenInput& input, const AttributionRow& row,
                                   const DlaRequest& request) {
    switch (request.target.rule) {
    case TargetRule::Next:
    case TargetRule::NextOrArgmax:
        return followingToken(input, row);
    case TargetRule::Last:
        return input.sequences[static_cast<std::size_t>(row.sample)]
            .tokens[static_cast<std::size_t>(row.position.value)];
    case TargetRule::Argmax:
        return std::nullopt;
    case TargetRule::Token:
        return request.target.token;
    case TargetRule::Correct:
        return ownAnswers(input, row).correct;
    }
    return std::nullopt;
}

/// The places in the unembedding of what the targets are compared with.
std::vector<std::int64_t> comparedIds(const std::vector<AttributionRow>& rows,
                                      const DlaRequest& request) {
    std::vector<std::int64_t> ids;
    for (const auto& row : rows)
        ids.push_back((row.versus ? *row.versus : *request.versus).value);
    return ids;
}

bool compares(const DlaRequest& request) {
    return request.versus || request.target.rule == TargetRule::Correct;
}

void requireToken(TokenId token, const std::string& option, int d_vocab) {
    if (token.value < 0 || token.value >= d_vocab)
        throw Error(option + " #" + std::to_string(token.value),
                    "is outside the vocabulary of " + std::to_string(d_vocab) + " tokens (0 to " +
                        std::to_string(d_vocab - 1) + ")");
}

/// The rows' targets as an index where `like` lies.
at::Tensor column(const std::vector<AttributionRow>& rows, const at::Tensor& like) {
    std::vector<std::int64_t> ids;
    for (const auto& row : rows)
        ids.push_back(row.target.value);
    return rowIndex(ids, like);
}

/// normaliser: log Σ exp of every row's logits, [R, 1].
void readPredictions(std::vector<AttributionRow>& rows, const at::Tensor& logits,
                     const at::Tensor& normaliser, int count) {
    const auto wanted = std::min<std::int64_t>(count, logits.size(1));
    const auto [values, ids] = at::topk(logits, wanted, -1);
    const auto logit = doublesOnCpu(values).contiguous();
    const auto probability = at::exp(logit - doublesOnCpu(normaliser)).contiguous();
    const auto token = ids.cpu().contiguous();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::int64_t k = 0; k < wanted; ++k) {
            const auto at = static_cast<std::int64_t>(i) * wanted + k;
            rows[i].predictions.push_back({TokenId(token.data_ptr<std::int64_t>()[at]),
                                           probability.data_ptr<double>()[at],
                                           logit.data_ptr<double>()[at]});
        }
    }
}

std::vector<double> toDoubles(const at::Tensor& t) {
    const auto dense = doublesOnCpu(t).contiguous();
    return {dense.data_ptr<double>(), dense.data_ptr<double>() + dense.numel()};
}

} // namespace

void requireTargets(const TokenInput& input, const std::vector<AttributionRow>& rows,
                    const DlaRequest& request, int d_vocab) {
    if (request.versus)
        requireToken(*request.versus, "--versus", d_vocab);
    if (request.target.rule == TargetRule::Token) {
        if (!request.target.token)
            throw UsageError("--target", "a token is expected");
        requireToken(*request.target.token, "--target", d_vocab);
        if (request.versus == request.target.token)
            throw Error("--versus #" + std::to_string(request.versus->value),
                        "is the target itself, their logit difference is always zero; choose "
                        "another token");
    }
    if (request.target.rule == TargetRule::Correct) {
        for (const auto& sequence : input.sequences)
            if (!sequence.answers)
                throw UsageError("--target correct",
                                 "goes with pairs of prompts, which have "
                                 "answers: --prompts FILE.jsonl or --task NAME");
        if (request.versus)
            throw UsageError("--versus", "does not go with --target correct, which is compared "
                                         "with each prompt's own incorrect answer");
    }
    for (const auto& row : rows) {
        if (request.target.rule == TargetRule::Next && !followingToken(input, row))
            throw Error("--target next", "sequence " + std::to_string(row.sample) +
                                             " has no token after position " +
                                             std::to_string(row.position.value) +
                                             "; choose an earlier --position or --target argmax");
    }
}

void readLogits(std::vector<AttributionRow>& rows, const TokenInput& input,
                const DlaRequest& request, const at::Tensor& logits) {
    const auto means = toDoubles(logits.mean(-1));
    const auto likeliest = logits.argmax(-1).cpu(); // of all rows in one transfer
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].logitMean = means[i];
        const auto given = givenTarget(input, rows[i], request);
        rows[i].target = given ? *given : TokenId(likeliest.data_ptr<std::int64_t>()[i]);
        if (request.target.rule == TargetRule::Correct)
            rows[i].versus = ownAnswers(input, rows[i]).incorrect;
    }
    const auto targets = column(rows, logits).unsqueeze(1);
    const auto targetLogits = logits.gather(1, targets);
    const auto normaliser = at::logsumexp(logits, {-1}, /*keepdim=*/true);
    const auto values = toDoubles(targetLogits), normalisers = toDoubles(normaliser),
               above = toDoubles((logits > targetLogits).sum(-1));
    const auto versus = [&] {
        return logits.gather(1, rowIndex(comparedIds(rows, request), logits).unsqueeze(1));
    };
    const auto baseline =
        compares(request) ? toDoubles(versus())
                          : (request.centerUnembed ? means : std::vector<double>(rows.size(), 0.0));
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i].logit = values[i] - baseline[i];
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].targetProbability = std::exp(values[i] - normalisers[i]);
        rows[i].targetRank = 1 + static_cast<int>(above[i]);
    }
    if (request.topPredictions > 0)
        readPredictions(rows, logits, normaliser, request.topPredictions);
}

TargetDirection targetDirection(std::vector<AttributionRow>& rows, const DlaRequest& request,
                                const Weights& weights) {
    const bool shared = std::all_of(rows.begin(), rows.end(), [&](const AttributionRow& row) {
        return row.target == rows.front().target && row.versus == rows.front().versus;
    });
    auto ids = column(rows, weights.W_U_rows);
    if (shared)
        ids = ids.narrow(0, 0, 1);
    TargetDirection direction;
    direction.column = inDouble(weights.W_U_rows.index_select(0, ids));
    if (compares(request)) {
        auto versus = rowIndex(comparedIds(rows, request), weights.W_U_rows);
        if (shared)
            versus = versus.narrow(0, 0, 1);
        direction.column = direction.column - inDouble(weights.W_U_rows.index_select(0, versus));
    } else if (request.centerUnembed)
        direction.column = direction.column - weights.derived.get(weights).unembedMean;
    direction.unembedBias = at::mv(direction.column, inDouble(weights.ln_f.bias));

    const auto biases = toDoubles(direction.unembedBias);
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i].unembedBias = biases[shared ? 0 : i];
    return direction;
}

} // namespace residuum
