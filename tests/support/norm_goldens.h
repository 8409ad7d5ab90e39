// The reference numbers for normalisation kinds, activations and scaled scores beside the checkout.
#pragma once

#include "core/model/model.h"
#include "core/store/hdf5_reader.h"
#include "support/paths.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace residuum::test {

inline constexpr std::array normGoldens{"rmsnorm", "dyt", "mixed", "stanford", "erf", "relu"};

inline std::filesystem::path normGoldensFolder() {
    return shared() / "golden/norms";
}
inline bool haveNormGoldens() {
    return std::filesystem::exists(normGoldensFolder() / "expected.h5");
}

/// In float64.
inline std::shared_ptr<const Model> openNormGolden(const std::string& name) {
    Progress progress;
    const auto folder = normGoldensFolder() / name;
    return Model::open({folder.string(), name, folder}, {DType::Float64, "cpu"}, progress);
}

inline NumberArray normGolden(const std::string& dataset) {
    return Hdf5Reader(normGoldensFolder() / "expected.h5").numbers(dataset);
}

/// Row `row` of /tokens, or /corrupt.
inline std::vector<int> normGoldenTokens(const std::string& dataset, std::size_t row = 0) {
    const auto all = normGolden(dataset);
    const auto width = static_cast<std::size_t>(all.shape.back());
    std::vector<int> tokens;
    for (std::size_t p = 0; p < width; ++p)
        tokens.push_back(static_cast<int>(all.values[row * width + p]));
    return tokens;
}

/// Skips where the folder is not there.
class NormGoldens : public ::testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        if (!haveNormGoldens())
            GTEST_SKIP() << normGoldensFolder() << " is not beside the checkout";
    }
    /// A dataset of this model.
    NumberArray golden(const std::string& dataset) const {
        return normGolden("/" + std::string(GetParam()) + "/" + dataset);
    }
};

} // namespace residuum::test
