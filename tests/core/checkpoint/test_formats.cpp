// Every container of the golden models opens, and says what it is.
#include "refusal.h"

#include <cmath>

namespace residuum::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::filesystem::path format(const std::string& name) {
    return golden() / "formats" / name;
}

struct Expected {
    std::string folder;
    std::string container;
    std::string types;
    std::string normalization;
    std::int64_t parameters = 8080;
};

class Formats : public ::testing::TestWithParam<Expected> {};

TEST_P(Formats, Opens) {
    const Expected& expected = GetParam();
    const Checkpoint opened = open(format(expected.folder));
    EXPECT_EQ(opened.container, expected.container);
    EXPECT_EQ(opened.storedTypes, expected.types);
    EXPECT_EQ(opened.normalization.label(), expected.normalization);
    EXPECT_EQ(opened.parameterCount, expected.parameters);
    EXPECT_EQ(opened.config.n_layers, 2);
    EXPECT_EQ(opened.config.d_head, 8);
    EXPECT_EQ(opened.config.d_mlp, 64);
    EXPECT_EQ(opened.tensors.size(), opened.tiedHead ? 28U : 29U);
    EXPECT_EQ(opened.weightsHash.size(), std::string("xxh3-128:").size() + 32);
    for (const auto& [tensorName, tensor] : opened.tensors) {
        std::size_t count = 1;
        for (const std::int64_t extent : tensor.shape)
            count *= static_cast<std::size_t>(extent);
        EXPECT_EQ(tensor.bytes.size(), count * byteSize(tensor.type)) << tensorName;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Golden, Formats,
    ::testing::Values(
        Expected{"safetensors-f32", "safetensors", "float32", "LayerNorm"},
        Expected{"safetensors-f16", "safetensors", "float16", "LayerNorm"},
        Expected{"safetensors-bf16", "safetensors", "bfloat16", "LayerNorm"},
        Expected{"sharded", "safetensors, 2 shards", "float32", "LayerNorm"},
        Expected{"bin-zip", "pytorch_model.bin", "float32", "LayerNorm"},
        Expected{"bin-legacy", "pytorch_model.bin", "float32", "LayerNorm"},
        Expected{"bin-shared-f16", "pytorch_model.bin", "float16", "LayerNorm"},
        Expected{"half-removed", "pytorch_model.bin", "float32", "mixed (3/7 removed)"},
        Expected{"ln-free", "safetensors", "float32", "removed (7/7)"},
        Expected{"untied-head", "safetensors", "float32", "LayerNorm", 8080 + 61 * 16}),
    [](const auto& instance) {
        std::string name = instance.param.folder;
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    });

TEST(FormatContents, SameWeightsHaveOneHashInEveryContainer) {
    const std::string hash = open(format("safetensors-f32")).weightsHash;
    EXPECT_EQ(open(format("sharded")).weightsHash, hash);
    EXPECT_EQ(open(format("bin-zip")).weightsHash, hash);
    EXPECT_EQ(open(format("bin-legacy")).weightsHash, hash);
    EXPECT_EQ(open(format("bin-shared-f16")).weightsHash,
              open(format("safetensors-f16")).weightsHash);
    EXPECT_NE(open(format("safetensors-f16")).weightsHash, hash);
    // The same bytes, but three sites are removed.
    EXPECT_NE(open(format("half-removed")).weightsHash, hash);
}

double sigma(const NormSite& site) {
    return std::get<RemovedNorm>(site).sigma;
}

TEST(FormatContents, HalfRemovedKnowsItsSites) {
    const Normalization sites = open(format("half-removed")).normalization;
    ASSERT_EQ(sites.blocks.size(), 2U);
    EXPECT_EQ(sites.summary(), "mixed");
    EXPECT_EQ(kindName(sites.blocks[0].ln1_qk), "removed");
    EXPECT_FLOAT_EQ(static_cast<float>(sigma(sites.blocks[0].ln1_qk)), 0.7F);
    EXPECT_EQ(kindName(sites.blocks[0].ln1_v), "LayerNorm");
    EXPECT_EQ(sites.blocks[0].ln1_v, NormSite(LayerNorm{1e-5}));
    EXPECT_EQ(kindName(sites.blocks[0].ln2), "removed");
    EXPECT_FLOAT_EQ(static_cast<float>(sigma(sites.blocks[0].ln2)), 1.1F);
    EXPECT_EQ(kindName(sites.blocks[1].ln1_qk), "LayerNorm");
    EXPECT_EQ(kindName(sites.blocks[1].ln1_v), "LayerNorm");
    EXPECT_EQ(kindName(sites.blocks[1].ln2), "removed");
    EXPECT_DOUBLE_EQ(sigma(sites.blocks[1].ln2), 2.0);
    EXPECT_EQ(kindName(sites.ln_f), "LayerNorm");
}

TEST(FormatContents, EpsilonTrickDividesByItsRoot) {
    const Checkpoint opened = open(golden() / "tiny-lnfree");
    EXPECT_EQ(opened.normalization.summary(), "removed");
    for (const BlockNorms& block : opened.normalization.blocks) {
        EXPECT_DOUBLE_EQ(sigma(block.ln1_qk), 1e6);
        EXPECT_DOUBLE_EQ(sigma(block.ln1_v), 1e6);
        EXPECT_DOUBLE_EQ(sigma(block.ln2), 1e6);
    }
    EXPECT_DOUBLE_EQ(sigma(opened.normalization.ln_f), 1e6);
    EXPECT_DOUBLE_EQ(opened.config.layer_norm_epsilon, 1e12);
}

TEST(FormatContents, UntiedHeadIsKeptAndMasksAreDropped) {
    const Checkpoint opened = open(format("untied-head"));
    EXPECT_FALSE(opened.tiedHead);
    ASSERT_TRUE(opened.tensors.contains("lm_head.weight"));
    EXPECT_FALSE(opened.tensors.contains("h.0.attn.bias"));
    ASSERT_EQ(opened.warnings.size(), 1U);
    EXPECT_THAT(opened.warnings[0], HasSubstr("lm_head.weight"));
    EXPECT_TRUE(open(format("bin-shared-f16")).tiedHead);
    EXPECT_THAT(open(format("bin-shared-f16")).warnings, IsEmpty());
}

TEST(FormatContents, ValuesAreThoseOfTheFile) {
    const Checkpoint zip = open(format("bin-zip"));
    const Checkpoint plain = open(format("safetensors-f32"));
    for (const auto& [tensorName, tensor] : plain.tensors) {
        const StoredTensor& other = zip.tensors.find(tensorName)->second;
        EXPECT_EQ(tensor.shape, other.shape) << tensorName;
        EXPECT_TRUE(std::equal(tensor.bytes.begin(), tensor.bytes.end(), other.bytes.begin(),
                               other.bytes.end()))
            << tensorName;
    }
}

} // namespace
} // namespace residuum::test
