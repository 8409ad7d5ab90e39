// What a layer's output vectors and the folded unembedding are where the final site centres and
// where it does not.
#include "neurons_support.h"

#include "core/model/norm.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace residuum::test {
namespace {

class NeuronsOfSites : public ::testing::TestWithParam<Sites> {};

TEST_P(NeuronsOfSites, VectorsAreCentredAndOnesAreNullOnlyWhereTheFinalSiteCentres) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, GetParam());
    const auto& weights = model->weights();
    const bool centred = centres(weights.ln_f.site);
    NeuronRequest request;
    request.nullSpace = 1;
    request.choice = parseNeuronChoice("3");
    const auto result = study(*model, randomInput({12, 12}), request);

    auto vectors = weights.blocks.back().W_out;
    auto folded = (weights.W_U_rows - weights.W_U_rows.mean(0, true)) * foldedGain(weights.ln_f);
    if (centred) {
        vectors = vectors - vectors.mean(-1, true);
        folded = folded - folded.mean(-1, true);
    }
    const auto [eigenvalues, eigenvectors] = at::linalg_eigh(at::matmul(folded.t(), folded));
    const auto cosines =
        at::matmul(folded / folded.norm(2, -1, true), (vectors / vectors.norm(2, -1, true)).t());
    const auto ones = at::ones({folded.size(1)}, at::kDouble);
    const auto smallest = result->weights.singular.back();
    EXPECT_EQ(smallest < 1e-9 * result->weights.singular.front(), centred);
    if (centred) {
        EXPECT_LT(at::matmul(folded, ones).abs().max().item<double>(), 1e-12);
    }
    for (std::int64_t n = 0; n < vectors.size(0); ++n) {
        const auto place = static_cast<std::size_t>(n);
        EXPECT_NEAR(result->weights.norm[place], vectors[n].norm().item<double>(), 1e-13);
        EXPECT_NEAR(result->weights.logitVar[place],
                    at::var(cosines.select(1, n), 0, false).item<double>(), 1e-12);
        EXPECT_NEAR(result->weights.nullFraction(place, 1),
                    std::abs(at::dot(vectors[n], eigenvectors.select(1, 0)).item<double>()) /
                        vectors[n].norm().item<double>(),
                    centred ? 1e-7 : 1e-9);
    }
}

INSTANTIATE_TEST_SUITE_P(Models, NeuronsOfSites,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::RmsNorm,
                                           Sites::DynamicTanh),
                         [](const auto& tested) { return name(tested.param); });

} // namespace
} // namespace residuum::test
