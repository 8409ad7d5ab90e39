#include "core/model/decoder.h"

#include "core/model/activation.h"
#include "core/model/block.h"
#include "core/model/forward.h"
#include "core/model/keys_values.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

/// Keeps every layer's keys and values of the prompt.
class PromptTap : public Tap {
  public:
    explicit PromptTap(std::vector<KeysValues>& layers) : layers_(layers) {}

    bool wants(const Hook& hook) const override {
        return hook.point == HookPoint::K || hook.point == HookPoint::V;
    }
    void receive(const Hook& hook, const at::Tensor& value) override {
        const auto& layer = layers_.at(static_cast<std::size_t>(hook.layer.value));
        (hook.point == HookPoint::K ? layer.tailK : layer.tailV)
            .narrow(0, 0, value.size(1))
            .copy_(value[0]);
    }

  private:
    std::vector<KeysValues>& layers_;
};

at::Tensor asTensor(const std::vector<TokenId>& tokens) {
    std::vector<std::int64_t> ids;
    for (const auto token : tokens)
        ids.push_back(token.value);
    return at::tensor(ids, at::TensorOptions().dtype(at::kLong)).unsqueeze(0);
}

} // namespace

struct Decoder::State {
    const Weights& weights;
    std::vector<KeysValues> layers; ///< no base; the tail is filled as the text grows
    std::int64_t length, most;      ///< tokens that were read, and that there is room for
    at::Tensor logits;

    State(const Weights& of, std::int64_t tokens, std::int64_t more)
        : weights(of), layers(static_cast<std::size_t>(of.config.n_layers)), length(tokens),
          most(tokens + std::min(more, of.config.n_ctx - tokens)) {
        const std::int64_t heads = of.config.n_heads, d_head = of.config.d_head;
        // A head's keys lie in one piece: they are read in one stream.
        const auto rows = [&](std::int64_t count) {
            return at::empty({heads, count, d_head}, of.W_E.options()).transpose(0, 1);
        };
        const auto none = rows(0).unsqueeze(0);
        for (auto& layer : layers)
            layer = {none, none, rows(most), rows(most)};
    }

    at::Tensor embed(TokenId token) const {
        return (weights.W_E[token.value] + weights.W_pos[length]).unsqueeze(0);
    }

    /// Queries of the token, whose keys and values join the layer's. x: [1, d], hook_resid_pre.
    at::Tensor append(const at::Tensor& x, const BlockWeights& block,
                      const KeysValues& kept) const {
        const auto [q, k, v] = projectFrom(normalizeForAttention(x, block), block, Third::Queries);
        kept.tailK[length].copy_(k.view_as(kept.tailK[length]));
        kept.tailV[length].copy_(v.view_as(kept.tailV[length]));
        return q;
    }

    at::Tensor attention(const at::Tensor& x, const BlockWeights& block,
                         const KeysValues& kept) const {
        const auto queries = append(x, block, kept);
        const auto count = length + 1;
        const KeysValues all{kept.baseK, kept.baseV, kept.tailK.narrow(0, 0, count),
                             kept.tailV.narrow(0, 0, count)};
        const AttendingRun run{.count = count, .queryFirst = length, .queryCount = 1};
        return attentionOut(attend(all, queries, {run}, block.scoreScale), block);
    }

    at::Tensor mlp(const at::Tensor& x, const BlockWeights& block) const {
        return mlpOut(activate(mlpPre(normalize(x, block.ln2), block), weights.config.activation),
                      block);
    }
};

Decoder::Decoder(const Weights& weights, const std::vector<TokenId>& prompt, std::int64_t more,
                 const Progress& progress)
    : state_(std::make_unique<State>(weights, static_cast<std::int64_t>(prompt.size()), more)) {
    PromptTap tap(state_->layers);
    const LogitPositions last = std::vector<std::int64_t>{state_->length - 1};
    state_->logits = forward(weights, asTensor(prompt), last, &tap, progress).view({-1});
}

Decoder::~Decoder() = default;

const at::Tensor& Decoder::logits() const {
    return state_->logits;
}

std::int64_t Decoder::room() const {
    return state_->most - state_->length;
}

void Decoder::read(TokenId token, const Progress& progress) {
    const at::NoGradGuard noGrad;
    auto& state = *state_;
    auto x = state.embed(token);
    for (std::size_t layer = 0; layer < state.layers.size(); ++layer) {
        const auto& block = state.weights.blocks[layer];
        progress.check();
        x = x + state.attention(x, block, state.layers[layer]);
        x = x + state.mlp(x, block);
    }
    ++state.length;
    state.logits =
        applyWeights(normalize(x, state.weights.ln_f), state.weights.W_U_rows.t()).view({-1});
}

std::int64_t keysValuesBytes(const Weights& weights, std::int64_t tokens) {
    return 2 * tokens * weights.config.n_layers * weights.config.d_model *
           static_cast<std::int64_t>(weights.W_E.element_size());
}

} // namespace residuum
