#include "analysis/comparison/comparison.h"

#include "analysis/comparison/comparison_analysis.h"
#include "analysis/comparison/head_tally.h"
#include "analysis/comparison/not_finite.h"
#include "analysis/comparison/stream_tally.h"
#include "analysis/comparison/token_means.h"
#include "analysis/comparison/token_rows.h"
#include "analysis/inputs/batches.h"
#include "analysis/question/row_groups.h"
#include "core/model/forward.h"
#include "core/model/products.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace residuum {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
/// Enough for fast products, few enough to cancel soon.
constexpr std::int64_t tokensPerBatch = 1024, rowsPerTile = 256;

/// What a model's forward pass over a batch holds, per token: activations of one block, what a tap
/// keeps in float64, and whole patterns where they are looked at.
std::int64_t bytesPerToken(const ModelConfig& config, const ComparisonRequest& request,
                           std::int64_t longest, std::int64_t elementSize) {
    const std::int64_t d = config.d_model;
    auto bytes = elementSize * (12 * d + 3 * std::int64_t{config.d_mlp});
    bytes += static_cast<std::int64_t>(sizeof(double)) * (request.layers ? 6 : 3) * d;
    if (request.attention)
        bytes += 4 * elementSize * std::int64_t{config.n_heads} * longest;
    return bytes;
}

std::string namesOf(const Comparison& wanted) {
    std::string names;
    for (const auto& model : wanted.models)
        names += (names.empty() ? "" : ", ") + model->info().name;
    return names;
}

void requireComparable(const Comparison& wanted, const TokenInput& input) {
    for (const auto& model : wanted.models) {
        requireSameVocabulary(*wanted.models.front(), *model);
        requireValid(input, model->info().config);
    }
    if (std::none_of(input.sequences.begin(), input.sequences.end(),
                     [](const auto& sequence) { return sequence.tokens.size() > 1; }))
        throw Error(input.sequences.size() == 1 ? "the prompt" : "the input",
                    "holds no token with a next one to predict; sequences of at least two tokens "
                    "are needed");
}

/// One model: its forward passes, and what is told of them.
class OneModel : public Tap {
  public:
    OneModel(const Model& model, const ComparisonRequest& request, const TokenInput& input,
             bool own)
        : model_(model), last_(model.info().config.n_layers - 1), own_(own), request_(request) {
        if (!own)
            return;
        const auto& config = model.info().config;
        result_ = std::make_shared<ComparisonResult>();
        result_->model = model.info();
        result_->request = request;
        for (const auto& sequence : input.sequences)
            result_->lengths.push_back(static_cast<int>(sequence.tokens.size()));
        const auto tokens = static_cast<std::size_t>(tokenCount(input));
        result_->loss.assign(tokens, none);
        result_->entropy.resize(tokens);
        for (const auto& sequence : input.sequences)
            for (const auto token : sequence.tokens) {
                result_->tokens.push_back(token.value);
                if (auto& text = result_->texts[token.value]; text.empty())
                    text = model.tokenizer() != nullptr ? model.tokenizer()->text(token)
                                                        : "#" + std::to_string(token.value);
            }
        stream_.emplace(config, request.layers, static_cast<int>(longestSequence(input)));
        if (request.attention)
            heads_.emplace(config);
    }

    const Model& model() const { return model_; }
    const Weights& weights() const { return model_.weights(); }
    bool own() const { return own_; }

    void read(const at::Tensor& tokens, const Progress& progress) {
        if (heads_)
            heads_->begin(tokens);
        forward(weights(), tokens, std::vector<std::int64_t>{}, this, progress);
        norm_ = norm_.reshape({-1, norm_.size(-1)});
    }
    /// [rows, V] of the batch.
    at::Tensor logits(std::int64_t first, std::int64_t rows) const {
        return applyWeights(norm_.narrow(0, first, rows), weights().W_U_rows.t());
    }
    /// label: the next token; negative: there is none.
    void take(std::size_t token, const TokenRow& row, std::int64_t label) {
        result_->entropy[token] = row.entropy;
        if (label < 0)
            return;
        result_->loss[token] = row.logNorm - row.labelLogit;
        calibration_.add(std::exp(row.largest - row.logNorm), row.token == label);
    }

    std::shared_ptr<ComparisonResult> finish() {
        if (!own_)
            return nullptr;
        auto& result = *result_;
        result.meanLoss = scoredMean(result.loss, result.lengths, request_);
        result.meanEntropy = scoredMean(result.entropy, result.lengths, request_);
        double above = 0.0, scored = 0.0;
        forEachScored(result.lengths, [&](std::size_t token, int) {
            above += result.loss[token] > highLoss ? 1.0 : 0.0;
            scored += 1.0;
        });
        result.lossAbove50 = above / scored;
        calibration_.finish(result);
        stream_->finish(result);
        if (heads_)
            heads_->finish(result);
        ComparisonAnalysis::roundAsStored(result);
        return result_;
    }

    bool wants(const Hook& hook) const override {
        switch (hook.point) {
        case HookPoint::LnFinalNormalized:
            return true;
        case HookPoint::ResidPre:
            return own_;
        case HookPoint::ResidMid:
            return own_ && request_.layers;
        case HookPoint::ResidPost:
            return own_ && hook.layer.value == last_;
        case HookPoint::Pattern:
            return heads_.has_value();
        default:
            return false;
        }
    }
    void receive(const Hook& hook, const at::Tensor& value) override {
        using Kind = StreamTally::Kind;
        const int layer = hook.layer.value;
        if (hook.point == HookPoint::LnFinalNormalized)
            norm_ = value;
        else if (hook.point == HookPoint::Pattern)
            heads_->add(layer, value);
        else if (hook.point == HookPoint::ResidMid)
            stream_->add(Kind::Mid, layer, value);
        else
            stream_->add(Kind::Pre, hook.point == HookPoint::ResidPost ? layer + 1 : layer, value);
    }

  private:
    const Model& model_;
    int last_;
    bool own_;
    ComparisonRequest request_;
    std::shared_ptr<ComparisonResult> result_;
    std::optional<StreamTally> stream_;
    std::optional<HeadTally> heads_;
    Calibration calibration_;
    at::Tensor norm_; ///< of the batch, what is unembedded
};

class Pass {
  public:
    Pass(const Comparison& wanted, const TokenInput& input, const ComparisonRequest& request,
         Progress& progress, std::int64_t memory)
        : wanted_(wanted), request_(request), input_(input), progress_(progress) {
        requireComparable(wanted, input);
        for (std::size_t m = 0; m < wanted.models.size(); ++m)
            models_.push_back(std::make_unique<OneModel>(*wanted.models[m], request, input,
                                                         static_cast<bool>(wanted.own[m])));
        for (const auto& sequence : input.sequences) {
            first_.push_back(tokens_);
            tokens_ += sequence.tokens.size();
        }
        pairs_.resize(wanted.pairs.size());
        for (auto& pair : pairs_) {
            pair = std::make_shared<Divergence>();
            for (auto* values : {&pair->kl, &pair->klReverse, &pair->jsd})
                values->resize(tokens_);
        }
        divideMemory(memory);
    }

    Compared run() {
        const at::NoGradGuard noGrad;
        progress_.begin("comparison, " + namesOf(wanted_),
                        static_cast<std::int64_t>(input_.sequences.size()));
        for (const auto& batch : equalLengthBatches(input_, limits_)) {
            for (auto& model : models_)
                model->read(batch.tokens, progress_);
            const auto rows = batch.tokens.numel();
            for (std::int64_t first = 0; first < rows; first += tileRows_) {
                progress_.check();
                tile(batch, first, std::min(tileRows_, rows - first));
            }
            progress_.advance(static_cast<std::int64_t>(batch.samples.size()));
        }
        return finish();
    }

  private:
    /// Half of it for a forward pass, half for logits.
    void divideMemory(std::int64_t memory) {
        const auto& weights = models_.front()->weights();
        const auto size = static_cast<std::int64_t>(weights.W_E.element_size());
        const auto longest = longestSequence(input_);
        std::int64_t perToken = 0; // what is unembedded is kept of every model
        for (const auto& model : models_)
            perToken = std::max(perToken, bytesPerToken(model->model().info().config, request_,
                                                        longest, size)) +
                       size * model->model().info().config.d_model;
        limits_.tokens = std::clamp<std::int64_t>(memory / 2 / perToken, 1, tokensPerBatch);
        limits_.logitsPerSequence = 1; // they come in tiles
        // In float32 at least, and once more while they are made.
        const auto perRow = static_cast<std::int64_t>(models_.size() + 1) *
                            std::max<std::int64_t>(size, sizeof(float)) * weights.config.d_vocab;
        tileRows_ = std::clamp<std::int64_t>(memory / 2 / perRow, 1, rowsPerTile);
    }

    /// Rows [first, first + count) of a batch, in all models.
    void tile(const Batch& batch, std::int64_t first, std::int64_t count) {
        std::vector<std::int64_t> labels;
        const auto length = batch.tokens.size(1);
        const auto* ids = batch.tokens.data_ptr<std::int64_t>();
        for (auto row = first; row < first + count; ++row)
            labels.push_back(row % length + 1 < length ? ids[row + 1] : -1);
        std::vector<TokenRows> rows;
        for (const auto& model : models_) {
            rows.emplace_back(model->logits(first, count), labels);
            requireFinite(*model, batch, first, rows.back());
        }
        const auto tokenOf = [&](std::int64_t row) {
            return first_[batch.samples[static_cast<std::size_t>(row / length)]] +
                   static_cast<std::size_t>(row % length);
        };
        for (std::size_t m = 0; m < models_.size(); ++m)
            for (std::int64_t r = 0; r < count && models_[m]->own(); ++r)
                models_[m]->take(tokenOf(first + r), rows[m].row(r),
                                 labels[static_cast<std::size_t>(r)]);
        for (std::size_t p = 0; p < pairs_.size(); ++p) {
            const auto& [a, b] = wanted_.pairs[p];
            const auto distances = distancesOf(rows[a], rows[b]);
            for (std::int64_t r = 0; r < count; ++r) {
                const auto token = tokenOf(first + r);
                const auto& apart = distances[static_cast<std::size_t>(r)];
                pairs_[p]->kl[token] = apart.kl;
                pairs_[p]->klReverse[token] = apart.klReverse;
                pairs_[p]->jsd[token] = apart.jsd;
            }
        }
    }

    void requireFinite(const OneModel& model, const Batch& batch, std::int64_t first,
                       const TokenRows& rows) const {
        for (std::int64_t r = 0; r < rows.count(); ++r)
            if (!std::isfinite(rows.row(r).logNorm)) {
                const auto length = batch.tokens.size(1);
                const auto sequence = (first + r) / length;
                throwNotFinite(
                    model.model(), batch.tokens.narrow(0, sequence, 1), (first + r) % length,
                    input_.sequences.size() == 1
                        ? "the prompt"
                        : "sequence " +
                              std::to_string(batch.samples[static_cast<std::size_t>(sequence)]),
                    progress_);
            }
    }

    Compared finish() {
        std::vector<int> lengths;
        for (const auto& sequence : input_.sequences)
            lengths.push_back(static_cast<int>(sequence.tokens.size()));
        Compared compared;
        for (auto& model : models_)
            compared.own.push_back(model->finish());
        for (auto& pair : pairs_) {
            pair->meanKl = scoredMean(pair->kl, lengths, request_);
            pair->meanKlReverse = scoredMean(pair->klReverse, lengths, request_);
            pair->meanJsd = scoredMean(pair->jsd, lengths, request_);
            roundAsStored(*pair, wanted_.models.front()->info().numeric);
        }
        compared.pairs = std::move(pairs_);
        return compared;
    }

    const Comparison& wanted_;
    const ComparisonRequest& request_;
    const TokenInput& input_;
    Progress& progress_;
    std::vector<std::unique_ptr<OneModel>> models_;
    std::vector<std::shared_ptr<Divergence>> pairs_;
    std::vector<std::size_t> first_; ///< token of each sequence
    std::size_t tokens_ = 0;
    BatchLimits limits_;
    std::int64_t tileRows_ = 1;
};

} // namespace

Compared compareModels(const Comparison& wanted, const TokenInput& input,
                       const ComparisonRequest& request, Progress& progress, std::int64_t memory) {
    return Pass(wanted, input, request, progress, memory).run();
}

std::int64_t leastComparisonBytes(const ModelConfig& config, const ComparisonRequest& request,
                                  std::int64_t longest, std::int64_t elementSize) {
    return longest * bytesPerToken(config, request, longest, elementSize) +
           2 * std::max<std::int64_t>(elementSize, sizeof(float)) * config.d_vocab;
}

} // namespace residuum
