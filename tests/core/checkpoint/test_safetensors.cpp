// What a safetensors file may not say.
#include "refusal.h"

#include <fstream>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SafetensorsFile : public ::testing::Test {
  protected:
    void SetUp() override { writeText(folder_.path() / "config.json", configJson(smallConfig())); }

    std::filesystem::path file() const { return folder_.path() / "model.safetensors"; }
    std::string refused() const { return refusalToOpen(folder_.path()); }
    std::string refusedHeader(const std::string& header, std::size_t dataBytes = 64) const {
        writeRawSafetensors(file(), header, std::vector<std::byte>(dataBytes));
        return refused();
    }
    static std::string entry(const std::string& dtype, const std::string& shape,
                             const std::string& offsets) {
        return R"({"x":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" +
               offsets + "}}";
    }

    TemporaryFolder folder_;
};

TEST_F(SafetensorsFile, RefusesTruncatedFiles) {
    writeModel(folder_.path(), smallConfig(), syntheticTensors(smallConfig(), 1));
    const auto size = std::filesystem::file_size(file());
    std::filesystem::resize_file(file(), size - 1);
    EXPECT_THAT(refused(),
                AllOf(HasSubstr("truncated"), HasSubstr("expected at least"), HasSubstr("found")));
    std::filesystem::resize_file(file(), 100);
    EXPECT_THAT(refused(), AllOf(HasSubstr("truncated"), HasSubstr("found 100")));
    std::filesystem::resize_file(file(), 5);
    EXPECT_THAT(refused(), HasSubstr("has 5 bytes"));
    std::filesystem::resize_file(file(), 0);
    EXPECT_THAT(refused(), HasSubstr("is empty"));
}

TEST_F(SafetensorsFile, RefusesImpossibleHeaders) {
    writeText(file(), std::string(8, '\xFF') + "{}");
    EXPECT_THAT(refused(), HasSubstr("at most 100 MB"));
    EXPECT_THAT(refusedHeader("not json"), HasSubstr("not valid JSON"));
    EXPECT_THAT(refusedHeader("[]"), HasSubstr("array where an object"));
    EXPECT_THAT(refusedHeader(""), HasSubstr("not valid JSON"));
    EXPECT_THAT(refusedHeader("{\"a\":" + std::string(1'000'000, '[')), HasSubstr("nested deeper"));
    EXPECT_THAT(refusedHeader(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                              R"("x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})"),
                AllOf(HasSubstr("key \"x\""), HasSubstr("twice")));
}

TEST_F(SafetensorsFile, RefusesImpossibleTensors) {
    const std::string f32 = "\"F32\"";
    EXPECT_THAT(refusedHeader(R"({"x":7})"), AllOf(HasSubstr("tensor x"), HasSubstr("object")));
    EXPECT_THAT(refusedHeader(R"({"x":{"dtype":"F32","shape":[1]}})"), HasSubstr("data_offsets"));
    EXPECT_THAT(refusedHeader(entry("\"Q4\"", "[1]", "[0,4]")), HasSubstr("unknown dtype \"Q4\""));
    EXPECT_THAT(refusedHeader(entry("32", "[1]", "[0,4]")), HasSubstr("unknown dtype 32"));
    EXPECT_THAT(refusedHeader(entry(f32, "[-1]", "[0,4]")), HasSubstr("non-negative"));
    EXPECT_THAT(refusedHeader(entry(f32, "[1.5]", "[0,4]")), HasSubstr("[1.5]"));
    EXPECT_THAT(refusedHeader(entry(f32, "[2]", "[0,4]")),
                AllOf(HasSubstr("takes 4 bytes"), HasSubstr("needs 8")));
    EXPECT_THAT(refusedHeader(entry(f32, "[1]", "[4,0]")), HasSubstr("ends before it begins"));
    EXPECT_THAT(refusedHeader(entry(f32, "[1]", "[0]")), HasSubstr("[begin, end]"));
    EXPECT_THAT(refusedHeader(entry(f32, "[20]", "[0,80]")), HasSubstr("truncated"));
    EXPECT_THAT(refusedHeader(entry(f32, "[4611686018427387904, 4]", "[0,0]")),
                HasSubstr("too large"));
    EXPECT_THAT(refusedHeader(entry(f32, "[1]", "[9223372036854775807, 9223372036854775807]")),
                HasSubstr("takes 0 bytes"));
    EXPECT_THAT(refusedHeader(entry(f32, "[1]", "[18446744073709551612, 18446744073709551615]")),
                HasSubstr("data_offsets"));
    EXPECT_THAT(refusedHeader(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                              R"("y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})"),
                AllOf(HasSubstr("tensor y"), HasSubstr("overlaps"), HasSubstr("tensor x")));
}

TEST_F(SafetensorsFile, RefusesBytesThatNoTensorHas) {
    const auto f4 = [](const std::string& name, const std::string& offsets) {
        return "\"" + name + R"(":{"dtype":"F32","shape":[1],"data_offsets":)" + offsets + "}";
    };
    const auto x = f4("x", "[0,4]");
    EXPECT_THAT(refusedHeader("{" + x + "}", 5), HasSubstr("1 byte after its last tensor"));
    EXPECT_THAT(
        refusedHeader("{" + x + "," + f4("y", "[8,12]") + "}", 12),
        AllOf(HasSubstr("tensor y"), HasSubstr("begins at byte 8"), HasSubstr("expected 4")));
    EXPECT_THAT(refusedHeader("{" + f4("x", "[4,8]") + "}", 8), HasSubstr("expected 0"));
}

TEST_F(SafetensorsFile, SaysWhatItIsInstead) {
    writeText(file(), "<!DOCTYPE html>\n<html lang=\"en\"><head>");
    EXPECT_THAT(refused(),
                AllOf(HasSubstr("not a safetensors file"), HasSubstr("web page (HTML)")));
    writeText(file(), "prompt,answer,score\na,b,1\nc,d,2\n");
    EXPECT_THAT(refused(), HasSubstr("table (CSV)"));
    writeText(file(), "{\n  \"wte.weight\": [\n    0.5\n  ]\n}\n");
    EXPECT_THAT(refused(), HasSubstr("JSON text"));
    writeText(file(), std::string("\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94.", 14));
    EXPECT_THAT(refused(), HasSubstr("Python pickle"));
}

TEST_F(SafetensorsFile, RefusesWhatIsNotOne) {
    writeText(file(), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    EXPECT_THAT(refused(), HasSubstr("git lfs pull"));
    std::filesystem::remove(file());
    std::filesystem::create_directory(file());
    EXPECT_THAT(refused(), HasSubstr("not a regular file"));
}

TEST_F(SafetensorsFile, ShardsMustAgreeWithTheirIndex) {
    auto tensors = syntheticTensors(smallConfig(), 1);
    const std::vector<NamedTensor> first(tensors.begin(), tensors.begin() + 10);
    const std::vector<NamedTensor> second(tensors.begin() + 10, tensors.end());
    const auto writeIndex = [&](const std::string& shardOfFirst, const std::string& extra = "") {
        std::string map;
        for (std::size_t i = 0; i < tensors.size(); ++i)
            map += (i == 0 ? "\"" : ",\"") + tensors[i].name + "\":\"" +
                   (i < 10 ? shardOfFirst : "b.safetensors") + "\"";
        writeText(folder_.path() / "model.safetensors.index.json",
                  R"({"weight_map":{)" + map + extra + "}}");
    };
    writeSafetensors(folder_.path() / "a.safetensors", first);
    writeSafetensors(folder_.path() / "b.safetensors", second);
    writeIndex("a.safetensors");
    const Checkpoint sharded = open(folder_.path());
    EXPECT_EQ(sharded.container, "safetensors, 2 shards");

    TemporaryFolder whole;
    writeModel(whole.path(), smallConfig(), tensors);
    EXPECT_EQ(open(whole.path()).weightsHash, sharded.weightsHash);

    writeIndex("../a.safetensors");
    EXPECT_THAT(refused(), HasSubstr("same folder"));
    writeIndex("c.safetensors");
    EXPECT_THAT(refused(), AllOf(HasSubstr("c.safetensors"), HasSubstr("is missing")));
    writeIndex("a.safetensors", R"(,"more":"a.safetensors")");
    EXPECT_THAT(refused(), AllOf(HasSubstr("tensor more"), HasSubstr("does not have it")));
    writeIndex("a.safetensors", R"(,"more":5)");
    EXPECT_THAT(refused(), HasSubstr("mapped to 5"));
    writeIndex("a.safetensors");
    writeSafetensors(folder_.path() / "b.safetensors", tensors);
    EXPECT_THAT(refused(), HasSubstr("is also in a.safetensors"));
    writeText(folder_.path() / "model.safetensors.index.json", "{}");
    EXPECT_THAT(refused(), HasSubstr("weight_map"));
}

} // namespace
} // namespace residuum::test
