#include "analysis/neurons/neurons.h"

#include "analysis/inputs/batches.h"
#include "analysis/neurons/ablation_tallies.h"
#include "analysis/neurons/last_layer_ablation.h"
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/neurons/neuron_choice.h"
#include "analysis/neurons/neuron_ground.h"
#include "analysis/neurons/neuron_words.h"
#include "analysis/neurons/resumed_ablation.h"
#include "analysis/neurons/screening.h"
#include "analysis/neurons/token_states.h"
#include "core/model/doubles.h"
#include "core/model/kept_hooks.h"
#include "core/model/torch_problem.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <limits>

namespace residuum {

namespace {

/// k beyond which nobody asks whether a direction is null.
constexpr int usualCurve = 64;

void requireSensible(const NeuronRequest& request, const NeuronGround& ground) {
    const auto& config = ground.config();
    const std::string layers = "works for the last layer (" + std::to_string(config.n_layers - 1) +
                               ") only: elsewhere a neuron has no fixed direction in the logits";
    // The usual k is cut to what a small model has; one that was asked for is not.
    if (request.nullSpace > config.d_model && request.nullSpace != usualNullSpace)
        throw Error("--null-space " + std::to_string(request.nullSpace),
                    "is out of range; this model's W_U has " + std::to_string(config.d_model) +
                        " directions");
    requireInRange(request, config.d_mlp);
    if (const auto why = whyNoBound(ground.model().info().normalization, true);
        screens(request) && !why.empty())
        throw Error(request.screen ? "--screen" : "--by " + name(request.by),
                    "needs a bound that does not hold in this model: " + why);
    if (ground.isLast())
        return;
    if (request.screen)
        throw Error("--screen", layers);
    if (screens(request))
        throw Error("--by " + name(request.by),
                    "needs every neuron's screened effect, which " + layers);
    if (ground.weights().W_E.scalar_type() == at::kBFloat16)
        throw Error("--layer " + std::to_string(ground.layer().value),
                    "cannot be ablated in bfloat16: the rest of the model would round the effects "
                    "away; use float32, or the last layer");
}

class Study {
  public:
    Study(NeuronGround& ground, const NeuronRequest& request, Progress& progress)
        : ground_(ground), request_(request), progress_(progress),
          result_(std::make_shared<NeuronResult>()) {
        result_->model = ground.model().info();
        result_->request = request;
        result_->layer = ground.layer();
        requireSensible(request, ground); // before anything is computed
    }

    std::shared_ptr<const NeuronResult> run() {
        const int d_model = config().d_model;
        result_->tokens = ground_.batches().tokens();
        result_->weights = ground_.statistics(
            std::min(d_model, std::max(usualCurve, request_.nullSpace)), progress_);
        result_->activations = ground_.activations(progress_);
        ablatedTo_ = request_.ablation == Ablation::Mean
                         ? result_->activations.mean
                         : std::vector<double>(static_cast<std::size_t>(config().d_mlp));
        if (screens(request_))
            screen();
        ablate();
        NeuronAnalysis::roundAsStored(*result_);
        return result_;
    }

  private:
    const Weights& weights() const { return ground_.weights(); }
    const ModelConfig& config() const { return ground_.config(); }
    std::int64_t bytes() const { return ground_.limits().bytes; }

    void stage(const std::string& what, std::int64_t steps) {
        progress_.begin(what + result_->model.name, std::max<std::int64_t>(steps, 1));
    }

    /// Tokens whose logits are looked at together: within half of the memory, at most `most`.
    std::int64_t rowsAtOnce(std::int64_t extraBytes, std::int64_t most) const {
        return std::clamp<std::int64_t>(bytes() / 2 / (tokenStateBytes(weights()) + extraBytes), 1,
                                        most);
    }

    /// Calls `use(states, delta of all neurons, places)` for blocks of tokens.
    template <class Use>
    void forEachBlock(std::int64_t rows, const Use& use) {
        ground_.batches().forEach(progress_, [&](const ScoredBatch& batch) {
            keepActivations(batch);
            const auto final = batch.scored(batch.final), post = batch.scored(batch.post);
            const auto to = at::tensor(ablatedTo_, at::TensorOptions().dtype(at::kDouble));
            const auto count = static_cast<std::int64_t>(batch.rows.size());
            for (std::int64_t first = 0; first < count; first += rows) {
                const auto some = std::min(rows, count - first);
                const auto states = tokenStates(
                    weights(), final.narrow(0, first, some),
                    {batch.targets.begin() + first, batch.targets.begin() + first + some});
                const at::Tensor delta = to - doublesOnCpu(post.narrow(0, first, some));
                use(states, delta,
                    std::span(batch.places)
                        .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(some)));
                progress_.check();
            }
        });
    }

    void screen() {
        stage("screening ", ground_.batches().steps());
        NeuronScreen screening(weights(), ground_.vectors());
        forEachBlock(
            rowsAtOnce(screeningBytes(weights()), 1024),
            [&](const TokenStates& states, const at::Tensor& delta, std::span<const std::size_t>) {
                screening.add(states, delta, progress_);
            });
        result_->screening = screening.result();
    }

    /// The chosen neurons, then what is studied beside them.
    std::vector<NeuronIndex> studied() {
        auto list = chosenNeurons(request_, result_->weights,
                                  result_->screening ? &*result_->screening : nullptr);
        result_->chosenOnes = list.size();
        for (const auto neuron : request_.also)
            if (std::find(list.begin(), list.end(), neuron) == list.end())
                list.push_back(neuron);
        return list;
    }

    void ablate() {
        const auto list = studied();
        result_->chosen.neurons = list;
        requirePerTokenFits(list.size());
        const std::span ones(list.data(), result_->chosenOnes);
        const auto baseline = randomNeurons(request_, {ones.begin(), ones.end()}, config().d_mlp);
        AblationTallies top(list, ones.size(), request_.choice.kind != ChoiceKind::All);
        AblationTallies random(baseline, baseline.size(), true);
        if (request_.perToken) {
            const auto lines = static_cast<Eigen::Index>(list.size());
            result_->perToken.fill(
                Table::Zero(lines, static_cast<Eigen::Index>(result_->tokens.size())));
            result_->activation =
                Table::Constant(lines, places(), std::numeric_limits<double>::quiet_NaN());
        }
        result_->written = writtenTokens(ground_.vectors(), list, progress_);
        stage("ablation in ", ground_.batches().steps());
        if (ground_.isLast() && rowDivisor(weights().ln_f.site))
            ablateInClosedForm(top, random);
        else
            ablateByResuming(top, random);
        const auto tokens = result_->tokens.size();
        result_->chosen = top.effects(tokens);
        result_->cumulative = top.together(tokens);
        result_->random = random.effects(tokens);
        result_->cumulativeRandom = random.together(tokens);
    }

    /// Of the result's `activation`.
    Eigen::Index places() const { return ground_.sequences() * ground_.longest(); }

    void requirePerTokenFits(std::size_t neurons) const {
        const auto needed = static_cast<double>(neurons) * 8.0 *
                            (static_cast<double>(result_->tokens.size()) * effectCount +
                             static_cast<double>(places()));
        if (request_.perToken && needed > static_cast<double>(bytes()))
            throw Error("--per-token", std::to_string(neurons) + " neurons at " +
                                           std::to_string(result_->tokens.size()) +
                                           " tokens take " +
                                           std::to_string(static_cast<std::int64_t>(needed / 1e6)) +
                                           " MB; name fewer neurons or sequences, or give it more "
                                           "--memory");
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

    void keepActivations(const ScoredBatch& batch) {
        if (result_->activation.size() == 0)
            return;
        const auto T = batch.post.size(1);
        const auto rows = batch.post.reshape({-1, batch.post.size(2)}); // [B · T, M]
        const auto index = neuronRows(result_->chosen.neurons).to(rows.device());
        const auto values = toTable(doublesOnCpu(rows.index_select(1, index)));
        for (std::int64_t b = 0; b < batch.post.size(0); ++b) {
            // All positions of a sequence but its last are scored.
            const auto place = batch.places[static_cast<std::size_t>(b * (T - 1))];
            result_->activation.middleCols(result_->tokens[place].sample * ground_.longest(), T) =
                values.middleRows(b * T, T).transpose();
        }
    }

    void ablateInClosedForm(AblationTallies& top, AblationTallies& random) {
        LastLayerAblation ofTop(weights(), ground_.vectors(), top.neurons, bytes() / 4);
        LastLayerAblation ofRandom(weights(), ground_.vectors(), random.neurons, bytes() / 4);
        const auto one = [&](LastLayerAblation& ablation, AblationTallies& tallies,
                             const TokenStates& states, const at::Tensor& delta) {
            const auto by = delta.index_select(1, neuronRows(tallies.neurons));
            const auto block = ablation.effects(states, by, progress_);
            AblationTallies::add(block, tallies.single);
            if (!tallies.counts.empty())
                AblationTallies::add(ablation.cumulative(states, by, tallies.counts, progress_),
                                     tallies.cumulative);
            return block;
        };
        forEachBlock(rowsAtOnce(closedFormBytes(weights()), 128),
                     [&](const TokenStates& states, const at::Tensor& delta,
                         std::span<const std::size_t> places) {
                         keepStates(states, places);
                         keepPerToken(one(ofTop, top, states, delta), places);
                         one(ofRandom, random, states, delta);
                     });
    }

    void ablateByResuming(AblationTallies& top, AblationTallies& random) {
        auto sets = top.sets();
        const auto ofRandom = random.sets();
        sets.insert(sets.end(), ofRandom.begin(), ofRandom.end());
        const auto rows = rowsAtOnce(2 * tokenStateBytes(weights()), 256);
        forEachBlock(rows,
                     [&](const TokenStates& states, const at::Tensor&,
                         std::span<const std::size_t> places) { keepStates(states, places); });
        stage("ablation in ",
              ground_.batches().steps() * static_cast<std::int64_t>(sets.size() + 1));
        ground_.batches().forEach(progress_, [&](const ScoredBatch& batch) {
            const auto sequences = batch.resid.size(0);
            const auto block =
                resumedEffects(weights(), ground_.layer(), batch, sets, ablatedTo_, rows, progress_,
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
            AblationTallies::add(singles, top.single);
            keepPerToken(singles, batch.places);
            AblationTallies::add(part(top.counts.size()), top.cumulative);
            AblationTallies::add(part(random.neurons.size()), random.single);
            AblationTallies::add(part(random.counts.size()), random.cumulative);
        });
    }

    NeuronGround& ground_;
    const NeuronRequest& request_;
    Progress& progress_;
    std::shared_ptr<NeuronResult> result_;
    std::vector<double> ablatedTo_; ///< [M]
};

/// LibTorch's errors as the program's own.
template <class Work>
auto withWordsOf(const ModelInfo& model, const Work& work) {
    try {
        const at::NoGradGuard noGrad;
        return work();
    } catch (const c10::Error& error) {
        throw Error(model.name, torchProblem(error));
    }
}

} // namespace

std::vector<std::string> shortfalls(const NeuronResult& result) {
    std::vector<std::string> sentences;
    const auto& request = result.request;
    const auto say = [&](const std::string& option, int wanted, std::size_t there,
                         const std::string& what) {
        if (static_cast<std::size_t>(wanted) > there)
            sentences.push_back(option + std::to_string(wanted) + ": there are only " +
                                std::to_string(there) + " " + what + ", all were taken");
    };
    if (request.choice.kind == ChoiceKind::Top)
        say("--neurons top:", request.choice.top, result.chosenOnes, "neurons in the layer");
    say("--random-neurons ", request.randomNeurons, result.random.neurons.size(),
        request.choice.kind == ChoiceKind::All ? "neurons in the layer" : "others in the layer");
    say("--null-space ", request.nullSpace, static_cast<std::size_t>(result.model.config.d_model),
        "directions of W_U");
    return sentences;
}

std::int64_t leastBytes(const Model& model) {
    return 2 * tokenStateBytes(model.weights());
}

LayerIndex resolveLayer(int layer, const ModelConfig& config) {
    const int resolved = layer < 0 ? config.n_layers + layer : layer;
    if (resolved < 0 || resolved >= config.n_layers)
        throw Error("--layer " + std::to_string(layer),
                    "is out of range; this model has the layers 0 to " +
                        std::to_string(config.n_layers - 1) + " (or -1 to -" +
                        std::to_string(config.n_layers) + " from the end)");
    return LayerIndex(resolved);
}

std::shared_ptr<NeuronGround> prepareNeurons(std::shared_ptr<const Model> model,
                                             const TokenInput& input, int layer,
                                             const NeuronLimits& limits, NeuronsKnown known) {
    requireValid(input, model->info().config);
    return std::make_shared<NeuronGround>(std::move(model), input, layer, limits, std::move(known));
}

std::shared_ptr<const NeuronResult> studyNeurons(NeuronGround& ground, const NeuronRequest& request,
                                                 Progress& progress) {
    return withWordsOf(ground.model().info(),
                       [&] { return Study(ground, request, progress).run(); });
}

std::shared_ptr<const NeuronResult> studyNeurons(const Model& model, const TokenInput& input,
                                                 const NeuronRequest& request, Progress& progress,
                                                 const NeuronLimits& limits, NeuronsKnown known) {
    // The caller's, who keeps it.
    const std::shared_ptr<const Model> borrowed(std::shared_ptr<const Model>(), &model);
    return studyNeurons(*prepareNeurons(borrowed, input, request.layer, limits, std::move(known)),
                        request, progress);
}

Table neuronActivations(const Model& model, const TokenSequence& sequence, LayerIndex layer,
                        const std::vector<NeuronIndex>& neurons, Progress& progress) {
    const TokenInput input{{sequence}};
    requireValid(input, model.info().config);
    return withWordsOf(model.info(), [&] {
        const Hook post{HookPoint::MlpPost, layer};
        KeptHooks kept({post});
        const auto batch = equalLengthBatches(input, {}).front();
        forward(model.weights(), batch.tokens, std::vector<std::int64_t>{}, &kept, progress);
        return toTable(doublesOnCpu(kept.of(post)[0]).index_select(1, neuronRows(neurons)).t());
    });
}

} // namespace residuum
