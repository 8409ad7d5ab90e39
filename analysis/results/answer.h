// One way through: request → cache → analysis → result → cache.
//
// A kind of result is described by a struct without state, its Analysis (see
// analysis/attribution/dla_analysis.h):
//   Request, Input, Result                               plain structs; Input has an InputAccount
//   kind, version                                        constants
//   settings(request)                                    JSON of the request
//   asked(input)                                         JSON of the input that was asked for
//   tokens(input)                                        ResultTokens, by name
//   centersUnembed(request)
//   compute(model, input, request, progress)             shared_ptr<const Result>
//   bytes(modelInfo, input, request)                     of the numbers in a file, at most
//   write(file, index, result, input)                    into the file's index-th model group
//   read(reader, index)                                  shared_ptr<Result>, the inverse
#pragma once

#include "analysis/results/result_file.h"
#include "analysis/results/result_reader.h"
#include "core/model/model.h"
#include "core/store/result_cache.h"
#include "core/task/error.h"
#include "core/task/progress.h"
#include "core/task/utc.h"

#include <functional>
#include <memory>
#include <string>

namespace residuum {

enum class CacheUse {
    ReadAndWrite,
    WriteOnly ///< compute again, whatever is stored
};

/// A result and where it came from.
template <class Result>
struct Answer {
    std::shared_ptr<const Result> result;
    std::string created; ///< when it was computed, ISO 8601 UTC
    bool fromCache = false;
    std::string warning; ///< why it could not be stored; empty: it was, or there is no cache
};

/// How the answer of one model came, or would come, about.
template <class Analysis>
ResultOrigin originOf(const std::vector<ModelInfo>& models, const typename Analysis::Input& input,
                      const typename Analysis::Request& request) {
    return {Analysis::kind,
            Analysis::version,
            Analysis::settings(request),
            Analysis::asked(input),
            models,
            Analysis::centersUnembed(request)};
}

/// Reads the result of `key`; false where there is none. A file that cannot be read is set aside.
bool readCached(const ResultCache& cache, const std::string& key,
                const std::function<void(const ResultReader&)>& read);
/// Writes a result by `write(file)`; returns why it could not be stored, "" if it was.
std::string storeCached(ResultCache& cache, const std::string& key,
                        const std::function<void(const std::filesystem::path&)>& write);

/// The result of one model, from the cache or computed and stored. `cache` may be null. `compute`:
/// instead of Analysis::compute, the same with options that change no number (partial results, a
/// memory limit). Throws what the analysis throws, and Error where the model's files were changed
/// while it computed; trouble with the cache never fails the answer.
template <class Analysis>
Answer<typename Analysis::Result>
answer(ResultCache* cache, CacheUse use, const Model& model, const typename Analysis::Input& input,
       const typename Analysis::Request& request, Progress& progress,
       const std::function<std::shared_ptr<const typename Analysis::Result>()>& compute = {}) {
    Answer<typename Analysis::Result> answer;
    const auto origin = originOf<Analysis>({model.info()}, input, request);
    const auto tokens = Analysis::tokens(input);
    const auto key = resultKey(origin, tokens);
    const auto read = [&](const ResultReader& reader) {
        auto result = Analysis::read(reader, 0);
        result->model = model.info(); // the same weights may be known by another name by now
        result->request = request;
        answer.result = std::move(result);
        answer.created = reader.created();
    };
    if (cache != nullptr && use == CacheUse::ReadAndWrite && readCached(*cache, key, read)) {
        answer.fromCache = true;
        return answer;
    }
    answer.result = compute ? compute() : Analysis::compute(model, input, request, progress);
    model.requireUnchanged();
    answer.created = utcNow();
    if (cache != nullptr)
        answer.warning = storeCached(*cache, key, [&](const std::filesystem::path& place) {
            ResultFile file(place, origin, tokens, model.tokenizer().get(),
                            Analysis::bytes(model.info(), input, request));
            Analysis::write(file, 0, *answer.result, input);
            file.commit();
        });
    return answer;
}

/// Writes the results of several models into one file, in their order. Throws Error.
template <class Analysis>
void saveResults(const std::filesystem::path& target,
                 const std::vector<std::shared_ptr<const typename Analysis::Result>>& results,
                 const typename Analysis::Input& input, const typename Analysis::Request& request,
                 const Tokenizer* tokenizer) {
    std::vector<ModelInfo> models;
    std::uint64_t bytes = 0;
    for (const auto& result : results) {
        models.push_back(result->model);
        bytes += Analysis::bytes(result->model, input, request);
    }
    ResultFile file(target, originOf<Analysis>(models, input, request), Analysis::tokens(input),
                    tokenizer, bytes);
    for (std::size_t i = 0; i < results.size(); ++i)
        Analysis::write(file, i, *results[i], input);
    file.describeInput(input.account);
    file.commit();
}

/// Every model's result of a file of the Analysis's kind.
template <class Analysis>
std::vector<std::shared_ptr<const typename Analysis::Result>>
readResults(const ResultReader& reader) {
    if (reader.kind() != Analysis::kind)
        throw Error(reader.path().string(), "is a result of the kind " + reader.kind() + ", but " +
                                                Analysis::kind + " is expected");
    std::vector<std::shared_ptr<const typename Analysis::Result>> results;
    for (std::size_t i = 0; i < reader.modelCount(); ++i)
        results.push_back(Analysis::read(reader, i));
    return results;
}

} // namespace residuum
