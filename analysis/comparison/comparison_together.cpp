// Several models' comparison: what the cache has, and one pass for the rest.
#include "analysis/comparison/comparison_analysis.h"
#include "core/task/error.h"

namespace residuum {

namespace {

/// How a pair's distances come about; they depend on no more of a request than the bootstrap.
ResultOrigin pairOrigin(const Model& a, const Model& b, const PromptInput& input,
                        ComparisonRequest request) {
    request.layers = request.attention = false;
    auto origin = originOf<ComparisonAnalysis>({a.info(), b.info()}, input, request);
    origin.kind = "compare-pair";
    return origin;
}

std::vector<int> lengthsOf(const TokenInput& input) {
    std::vector<int> lengths;
    for (const auto& sequence : input.sequences)
        lengths.push_back(static_cast<int>(sequence.tokens.size()));
    return lengths;
}

/// What the cache holds of models over an input.
class Kept {
  public:
    Kept(ResultCache* cache, CacheUse use, const PromptInput& input,
         const ComparisonRequest& request)
        : cache_(cache), use_(use), input_(input), request_(request),
          tokens_(ComparisonAnalysis::tokens(input)) {}

    std::shared_ptr<ComparisonResult> own(const Model& model) const {
        std::shared_ptr<ComparisonResult> found;
        read(ownOrigin(model), [&](const ResultReader& reader) {
            auto result = ComparisonAnalysis::read(reader, 0);
            result->model = model.info(); // the same weights may be known by another name by now
            result->request = request_;
            found = std::move(result);
        });
        return found;
    }
    std::shared_ptr<const Divergence> pair(const Model& a, const Model& b) const {
        std::shared_ptr<const Divergence> found;
        read(pairOrigin(a, b, input_, request_), [&](const ResultReader& reader) {
            found = std::make_shared<const Divergence>(
                readDistances(reader, pairGroup(reader.modelGroup(0), reader.modelGroup(1)),
                              lengthsOf(input_.tokens)));
        });
        return found;
    }
    /// Each returns why it could not be kept, "" if it was.
    std::string keep(const Model& model, const ComparisonResult& result) {
        return store(ownOrigin(model), [&](const std::filesystem::path& place) {
            detail::writeOne<ComparisonAnalysis>(place, ownOrigin(model), model, input_, request_,
                                                 result);
        });
    }
    std::string keep(const Model& a, const Model& b, const Divergence& distances) {
        const auto origin = pairOrigin(a, b, input_, request_);
        return store(origin, [&](const std::filesystem::path& place) {
            ResultFile file(place, origin, tokens_, a.tokenizer().get());
            writeDistances(file, pairGroup(file.modelGroup(0), file.modelGroup(1)),
                           lengthsOf(input_.tokens), a.info().numeric, distances);
            file.commit();
        });
    }

  private:
    ResultOrigin ownOrigin(const Model& model) const {
        return originOf<ComparisonAnalysis>({model.info()}, input_, request_);
    }
    void read(const ResultOrigin& origin,
              const std::function<void(const ResultReader&)>& use) const {
        if (cache_ != nullptr && use_ == CacheUse::ReadAndWrite)
            readCached(*cache_, resultKey(origin, tokens_), use);
    }
    std::string store(const ResultOrigin& origin,
                      const std::function<void(const std::filesystem::path&)>& write) {
        return cache_ == nullptr ? std::string()
                                 : storeCached(*cache_, resultKey(origin, tokens_), write);
    }

    ResultCache* cache_;
    CacheUse use_;
    const PromptInput& input_;
    const ComparisonRequest& request_;
    ResultTokens tokens_;
};

/// Answers that are there, and places of those that are not.
struct Answered {
    std::vector<std::shared_ptr<ComparisonResult>> own;
    std::vector<std::vector<std::shared_ptr<const Divergence>>> pairs; ///< [a][b], a < b
};

/// The models of which something is missing, and what.
Comparison missingOf(const Answered& there, const std::vector<std::shared_ptr<const Model>>& models,
                     std::vector<std::size_t>& places) {
    const auto count = models.size();
    std::vector<bool> needed(count);
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t a = 0; a < count; ++a) {
        needed[a] = needed[a] || !there.own[a];
        for (std::size_t b = a + 1; b < count; ++b)
            if (!there.pairs[a][b]) {
                needed[a] = needed[b] = true;
                pairs.emplace_back(a, b);
            }
    }
    Comparison missing;
    std::vector<std::size_t> placeOf(count);
    for (std::size_t m = 0; m < count; ++m)
        if (needed[m]) {
            placeOf[m] = places.size();
            places.push_back(m);
            missing.models.push_back(models[m]);
            missing.own.push_back(!there.own[m]);
        }
    for (const auto& [a, b] : pairs)
        missing.pairs.emplace_back(placeOf[a], placeOf[b]);
    return missing;
}

void note(std::vector<std::string>& warnings, const std::string& warning) {
    if (!warning.empty())
        warnings.push_back(warning);
}

/// Every result gets its distances from all others.
void addDistances(const Answered& there, const std::vector<std::string>& names) {
    for (std::size_t a = 0; a < names.size(); ++a) {
        there.own[a]->distances.clear();
        for (std::size_t b = 0; b < names.size(); ++b)
            if (a != b)
                there.own[a]->distances.push_back(
                    {b, names[b], a < b, there.pairs[std::min(a, b)][std::max(a, b)]});
    }
}

} // namespace

std::vector<std::shared_ptr<const ComparisonResult>>
ComparisonAnalysis::together(ResultCache* cache,
                             const std::vector<std::shared_ptr<const Model>>& models,
                             const PromptInput& input, const ComparisonRequest& request,
                             Job<ComparisonResult>& job, std::vector<std::string>& warnings) {
    Kept kept(cache, CacheUse::ReadAndWrite, input, request);
    Answered there;
    std::vector<ModelInfo> infos;
    there.pairs.resize(models.size());
    for (std::size_t a = 0; a < models.size(); ++a) {
        infos.push_back(models[a]->info());
        there.own.push_back(kept.own(*models[a]));
        there.pairs[a].resize(models.size());
        for (auto b = a + 1; b < models.size(); ++b)
            there.pairs[a][b] = kept.pair(*models[a], *models[b]);
    }
    std::vector<std::size_t> places;
    if (const auto missing = missingOf(there, models, places); !places.empty()) {
        const auto found = compareModels(missing, input.tokens, request, job.progress, job.memory);
        for (const auto& model : missing.models)
            model->requireUnchanged();
        for (std::size_t i = 0; i < places.size(); ++i)
            if (found.own[i]) {
                there.own[places[i]] = found.own[i];
                note(warnings, kept.keep(*missing.models[i], *found.own[i]));
            }
        for (std::size_t i = 0; i < missing.pairs.size(); ++i) {
            const auto& [a, b] = missing.pairs[i];
            there.pairs[places[a]][places[b]] = found.pairs[i];
            note(warnings, kept.keep(*missing.models[a], *missing.models[b], *found.pairs[i]));
        }
    }
    addDistances(there, uniqueNames(infos));
    return {there.own.begin(), there.own.end()};
}

std::shared_ptr<const Divergence>
ComparisonAnalysis::distance(ResultCache* cache, CacheUse use,
                             const std::shared_ptr<const Model>& a,
                             const std::shared_ptr<const Model>& b, const PromptInput& input,
                             const ComparisonRequest& request, Job<ComparisonResult>& job) {
    Kept kept(cache, use, input, request);
    if (auto there = kept.pair(*a, *b))
        return there;
    const auto found = compareModels({{a, b}, {false, false}, {{0, 1}}}, input.tokens, request,
                                     job.progress, job.memory);
    for (const auto& model : {a, b})
        model->requireUnchanged();
    (void)kept.keep(*a, *b, *found.pairs.front());
    return found.pairs.front();
}

} // namespace residuum
