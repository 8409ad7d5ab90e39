// Damaged files: each variant either opens or is refused by an Error, and nothing else happens.
// Run under AddressSanitizer and UBSan for the full value.
#include "refusal.h"
#include "torch_writer.h"

#include "core/checkpoint/config.h"
#include "core/checkpoint/pickle.h"
#include "support/mutation.h"

#include <fstream>
#include <random>
#include <sstream>

namespace residuum::test {
namespace {

std::string contents(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Opens `rounds` variants of the folder's `file`.
void fuzz(const std::filesystem::path& sound, const std::string& file, int rounds,
          std::size_t window) {
    TemporaryFolder folder;
    std::filesystem::copy(sound, folder.path(),
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing);
    const std::string original = contents(sound / file);
    ASSERT_FALSE(original.empty());
    Mutator mutator(42);
    int opened = 0;
    int refused = 0;
    for (int round = 0; round < rounds; ++round) {
        // A new file each time: one that is mapped must not change.
        std::filesystem::remove(folder.path() / file);
        writeText(folder.path() / file, mutator.mutate(original, window));
        try {
            const Checkpoint checkpoint = open(folder.path());
            for (const auto& [tensorName, tensor] : checkpoint.tensors)
                ASSERT_FALSE(tensor.bytes.empty() && !tensor.shape.empty()) << tensorName;
            ++opened;
        } catch (const Error& error) {
            expectPlainWords(error.what());
            ++refused;
        }
    }
    EXPECT_EQ(opened + refused, rounds);
    EXPECT_GT(refused, rounds / 20);
}

std::filesystem::path format(const std::string& name) {
    return golden() / "formats" / name;
}

TEST(Fuzz, SafetensorsHeader) {
    fuzz(format("safetensors-f32"), "model.safetensors", 3000, 2400);
}
TEST(Fuzz, SafetensorsBytes) {
    fuzz(format("safetensors-f16"), "model.safetensors", 1000, 1 << 20);
}
TEST(Fuzz, ShardIndex) {
    fuzz(format("sharded"), "model.safetensors.index.json", 1500, 2100);
}
TEST(Fuzz, Config) {
    fuzz(format("safetensors-f32"), "config.json", 2000, 500);
}
TEST(Fuzz, TorchZip) {
    fuzz(format("bin-zip"), "pytorch_model.bin", 3000, 3000);
}
TEST(Fuzz, TorchZipDirectory) {
    fuzz(format("bin-shared-f16"), "pytorch_model.bin", 1000, 200);
}
TEST(Fuzz, TorchLegacy) {
    fuzz(format("bin-legacy"), "pytorch_model.bin", 3000, 3600);
}
TEST(Fuzz, RemovalRun) {
    fuzz(format("half-removed"), "pytorch_model.bin", 2000, 8000);
}

TEST(Fuzz, PickleAlone) {
    const std::string sound = pickle::dict(
        pickle::text("a") + pickle::tensor("FloatStorage", "0", 28, 0, {7, 4}, {4, 1}) +
        pickle::text("b") +
        "]q\x01h\x01"
        "a" +
        pickle::text("c") + "(NNte" + pickle::text("d") + "N");
    Mutator mutator(7);
    for (int round = 0; round < 20'000; ++round) {
        const std::string text = mutator.mutate(sound, sound.size());
        try {
            const auto result =
                checkpoint::readPickle("fuzz", std::as_bytes(std::span(text.data(), text.size())));
            ASSERT_LE(result.consumed, text.size());
        } catch (const Error& error) {
            expectPlainWords(error.what());
        }
    }
    // Opcodes at random.
    std::mt19937 random(3);
    const std::string opcodes("\x80\x02}]()(tqhQRbsuae.XKMJNc\x85\x86\x87\x88\x89\x8A\x93\x94");
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (int i = 0; i < 24; ++i)
            text += random() % 4 == 0 ? static_cast<char>(random() % 8)
                                      : opcodes[random() % opcodes.size()];
        try {
            (void)checkpoint::readPickle("fuzz",
                                         std::as_bytes(std::span(text.data(), text.size())));
        } catch (const Error& error) {
            expectPlainWords(error.what());
        }
    }
}

} // namespace
} // namespace residuum::test
