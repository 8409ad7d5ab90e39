#include "analysis/neurons/neurons.h"

#include "analysis/neurons/activation_statistics.h"
#include "analysis/neurons/effect_tally.h"
#include "analysis/neurons/neuron_choice.h"
#include "analysis/neurons/resumed_ablation.h"
#include "analysis/neurons/scored_batches.h"
#include "analysis/neurons/screening.h"
#include "analysis/prompts/batches.h"
#include "analysis/results/result_file.h"
#include "core/model/forward.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <c10/util/Exception.h>

#include <algorithm>

namespace residuum {

namespace {

/// k beyond which nobody asks whether a direction is null.
constexpr int usualCurve = 64;

void requireSensible(const NeuronRequest& request, const ModelConfig& config, LayerIndex layer) {
    if (request.nullSpace < 1 || request.nullSpace > config.d_model)
        throw Error("--null-space " + std::to_string(request.nullSpace),
                    "is out of range; this model's W_U has " + std::to_string(config.d_model) +
                        " directions");
    if (request.randomNeurons < 0 || request.randomNeurons > config.d_mlp)
        throw Error("--random-neurons " + std::to_string(request.randomNeurons),
                    "is out of range; a layer of this model has " + std::to_string(config.d_mlp) +
                        " neurons");
    if (layer.value == config.n_layers - 1)
        return;
    const std::string why = "works for the last layer (" + std::to_string(config.n_layers - 1) +
                            ") only: elsewhere a neuron has no fixed direction in the logits";
    if (request.screen)
        throw Error("--screen", why);
    if (request.choice == NeuronChoice::Top && needsScreening(request.by))
        throw Error("--by " + name(request.by),
                    "needs every neuron's screened effect, which " + why);
}

/// The effects of one list of neurons, one by one and together.
struct Tallies {
    Tallies(std::vector<NeuronIndex> list, bool together)
        : neurons(std::move(list)), single(neurons.size(), true),
          counts(together ? cumulativeCounts(neurons.size()) : std::vector<int>()),
          cumulative(counts.size(), false) {}

    void add(const EffectBlock& block, EffectTally& tally) const {
        for (std::size_t e = 0; e < effectCount; ++e)
            for (Eigen::Index line = 0; line < block[e].cols(); ++line)
                for (Eigen::Index row = 0; row < block[e].rows(); ++row)
                    tally.add(static_cast<std::size_t>(line), static_cast<Effect>(e),
                              block[e](row, line));
    }

    NeuronEffects effects(std::size_t tokens) const {
        return {neurons, single.mean(tokens), single.meanAbs(tokens), single.quantiles(tokens)};
    }
    CumulativeEffects together(std::size_t tokens) const {
        return {counts, cumulative.mean(tokens), cumulative.meanAbs(tokens)};
    }

    /// The sets that resumed passes ablate: singles, then the first `counts`.
    std::vector<AblatedSet> sets() const {
        std::vector<AblatedSet> all;
        for (const auto neuron : neurons)
            all.push_back({neuron});
        for (const auto count : counts)
            all.emplace_back(neurons.begin(), neurons.begin() + count);
        return all;
    }

    std::vector<NeuronIndex> neurons;
    EffectTally single;
    std::vector<int> counts;
    EffectTally cumulative;
};

class Study {
  public:
    Study(const Model& model, const TokenInput& input, const NeuronRequest& request,
          Progress& progress, const NeuronLimits& limits)
        : weights_(model.weights()), request_(request), progress_(progress), limits_(limits),
          result_(std::make_shared<NeuronResult>()) {
        result_->model = model.info();
        result_->request = request;
        result_->layer = resolveLayer(request.layer, config());
        requireSensible(request, config(), result_->layer);
        // Half of the memory for activations between passes, half for logits.
        batches_.emplace(weights_, input, result_->layer, limits.bytes / 2);
        result_->tokens = batches_->tokens();
        if (request.choice == NeuronChoice::Named) // before anything is computed
            chosenNeurons(request, emptyWeights(), nullptr);
    }

    std::shared_ptr<const NeuronResult> run() {
        vectors_ = outputVectors(weights_, result_->layer);
        stage("weights of ", neuronWeightsSteps(config()));
        result_->weights = neuronWeights(
            weights_, vectors_,
            std::min(config().d_model, std::max(usualCurve, request_.nullSpace)), progress_);
        readActivations();
        if (request_.screen ||
            (request_.choice == NeuronChoice::Top && needsScreening(request_.by)))
            screen();
        ablate();
        roundAsStored();
        return result_;
    }

  private:
    const ModelConfig& config() const { return weights_.config; }
    bool isLast() const { return result_->layer.value == config().n_layers - 1; }

    void stage(const std::string& what, std::int64_t steps) {
        progress_.begin(what + result_->model.name, std::max<std::int64_t>(steps, 1));
    }

    NeuronWeights emptyWeights() const {
        NeuronWeights none;
        none.norm.resize(static_cast<std::size_t>(config().d_mlp));
        return none;
    }

    void readActivations() {
        stage("activations of ", batches_->steps());
        ActivationStatistics statistics(config().d_mlp);
        batches_->forEach(progress_, [&](const ScoredBatch& batch) {
            statistics.add(batch.scored(batch.post), batch.places);
        });
        result_->activations = statistics.result();
        ablatedTo_ = request_.ablation == Ablation::Mean
                         ? result_->activations.mean
                         : std::vector<double>(static_cast<std::size_t>(config().d_mlp));
    }

    /// Tokens whose logits are looked at together: within half of the memory, at most `most`.
    std::int64_t rowsAtOnce(std::int64_t extraBytes, std::int64_t most) const {
        return std::clamp<std::int64_t>(
            limits_.bytes / 2 / (tokenStateBytes(weights_) + extraBytes), 1, most);
    }

    /// Calls `use(states, delta of all neurons, places)` for blocks of tokens.
    template <class Use>
    void forEachBlock(std::int64_t rows, const Use& use) {
        batches_->forEach(progress_, [&](const ScoredBatch& batch) {
            const auto final = batch.scored(batch.final), post = batch.scored(batch.post);
            const auto count = static_cast<std::int64_t>(batch.rows.size());
            for (std::int64_t first = 0; first < count; first += rows) {
                const auto some = std::min(rows, count - first);
                const auto states = tokenStates(
                    weights_, final.narrow(0, first, some),
                    {batch.targets.begin() + first, batch.targets.begin() + first + some});
                const auto to = at::tensor(ablatedTo_, at::TensorOptions().dtype(at::kDouble));
                const at::Tensor delta = to - post.narrow(0, first, some).to(at::kCPU, at::kDouble);
                use(states, delta,
                    std::span(batch.places)
                        .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(some)));
                progress_.check();
            }
        });
    }

    void screen() {
        stage("screening ", batches_->steps());
        NeuronScreen screening(weights_, vectors_);
        const auto moments = 24 * std::int64_t{config().d_mlp} * 8;
        forEachBlock(
            rowsAtOnce(moments, 1024),
            [&](const TokenStates& states, const at::Tensor& delta, std::span<const std::size_t>) {
                screening.add(states, delta, progress_);
            });
        result_->screening = screening.result();
    }

    void ablate() {
        const auto chosen = chosenNeurons(request_, result_->weights,
                                          result_->screening ? &*result_->screening : nullptr);
        requirePerTokenFits(chosen.size());
        Tallies top(chosen, request_.choice != NeuronChoice::All);
        Tallies random(randomNeurons(request_, chosen, config().d_mlp), true);
        if (request_.perToken)
            result_->perToken.fill(Table::Zero(static_cast<Eigen::Index>(chosen.size()),
                                               static_cast<Eigen::Index>(result_->tokens.size())));
        if (!chosen.empty())
            result_->written =
                writtenTokens(logitDirections(weights_, vectors_, chosen)); // LN scale 1
        stage("ablation in ", batches_->steps());
        if (isLast())
            ablateInClosedForm(top, random);
        else
            ablateByResuming(top, random);
        const auto tokens = result_->tokens.size();
        result_->chosen = top.effects(tokens);
        result_->cumulative = top.together(tokens);
        result_->random = random.effects(tokens);
        result_->cumulativeRandom = random.together(tokens);
    }

    void requirePerTokenFits(std::size_t neurons) const {
        const auto bytes = static_cast<double>(neurons) *
                           static_cast<double>(result_->tokens.size()) * effectCount * 8.0;
        if (request_.perToken && bytes > 2.0 * static_cast<double>(limits_.bytes))
            throw Error("--per-token", std::to_string(neurons) + " neurons at " +
                                           std::to_string(result_->tokens.size()) +
                                           " tokens take " +
                                           std::to_string(static_cast<std::int64_t>(bytes / 1e6)) +
                                           " MB; name fewer neurons or sequences");
    }

    void keepStates(const TokenStates& states, std::span<const std::size_t> places) {
        for (std::size_t i = 0; i < places.size(); ++i) {
            result_->tokens[places[i]].loss = states.loss[i];
            result_->tokens[places[i]].entropy = states.entropy[i];
        }
    }

    void keepPerToken(const EffectBlock& block, std::span<const std::size_t> places) {
        if (!request_.perToken)
            return;
        for (std::size_t e = 0; e < effectCount; ++e)
            for (std::size_t i = 0; i < places.size(); ++i)
                result_->perToken[e].col(static_cast<Eigen::Index>(places[i])) =
                    block[e].row(static_cast<Eigen::Index>(i)).transpose();
    }

    static at::Tensor columns(const at::Tensor& delta, const std::vector<NeuronIndex>& neurons) {
        std::vector<std::int64_t> ids;
        for (const auto neuron : neurons)
            ids.push_back(neuron.value);
        return delta.index_select(1, at::tensor(ids, at::TensorOptions().dtype(at::kLong)));
    }

    void ablateInClosedForm(Tallies& top, Tallies& random) {
        LastLayerAblation ofTop(weights_, vectors_, top.neurons, limits_.bytes / 4);
        LastLayerAblation ofRandom(weights_, vectors_, random.neurons, limits_.bytes / 4);
        const auto one = [&](LastLayerAblation& ablation, Tallies& tallies,
                             const TokenStates& states, const at::Tensor& delta) {
            const auto by = columns(delta, tallies.neurons);
            const auto block = ablation.effects(states, by, progress_);
            tallies.add(block, tallies.single);
            if (!tallies.counts.empty())
                tallies.add(ablation.cumulative(states, by, tallies.counts, progress_),
                            tallies.cumulative);
            return block;
        };
        forEachBlock(rowsAtOnce(tokenStateBytes(weights_) / 4, 128),
                     [&](const TokenStates& states, const at::Tensor& delta,
                         std::span<const std::size_t> places) {
                         keepStates(states, places);
                         keepPerToken(one(ofTop, top, states, delta), places);
                         one(ofRandom, random, states, delta);
                     });
    }

    void ablateByResuming(Tallies& top, Tallies& random) {
        auto sets = top.sets();
        const auto ofRandom = random.sets();
        sets.insert(sets.end(), ofRandom.begin(), ofRandom.end());
        const auto rows = rowsAtOnce(2 * tokenStateBytes(weights_), 256);
        forEachBlock(rows,
                     [&](const TokenStates& states, const at::Tensor&,
                         std::span<const std::size_t> places) { keepStates(states, places); });
        stage("ablation in ", batches_->steps() * static_cast<std::int64_t>(sets.size() + 1));
        batches_->forEach(progress_, [&](const ScoredBatch& batch) {
            const auto sequences = batch.resid.size(0);
            const auto block =
                resumedEffects(weights_, result_->layer, batch, sets, ablatedTo_, rows, progress_,
                               [&] { progress_.advance(sequences); });
            Eigen::Index first = 0;
            const auto part = [&](std::size_t count) {
                EffectBlock some;
                for (std::size_t e = 0; e < effectCount; ++e)
                    some[e] = block[e].middleCols(first, static_cast<Eigen::Index>(count));
                first += static_cast<Eigen::Index>(count);
                return some;
            };
            const auto singles = part(top.neurons.size());
            top.add(singles, top.single);
            keepPerToken(singles, batch.places);
            top.add(part(top.counts.size()), top.cumulative);
            random.add(part(random.neurons.size()), random.single);
            random.add(part(random.counts.size()), random.cumulative);
        });
    }

    /// Everything gets the precision of result files, so that a result read back is the one that
    /// was computed, bit for bit.
    void roundAsStored() {
        const auto number = [this](double& value) {
            value = asStored(value, result_->model.numeric);
        };
        const auto list = [&](std::vector<double>& values) {
            std::for_each(values.begin(), values.end(), number);
        };
        const auto table = [&](Table& values) {
            std::for_each(values.data(), values.data() + values.size(), number);
        };
        auto& r = *result_;
        for (auto* values : {&r.weights.norm, &r.weights.logitVar, &r.weights.singular,
                             &r.activations.mean, &r.activations.deviation, &r.activations.least,
                             &r.activations.most, &r.activations.positive})
            list(*values);
        for (auto* values :
             {&r.weights.nullCurve, &r.activations.topActivation, &r.written.promotedBy,
              &r.written.suppressedBy, &r.cumulative.mean, &r.cumulative.meanAbs,
              &r.cumulativeRandom.mean, &r.cumulativeRandom.meanAbs})
            table(*values);
        for (auto* effects : {&r.chosen, &r.random}) {
            table(effects->mean);
            table(effects->meanAbs);
            std::for_each(effects->quantile.begin(), effects->quantile.end(), table);
        }
        std::for_each(r.perToken.begin(), r.perToken.end(), table);
        if (r.screening)
            for (auto* values : {&r.screening->mean, &r.screening->meanAbs, &r.screening->bound})
                table(*values);
        for (auto& token : r.tokens) {
            number(token.loss);
            number(token.entropy);
        }
    }

    const Weights& weights_;
    const NeuronRequest& request_;
    Progress& progress_;
    NeuronLimits limits_;
    std::shared_ptr<NeuronResult> result_;
    std::optional<ScoredBatches> batches_;
    OutputVectors vectors_;
    std::vector<double> ablatedTo_; ///< [M]
};

class PostTap : public Tap {
  public:
    explicit PostTap(LayerIndex layer) : layer_(layer) {}
    bool wants(const Hook& hook) const override {
        return hook.point == HookPoint::MlpPost && hook.layer == layer_;
    }
    void receive(const Hook&, const at::Tensor& value) override { post = value; }

    at::Tensor post;

  private:
    LayerIndex layer_;
};

} // namespace

LayerIndex resolveLayer(int layer, const ModelConfig& config) {
    const int resolved = layer < 0 ? config.n_layers + layer : layer;
    if (resolved < 0 || resolved >= config.n_layers)
        throw Error("--layer " + std::to_string(layer),
                    "is out of range; this model has the layers 0 to " +
                        std::to_string(config.n_layers - 1) + " (or -1 to -" +
                        std::to_string(config.n_layers) + " from the end)");
    return LayerIndex(resolved);
}

std::shared_ptr<const NeuronResult> studyNeurons(const Model& model, const TokenInput& input,
                                                 const NeuronRequest& request, Progress& progress,
                                                 const NeuronLimits& limits) {
    requireValid(input, model.info().config);
    try {
        const at::NoGradGuard noGrad;
        return Study(model, input, request, progress, limits).run();
    } catch (const c10::Error& error) {
        throw Error(model.info().name, error.what_without_backtrace());
    }
}

Table neuronActivations(const Model& model, const TokenSequence& sequence, LayerIndex layer,
                        const std::vector<NeuronIndex>& neurons, Progress& progress) {
    const TokenInput input{{sequence}};
    requireValid(input, model.info().config);
    try {
        PostTap tap(layer);
        const auto batch = equalLengthBatches(input, {}).front();
        forward(model.weights(), batch.tokens, std::vector<std::int64_t>{}, &tap, progress);
        std::vector<std::int64_t> ids;
        for (const auto neuron : neurons)
            ids.push_back(neuron.value);
        const auto index = at::tensor(ids, at::TensorOptions().dtype(at::kLong));
        return toTable(tap.post[0].to(at::kCPU, at::kDouble).index_select(1, index).t());
    } catch (const c10::Error& error) {
        throw Error(model.info().name, error.what_without_backtrace());
    }
}

} // namespace residuum
