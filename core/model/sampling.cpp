#include "core/model/sampling.h"

#include "core/model/doubles.h"
#include "core/model/philox.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

std::span<const double> numbersOf(const at::Tensor& dense) {
    return {dense.data_ptr<double>(), static_cast<std::size_t>(dense.numel())};
}

double of(std::span<const double> numbers, TokenId token) {
    return numbers[static_cast<std::size_t>(token.value)];
}

std::vector<TokenId> allTokens(std::size_t count) {
    std::vector<TokenId> tokens;
    tokens.reserve(count);
    for (std::size_t id = 0; id < count; ++id)
        tokens.emplace_back(static_cast<std::int64_t>(id));
    return tokens;
}

/// The lowest of those with the highest score.
template <class Score>
TokenId best(const std::vector<TokenId>& tokens, const Score& score) {
    auto chosen = tokens.front();
    double highest = score(chosen);
    for (const auto token : tokens) {
        const double value = score(token);
        if (value > highest || (value == highest && token < chosen)) {
            highest = value;
            chosen = token;
        }
    }
    return chosen;
}

/// The fewest of `tokens` that have topP of their probability.
template <class Earlier>
void keepMostLikely(std::vector<TokenId>& tokens, std::span<const double> logits, double topP,
                    const Earlier& earlier) {
    const double highest = of(logits, best(tokens, [&](TokenId t) { return of(logits, t); }));
    const auto weight = [&](TokenId token) { return std::exp(of(logits, token) - highest); };
    double all = 0.0, sum = 0.0;
    for (const auto token : tokens)
        all += weight(token);
    // Whatever is less likely than this is together less than 1 - topP: few are left to sort.
    const double least = (1.0 - topP) * all / static_cast<double>(tokens.size());
    std::erase_if(tokens, [&](TokenId token) { return weight(token) < least; });
    std::sort(tokens.begin(), tokens.end(), earlier);
    std::size_t kept = 0;
    while (kept < tokens.size() && (kept == 0 || sum < topP * all))
        sum += weight(tokens[kept++]);
    tokens.resize(kept);
}

TokenId mostLikely(std::span<const double> scores) {
    return TokenId(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

TokenId draw(const at::Tensor& logits, const Sampling& sampling, std::int64_t step) {
    if (sampling.temperature == 0.0)
        return mostLikely(numbersOf(logits));
    const auto tempered = logits / sampling.temperature;
    const auto scores = numbersOf(tempered);
    return best(likelyTokens(scores, sampling.topK, sampling.topP), [&](TokenId token) {
        return of(scores, token) + gumbelNoise(sampling.seed, step, token);
    });
}

void requireFinite(std::span<const double> logits, std::int64_t step) {
    bool all = true;
    for (const double logit : logits)
        all &= std::isfinite(logit);
    if (!all)
        throw Error("generation", "the model's logits are not all finite numbers (step " +
                                      std::to_string(step) + "); a wider --dtype may help");
}

} // namespace

double gumbelNoise(std::uint64_t seed, std::int64_t step, TokenId token) {
    const auto at = static_cast<std::uint64_t>(step);
    const auto words =
        philox({static_cast<std::uint32_t>(token.value), 0, static_cast<std::uint32_t>(at),
                static_cast<std::uint32_t>(at >> 32)},
               {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
    // 52 bits, so that neither 0 nor 1 comes of them.
    const auto bits = (std::uint64_t{words[0]} << 20) | (words[1] >> 12);
    const double uniform = (static_cast<double>(bits) + 0.5) * 0x1p-52;
    return -std::log(-std::log(uniform));
}

std::vector<TokenId> likelyTokens(std::span<const double> logits, int topK, double topP) {
    auto tokens = allTokens(logits.size());
    const auto earlier = [&](TokenId a, TokenId b) {
        const double first = of(logits, a), second = of(logits, b);
        return first > second || (first == second && a < b);
    };
    if (const auto k = static_cast<std::size_t>(topK); k > 0 && k < tokens.size()) {
        std::nth_element(tokens.begin(), tokens.begin() + topK, tokens.end(), earlier);
        tokens.resize(k);
    }
    if (topP < 1.0)
        keepMostLikely(tokens, logits, topP, earlier);
    return tokens;
}

ChosenToken chooseToken(const at::Tensor& logits, const Sampling& sampling, std::int64_t step) {
    const at::NoGradGuard noGrad;
    const auto wide = doublesOnCpu(logits).contiguous();
    requireFinite(numbersOf(wide), step);
    const auto relative = wide - wide.max();
    const auto token = draw(relative, sampling, step);
    const auto weights = relative.exp();
    const double sum = weights.sum().item<double>(), logSum = std::log(sum);
    return {token, of(numbersOf(relative), token) - logSum,
            logSum - (weights * relative).sum().item<double>() / sum};
}

} // namespace residuum
