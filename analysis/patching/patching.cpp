#include "analysis/patching/patching.h"

#include "analysis/patching/attribution_patching.h"
#include "analysis/patching/edge_study.h"
#include "analysis/patching/edge_sums.h"
#include "analysis/patching/edges.h"
#include "analysis/patching/exact_choice.h"
#include "analysis/patching/exact_patching.h"
#include "analysis/patching/patch_analysis.h"
#include "analysis/patching/patch_checks.h"
#include "analysis/patching/patch_division.h"
#include "analysis/patching/turn_clock.h"
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
#include <set>

namespace residuum {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The work of one call, group by group.
class Patching {
  public:
    Patching(const Model& model, const PairTokens& pairs, const PatchRequest& request,
             Progress& progress, const PatchLimits& limits, const PartialPatch& partial,
             const PatchResult* begun, const PatchPauses& pauses)
        : weights_(model.weights()), pairs_(pairs), request_(request), progress_(progress),
          division_(weights_, request, limits), partial_(partial), begun_(begun), pauses_(pauses),
          turn_(progress) {
        result_.model = model.info();
        result_.request = request;
        result_.cleanMetric.assign(pairs.size(), nan);
        result_.corruptMetric.assign(pairs.size(), nan);
        result_.roles = pairs.roles;
        for (const auto& sequence : pairs.clean.sequences)
            result_.lengths.push_back(static_cast<int>(sequence.tokens.size()));
        for (const int length : result_.lengths)
            width_ = std::max(width_, length);
    }

    std::shared_ptr<const PatchResult> run() {
        if (begun_ != nullptr && asksNeurons())
            if (neurons_ = neuronPlaces(begun_->neurons, config()); !neurons_.empty())
                result_.neurons = begun_->neurons;
        const auto flop = totalFlop(pairs_, request_, config(), begun_);
        if (const auto most = quickGroup(flop, request_, pairs_.size())) {
            isQuick_ = true;
            division_.atMost(*most);
        }
        progress_.begin("patching, " + result_.model.name,
                        static_cast<std::int64_t>(flop.all / flopPerStep) + 1,
                        static_cast<std::int64_t>(flop.begun / flopPerStep));
        const auto lengths = pairsByLength(pairs_);
        scored_ = begun_ != nullptr && takeUpScores(*begun_, result_);
        if (asksNeurons() && neurons_.empty() && division_.groups(lengths) > 1)
            chooseNeurons(lengths);
        if (begun_ != nullptr && begun_->cleanMetric.size() == pairs_.size()) {
            result_.cleanMetric = begun_->cleanMetric;
            result_.corruptMetric = begun_->corruptMetric;
        }
        if (pauses_ && !isQuick_ && begun_ == nullptr && division_.groups(lengths) > 1)
            for (const auto& [length, pairs] : lengths)
                forEachGroup(pairs, length, [&](const PatchGroup& group) {
                    estimate(group);
                    report(false);
                });
        for (const auto& [length, pairs] : lengths)
            forEachGroup(pairs, length, [&](const PatchGroup& group) { patch(group); });
        for (const auto& [method, sums] : edges_)
            result_.edges.push_back(sums.grid(method, config(), pairs_.size()));
        studyEdges(lengths);
        PatchAnalysis::roundAsStored(result_);
        return std::make_shared<PatchResult>(std::move(result_));
    }

    /// What the edges take is known once the first group's runs are timed.
    void announceEdges(const PatchGroup& group) {
        if (!request_.asksEdges() || !pauses_ || result_.edgesAhead)
            return;
        result_.edgesAhead = edgesAhead(group, pairs_, request_, turn_.seconds(), scored_);
        report(true);
        if (pauses_(turn_.seconds(), 0.0))
            throw Paused();
    }

    /// By the scores over all pairs, so that their groups are run again.
    void studyEdges(const std::map<int, std::vector<std::size_t>>& lengths) {
        EdgeStudy study(request_, result_);
        if (!study.asked())
            return;
        report(true);
        for (const auto& [length, pairs] : lengths)
            forEachGroup(pairs, length, [&](const PatchGroup& group) {
                study.add(group, members_, division_, progress_);
                report(false);
            });
    }

    PatchResult takeUnfinished() { return std::move(result_); }

  private:
    const ModelConfig& config() const { return weights_.config; }
    bool asksNeurons() const { return request_.asks(PatchSite::MlpPost); }

    std::vector<CostlyCell> costly(std::size_t pair) const {
        const auto length = static_cast<std::int64_t>(pairs_.clean.sequences[pair].tokens.size());
        return costlyCells(request_.sites, config(), length, firstDifference(pairs_, pair), width_,
                           neurons_, unembedFlop(request_, config()));
    }

    template <class Use>
    void forEachGroup(const std::vector<std::size_t>& pairs, int length, const Use& use) {
        const auto step = static_cast<std::size_t>(division_.pairsPerGroup(length));
        for (std::size_t begin = 0; begin < pairs.size(); begin += step) {
            const auto end = std::min(begin + step, pairs.size());
            members_.assign(pairs.begin() + static_cast<std::ptrdiff_t>(begin),
                            pairs.begin() + static_cast<std::ptrdiff_t>(end));
            if (isThere())
                continue;
            const bool cleanIsBase = request_.direction == PatchDirection::CorruptIntoClean;
            const auto clean = tokensOf(pairs_.clean, members_);
            const auto corrupt = tokensOf(pairs_.corrupt, members_);
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
        const bool asked = wants(PatchMethod::Attribution);
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

    /// Asked for, and not there from a sweep that was begun before.
    bool wants(PatchMethod method) {
        if (!request_.asks(method))
            return false;
        const std::set<PatchSite> sites(request_.sites.begin(), request_.sites.end());
        const bool isThere = std::all_of(sites.begin(), sites.end(), [&](PatchSite site) {
            return takeUp(method, site) && isWhole(grid(method, site));
        });
        return !isThere;
    }

    /// Whether a sweep that was begun before has all that is asked of the pairs in hand.
    bool isThere() {
        if (begun_ == nullptr || pairs_.size() == 1)
            return false;
        for (const auto method : request_.methods)
            for (const auto site : request_.sites)
                if (begunGrid(method, site) == nullptr || !takeUp(method, site) ||
                    !isWhole(grid(method, site)))
                    return false;
        return true;
    }

    /// Whether a grid has every cell of the pairs in hand.
    bool isWhole(const PatchGrid& grid) const {
        const auto length = static_cast<int>(pairs_.clean.sequences[members_[0]].tokens.size());
        for (const auto& cell : cellsOf(grid.site, config(), length, width_, neurons_))
            for (const auto member : members_)
                if (std::isnan(grid.values(static_cast<Eigen::Index>(member), cell.index)))
                    return false;
        return true;
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

    /// By site.
    void estimate(const PatchGroup& group) {
        attribute(group);
        if (wants(PatchMethod::AtpStar))
            estimate(PatchMethod::AtpStar, group, atpStar(group, request_.sites, progress_));
        if (wants(PatchMethod::IntegratedGradients))
            estimate(PatchMethod::IntegratedGradients, group,
                     integratedGradients(group, request_.sites, request_.steps, progress_));
    }

    void patch(const PatchGroup& group) {
        estimate(group);
        announceEdges(group);
        for (const auto method : {PatchMethod::Eap, PatchMethod::EapIg})
            if (!scored_ && request_.asks(method))
                edges_[method].add(edgeAttribution(
                    group, method == PatchMethod::Eap ? 0 : request_.steps, progress_));
        if (request_.asks(PatchMethod::Path))
            followPath(group, request_, members_, pairs_.size(), result_.path, progress_);
        const auto length = group.runs.base.residFinal.size(1);
        progress_.advance(static_cast<std::int64_t>(
            passesOf(request_, config()) *
            passFlop(config(), static_cast<double>(length * group.runs.base.residFinal.size(0))) /
            flopPerStep));
        if (request_.asks(PatchMethod::Exact))
            patchExactlyHere(group, length);
    }

    void patchExactlyHere(const PatchGroup& group, std::int64_t length) {
        const auto cells = costly(members_[0]);
        chooseCells(cells);
        for (const auto site : request_.sites) {
            grid(PatchMethod::Exact, site);
            takeUp(PatchMethod::Exact, site);
        }
        report(!isQuick_);
        if (pauses_ && !isQuick_ && pauses_(turn_.seconds(), 0.0))
            throw Paused();
        const CellFilter wanted = [&](const SiteCell& asked, std::int64_t pair) {
            return isChosen(asked.site, asked.index) &&
                   std::isnan(cell(grid(PatchMethod::Exact, asked.site), {asked, pair}));
        };
        patchExactly(group, request_.sites, neurons_, division_.batchRows(length), wanted,
                     progress_, [&](const std::vector<CellEffect>& effects) {
                         if (preparing_ < 0.0) // the first are those that need no patch
                             preparing_ = turn_.seconds();
                         for (const auto& effect : effects) {
                             cell(grid(PatchMethod::Exact, effect.cell.site), effect) =
                                 effect.effect;
                             flop_ += effect.flop;
                         }
                         if (!isQuick_)
                             pauseOrReport(cells, preparing_);
                     });
        lookAhead(cells);
        if (isQuick_) // what is done is done: nothing of it is prepared again in the next turn
            pauseOrReport(cells, 0.0);
    }

    /// Of one pair: patchPairs refuses several.
    void chooseCells(const std::vector<CostlyCell>& cells) {
        if (request_.cells.top == 0)
            return;
        PatchAnalysis::roundAsStored(result_); // as what was begun before may have been
        for (const auto& each :
             mostImportant(cells, result_, *request_.estimate(), request_.cells.top))
            chosen_.insert({each.cell.site, each.cell.index});
    }
    bool isChosen(PatchSite site, std::int64_t cell) const {
        return request_.cells.top == 0 || chosen_.contains({site, cell});
    }

    void pauseOrReport(const std::vector<CostlyCell>& cells, double preparing) {
        const bool pauses =
            flop_ > 0.0 && pauses_ && pauses_(preparing, turn_.seconds() - preparing);
        if (pauses)
            lookAhead(cells);
        report(pauses);
        if (pauses && (result_.ahead.empty() || result_.ahead.front().missing > 0))
            throw Paused();
    }

    /// By what this turn has taken; of whole groups with their runs.
    void lookAhead(const std::vector<CostlyCell>& cells) {
        if (flop_ <= 0.0)
            return;
        const double rate = (turn_.seconds() - (isQuick_ ? 0.0 : preparing_)) / flop_;
        result_.ahead = pairs_.size() == 1 ? exactAhead(cells, result_, rate)
                                           : std::vector<ExactAhead>{aheadOfAll(rate)};
    }

    /// Of every pair.
    ExactAhead aheadOfAll(double secondsPerFlop) {
        ExactAhead ahead;
        for (std::size_t pair = 0; pair < pairs_.size(); ++pair)
            for (const auto& each : costly(pair)) {
                ++ahead.cells;
                const auto& there = grid(PatchMethod::Exact, each.cell.site).values;
                if (std::isnan(there(static_cast<Eigen::Index>(pair), each.cell.index))) {
                    ++ahead.missing;
                    ahead.seconds += each.flop * secondsPerFlop;
                }
            }
        return ahead;
    }

    /// The same grid of a sweep that was begun before; null: there is none. The same neurons, or
    /// nothing of them.
    const PatchGrid* begunGrid(PatchMethod method, PatchSite site) const {
        const auto* before = begun_ == nullptr ? nullptr : begun_->find(method, site);
        const bool same = before != nullptr &&
                          before->shape == shapeOf(site, config(), width_, neurons_.size()) &&
                          before->values.rows() == static_cast<Eigen::Index>(pairs_.size()) &&
                          (!axesOf(site).neuron || begun_->neurons == result_.neurons);
        return same ? before : nullptr;
    }

    /// What is there of a sweep that was begun before; whether there is such a grid.
    bool takeUp(PatchMethod method, PatchSite site) {
        const auto* before = begunGrid(method, site);
        if (before == nullptr)
            return false;
        auto& values = grid(method, site).values;
        for (Eigen::Index cell = 0; cell < values.cols(); ++cell)
            if (method != PatchMethod::Exact || isChosen(site, cell))
                values.col(cell) =
                    values.col(cell).isNaN().select(before->values.col(cell), values.col(cell));
        return true;
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
                    cell(target, {cells[i], static_cast<std::int64_t>(pair)}) =
                        untouched ? 0.0 : row[from];
                }
            }
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
    const PatchPauses& pauses_;
    TurnClock turn_;
    double preparing_ = -1.0; ///< seconds until the first patch; negative: not there yet
    double flop_ = 0.0;       ///< of the patches since
    bool isQuick_ = false;    ///< see quickGroup
    std::set<std::pair<PatchSite, std::int64_t>> chosen_; ///< cells, where not all are patched
    PatchResult result_;
    int width_ = 0;
    std::vector<NeuronPlace> neurons_;
    std::vector<std::size_t> members_; ///< places in pairs_ of the group in hand
    std::map<PatchMethod, EdgeSums> edges_;
    bool scored_ = false; ///< edges have their scores from what was begun before
    std::chrono::steady_clock::time_point reported_{};
};

} // namespace

std::shared_ptr<const PatchResult> patchPairs(const Model& model, const PairTokens& pairs,
                                              const PatchRequest& request, Progress& progress,
                                              const PatchLimits& limits,
                                              const PartialPatch& partial, const PatchResult* begun,
                                              PatchResult* brokenOff, const PatchPauses& pauses) {
    requireSensible(request, model.info().config);
    if (request.cells.top > 0 && pairs.size() > 1)
        throw UsageError("--cells " + Codec<ExactCells>::text(request.cells),
                         "chooses the cells of one pair; there are " +
                             std::to_string(pairs.size()) + " pairs, so patch all cells");
    requireValid(pairs, request.metric, model.info().config);
    Patching patching(model, pairs, request, progress, limits, partial, begun, pauses);
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
