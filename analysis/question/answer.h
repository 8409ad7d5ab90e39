// One way through: request → cache → question → result → cache.
#pragma once

#include "analysis/question/question.h"
#include "core/store/result_cache.h"
#include "core/task/error.h"
#include "core/task/utc.h"

#include <functional>
#include <memory>
#include <string>

namespace residuum {

/// A result and where it came from.
template <class Result>
struct Answer {
    std::shared_ptr<const Result> result;
    std::string created; ///< when it was computed, ISO 8601 UTC
    bool fromCache = false;
    std::string warning; ///< why it could not be stored; empty: it was, or there is no cache
};

/// How the answer of one model came, or would come, about.
template <Question Q>
ResultOrigin originOf(const std::vector<ModelInfo>& models, const typename Q::Input& input,
                      const typename Q::Request& request) {
    return {Q::kind,
            Q::version,
            Q::settings(request),
            Q::asked(input),
            models,
            Q::centersUnembed(request),
            Q::readsTokenizer,
            Q::outsideKey(request)};
}

/// Reads the result of `key`; false where there is none. A file that cannot be read is set aside.
bool readCached(const ResultCache& cache, const std::string& key,
                const std::function<void(const ResultReader&)>& read);
/// Writes a result by `write(file)`; returns why it could not be stored, "" if it was.
std::string storeCached(ResultCache& cache, const std::string& key,
                        const std::function<void(const std::filesystem::path&)>& write);

/// Where a computation of the same question that was broken off is kept: the question, marked.
ResultOrigin brokenOff(ResultOrigin origin);

namespace detail {

/// Writes one model's result into a file of its own.
template <Question Q>
void writeOne(const std::filesystem::path& place, const ResultOrigin& origin, const Model& model,
              const typename Q::Input& input, const typename Q::Request& request,
              const typename Q::Result& result) {
    ResultFile file(place, origin, Q::tokens(input), model.tokenizer().get(),
                    Q::bytes(model.info(), input, request));
    Q::write(file, 0, result);
    file.commit();
}

/// Computes, from where an earlier computation was broken off; what was got is kept where this one
/// is.
template <Question Q>
std::shared_ptr<const typename Q::Result>
computed(ResultCache* cache, CacheUse use, const Model& model, const typename Q::Input& input,
         const typename Q::Request& request, Job<typename Q::Result>& job) {
    if constexpr (CanGoOn<Q>)
        if (cache != nullptr && Q::canGoOn(request)) {
            const auto origin = brokenOff(originOf<Q>({model.info()}, input, request));
            const auto key = resultKey(origin, Q::tokens(input));
            if (use == CacheUse::ReadAndWrite && !job.begun)
                readCached(*cache, key,
                           [&](const ResultReader& reader) { job.begun = Q::read(reader, 0); });
            try {
                return Q::compute(model, input, request, job);
            } catch (const Cancelled&) {
                if (job.brokenOff)
                    storeCached(*cache, key, [&](const std::filesystem::path& place) {
                        model.requireUnchanged();
                        writeOne<Q>(place, origin, model, input, request, *job.brokenOff);
                    });
                throw;
            }
        }
    return Q::compute(model, input, request, job);
}

} // namespace detail

/// The result of one model, from the cache or computed and stored. `cache` may be null. `computed`
/// takes what was computed before it is stored: whoever waits for it does not wait for a disk.
/// Throws what the question throws, and Error where the model's files were changed while it
/// computed; trouble with the cache never fails the answer.
template <Question Q>
Answer<typename Q::Result>
answer(ResultCache* cache, CacheUse use, const Model& model, const typename Q::Input& input,
       const typename Q::Request& request, Job<typename Q::Result> job,
       const std::function<void(const Answer<typename Q::Result>&)>& computed = {}) {
    Answer<typename Q::Result> answer;
    const auto origin = originOf<Q>({model.info()}, input, request);
    const auto key = resultKey(origin, Q::tokens(input));
    const auto read = [&](const ResultReader& reader) {
        auto result = Q::read(reader, 0);
        result->model = model.info(); // the same weights may be known by another name by now
        result->request = request;
        if constexpr (TakesOfInput<Q>)
            Q::takeOfInput(*result, input);
        answer.result = std::move(result);
        answer.created = reader.created();
    };
    answer.fromCache =
        cache != nullptr && use == CacheUse::ReadAndWrite && readCached(*cache, key, read);
    if (!answer.fromCache) {
        job.files = PreparedFiles(cache, use);
        answer.result = detail::computed<Q>(cache, use, model, input, request, job);
        model.requireUnchanged();
        answer.created = utcNow();
        if (computed)
            computed(answer);
        if (cache != nullptr)
            answer.warning = storeCached(*cache, key, [&](const std::filesystem::path& place) {
                detail::writeOne<Q>(place, origin, model, input, request, *answer.result);
            });
    }
    if constexpr (Remembers<Q>)
        if (job.prepared != nullptr)
            Q::remember(model, request, *answer.result, *job.prepared);
    return answer;
}

/// Larger result files are announced before they are written.
inline constexpr std::uint64_t announcedBytes = 2'000'000'000;

/// Writes the results of several models into one file, in their order. Throws Error.
template <Question Q>
void saveResults(const std::filesystem::path& target,
                 const std::vector<std::shared_ptr<const typename Q::Result>>& results,
                 const typename Q::Input& input, const typename Q::Request& request,
                 const Tokenizer* tokenizer) {
    std::vector<ModelInfo> models;
    std::uint64_t bytes = 0;
    for (const auto& result : results) {
        models.push_back(result->model);
        bytes += Q::bytes(result->model, input, request);
    }
    ResultFile file(target, originOf<Q>(models, input, request), Q::tokens(input), tokenizer,
                    bytes);
    for (std::size_t i = 0; i < results.size(); ++i)
        Q::write(file, i, *results[i]);
    file.describeInput(input.account);
    file.commit();
}

/// Every model's result of a file of the question's kind.
template <Question Q>
std::vector<std::shared_ptr<const typename Q::Result>> readResults(const ResultReader& reader) {
    if (reader.kind() != Q::kind)
        throw Error(reader.path().string(), "is a result of the kind " + reader.kind() + ", but " +
                                                Q::kind + " is expected");
    std::vector<std::shared_ptr<const typename Q::Result>> results;
    for (std::size_t i = 0; i < reader.modelCount(); ++i)
        results.push_back(Q::read(reader, i));
    return results;
}

} // namespace residuum
