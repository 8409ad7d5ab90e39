// How the engine thread answers a question for one column.
#pragma once

#include "analysis/results/answer.h"
#include "analysis/results/prepared.h"

#include <functional>
#include <memory>

namespace residuum {

/// What the engine thread is given to answer for one column.
template <class Q>
struct Turn {
    std::shared_ptr<const Model> model;
    typename Q::Request request;
    CacheUse use = CacheUse::ReadAndWrite;
    std::shared_ptr<ResultCache> cache;
    std::shared_ptr<Prepared> prepared; ///< the column's
};

/// Takes what there is so far of a result.
template <class Q>
using TakePartial = std::function<void(std::shared_ptr<const typename Q::Result>)>;

/// How a column is answered, on the engine thread; a question with partial results or prepared
/// state has an overload of its own.
template <class Q>
Answer<typename Q::Result> answerTurn(const Turn<Q>& turn, const typename Q::Input& input,
                                      Progress& progress, const TakePartial<Q>&) {
    return answer<Q>(turn.cache.get(), turn.use, *turn.model, input, turn.request, progress);
}

} // namespace residuum
