#include "analysis/patching/patching.h"

#include "analysis/patching/attribution_patching.h"
#include "analysis/patching/edges.h"
#include "analysis/patching/exact_patching.h"
#include "analysis/patching/patch_analysis.h"
#include "analysis/patching/patch_checks.h"
#include "analysis/patching/patch_division.h"
#include "analysis/question/thing.h"
#include "core/model/torch_problem.h"
#include "core/task/error.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace residuum {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

at::Tensor tokenTensor(const TokenInput& input, const std::vector<std::size_t>& pairs) {
    std::vector<std::int64_t> ids;
    for (const auto pair : pairs)
        for (const auto token : input.sequences[pair].tokens)
            ids.push_back(token.value);
    return at::tensor(ids, at::TensorOptions().dtype(at::kLong))
        .view({static_cast<std::int64_t>(pairs.size()), -1});
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
        const auto lengths = pairsByLength(pairs_);
        if (asksNeurons() && groupCount(lengths) > 1)
            chooseNeurons(lengths);
        for (const auto& [length, pairs] : lengths)
            forEachGroup(pairs, length, [&](const PatchGroup& group) { patch(group); });
        finishEdges();
        PatchAnalysis::roundAsStored(result_);
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
            const auto atEnd = [&](const ModelRun& run) {
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
        const auto order =
            std::get<1>(importance.flatten().topk(patchedNeurons(request_, config()))).contiguous();
        for (std::int64_t i = 0; i < order.numel(); ++i) {
            const auto place = order.data_ptr<std::int64_t>()[i];
            neurons_.push_back({static_cast<int>(place / config().d_mlp),
                                static_cast<int>(place % config().d_mlp)});
            result_.neurons.push_back(label(
                Neuron{LayerIndex(neurons_.back().layer), NeuronIndex(neurons_.back().neuron)}));
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
                    // There the runs are the same, but for the rounding of their products.
                    const bool untouched =
                        axesOf(site).pos && cells[i].pos < group.firstDifferent[pair];
                    cell(target, {cells[i], static_cast<std::int64_t>(pair), 0.0}) =
                        untouched ? 0.0 : row[from];
                }
            }
        }
    }

    struct EdgeSums {
        at::Tensor sum, squares; ///< [S, N] float64
    };

    /// scores: [B, S, N], squared in place, since there is hardly anything larger.
    void addEdges(PatchMethod method, at::Tensor scores) {
        auto& sums = edges_[method];
        const auto sum = scores.sum(0), squares = scores.mul_(scores).sum(0);
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
        const auto sender = senderNamed(request_.sender, config());
        std::vector<std::size_t> all;
        for (const auto& label : request_.receivers)
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

std::shared_ptr<const PatchResult> patchPairs(const Model& model, const PairTokens& pairs,
                                              const PatchRequest& request, Progress& progress,
                                              const PatchLimits& limits,
                                              const PartialPatch& partial, const PatchResult* begun,
                                              PatchResult* brokenOff) {
    requireSensible(request, model.info().config);
    requireValid(pairs, request.metric, model.info().config);
    Patching patching(model, pairs, request, progress, limits, partial, begun);
    try {
        return patching.run();
    } catch (const c10::Error& error) {
        throw Error(model.info().name, torchProblem(error));
    } catch (const Cancelled&) {
        if (brokenOff != nullptr)
            *brokenOff = patching.takeUnfinished();
        throw;
    }
}

} // namespace residuum
