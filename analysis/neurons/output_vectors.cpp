#include "analysis/neurons/output_vectors.h"

#include "core/model/products.h"

#include <ATen/ATen.h>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>

namespace residuum {

namespace {

constexpr std::int64_t tokensPerTile = 1000;

at::Tensor onCpu(const at::Tensor& t, at::ScalarType type) {
    return t.to(at::kCPU, type);
}

/// Folded and centred unembedding, a stretch of the vocabulary at a time, float64.
class FoldedUnembedding {
  public:
    explicit FoldedUnembedding(const Weights& weights)
        : weights_(weights), gain_(onCpu(weights.ln_f.gain, at::kDouble)),
          mean_(centredOverModel(onCpu(weights.derived.get(weights).unembedMean, at::kDouble) *
                                 gain_)) {}

    /// [count, d]
    at::Tensor rows(std::int64_t first, std::int64_t count) const {
        const auto tile = unembedRows(weights_, first, count).to(at::kDouble) * gain_;
        return centredOverModel(tile) - mean_;
    }

  private:
    static at::Tensor centredOverModel(const at::Tensor& t) {
        return t - t.mean(-1, /*keepdim=*/true);
    }
    const Weights& weights_;
    at::Tensor gain_, mean_;
};

/// Sums of cosines over the vocabulary.
struct CosineSums {
    at::Tensor sum, squares; ///< [M] float64
};

void addCosines(CosineSums& sums, const at::Tensor& folded, const at::Tensor& unitVectors) {
    const auto norms = folded.norm(2, -1, /*keepdim=*/true);
    const auto unit = (folded / norms.clamp_min(std::numeric_limits<double>::min()))
                          .to(unitVectors.scalar_type());
    const auto cosines = applyWeights(unit, unitVectors.t()).to(at::kDouble);
    sums.sum += cosines.sum(0);
    sums.squares += cosines.square().sum(0);
}

/// ρ_k for k = 1 … kept: projections on the eigenvectors of the smallest eigenvalues first.
Table nullCurve(const at::Tensor& vectors, const Eigen::MatrixXd& eigenvectors, int kept) {
    const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>
        w(vectors.data_ptr<double>(), vectors.size(0), vectors.size(1));
    const Eigen::MatrixXd projected = w * eigenvectors.leftCols(kept);
    Table curve(w.rows(), kept);
    for (Eigen::Index n = 0; n < w.rows(); ++n) {
        double sum = 0.0;
        for (int k = 0; k < kept; ++k) {
            sum += projected(n, k) * projected(n, k);
            curve(n, k) = std::sqrt(sum) / w.row(n).norm();
        }
    }
    return curve;
}

std::vector<double> toVector(const at::Tensor& t) {
    const auto values = t.to(at::kCPU, at::kDouble).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

} // namespace

at::ScalarType computed(const Weights& weights) {
    return weights.W_U_rows.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}

at::Tensor unembedRows(const Weights& weights, std::int64_t first, std::int64_t count) {
    return onCpu(weights.W_U_rows.narrow(0, first, count), computed(weights));
}

OutputVectors outputVectors(const Weights& weights, LayerIndex layer) {
    const at::NoGradGuard noGrad;
    OutputVectors vectors;
    const auto W_out =
        onCpu(weights.blocks[static_cast<std::size_t>(layer.value)].W_out, at::kDouble);
    vectors.centred = (W_out - W_out.mean(-1, /*keepdim=*/true)).contiguous();
    const auto folded = vectors.centred * onCpu(weights.ln_f.gain, at::kDouble);
    const auto mean = onCpu(weights.derived.get(weights).unembedMean, at::kDouble);
    vectors.offset = at::mv(folded, mean);
    vectors.toLogits = folded.to(computed(weights));
    return vectors;
}

at::Tensor logitDirections(const Weights& weights, const OutputVectors& vectors,
                           const std::vector<NeuronIndex>& neurons) {
    std::vector<std::int64_t> ids;
    for (const auto neuron : neurons)
        ids.push_back(neuron.value);
    const auto index = at::tensor(ids, at::TensorOptions().dtype(at::kLong));
    const auto rows = unembedRows(weights, 0, weights.config.d_vocab);
    auto directions = applyWeights(vectors.toLogits.index_select(0, index), rows.t());
    directions -= vectors.offset.index_select(0, index).unsqueeze(1).to(directions.scalar_type());
    return directions;
}

std::int64_t neuronWeightsSteps(const ModelConfig& config) {
    return (config.d_vocab + tokensPerTile - 1) / tokensPerTile;
}

NeuronWeights neuronWeights(const Weights& weights, const OutputVectors& vectors, int kept,
                            Progress& progress) {
    const at::NoGradGuard noGrad;
    const std::int64_t d = weights.config.d_model, V = weights.config.d_vocab;
    const FoldedUnembedding unembedding(weights);
    const auto norms = vectors.centred.norm(2, -1, /*keepdim=*/true);
    const auto unitVectors = (vectors.centred / norms.clamp_min(std::numeric_limits<double>::min()))
                                 .to(computed(weights));
    auto gram = at::zeros({d, d}, at::kDouble);
    CosineSums sums{at::zeros({norms.size(0)}, at::kDouble),
                    at::zeros({norms.size(0)}, at::kDouble)};
    for (std::int64_t first = 0; first < V; first += tokensPerTile) {
        const auto folded = unembedding.rows(first, std::min(tokensPerTile, V - first));
        gram += applyWeights(folded.t(), folded);
        addCosines(sums, folded, unitVectors);
        progress.advance();
    }
    const Eigen::Map<const Eigen::MatrixXd> symmetric(gram.data_ptr<double>(), d, d);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(symmetric);

    NeuronWeights result;
    result.norm = toVector(norms);
    const auto mean = sums.sum / static_cast<double>(V);
    result.logitVar = toVector(sums.squares / static_cast<double>(V) - mean.square());
    for (std::size_t n = 0; n < result.norm.size(); ++n)
        if (result.norm[n] == 0.0)
            result.logitVar[n] = std::numeric_limits<double>::quiet_NaN();
    result.nullCurve = nullCurve(vectors.centred, solved.eigenvectors(), kept);
    for (std::int64_t i = d; i-- > 0;)
        result.singular.push_back(std::sqrt(std::max(0.0, solved.eigenvalues()[i])));
    return result;
}

WrittenTokens writtenTokens(const at::Tensor& directions) {
    const auto count = std::min<std::int64_t>(listedTokens, directions.size(1));
    const auto most = at::topk(directions, count, 1, /*largest=*/true);
    const auto least = at::topk(directions, count, 1, /*largest=*/false);
    const auto table = [](const at::Tensor& t) { return toTable(t.to(at::kDouble)); };
    return {table(std::get<1>(most)), table(std::get<0>(most)), table(std::get<1>(least)),
            table(std::get<0>(least))};
}

} // namespace residuum
