#include "analysis/neurons/scored_batches.h"

#include "core/model/kept_hooks.h"
#include "core/model/row_index.h"
#include "core/task/error.h"

#include <ATen/ATen.h>

namespace residuum {

namespace {

/// Tokens of one forward pass: enough for fast products, few enough to cancel soon.
constexpr std::int64_t tokensPerBatch = 1024;

std::int64_t bytesOf(const ScoredBatch& batch) {
    const auto numbers = batch.resid.numel() + batch.post.numel() +
                         (batch.final.is_same(batch.resid) ? 0 : batch.final.numel());
    return numbers * static_cast<std::int64_t>(batch.resid.element_size());
}

} // namespace

at::Tensor ScoredBatch::scored(const at::Tensor& t) const {
    return t.reshape({-1, t.size(-1)}).index_select(0, rowIndex(rows, t));
}

ScoredBatches::ScoredBatches(const Weights& weights, const TokenInput& input, LayerIndex layer,
                             std::int64_t bytes)
    : weights_(weights), layer_(layer), bytesLeft_(bytes) {
    for (std::size_t s = 0; s < input.sequences.size(); ++s) {
        first_.push_back(tokens_.size());
        const auto length = static_cast<std::int64_t>(input.sequences[s].tokens.size());
        for (std::int64_t p = 0; p + 1 < length; ++p)
            tokens_.push_back({static_cast<int>(s), PositionIndex(p), 0.0, 0.0});
        sequences_ += length < 2 ? 0 : 1;
    }
    if (tokens_.empty())
        throw Error("the input",
                    "holds no token with a next one to predict; sequences of at least two tokens "
                    "are needed");
    BatchLimits limits;
    limits.tokens = tokensPerBatch;
    limits.logitsPerSequence = 1; // none is unembedded here
    batches_ = equalLengthBatches(input, limits);
    std::erase_if(batches_, [](const Batch& batch) { return batch.tokens.size(1) < 2; });
    kept_.resize(batches_.size());
}

ScoredBatch ScoredBatches::run(const Batch& batch, const Progress& progress) const {
    const Hook resid{HookPoint::ResidPost, layer_}, post{HookPoint::MlpPost, layer_};
    const Hook final{HookPoint::ResidPost, LayerIndex(weights_.config.n_layers - 1)};
    KeptHooks kept({resid, post, final});
    forward(weights_, batch.tokens, std::vector<std::int64_t>{}, &kept, progress);
    ScoredBatch result;
    result.resid = kept.of(resid);
    result.post = kept.of(post);
    result.final = kept.of(final);
    const auto length = batch.tokens.size(1);
    const auto ids = batch.tokens.accessor<std::int64_t, 2>();
    for (std::size_t b = 0; b < batch.samples.size(); ++b)
        for (std::int64_t t = 0; t + 1 < length; ++t) {
            result.rows.push_back(static_cast<std::int64_t>(b) * length + t);
            result.places.push_back(first_[batch.samples[b]] + static_cast<std::size_t>(t));
            result.targets.push_back(ids[static_cast<std::int64_t>(b)][t + 1]);
        }
    return result;
}

void ScoredBatches::forEach(Progress& progress,
                            const std::function<void(const ScoredBatch&)>& use) {
    for (std::size_t i = 0; i < batches_.size(); ++i) {
        if (!kept_[i]) {
            auto batch = run(batches_[i], progress);
            if (const auto bytes = bytesOf(batch); bytes <= bytesLeft_) {
                bytesLeft_ -= bytes;
                kept_[i] = std::move(batch);
            } else {
                use(batch);
            }
        }
        if (kept_[i])
            use(*kept_[i]);
        progress.advance(static_cast<std::int64_t>(batches_[i].samples.size()));
    }
}

} // namespace residuum
