#include "analysis/attribution/dla.h"

#include "analysis/attribution/component_effects.h"
#include "analysis/attribution/dla_analysis.h"
#include "analysis/attribution/dla_target.h"
#include "analysis/attribution/nmae.h"
#include "analysis/attribution/row_activations.h"
#include "analysis/inputs/batches.h"
#include "analysis/tensor/eigen_adaptor.h"
#include "core/model/forward.h"
#include "core/model/torch_problem.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>

namespace residuum {

namespace {

/// The rows of every sequence, in sample-major order.
std::vector<AttributionRow> makeRows(const TokenInput& input, const DlaRequest& request) {
    std::vector<AttributionRow> rows;
    for (std::size_t s = 0; s < input.sequences.size(); ++s) {
        const int length = static_cast<int>(input.sequences[s].tokens.size());
        const int first =
            request.position.all ? 0 : resolvePosition(request.position.at, length, s);
        const int last = request.position.all ? length : first + 1;
        for (int p = first; p < last; ++p) {
            AttributionRow row;
            row.sample = static_cast<int>(s);
            row.position = PositionIndex(p);
            rows.push_back(row);
        }
    }
    return rows;
}

/// Logits follow from the final residual, where they are looked at first.
const LogitPositions nowhere = std::vector<std::int64_t>{};

void requireSensible(const DlaRequest& request) {
    if (request.neurons && request.position.all)
        throw UsageError("--neurons", "works at one position; name it with --position P");
}

/// The work of one call, batch by batch.
class Attribution {
  public:
    Attribution(const Model& model, const TokenInput& input, const DlaRequest& request,
                const Job<DlaResult>& job)
        : model_(model), weights_(model.weights()), input_(input), request_(request), job_(job),
          progress_(job.progress), result_(emptyResult(makeRows(input, request))) {
        requireTargets(input, result_->rows, request, config().d_vocab);
        if (request.neurons)
            allocateNeurons();
    }

    std::shared_ptr<const DlaResult> run() {
        const auto batches = equalLengthBatches(input_, batchLimits());
        progress_.begin("attribution, " + result_->model.name,
                        static_cast<std::int64_t>(batches.size()) * 2 * config().n_layers);
        for (const auto& batch : batches) {
            attribute(batch);
            if (&batch != &batches.back())
                publishSoFar(batch);
        }
        result_->nmae = computeNmae(result_->dla, result_->directEffect, result_->rows,
                                    config().n_layers, config().n_heads, request_);
        DlaAnalysis::roundAsStored(*result_);
        return result_;
    }

  private:
    const ModelConfig& config() const { return weights_.config; }

    BatchLimits batchLimits() const {
        BatchLimits limits;
        limits.logitsPerSequence = request_.position.all ? 0 : 1; // 0: every position
        limits.d_vocab = config().d_vocab;
        return limits;
    }

    std::shared_ptr<DlaResult> emptyResult(std::vector<AttributionRow> rows) const {
        auto result = std::make_shared<DlaResult>();
        result->model = model_.info();
        result->request = request_;
        result->components = allComponents(config().n_layers, config().n_heads);
        result->rows = std::move(rows);
        const auto count = static_cast<Eigen::Index>(result->rows.size());
        const auto components = static_cast<Eigen::Index>(result->components.size());
        result->dla = Table::Zero(components, count);
        result->directEffect = Table::Zero(components, count);
        return result;
    }

    void allocateNeurons() {
        const auto rows = static_cast<Eigen::Index>(result_->rows.size());
        const Eigen::Index neurons = Eigen::Index{config().n_layers} * config().d_mlp;
        result_->dlaNeuron = Table::Zero(neurons, rows);
        result_->directEffectNeuron = Table::Zero(neurons, rows);
    }

    LogitPositions positionsOf(const Batch& batch) const {
        if (request_.position.all)
            return std::nullopt;
        const int length = static_cast<int>(batch.tokens.size(1));
        return std::vector<std::int64_t>{
            resolvePosition(request_.position.at, length, batch.samples.front())};
    }

    /// The places in `result_->rows` of a batch's rows.
    std::vector<Eigen::Index> rowsOf(const Batch& batch) const {
        std::vector<Eigen::Index> places;
        for (const auto sample : batch.samples) {
            const auto [first, last] = std::equal_range(result_->rows.begin(), result_->rows.end(),
                                                        static_cast<int>(sample), BySample{});
            for (auto row = first; row != last; ++row)
                places.push_back(row - result_->rows.begin());
        }
        return places;
    }

    struct BySample {
        bool operator()(const AttributionRow& row, int sample) const { return row.sample < sample; }
        bool operator()(int sample, const AttributionRow& row) const { return sample < row.sample; }
    };

    void attribute(const Batch& batch) {
        RowTap tap(config().n_layers, positionsOf(batch), request_.neurons, progress_);
        forward(weights_, batch.tokens, nowhere, &tap, progress_);
        if (job_.publish && request_.position.all && result_->rows.back().sample == 0 &&
            job_.position >= 0 && job_.position < batch.tokens.size(1))
            publishRow(tap.rows(), job_.position);
        const auto places = rowsOf(batch);
        const auto storeLayer = [&](int layer, const at::Tensor& dla, const at::Tensor& direct) {
            storeNeurons(result_->dlaNeuron, layer, places, dla);
            storeNeurons(result_->directEffectNeuron, layer, places, direct);
        };
        attributeRows(*result_, places, tap.rows(), progress_, storeLayer);
    }

    /// What is looked at, before the logits of all positions are computed.
    void publishRow(const RowActivations& activations, int place) const {
        const auto part = emptyResult({result_->rows[static_cast<std::size_t>(place)]});
        part->nmae.known = false;
        Progress unseen;
        attributeRows(*part, {0}, activations.row(place), unseen, {});
        job_.publish(part);
    }

    /// Of several sequences those that are there, not oftener than one can look.
    void publishSoFar(const Batch& batch) {
        there_ = joined(std::move(there_), rowsOf(batch));
        const auto time = std::chrono::steady_clock::now();
        if (!job_.publish || time - published_ < std::chrono::milliseconds(200))
            return;
        published_ = time;
        std::vector<AttributionRow> rows;
        for (const auto place : there_)
            rows.push_back(result_->rows[static_cast<std::size_t>(place)]);
        const auto part = emptyResult(std::move(rows));
        part->dla = result_->dla(Eigen::all, there_);
        part->directEffect = result_->directEffect(Eigen::all, there_);
        part->nmae.known = false;
        job_.publish(part);
    }

    static std::vector<Eigen::Index> joined(std::vector<Eigen::Index> a,
                                            const std::vector<Eigen::Index>& b) {
        a.insert(a.end(), b.begin(), b.end());
        std::sort(a.begin(), a.end());
        return a;
    }

    /// places: of the activations' rows in `result`.
    void attributeRows(DlaResult& result, const std::vector<Eigen::Index>& places,
                       const RowActivations& activations, Progress& progress,
                       const NeuronSink& neurons) const {
        std::vector<AttributionRow> rows;
        for (const auto place : places)
            rows.push_back(result.rows[static_cast<std::size_t>(place)]);
        const auto logits =
            forwardFrom(weights_, LayerIndex(config().n_layers),
                        activations.finalResidual.unsqueeze(0), std::nullopt, nullptr, progress)
                .squeeze(0);
        readLogits(rows, input_, request_, logits);
        const auto direction = targetDirection(rows, request_, weights_);
        store(result, places, std::move(rows),
              componentEffects(weights_, activations, direction, progress, neurons));
    }

    /// values: [R, M].
    void storeNeurons(Table& table, int layer, const std::vector<Eigen::Index>& places,
                      const at::Tensor& values) const {
        const auto dense = values.contiguous();
        const auto rows = dense.size(0), width = dense.size(1);
        const Eigen::Map<const Table> block(dense.data_ptr<double>(), rows, width);
        const auto first = Eigen::Index{layer} * width;
        for (Eigen::Index row = 0; row < rows; ++row)
            table.col(places[static_cast<std::size_t>(row)]).segment(first, width) =
                block.row(row).transpose();
    }

    static void store(DlaResult& result, const std::vector<Eigen::Index>& places,
                      std::vector<AttributionRow> rows, const ComponentEffects& effects) {
        const auto dla = toTable(effects.dla);
        result.dla(Eigen::all, places) = dla;
        result.directEffect(Eigen::all, places) = toTable(effects.directEffect);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const double sum = dla.col(static_cast<Eigen::Index>(i)).sum();
            rows[i].completenessError = sum + rows[i].unembedBias - rows[i].logit;
            result.rows[static_cast<std::size_t>(places[i])] = std::move(rows[i]);
        }
    }

    const Model& model_;
    const Weights& weights_;
    const TokenInput& input_;
    const DlaRequest& request_;
    const Job<DlaResult>& job_;
    Progress& progress_;
    std::shared_ptr<DlaResult> result_;
    std::vector<Eigen::Index> there_; ///< places of the rows that are done, of several sequences
    std::chrono::steady_clock::time_point published_{};
};

} // namespace

std::shared_ptr<const DlaResult> attributeLogits(const Model& model, const TokenInput& input,
                                                 const DlaRequest& request, Job<DlaResult> job) {
    requireSensible(request);
    requireValid(input, model.info().config);
    try {
        return Attribution(model, input, request, job).run();
    } catch (const c10::Error& error) {
        throw Error(model.info().name, torchProblem(error));
    }
}

} // namespace residuum
