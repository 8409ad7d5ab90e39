// Models on the device under test and in float64 on the CPU, the oracle.
#pragma once

#include "core/model/model.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <tuple>

namespace residuum::test {

/// RESIDUUM_TEST_DEVICE, the CPU where it is not set.
inline std::string deviceUnderTest() {
    const auto* named = std::getenv("RESIDUUM_TEST_DEVICE");
    return named == nullptr ? "cpu" : named;
}

/// What a storage type may be off by, relative to the largest of what is compared.
struct Storage {
    DType dtype;
    double logits;
    double gradients; ///< of a gradient's norm
    double effects;   ///< of what patching, ablation and attribution give
};

class OnDevice : public ::testing::TestWithParam<std::tuple<Sites, Storage>> {
  protected:
    static constexpr int d_vocab = 90;

    void SetUp() override {
        writeSyntheticGpt2(folder_.path(),
                           withSites(syntheticConfig(3, 4, 64, d_vocab, 40), sites()), 1);
        at::manual_seed(1);
    }
    Sites sites() const { return std::get<0>(GetParam()); }
    Storage storage() const { return std::get<1>(GetParam()); }

    std::shared_ptr<const Model> exact() const { return open(DType::Float64, "cpu"); }
    std::shared_ptr<const Model> underTest() const {
        return open(storage().dtype, deviceUnderTest());
    }

  private:
    std::shared_ptr<const Model> open(DType dtype, const std::string& device) const {
        Progress progress;
        return Model::open({folder_.path().string(), "m", folder_.path()}, {dtype, device},
                           progress);
    }
    TemporaryFolder folder_;
};

inline constexpr Storage float32{DType::Float32, 1e-5, 1e-4, 1e-4};

inline auto storages() {
    return ::testing::Values(float32, Storage{DType::BFloat16, 2e-2, 6e-2, 1e-1});
}

inline std::string nameOf(const ::testing::TestParamInfo<std::tuple<Sites, Storage>>& kind) {
    return name(std::get<0>(kind.param)) + "_" + name(std::get<1>(kind.param).dtype);
}

} // namespace residuum::test
