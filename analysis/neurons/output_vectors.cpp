#include "analysis/neurons/output_vectors.h"

#include "core/model/doubles.h"
#include "core/model/norm.h"
#include "core/model/products.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>

namespace residuum {

namespace {

constexpr std::int64_t tokensPerTile = 1000;

/// Folded and centred unembedding, a stretch of the vocabulary at a time, float64. Over d_model it
/// is centred where ln_f centres: only then is the all-ones direction a null one.
class FoldedUnembedding {
  public:
    FoldedUnembedding(const Weights& weights, const at::Tensor& unembed)
        : unembed_(unembed), site_(weights.ln_f.site), gain_(inDouble(foldedGain(weights.ln_f))),
          mean_(centre(weights.derived.get(weights).unembedMean * gain_, site_)) {}

    /// [count, d]
    at::Tensor rows(std::int64_t first, std::int64_t count) const {
        const auto tile = inDouble(unembed_.narrow(0, first, count)) * gain_;
        return centre(tile, site_) - mean_;
    }

  private:
    const at::Tensor& unembed_;
    NormSite site_;
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
    const auto cosines = inDouble(applyWeights(unit, unitVectors.t()));
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
    const auto values = doublesOnCpu(t).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

} // namespace

at::ScalarType computed(const Weights& weights) {
    return weights.W_U_rows.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}

OutputVectors outputVectors(const Weights& weights, LayerIndex layer) {
    const at::NoGradGuard noGrad;
    OutputVectors vectors;
    const auto W_out = doublesOnCpu(weights.blocks[static_cast<std::size_t>(layer.value)].W_out);
    vectors.rows = centre(W_out, weights.ln_f.site).contiguous();
    const auto folded = vectors.rows * doublesOnCpu(foldedGain(weights.ln_f));
    const auto mean = doublesOnCpu(weights.derived.get(weights).unembedMean);
    vectors.offset = at::mv(folded, mean);
    vectors.unembed = weights.W_U_rows.to(computed(weights));
    vectors.toLogits = folded.to(computed(weights)).to(vectors.unembed.device());
    return vectors;
}

at::Tensor neuronRows(std::span<const NeuronIndex> neurons) {
    std::vector<std::int64_t> ids;
    for (const auto neuron : neurons)
        ids.push_back(neuron.value);
    return at::tensor(ids, at::TensorOptions().dtype(at::kLong));
}

at::Tensor logitDirections(const OutputVectors& vectors, std::span<const NeuronIndex> neurons) {
    const auto index = neuronRows(neurons);
    auto directions = applyWeights(
        vectors.toLogits.index_select(0, index.to(vectors.toLogits.device())), vectors.unembed.t());
    directions -= vectors.offset.index_select(0, index)
                      .unsqueeze(1)
                      .to(directions.scalar_type())
                      .to(directions.device());
    return directions;
}

std::int64_t neuronWeightsSteps(const ModelConfig& config) {
    return (config.d_vocab + tokensPerTile - 1) / tokensPerTile;
}

UnembeddingSpectrum unembeddingSpectrum(const Weights& weights, Progress& progress) {
    const at::NoGradGuard noGrad;
    const std::int64_t d = weights.config.d_model, V = weights.config.d_vocab;
    const FoldedUnembedding unembedding(weights, weights.W_U_rows);
    at::Tensor sum;
    for (std::int64_t first = 0; first < V; first += tokensPerTile) {
        const auto folded = unembedding.rows(first, std::min(tokensPerTile, V - first));
        const auto gramOfTile = applyWeights(folded.t(), folded);
        sum = sum.defined() ? sum.add_(gramOfTile) : gramOfTile;
        progress.advance();
    }
    const auto gram = sum.cpu().contiguous();
    const Eigen::Map<const Eigen::MatrixXd> symmetric(gram.data_ptr<double>(), d, d);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(symmetric);
    return {solved.eigenvalues(), solved.eigenvectors()};
}

NeuronWeights neuronWeights(const Weights& weights, const OutputVectors& vectors,
                            const UnembeddingSpectrum& spectrum, int kept, Progress& progress) {
    const at::NoGradGuard noGrad;
    const std::int64_t d = weights.config.d_model, V = weights.config.d_vocab;
    const FoldedUnembedding unembedding(weights, vectors.unembed);
    const auto norms = vectors.rows.norm(2, -1, /*keepdim=*/true);
    const auto there = whereDoublesAre(weights.W_U_rows).device();
    const auto unitVectors = (vectors.rows / norms.clamp_min(std::numeric_limits<double>::min()))
                                 .to(computed(weights))
                                 .to(there);
    const auto none = at::zeros({norms.size(0)}, at::TensorOptions(there).dtype(at::kDouble));
    CosineSums sums{none, none.clone()};
    for (std::int64_t first = 0; first < V; first += tokensPerTile) {
        addCosines(sums, unembedding.rows(first, std::min(tokensPerTile, V - first)), unitVectors);
        progress.advance();
    }

    NeuronWeights result;
    result.norm = toVector(norms);
    const auto mean = sums.sum / static_cast<double>(V);
    // A vocabulary of one token varies by nothing, not by less.
    result.logitVar =
        toVector((sums.squares / static_cast<double>(V) - mean.square()).clamp_min(0.0));
    for (std::size_t n = 0; n < result.norm.size(); ++n)
        if (result.norm[n] == 0.0)
            result.logitVar[n] = std::numeric_limits<double>::quiet_NaN();
    result.nullCurve = nullCurve(vectors.rows, spectrum.vectors, kept);
    for (std::int64_t i = d; i-- > 0;)
        result.singular.push_back(std::sqrt(std::max(0.0, spectrum.values[i])));
    return result;
}

WrittenTokens writtenTokens(const OutputVectors& vectors, std::span<const NeuronIndex> neurons,
                            const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto count = std::min<std::int64_t>(listedTokens, vectors.unembed.size(0));
    WrittenTokens written;
    for (auto* table :
         {&written.promoted, &written.promotedBy, &written.suppressed, &written.suppressedBy})
        table->resize(static_cast<Eigen::Index>(neurons.size()), count);
    for (std::size_t first = 0; first < neurons.size(); first += neuronsPerGroup) {
        progress.check();
        const auto group =
            neurons.subspan(first, std::min(neuronsPerGroup, neurons.size() - first));
        const auto directions = logitDirections(vectors, group);
        const auto keep = [&](Table& tokens, Table& by, bool largest) {
            const auto [values, ids] = at::topk(directions, count, 1, largest);
            const auto rows = static_cast<Eigen::Index>(first);
            const auto lines = static_cast<Eigen::Index>(group.size());
            tokens.middleRows(rows, lines) = toTable(doublesOnCpu(ids));
            by.middleRows(rows, lines) = toTable(doublesOnCpu(values));
        };
        keep(written.promoted, written.promotedBy, true);
        keep(written.suppressed, written.suppressedBy, false);
    }
    return written;
}

} // namespace residuum
