#include "analysis/comparison/token_lists.h"

#include "analysis/comparison/token_means.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace residuum {

std::vector<TokenPlace> largestScored(const std::vector<double>& values,
                                      const std::vector<int>& lengths, std::size_t count) {
    std::vector<TokenPlace> places;
    std::size_t token = 0;
    for (std::size_t s = 0; s < lengths.size(); ++s)
        for (int p = 0; p < lengths[s]; ++p, ++token)
            if (p + 1 < lengths[s] && !std::isnan(values[token]))
                places.push_back({token, static_cast<int>(s), p});
    const auto end = places.begin() + static_cast<std::ptrdiff_t>(std::min(count, places.size()));
    std::partial_sort(places.begin(), end, places.end(), [&](const auto& a, const auto& b) {
        return values[a.token] != values[b.token] ? values[a.token] > values[b.token]
                                                  : a.token < b.token;
    });
    places.erase(end, places.end());
    return places;
}

std::string contextText(const ComparisonResult& result, const TokenPlace& place, int before) {
    const int shown = std::min(before, place.position);
    std::string text = shown < place.position ? "…" : "";
    for (auto token = place.token - static_cast<std::size_t>(shown); token <= place.token; ++token)
        text += result.textOf(token);
    return text;
}

std::vector<BeforeHighLoss> beforeHighLosses(const ComparisonResult& result) {
    std::map<int, BeforeHighLoss> byToken;
    forEachScored(result.lengths, [&](std::size_t token, int) {
        const int id = result.tokens[token];
        auto& there = byToken.try_emplace(id, BeforeHighLoss{id}).first->second;
        there.high += result.loss[token] > highLoss ? 1.0 : 0.0;
        there.scored += 1.0;
    });
    std::vector<BeforeHighLoss> found;
    for (const auto& [id, each] : byToken)
        if (each.high > 0.0)
            found.push_back(each);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.high > b.high; });
    return found;
}

} // namespace residuum
