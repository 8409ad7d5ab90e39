#include "analysis/groups/groups.h"

#include "analysis/groups/group_runs.h"
#include "analysis/patching/end_metric.h"
#include "analysis/patching/pair_runs.h"
#include "analysis/patching/patch_checks.h"
#include "analysis/patching/patch_division.h"
#include "core/model/doubles.h"
#include "core/model/norm.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace residuum {

namespace {

/// More pairs in a pass than these make it no faster.
constexpr std::int64_t mostPairs = 64;

std::int64_t pairsAtOnce(const Weights& weights, std::int64_t length, std::int64_t memory) {
    return std::clamp<std::int64_t>(memory / (2 * runBytesPerPair(weights, length)), 1, mostPairs);
}

at::Tensor tokenTensor(const TokenInput& input, std::span<const std::size_t> pairs) {
    std::vector<std::int64_t> ids;
    for (const auto pair : pairs)
        for (const auto token : input.sequences[pair].tokens)
            ids.push_back(token.value);
    return at::tensor(ids, at::TensorOptions().dtype(at::kLong))
        .view({static_cast<std::int64_t>(pairs.size()), -1});
}

at::Tensor atEnd(const ModelRun& run) {
    return run.residFinal.select(1, run.residFinal.size(1) - 1);
}

/// Mean activations of layers over positions and prompts, in float64 until they are asked for.
class Means {
  public:
    explicit Means(const Weights& weights) : sums_(weights.blocks.size()) {}

    void add(const ModelRun& run) {
        rows_ += run.residFinal.size(0) * run.residFinal.size(1);
        for (std::size_t l = 0; l < sums_.size(); ++l) {
            const auto& layer = run.layers[l];
            add(sums_[l].z, layer.z);
            add(sums_[l].mlpPost, layer.mlpPost);
            add(sums_[l].mlpOut, layer.mlpOut);
        }
    }
    /// In the weights' dtype.
    std::vector<LayerValues> values(const Weights& weights) const {
        const auto mean = [&](const at::Tensor& sum) {
            return (sum / static_cast<double>(rows_)).to(weights.W_pos.scalar_type());
        };
        std::vector<LayerValues> list;
        for (const auto& sum : sums_)
            list.push_back({mean(sum.z), mean(sum.mlpPost), mean(sum.mlpOut)});
        return list;
    }

  private:
    static void add(at::Tensor& sum, const at::Tensor& value) {
        const auto more = inDouble(value).sum(at::IntArrayRef{0, 1}, true);
        sum = sum.defined() ? sum + more : more;
    }
    std::vector<LayerValues> sums_;
    std::int64_t rows_ = 0;
};

std::vector<LayerValues> zeros(const Weights& weights) {
    const auto& config = weights.config;
    const auto options = weights.W_pos.options();
    const LayerValues none{
        at::zeros({1, 1, config.n_heads, config.d_model / config.n_heads}, options),
        at::zeros({1, 1, config.d_mlp}, options), at::zeros({1, 1, config.d_model}, options)};
    return std::vector<LayerValues>(weights.blocks.size(), none);
}

std::vector<LayerValues> valuesOf(const ModelRun& run) {
    std::vector<LayerValues> list;
    for (const auto& layer : run.layers)
        list.push_back({layer.z, layer.mlpPost, layer.mlpOut});
    return list;
}

class GroupWork {
  public:
    GroupWork(const Model& model, const PairTokens& pairs, const GroupsRequest& request,
              std::int64_t memory, Progress& progress)
        : weights_(model.weights()), pairs_(pairs), request_(request), memory_(memory),
          progress_(progress) {
        result_.model = model.info();
        result_.request = request;
        for (const auto& group : request.groups) {
            result_.groups.push_back(group.name);
            for (const auto& member : group.members)
                result_.members.push_back(group.name + ": " + label(member));
        }
        const auto prompts = pairs.size();
        result_.cleanMetric.resize(prompts);
        result_.corruptMetric.resize(prompts);
        const auto table = [&](std::size_t columns) {
            return Table::Constant(static_cast<Eigen::Index>(prompts),
                                   static_cast<Eigen::Index>(columns),
                                   std::numeric_limits<double>::quiet_NaN());
        };
        result_.together = table(result_.groups.size());
        result_.dla = result_.directEffect = result_.together;
        result_.alone = table(result_.members.size());
    }

    GroupsResult run() {
        const bool isMean = request_.change == GroupChange::Mean;
        progress_.begin("groups, " + result_.model.name,
                        static_cast<std::int64_t>(pairs_.size()) * (isMean ? 2 : 1));
        if (request_.change == GroupChange::Zero)
            fixed_ = zeros(weights_);
        if (isMean) {
            Means means(weights_);
            forEachBatch([&](std::span<const std::size_t> batch) {
                means.add(
                    runTokens(weights_, tokenTensor(pairs_.clean, batch), Kept::All, progress_));
            });
            fixed_ = means.values(weights_);
        }
        forEachBatch([&](std::span<const std::size_t> batch) { change(batch); });
        return std::move(result_);
    }

  private:
    template <class Use>
    void forEachBatch(const Use& use) {
        for (const auto& [length, pairs] : pairsByLength(pairs_)) {
            const auto most = static_cast<std::size_t>(pairsAtOnce(weights_, length, memory_));
            for (std::size_t begin = 0; begin < pairs.size(); begin += most) {
                const auto batch =
                    std::span(pairs).subspan(begin, std::min(most, pairs.size() - begin));
                use(batch);
                progress_.advance(static_cast<std::int64_t>(batch.size()));
            }
        }
    }

    void change(std::span<const std::size_t> batch) {
        const auto runs = runPairs(weights_, tokenTensor(pairs_.clean, batch),
                                   tokenTensor(pairs_.corrupt, batch), progress_);
        const auto &clean = runs.base, &corrupt = runs.source;
        std::vector<AnswerTokens> answers;
        std::vector<std::int64_t> order;
        for (const auto pair : batch) {
            order.push_back(static_cast<std::int64_t>(order.size()));
            answers.push_back(pairs_.answer(pair));
        }
        const EndMetric metric(weights_, request_.metric, answers, atEnd(clean), progress_);
        const auto ofClean = metric.of(atEnd(clean), order),
                   ofCorrupt = metric.of(atEnd(corrupt), order);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            result_.cleanMetric[batch[i]] = ofClean[i];
            result_.corruptMetric[batch[i]] = ofCorrupt[i];
        }
        const bool patches = request_.change == GroupChange::Patch;
        const auto& base = patches ? corrupt : clean;
        const auto& before = patches ? ofCorrupt : ofClean;
        const auto values = !fixed_.empty() ? fixed_ : valuesOf(patches ? clean : corrupt);
        const auto effects = [&](std::span<const GroupMember> members, Table& table,
                                 std::size_t column) {
            const auto after =
                metric.of(runChanged(weights_, base, values, members, progress_), order);
            for (std::size_t i = 0; i < batch.size(); ++i)
                put(table, batch[i], column, after[i] - before[i]);
        };
        std::size_t member = 0;
        for (std::size_t g = 0; g < request_.groups.size(); ++g) {
            const std::span<const GroupMember> members = request_.groups[g].members;
            effects(members, result_.together, g);
            for (std::size_t m = 0; m < members.size(); ++m, ++member)
                if (members.size() == 1)
                    result_.alone.col(static_cast<Eigen::Index>(member)) =
                        result_.together.col(static_cast<Eigen::Index>(g));
                else
                    effects(members.subspan(m, 1), result_.alone, member);
        }
        attribute(clean, answers, batch);
    }

    /// Of the logit difference, whatever the metric.
    void attribute(const ModelRun& clean, const std::vector<AnswerTokens>& answers,
                   std::span<const std::size_t> batch) {
        const at::NoGradGuard noGrad;
        const EndMetric difference(weights_, PatchMetric::LogitDiff, answers, atEnd(clean),
                                   progress_);
        const auto final = inDouble(atEnd(clean));
        const auto& site = weights_.ln_f.site;
        const auto output = inDouble(foldedGain(weights_.ln_f)) * difference.direction();
        const auto frozen = gate(final, site) * output;
        const auto whole = gated(final, site);
        for (std::size_t g = 0; g < request_.groups.size(); ++g) {
            const auto written = writtenBy(weights_, clean, request_.groups[g].members);
            const auto sums = (centre(written, site) * frozen).sum(1).contiguous();
            const auto lost = ((whole - gated(final - written, site)) * output).sum(1).contiguous();
            for (std::size_t i = 0; i < batch.size(); ++i) {
                put(result_.dla, batch[i], g, sums.data_ptr<double>()[i]);
                put(result_.directEffect, batch[i], g, lost.data_ptr<double>()[i]);
            }
        }
    }

    static void put(Table& table, std::size_t row, std::size_t column, double value) {
        table(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) = value;
    }

    const Weights& weights_;
    const PairTokens& pairs_;
    const GroupsRequest& request_;
    const std::int64_t memory_;
    Progress& progress_;
    std::vector<LayerValues>
        fixed_; ///< by layer, the same for all pairs; empty: of each pair's own
    GroupsResult result_;
};

} // namespace

std::size_t GroupsResult::firstMember(std::size_t group) const {
    std::size_t first = 0;
    for (std::size_t g = 0; g < group; ++g)
        first += request.groups[g].members.size();
    return first;
}

double GroupsResult::meanTogether(std::size_t group) const {
    return together.col(static_cast<Eigen::Index>(group)).mean();
}

double GroupsResult::meanAlone(std::size_t group) const {
    double sum = 0.0;
    for (auto m = firstMember(group); m < firstMember(group + 1); ++m)
        sum += alone.col(static_cast<Eigen::Index>(m)).mean();
    return sum;
}

GroupsCost groupsCost(const Model& model, const PairTokens& pairs, const GroupsRequest& request,
                      std::int64_t memory) {
    const auto& config = model.info().config;
    requireValid(request.groups, config);
    requireValid(pairs, request.metric, config);
    GroupsCost cost;
    double layers = 0.0; // that changed runs go through
    for (const auto& group : request.groups) {
        int first = config.n_layers;
        const bool several = group.members.size() > 1;
        for (const auto& member : group.members) {
            first = std::min(first, layerOf(member));
            layers += several ? config.n_layers - layerOf(member) : 0;
        }
        layers += config.n_layers - first;
        cost.runs += 1 + (several ? static_cast<std::int64_t>(group.members.size()) : 0);
    }
    const double passes =
        (request.change == GroupChange::Mean ? 3.0 : 2.0) + layers / config.n_layers;
    for (const auto& [length, some] : pairsByLength(pairs)) {
        cost.flop += passes * passFlop(config, static_cast<double>(length) *
                                                   static_cast<double>(some.size()));
        const auto atOnce = std::min<std::int64_t>(pairsAtOnce(model.weights(), length, memory),
                                                   static_cast<std::int64_t>(some.size()));
        // The runs, and half as much for the pass that makes the next.
        cost.peakBytes =
            std::max(cost.peakBytes, 3 * atOnce * runBytesPerPair(model.weights(), length) / 2);
    }
    return cost;
}

std::shared_ptr<const GroupsResult> groupEffects(const Model& model, const PairTokens& pairs,
                                                 const GroupsRequest& request, std::int64_t memory,
                                                 Progress& progress) {
    requireValid(request.groups, model.info().config);
    requireValid(pairs, request.metric, model.info().config);
    return std::make_shared<GroupsResult>(GroupWork(model, pairs, request, memory, progress).run());
}

} // namespace residuum
