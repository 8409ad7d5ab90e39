// A question asked of several models, from the room that it takes to the file.
#pragma once

#include "app/cli/answers.h"
#include "app/cli/console.h"
#include "app/cli/result_size.h"
#include "core/store/atomic_file.h"

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace residuum {

/// How answers are computed and said.
struct Answering {
    std::int64_t memory = usualMemory;
    std::string memoryText{}; ///< as it was asked for
    int chooser = -1;         ///< see `answers`
    bool quiet = false;
};

/// That a computation takes more than --memory allows, as it must.
std::string memoryWarning(const Model& model, const Cost& cost, const std::string& memory);

/// Refuses what does not fit the disk or the memory.
template <Question Q>
void checkRoom(const std::string& target, const OpenedModels& opened,
               const typename Q::Input& input, const typename Q::Request& request, bool quiet) {
    { const AtomicFile refusedBeforeComputing(target); }
    std::uint64_t bytes = 0;
    for (const auto& info : opened.infos())
        bytes += Q::bytes(info, input, request);
    checkSize(bytes, target, Q::less, quiet);
    checkMemory(heldBytes(bytes, opened.infos().front()), "the result", Q::less, quiet);
}

/// Announces what the models' computations take; returns warnings.
template <Question Q>
std::vector<std::string> announceCosts([[maybe_unused]] const OpenedModels& opened,
                                       [[maybe_unused]] const typename Q::Input& input,
                                       [[maybe_unused]] const typename Q::Request& request,
                                       [[maybe_unused]] const Answering& how) {
    std::vector<std::string> warnings;
    if constexpr (Costs<Q>)
        for (const auto& model : opened.models) {
            const Cost cost = Q::cost(*model, input, request, how.memory);
            if (!cost.text.empty() && !how.quiet)
                std::printf("%s: %s\n", model->info().name.c_str(), cost.text.c_str());
            if (cost.bytes > how.memory && !how.memoryText.empty())
                warnings.push_back(memoryWarning(*model, cost, how.memoryText));
        }
    return warnings;
}

/// Asks all models and writes their results into `target` (empty: into none); of `request` see
/// `answers`. All warnings
/// are in what it returns. Throws Error.
template <Question Q>
Answers<Q> answersInto(const std::string& target, const OpenedModels& opened, ResultCache* cache,
                       const typename Q::Input& input, typename Q::Request& request,
                       Progress& progress, const Answering& how) {
    if (!target.empty())
        checkRoom<Q>(target, opened, input, request, how.quiet);
    auto warnings = announceCosts<Q>(opened, input, request, how);
    auto found = answers<Q>(cache, opened, input, request, progress, how.memory, how.chooser);
    warnings = joined(std::move(warnings), found.warnings);
    for (const auto& result : found.results)
        warnings = joined(std::move(warnings), Q::warnings(*result, input));
    found.warnings = std::move(warnings);
    if (!target.empty())
        saveResults<Q>(target, found.results, input, request, opened.tokenizer());
    clearProgressLine(how.quiet);
    return found;
}

} // namespace residuum
