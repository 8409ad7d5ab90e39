// What is written reads back, and is laid out as Hugging Face's own library lays it out.
#include "core/checkpoint/safetensors_writer.h"

#include "core/checkpoint/containers.h"
#include "core/checkpoint/model_files.h"
#include "refusal.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;
using namespace checkpoint;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Of consecutive bytes, handed over in pieces of 7.
TensorToWrite tensor(const std::string& name, StoredType type, std::vector<std::int64_t> shape) {
    TensorToWrite made{name, type, std::move(shape), {}};
    const auto count = made.byteCount();
    made.write = [count](const ByteSink& sink) {
        std::vector<std::byte> bytes(count);
        for (std::size_t i = 0; i < count; ++i)
            bytes[i] = static_cast<std::byte>(i);
        for (std::size_t at = 0; at < count; at += 7)
            sink(std::span(bytes).subspan(at, std::min<std::size_t>(7, count - at)));
    };
    return made;
}

std::string textOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> namesIn(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

fs::path written(const fs::path& target, const std::vector<TensorToWrite>& tensors,
                 std::uint64_t shardBytes = defaultShardBytes) {
    Progress progress;
    AtomicFolder folder(target, requireOwnModel);
    checkpoint::writeSafetensors(folder, tensors, progress, shardBytes);
    writeConfig(folder, {{"model_type", "gpt2"}}); // our reader wants one
    folder.commit();
    return target;
}

const std::vector<TensorToWrite>& oddTensors() {
    static const std::vector<TensorToWrite> tensors{
        tensor("z", StoredType::BFloat16, {3}), tensor("b", StoredType::Float64, {2, 3}),
        tensor("scalar", StoredType::Float16, {}), tensor("a", StoredType::Float32, {5}),
        tensor("none", StoredType::Float32, {0, 4})};
    return tensors;
}

void expectSame(const RawCheckpoint& read, const std::vector<TensorToWrite>& tensors) {
    ASSERT_EQ(read.tensors.size(), tensors.size());
    for (const TensorToWrite& want : tensors) {
        const auto got = std::find_if(read.tensors.begin(), read.tensors.end(),
                                      [&](const RawTensor& one) { return one.name == want.name; });
        ASSERT_NE(got, read.tensors.end()) << want.name;
        EXPECT_EQ(got->shape, want.shape);
        EXPECT_EQ(name(got->type), name(want.type));
        std::vector<std::byte> bytes;
        want.write([&](std::span<const std::byte> piece) {
            bytes.insert(bytes.end(), piece.begin(), piece.end());
        });
        EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), got->bytes.begin(), got->bytes.end()));
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(got->bytes.data()) % byteSize(want.type), 0u)
            << want.name << " is not aligned";
    }
}

TEST(SafetensorsWriter, ReadsBackThroughTheReader) {
    const TemporaryFolder folder;
    expectSame(openContainer(written(folder.path() / "model", oddTensors())), oddTensors());
    EXPECT_THAT(namesIn(folder.path()), ElementsAre("model"));
}

TEST(SafetensorsWriter, TheHeaderIsHuggingFaces) {
    const TemporaryFolder folder;
    const auto text = textOf(written(folder.path() / "model", oddTensors()) / "model.safetensors");
    std::uint64_t length = 0;
    std::copy_n(text.data(), sizeof length, reinterpret_cast<char*>(&length));
    EXPECT_EQ(length % 8, 0u);
    const auto header = nlohmann::ordered_json::parse(text.substr(8, length));
    std::vector<std::string> order;
    for (const auto& [key, value] : header.items())
        order.push_back(key);
    EXPECT_THAT(order, ElementsAre("__metadata__", "b", "a", "none", "scalar", "z"));
    EXPECT_EQ(header["__metadata__"].dump(), R"({"format":"pt"})");
    EXPECT_EQ(header["b"].dump(), R"({"dtype":"F64","shape":[2,3],"data_offsets":[0,48]})");
    EXPECT_EQ(header["none"].dump(), R"({"dtype":"F32","shape":[0,4],"data_offsets":[68,68]})");
    EXPECT_EQ(header["scalar"].dump(), R"({"dtype":"F16","shape":[],"data_offsets":[68,70]})");
    EXPECT_EQ(header["z"]["dtype"], "BF16");
    EXPECT_EQ(text.size(), 8 + length + 76);
}

TEST(SafetensorsWriter, DividesWhatIsAboveTheLimit) {
    const TemporaryFolder folder;
    std::vector<TensorToWrite> tensors;
    for (int i = 0; i < 5; ++i)
        tensors.push_back(tensor("t" + std::to_string(i), StoredType::Float32, {i == 2 ? 50 : 10}));
    const auto model = written(folder.path() / "model", tensors, 80);
    EXPECT_THAT(namesIn(model),
                ElementsAre("config.json", "model-00001-of-00003.safetensors",
                            "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors",
                            "model.safetensors.index.json"));
    const auto index = json::parse(textOf(model / "model.safetensors.index.json"));
    EXPECT_EQ(index["metadata"]["total_size"], 360);
    EXPECT_EQ(index["weight_map"]["t1"], "model-00001-of-00003.safetensors");
    EXPECT_EQ(index["weight_map"]["t2"], "model-00002-of-00003.safetensors");
    EXPECT_EQ(index["weight_map"]["t4"], "model-00003-of-00003.safetensors");
    const auto read = openContainer(model);
    EXPECT_EQ(read.container, "safetensors, 3 shards");
    expectSame(read, tensors);
    // A limit that fits exactly needs no second file.
    const auto whole = written(folder.path() / "whole", tensors, 360);
    EXPECT_THAT(namesIn(whole), ElementsAre("config.json", "model.safetensors"));
}

TEST(SafetensorsWriter, AWriterThatFailsLeavesNothing) {
    const TemporaryFolder folder;
    auto tensors = oddTensors();
    tensors[3].write = [](const ByteSink& sink) { sink(std::vector<std::byte>(19)); };
    const auto target = folder.path() / "model";
    EXPECT_THAT(refusal([&] { written(target, tensors); }),
                HasSubstr("tensor a: was given 19 bytes, expected 20"));
    tensors[3].write = [](const ByteSink&) { throw Cancelled(); };
    EXPECT_THROW(written(target, tensors, 30), Cancelled);
    tensors[3] = tensors[0];
    EXPECT_THAT(refusal([&] { written(target, tensors); }), HasSubstr("to be written twice"));
    EXPECT_THAT(namesIn(folder.path()), ElementsAre());
}

TEST(SafetensorsWriter, CountsBytesAndStopsWhenAsked) {
    const TemporaryFolder above;
    AtomicFolder folder(above.path() / "model", requireOwnModel);
    double fraction = 0.0;
    Progress progress(
        {}, [&](const ProgressReport& report) { fraction = report.fraction; },
        std::chrono::milliseconds(0));
    checkpoint::writeSafetensors(folder, oddTensors(), progress);
    EXPECT_EQ(fraction, 1.0);
    std::stop_source stop;
    stop.request_stop();
    Progress stopped(stop.get_token(), {});
    EXPECT_THROW(
        checkpoint::writeSafetensors(folder, {tensor("a", StoredType::Float32, {1})}, stopped, 1),
        std::exception);
}

} // namespace
} // namespace residuum::test
