#include "analysis/patching/patch_answer.h"

#include "core/json/strict_json.h"

#include <algorithm>
#include <limits>

namespace residuum {

namespace {

/// The place of a sweep that was broken off: the same question, marked.
ResultOrigin begunOrigin(const Model& model, const PairInput& input, const PatchRequest& request) {
    auto origin = originOf<PatchAnalysis>({model.info()}, input, request);
    auto settings = nlohmann::ordered_json::parse(origin.settings);
    settings["partial"] = true;
    origin.settings = jsonLine(settings);
    return origin;
}

std::shared_ptr<const PatchResult> readBegun(const ResultCache& cache, const std::string& key) {
    std::shared_ptr<const PatchResult> begun;
    readCached(cache, key,
               [&](const ResultReader& reader) { begun = PatchAnalysis::read(reader, 0); });
    return begun;
}

/// Worth keeping: some exact cells are there. Estimates alone are quicker made than read.
bool hasExactCells(const PatchResult& result) {
    return std::any_of(result.grids.begin(), result.grids.end(), [](const PatchGrid& grid) {
        return grid.method == PatchMethod::Exact && !grid.values.isNaN().all();
    });
}

/// A file holds every grid of its request; what is missing yet is NaN.
PatchResult withEveryGrid(PatchResult result) {
    const auto shapes = result.grids;
    std::vector<PatchGrid> grids;
    for (const auto method : {PatchMethod::Attribution, PatchMethod::AtpStar,
                              PatchMethod::IntegratedGradients, PatchMethod::Exact})
        if (result.request.asks(method))
            for (const auto site : result.request.sites) {
                if (const auto* there = result.find(method, site)) {
                    grids.push_back(*there);
                    continue;
                }
                auto grid = *std::find_if(shapes.begin(), shapes.end(),
                                          [&](const auto& each) { return each.site == site; });
                grid.method = method;
                grid.values.setConstant(std::numeric_limits<double>::quiet_NaN());
                grids.push_back(std::move(grid));
            }
    result.grids = std::move(grids);
    return result;
}

} // namespace

Answer<PatchResult> answerPatch(ResultCache* cache, CacheUse use, const Model& model,
                                const PairInput& input, const PatchRequest& request,
                                Progress& progress, const PatchLimits& limits,
                                const PartialPatch& partial) {
    // Edges and paths have no cells of their own to go on from.
    const bool resumable = cache != nullptr && request.asks(PatchMethod::Exact) &&
                           !request.asks(PatchMethod::Eap) && !request.asks(PatchMethod::EapIg) &&
                           !request.asks(PatchMethod::Path);
    const auto compute = [&]() -> std::shared_ptr<const PatchResult> {
        if (!resumable)
            return patchPairs(model, input.tokens, request, progress, limits, partial);
        const auto origin = begunOrigin(model, input, request);
        const auto tokens = PatchAnalysis::tokens(input);
        const auto key = resultKey(origin, tokens);
        const auto begun =
            use == CacheUse::ReadAndWrite ? readBegun(*cache, key) : std::shared_ptr<PatchResult>();
        PatchResult brokenOff;
        try {
            return patchPairs(model, input.tokens, request, progress, limits, partial, begun.get(),
                              &brokenOff);
        } catch (const Cancelled&) {
            if (hasExactCells(brokenOff))
                storeCached(*cache, key, [&](const std::filesystem::path& place) {
                    model.requireUnchanged();
                    ResultFile file(place, origin, tokens, model.tokenizer().get(),
                                    PatchAnalysis::bytes(model.info(), input, request));
                    PatchAnalysis::write(file, 0, withEveryGrid(brokenOff), input);
                    file.commit();
                });
            throw;
        }
    };
    return answer<PatchAnalysis>(cache, use, model, input, request, progress, compute);
}

} // namespace residuum
