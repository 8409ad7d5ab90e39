#include "app/cli/session_results.h"

#include "analysis/attribution/dla_analysis.h"

namespace residuum {

namespace {

void writeAttribution(const Session& session, const OpenedModels& opened, ResultCache* cache,
                      Progress& progress, const std::filesystem::path& target) {
    const auto input = promptInput(session.prompt, opened.tokenizer());
    const auto request = attributionRequest(session.target, session.versus);
    std::vector<std::shared_ptr<const DlaResult>> results;
    for (const auto& model : opened.models)
        results.push_back(
            answer<DlaAnalysis>(cache, CacheUse::ReadAndWrite, *model, input, request, progress)
                .result);
    saveResults<DlaAnalysis>(target, results, input, request, opened.tokenizer());
}

} // namespace

std::vector<SessionResult> sessionResults() {
    return {{"attribution", "dla", writeAttribution}};
}

} // namespace residuum
