#include "analysis/patching/patching.h"

#include "analysis/patching/attribution_patching.h"
#include "analysis/patching/edges.h"
#include "analysis/patching/exact_patching.h"
#include "analysis/prompts/batches.h"
#include "analysis/results/result_file.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace residuum {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double flopPerStep = 1e6; // of progress

std::string nameOf(std::size_t pair, std::size_t count) {
    return count == 1 ? "the pair of prompts" : "pair " + std::to_string(pair);
}

int firstDifference(const PairTokens& pairs, std::size_t pair) {
    const auto& clean = pairs.clean.sequences[pair].tokens;
    const auto& corrupt = pairs.corrupt.sequences[pair].tokens;
    return static_cast<int>(
        std::mismatch(clean.begin(), clean.end(), corrupt.begin(), corrupt.end()).first -
        clean.begin());
}

void requireValid(const PairTokens& pairs, const ModelConfig& config) {
    requireValid(pairs.clean, config);
    requireValid(pairs.corrupt, config);
    for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
        const auto subject = nameOf(pair, pairs.size());
        const auto clean = pairs.clean.sequences[pair].tokens.size();
        const auto corrupt = pairs.corrupt.sequences[pair].tokens.size();
        if (clean != corrupt)
            throw Error(subject, "the clean prompt has " + std::to_string(clean) +
                                     " tokens, the corrupted one " + std::to_string(corrupt) +
                                     "; patching needs as many in both, token under token");
        if (static_cast<std::size_t>(firstDifference(pairs, pair)) == clean)
            throw Error(subject, "clean and corrupted prompt are the same tokens, so there is "
                                 "nothing to patch; change a token of the corrupted one");
        const auto answer = pairs.answer(pair);
        for (const auto token : {answer.correct, answer.incorrect})
            if (token.value < 0 || token.value >= config.d_vocab)
                throw Error(subject, "the answer token " + std::to_string(token.value) +
                                         " is outside the vocabulary of " +
                                         std::to_string(config.d_vocab) + " tokens");
        if (answer.correct == answer.incorrect)
            throw Error(subject, "correct and incorrect answer are the same token (" +
                                     std::to_string(answer.correct.value) +
                                     "), so their logit difference is always zero; choose two");
    }
}

bool needsGradients(const PatchRequest& request) {
    return std::any_of(request.methods.begin(), request.methods.end(), [](PatchMethod method) {
        return method != PatchMethod::Exact && method != PatchMethod::Path;
    });
}

void requireSensible(const PatchRequest& request, const ModelConfig& config) {
    if (request.methods.empty())
        throw UsageError("--method", "names no method");
    const bool bySite =
        request.asks(PatchMethod::Exact) || request.asks(PatchMethod::Attribution) ||
        request.asks(PatchMethod::AtpStar) || request.asks(PatchMethod::IntegratedGradients);
    if (bySite && request.sites.empty())
        throw UsageError("--sites", "names no site");
    if (request.metric == PatchMetric::Kl &&
        request.direction == PatchDirection::CorruptIntoClean && needsGradients(request))
        throw UsageError("--metric kl",
                         "KL to the clean run has a gradient of zero at the clean run, so every "
                         "estimate by gradients is zero with --direction corrupt-into-clean; use "
                         "--method exact, another metric or the other direction");
    if (request.steps < 1 || request.steps > 1000)
        throw UsageError("--steps " + std::to_string(request.steps),
                         "is out of range; 1 to 1000 are possible");
    const auto all = std::int64_t{config.n_layers} * config.d_mlp;
    if (request.neurons < 1 || request.neurons > all)
        throw UsageError("--top-neurons " + std::to_string(request.neurons),
                         "is out of range; the model has " + std::to_string(all));
    if (request.asks(PatchMethod::Path)) {
        if (request.path.receivers.empty())
            throw UsageError("--receivers", "path patching needs a --sender and --receivers");
        const auto sender = senderNamed(request.path.sender, config);
        for (const auto& receiver : request.path.receivers)
            receiversNamed(receiver, sender, config);
    }
}

at::Tensor tokenTensor(const TokenInput& input, const std::vector<std::size_t>& pairs) {
    std::vector<std::int64_t> ids;
    for (const auto pair : pairs)
        for (const auto token : input.sequences[pair].tokens)
            ids.push_back(token.value);
    return at::tensor(ids, at::TensorOptions().dtype(at::kLong))
        .view({static_cast<std::int64_t>(pairs.size()), -1});
}

/// How pairs share passes within a memory limit: half of it for what runs leave behind, the rest
/// for batches of patches.
struct Division {
    Division(const Weights& of, const PatchRequest& request, const PatchLimits& limits)
        : weights(of), edges(request.asks(PatchMethod::Eap) || request.asks(PatchMethod::EapIg)),
          gradients(needsGradients(request)),
          vocabulary(request.metric == PatchMetric::LogitDiff ? 0 : of.config.d_vocab),
          half(std::max<std::int64_t>(limits.bytes / 2, 1)) {}

    std::int64_t bytesPerPair(std::int64_t length) const {
        auto bytes = runBytesPerPair(weights, length);
        if (gradients) // one run between, and a block's gradients and patterns
            bytes += 3 * bytes / 4 + 4 * std::int64_t{weights.config.n_heads} * length * length *
                                         static_cast<std::int64_t>(weights.W_pos.element_size());
        // Edges' products copy what they multiply. A quarter more for what allocators keep.
        return (bytes + vocabulary * elementBytes() +
                (edges ? 5 * edgeBytesPerPair(weights, length) / 2 : 0)) *
               5 / 4;
    }
    /// Logits of a few runs at once, and their logarithms in float64.
    std::int64_t unembeddingBytes() const { return 64 * vocabulary * (2 * elementBytes() + 16); }
    std::int64_t pairsPerGroup(std::int64_t length) const {
        return std::clamp<std::int64_t>(half / bytesPerPair(length), 1, 256);
    }
    std::int64_t batchRows(std::int64_t length) const {
        return rowsPerBatch(weights, half, length);
    }

    const Weights& weights;
    bool edges, gradients;
    std::int64_t vocabulary; ///< 0 where the metric does not need all of it
    std::int64_t half;

  private:
    std::int64_t elementBytes() const {
        return static_cast<std::int64_t>(weights.W_pos.element_size());
    }
};

std::map<int, std::vector<std::size_t>> byLength(const PairTokens& pairs) {
    std::map<int, std::vector<std::size_t>> lengths;
    for (std::size_t pair = 0; pair < pairs.size(); ++pair)
        lengths[static_cast<int>(pairs.clean.sequences[pair].tokens.size())].push_back(pair);
    return lengths;
}

double unembedFlop(const PatchRequest& request, const ModelConfig& config) {
    return request.metric == PatchMetric::LogitDiff ? 0.0 : 2.0 * config.d_model * config.d_vocab;
}

/// Neurons that are patched where they cannot be known yet.
std::vector<NeuronPlace> someNeurons(const PatchRequest& request, const ModelConfig& config) {
    std::vector<NeuronPlace> neurons;
    for (int i = 0; i < request.neurons; ++i)
        neurons.push_back({i % config.n_layers, i / config.n_layers});
    return neurons;
}

double passFlop(const ModelConfig& config, double tokens) {
    const double d = config.d_model;
    return tokens * config.n_layers * (8.0 * d * d + 4.0 * d * config.d_mlp);
}

/// Forward and backward passes of one pair beside its exact patches, for progress.
double passesOf(const PatchRequest& request, const ModelConfig& config) {
    double passes = 2.0;
    passes += request.asks(PatchMethod::Attribution) ? 1.0 : 0.0;
    passes += request.asks(PatchMethod::AtpStar) ? config.n_layers : 0.0;
    passes += request.asks(PatchMethod::IntegratedGradients) ? 2.0 * request.steps : 0.0;
    passes += request.asks(PatchMethod::Eap) ? 4.0 : 0.0;
    passes += request.asks(PatchMethod::EapIg) ? 5.0 * request.steps : 0.0;
    return passes;
}

/// The work of one call, group by group.
class Patching {
  public:
    Patching(const Model& model, const PairTokens& pairs, const PatchRequest& request,
             Progress& progress, const PatchLimits& limits, const PartialPatch& partial,
             const PatchResult* begun)
        : weights_(model.weights()), pairs_(pairs), request_(request), progress_(progress),
          division_(weights_, request, limits), partial_(partial), begun_(begun) {
        result_.model = model.info();
        result_.request = request;
        result_.cleanMetric.assign(pairs.size(), nan);
        result_.corruptMetric.assign(pairs.size(), nan);
        for (const auto& sequence : pairs.clean.sequences)
            width_ = std::max(width_, static_cast<int>(sequence.tokens.size()));
    }

    std::shared_ptr<const PatchResult> run() {
        const auto cost = patchCostOf();
        progress_.begin("patching, " + result_.model.name,
                        static_cast<std::int64_t>(cost / flopPerStep) + 1);
        const auto lengths = byLength(pairs_);
        if (asksNeurons() && groupCount(lengths) > 1)
            chooseNeurons(lengths);
        for (const auto& [length, pairs] : lengths)
            forEachGroup(pairs, length, [&](const PatchGroup& group) { patch(group); });
        finishEdges();
        roundAsStored();
        return std::make_shared<PatchResult>(std::move(result_));
    }

    PatchResult takeUnfinished() { return std::move(result_); }

  private:
    const ModelConfig& config() const { return weights_.config; }
    bool asksNeurons() const {
        return std::find(request_.sites.begin(), request_.sites.end(), PatchSite::MlpPost) !=
               request_.sites.end();
    }

    double patchCostOf() const {
        double flop = 0.0;
        const auto neurons =
            asksNeurons() ? someNeurons(request_, config()) : std::vector<NeuronPlace>();
        for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
            const auto length = static_cast<double>(pairs_.clean.sequences[pair].tokens.size());
            flop += passesOf(request_, config()) * passFlop(config(), length);
            if (request_.asks(PatchMethod::Exact))
                flop += sweepFlop(request_.sites, config(), static_cast<std::int64_t>(length),
                                  firstDifference(pairs_, pair), neurons,
                                  unembedFlop(request_, config()));
        }
        return flop;
    }

    template <class Use>
    void forEachGroup(const std::vector<std::size_t>& pairs, int length, const Use& use) {
        const auto step = static_cast<std::size_t>(division_.pairsPerGroup(length));
        for (std::size_t begin = 0; begin < pairs.size(); begin += step) {
            const auto end = std::min(begin + step, pairs.size());
            members_.assign(pairs.begin() + static_cast<std::ptrdiff_t>(begin),
                            pairs.begin() + static_cast<std::ptrdiff_t>(end));
            const bool cleanIsBase = request_.direction == PatchDirection::CorruptIntoClean;
            const auto clean = tokenTensor(pairs_.clean, members_);
            const auto corrupt = tokenTensor(pairs_.corrupt, members_);
            const auto runs = runPairs(weights_, cleanIsBase ? clean : corrupt,
                                       cleanIsBase ? corrupt : clean, progress_);
            const auto atEnd = [&](const PairRun& run) {
                return run.residFinal.select(1, length - 1);
            };
            const auto& cleanRun = cleanIsBase ? runs.base : runs.source;
            std::vector<AnswerTokens> answers;
            std::vector<std::int64_t> order, first;
            for (const auto member : members_) {
                order.push_back(static_cast<std::int64_t>(order.size()));
                answers.push_back(pairs_.answer(member));
                first.push_back(firstDifference(pairs_, member));
            }
            const EndMetric metric(weights_, request_.metric, answers, atEnd(cleanRun), progress_);
            const PatchGroup group{weights_, runs,  metric, metric.of(atEnd(runs.base), order),
                                   first,    width_};
            store(group.baseMetric, metric.of(atEnd(runs.source), order), cleanIsBase);
            use(group);
        }
    }

    void store(const std::vector<double>& base, const std::vector<double>& source,
               bool cleanIsBase) {
        for (std::size_t i = 0; i < members_.size(); ++i) {
            result_.cleanMetric[members_[i]] = cleanIsBase ? base[i] : source[i];
            result_.corruptMetric[members_[i]] = cleanIsBase ? source[i] : base[i];
        }
    }

    std::int64_t groupCount(const std::map<int, std::vector<std::size_t>>& lengths) const {
        std::int64_t count = 0;
        for (const auto& [length, pairs] : lengths) {
            const auto each = division_.pairsPerGroup(length);
            count += (static_cast<std::int64_t>(pairs.size()) + each - 1) / each;
        }
        return count;
    }

    /// The same neurons for every pair: the largest mean |attribution|. One pass ahead of the
    /// others, where pairs do not fit one group.
    void chooseNeurons(const std::map<int, std::vector<std::size_t>>& lengths) {
        at::Tensor sum;
        for (const auto& [length, pairs] : lengths)
            forEachGroup(pairs, length, [&](const PatchGroup& group) {
                const auto estimates = attributionPatching(group, {PatchSite::MlpPost}, progress_);
                const auto size = estimates.at(PatchSite::MlpPost).abs().sum(0);
                sum = sum.defined() ? sum + size : size;
            });
        chooseNeurons(sum);
    }

    /// importance: [layer, neuron].
    void chooseNeurons(const at::Tensor& importance) {
        const auto order = std::get<1>(importance.flatten().topk(request_.neurons)).contiguous();
        for (std::int64_t i = 0; i < order.numel(); ++i) {
            const auto place = order.data_ptr<std::int64_t>()[i];
            neurons_.push_back({static_cast<int>(place / config().d_mlp),
                                static_cast<int>(place % config().d_mlp)});
            result_.neurons.push_back("L" + std::to_string(neurons_.back().layer) + "N" +
                                      std::to_string(neurons_.back().neuron));
        }
    }

    void attribute(const PatchGroup& group) {
        const bool asked = request_.asks(PatchMethod::Attribution);
        const bool choosing = asksNeurons() && neurons_.empty();
        if (!asked && !choosing)
            return;
        const auto estimates = attributionPatching(
            group, asked ? request_.sites : std::vector{PatchSite::MlpPost}, progress_);
        if (choosing)
            chooseNeurons(estimates.at(PatchSite::MlpPost).abs().sum(0));
        if (asked)
            estimate(PatchMethod::Attribution, group, estimates);
    }

    PatchGrid& grid(PatchMethod method, PatchSite site) {
        for (auto& each : result_.grids)
            if (each.method == method && each.site == site)
                return each;
        PatchGrid grid{method, site, shapeOf(site, config(), width_, neurons_.size()), {}};
        const auto cells = std::accumulate(grid.shape.begin(), grid.shape.end(), std::int64_t{1},
                                           std::multiplies<>());
        grid.values = Table::Constant(static_cast<Eigen::Index>(pairs_.size()), cells, nan);
        return result_.grids.emplace_back(std::move(grid));
    }

    void patch(const PatchGroup& group) {
        attribute(group);
        if (request_.asks(PatchMethod::AtpStar))
            estimate(PatchMethod::AtpStar, group, atpStar(group, request_.sites, progress_));
        if (request_.asks(PatchMethod::IntegratedGradients))
            estimate(PatchMethod::IntegratedGradients, group,
                     integratedGradients(group, request_.sites, request_.steps, progress_));
        if (request_.asks(PatchMethod::Eap))
            addEdges(PatchMethod::Eap, edgeAttribution(group, 0, progress_));
        if (request_.asks(PatchMethod::EapIg))
            addEdges(PatchMethod::EapIg, edgeAttribution(group, request_.steps, progress_));
        if (request_.asks(PatchMethod::Path))
            followPath(group);
        const auto length = group.runs.base.residFinal.size(1);
        progress_.advance(static_cast<std::int64_t>(
            passesOf(request_, config()) *
            passFlop(config(), static_cast<double>(length * group.runs.base.residFinal.size(0))) /
            flopPerStep));
        if (request_.asks(PatchMethod::Exact))
            patchExactlyHere(group, length);
    }

    void patchExactlyHere(const PatchGroup& group, std::int64_t length) {
        for (const auto site : request_.sites)
            takeUp(grid(PatchMethod::Exact, site));
        report(true);
        const CellFilter missing = [&](const SiteCell& effect, std::int64_t pair) {
            return std::isnan(cell(grid(PatchMethod::Exact, effect.site), {effect, pair, 0.0}));
        };
        patchExactly(group, request_.sites, neurons_, division_.batchRows(length), missing,
                     progress_, [&](const std::vector<CellEffect>& effects) {
                         for (const auto& effect : effects)
                             cell(grid(PatchMethod::Exact, effect.cell.site), effect) =
                                 effect.effect;
                         report(false);
                     });
    }

    /// Cells of a sweep that was begun before. The same neurons, or nothing of them.
    void takeUp(PatchGrid& grid) const {
        const auto* before = begun_ == nullptr ? nullptr : begun_->find(grid.method, grid.site);
        const bool same = before != nullptr && before->shape == grid.shape &&
                          before->values.rows() == grid.values.rows() &&
                          (!axesOf(grid.site).neuron || begun_->neurons == result_.neurons);
        if (same)
            grid.values = grid.values.isNaN().select(before->values, grid.values);
    }

    double& cell(PatchGrid& grid, const CellEffect& effect) const {
        return grid.values(
            static_cast<Eigen::Index>(members_[static_cast<std::size_t>(effect.pair)]),
            effect.cell.index);
    }

    /// estimates: [B, …] per site, with T positions; stored with width_.
    void estimate(PatchMethod method, const PatchGroup& group, const SiteEstimates& estimates) {
        const auto length = static_cast<int>(group.runs.base.residFinal.size(1));
        for (const auto& [site, values] : estimates) {
            auto& target = grid(method, site);
            const auto flat = values.flatten(1).contiguous();
            const auto* numbers = flat.data_ptr<double>();
            const auto cells = cellsOf(site, config(), length, width_, neurons_);
            for (std::size_t pair = 0; pair < members_.size(); ++pair) {
                const auto* row = numbers + static_cast<std::int64_t>(pair) * flat.size(1);
                for (std::size_t i = 0; i < cells.size(); ++i) {
                    const auto from = axesOf(site).neuron
                                          ? cells[i].layer * config().d_mlp + cells[i].neuron
                                          : static_cast<int>(i);
                    cell(target, {cells[i], static_cast<std::int64_t>(pair), 0.0}) = row[from];
                }
            }
        }
    }

    struct EdgeSums {
        at::Tensor sum, squares; ///< [S, N] float64
    };

    void addEdges(PatchMethod method, const at::Tensor& scores) {
        auto& sums = edges_[method];
        const auto sum = scores.sum(0), squares = (scores * scores).sum(0);
        sums = sums.sum.defined() ? EdgeSums{sums.sum + sum, sums.squares + squares}
                                  : EdgeSums{sum, squares};
    }

    void finishEdges() {
        const auto n = static_cast<double>(pairs_.size());
        for (const auto& [method, sums] : edges_) {
            EdgeGrid edges{method, edgeSenders(config()), edgeReceivers(config()), {}, {}};
            edges.mean = toTable(sums.sum / n);
            const auto variance = (sums.squares - sums.sum * sums.sum / n) / std::max(1.0, n - 1.0);
            edges.deviation = toTable(at::sqrt(at::clamp_min(variance, 0.0)));
            for (std::size_t receiver = 0; receiver < edges.receivers.size(); ++receiver)
                for (auto sender = sendersBefore(receiver, config()); sender < edges.mean.rows();
                     ++sender)
                    edges.mean(sender, static_cast<Eigen::Index>(receiver)) =
                        edges.deviation(sender, static_cast<Eigen::Index>(receiver)) = nan;
            result_.edges.push_back(std::move(edges));
        }
    }

    void followPath(const PatchGroup& group) {
        const auto sender = senderNamed(request_.path.sender, config());
        std::vector<std::size_t> all;
        for (const auto& label : request_.path.receivers)
            for (const auto place : receiversNamed(label, sender, config()))
                if (std::find(all.begin(), all.end(), place) == all.end())
                    all.push_back(place);
        auto& path = result_.path;
        if (path.receivers.empty()) {
            for (const auto place : all)
                path.receivers.push_back(edgeReceivers(config())[place]);
            if (all.size() > 1)
                path.receivers.emplace_back("together");
            path.values = Table::Constant(static_cast<Eigen::Index>(pairs_.size()),
                                          static_cast<Eigen::Index>(path.receivers.size()), nan);
        }
        for (std::size_t i = 0; i < path.receivers.size(); ++i) {
            const auto chosen = i < all.size() ? std::vector{all[i]} : all;
            const auto effects = pathPatch(group, sender, chosen, progress_);
            for (std::size_t pair = 0; pair < effects.size(); ++pair)
                path.values(static_cast<Eigen::Index>(members_[pair]),
                            static_cast<Eigen::Index>(i)) = effects[pair];
        }
    }

    void report(bool now) {
        const auto time = std::chrono::steady_clock::now();
        if (!partial_ || (!now && time - reported_ < std::chrono::milliseconds(100)))
            return;
        reported_ = time;
        partial_(std::make_shared<PatchResult>(result_));
    }

    /// So that a result read back is the one that was computed, bit for bit.
    void roundAsStored() {
        const auto rounded = [this](double& value) {
            value = asStored(value, result_.model.numeric);
        };
        const auto table = [&](Table& values) {
            std::for_each(values.data(), values.data() + values.size(), rounded);
        };
        std::for_each(result_.cleanMetric.begin(), result_.cleanMetric.end(), rounded);
        std::for_each(result_.corruptMetric.begin(), result_.corruptMetric.end(), rounded);
        for (auto& grid : result_.grids)
            table(grid.values);
        for (auto& edges : result_.edges) {
            table(edges.mean);
            table(edges.deviation);
        }
        table(result_.path.values);
    }

    const Weights& weights_;
    const PairTokens& pairs_;
    const PatchRequest& request_;
    Progress& progress_;
    Division division_;
    const PartialPatch& partial_;
    const PatchResult* begun_; ///< null: nothing was begun before
    PatchResult result_;
    int width_ = 0;
    std::vector<NeuronPlace> neurons_;
    std::vector<std::size_t> members_; ///< places in pairs_ of the group in hand
    std::map<PatchMethod, EdgeSums> edges_;
    std::chrono::steady_clock::time_point reported_{};
};

} // namespace

PatchCost patchCost(const Model& model, const PairTokens& pairs, const PatchRequest& request,
                    const PatchLimits& limits) {
    const auto& config = model.info().config;
    requireSensible(request, config);
    requireValid(pairs, config);
    const Division division(model.weights(), request, limits);
    const auto neurons = someNeurons(request, config);
    PatchCost cost;
    for (const auto& [length, members] : byLength(pairs)) {
        const auto group = std::min<std::int64_t>(division.pairsPerGroup(length),
                                                  static_cast<std::int64_t>(members.size()));
        const auto rows = division.batchRows(length);
        cost.peakBytes = std::max(
            cost.peakBytes,
            group * division.bytesPerPair(length) +
                (request.asks(PatchMethod::Exact) ? rows * batchBytesPerRow(model.weights()) : 0) +
                division.unembeddingBytes());
        cost.forwardFlop = std::max(cost.forwardFlop, passFlop(config, length));
        if (!request.asks(PatchMethod::Exact))
            continue;
        for (const auto pair : members) {
            const auto first = firstDifference(pairs, pair);
            cost.exactFlop += sweepFlop(request.sites, config, length, first, neurons,
                                        unembedFlop(request, config));
            for (const auto site : request.sites)
                for (const auto& cell : cellsOf(site, config, length, length, neurons))
                    cost.patches += injectionOf(cell, 0, first, config, length).has_value();
        }
    }
    return cost;
}

std::string describe(const PatchCost& cost) {
    char text[160];
    std::snprintf(text, sizeof text,
                  "%lld exact patches, %.3g GFLOP, at most %.3g MB of working memory",
                  static_cast<long long>(cost.patches), cost.exactFlop / 1e9,
                  static_cast<double>(cost.peakBytes) / 1e6);
    return text;
}

std::shared_ptr<const PatchResult> patchPairs(const Model& model, const PairTokens& pairs,
                                              const PatchRequest& request, Progress& progress,
                                              const PatchLimits& limits,
                                              const PartialPatch& partial, const PatchResult* begun,
                                              PatchResult* brokenOff) {
    requireSensible(request, model.info().config);
    requireValid(pairs, model.info().config);
    Patching patching(model, pairs, request, progress, limits, partial, begun);
    try {
        return patching.run();
    } catch (const c10::Error& error) {
        throw Error(model.info().name, error.what_without_backtrace());
    } catch (const Cancelled&) {
        if (brokenOff != nullptr)
            *brokenOff = patching.takeUnfinished();
        throw;
    }
}

} // namespace residuum
