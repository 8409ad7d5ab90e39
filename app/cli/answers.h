// A question asked of several models.
#pragma once

#include "analysis/question/answer.h"
#include "app/cli/opened_models.h"

#include <memory>
#include <string>
#include <vector>

namespace residuum {

template <Question Q>
struct Answers {
    std::vector<std::shared_ptr<const typename Q::Result>> results; ///< in the models' order
    std::vector<std::string> warnings; ///< what could not be kept in the cache
};

/// A question that models answer together, beside what each answers alone.
template <class Q>
concept AnsweredTogether = Question<Q> &&
    requires(ResultCache* cache, const OpenedModels& opened, const typename Q::Input& input,
             const typename Q::Request& request, Job<typename Q::Result>& job,
             std::vector<std::string>& warnings) {
    {
        Q::together(cache, opened.models, input, request, job, warnings)
        } -> std::same_as<std::vector<std::shared_ptr<const typename Q::Result>>>;
};

/// `chooser`: the place of the model whose choice the others follow (`Q::followed`), so that
/// `request` becomes the one that all results are of; -1: each makes its own.
template <Question Q>
Answers<Q> answers(ResultCache* cache, const OpenedModels& opened, const typename Q::Input& input,
                   typename Q::Request& request, Progress& progress,
                   std::int64_t memory = usualMemory, int chooser = -1) {
    Answers<Q> all;
    if constexpr (AnsweredTogether<Q>) {
        Job<typename Q::Result> job(progress);
        job.memory = memory;
        all.results = Q::together(cache, opened.models, input, request, job, all.warnings);
        return all;
    }
    const auto ask = [&](const Model& model) {
        Job<typename Q::Result> job(progress);
        job.memory = memory;
        const auto found = answer<Q>(cache, CacheUse::ReadAndWrite, model, input, request, job);
        if (!found.warning.empty())
            all.warnings.push_back(found.warning);
        return found.result;
    };
    all.results.resize(opened.models.size());
    if constexpr (Follows<Q>)
        if (chooser >= 0) {
            const auto place = static_cast<std::size_t>(chooser);
            auto& chosen = all.results.at(place);
            chosen = ask(*opened.models.at(place));
            request = Q::followed(*chosen, request);
        }
    for (std::size_t i = 0; i < opened.models.size(); ++i)
        if (!all.results[i])
            all.results[i] = ask(*opened.models[i]);
    return all;
}

} // namespace residuum
