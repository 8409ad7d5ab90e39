// pytorch_model.bin: what is read, and what is refused without running anything.
#include "refusal.h"
#include "torch_writer.h"

#include <cstdlib>
#include <cstring>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::int64_t> contiguous(const std::vector<std::int64_t>& shape) {
    std::vector<std::int64_t> strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;)
        strides[i - 1] = strides[i] * shape[i];
    return strides;
}

class TorchArchive : public ::testing::Test {
  protected:
    void SetUp() override { writeText(folder_.path() / "config.json", configJson(smallConfig())); }

    /// The small model's state dict; `extra` are further entries, `tail` opcodes after them.
    std::string stateDict(const std::string& extra = "", const std::string& tail = "") {
        std::string code;
        for (std::size_t i = 0; i < tensors_.size(); ++i) {
            const NamedTensor& tensor = tensors_[i];
            const auto found = overridden_.find(tensor.name);
            code += pickle::text(tensor.name) +
                    (found != overridden_.end()
                         ? found->second
                         : pickle::tensor("FloatStorage", std::to_string(i),
                                          static_cast<std::int64_t>(tensor.bytes.size() / 4), 0,
                                          tensor.shape, contiguous(tensor.shape)));
        }
        return pickle::whole("ccollections\nOrderedDict\n)R(" + code + extra + "u" + tail);
    }
    std::vector<ZipEntry> entries(const std::string& pickled) const {
        std::vector<ZipEntry> list = {{"archive/data.pkl", pickled}};
        for (std::size_t i = 0; i < tensors_.size(); ++i)
            list.push_back({"archive/data/" + std::to_string(i),
                            {reinterpret_cast<const char*>(tensors_[i].bytes.data()),
                             tensors_[i].bytes.size()}});
        return list;
    }
    void write(const std::string& bytes) const {
        writeText(folder_.path() / "pytorch_model.bin", bytes);
    }
    std::string refused(const std::string& bytes) const {
        write(bytes);
        return refusalToOpen(folder_.path());
    }
    /// The refusal of a whole archive around `pickled`.
    std::string refusedPickle(const std::string& pickled) const {
        return refused(zip(entries(pickled)));
    }

    std::vector<NamedTensor> tensors_ = syntheticTensors(smallConfig(), 1);
    std::map<std::string, std::string> overridden_; ///< tensor name → its pickle code
    TemporaryFolder folder_;
};

TEST_F(TorchArchive, OpensWithAndWithoutZip64) {
    write(zip(entries(stateDict())));
    const Checkpoint small = open(folder_.path());
    EXPECT_EQ(small.container, "pytorch_model.bin");
    write(zip(entries(stateDict()), true));
    EXPECT_EQ(open(folder_.path()).weightsHash, small.weightsHash);
    TemporaryFolder plain;
    writeModel(plain.path(), smallConfig(), tensors_);
    EXPECT_EQ(open(plain.path()).weightsHash, small.weightsHash);
}

TEST_F(TorchArchive, TakesMetadataParametersAndByteOrder) {
    overridden_["ln_f.bias"] =
        "ctorch._utils\n_rebuild_parameter\n(" +
        pickle::tensor("FloatStorage", std::to_string(tensors_.size() - 1), 4, 0, {4}, {1}) +
        "\x88" + "ccollections\nOrderedDict\n)RtR";
    auto list = entries(stateDict("", "}" + pickle::text("_metadata") + "}sb"));
    list.push_back({"archive/byteorder", "little"});
    write(zip(list));
    EXPECT_THAT(open(folder_.path()).warnings, IsEmpty());
    list.back().data = "big";
    EXPECT_THAT(refused(zip(list)), AllOf(HasSubstr("byteorder"), HasSubstr("\"big\"")));
}

TEST_F(TorchArchive, ReadsShards) {
    write(zip(entries(stateDict())));
    const std::string hash = open(folder_.path()).weightsHash;
    std::filesystem::rename(folder_.path() / "pytorch_model.bin", folder_.path() / "one.bin");
    writeText(folder_.path() / "pytorch_model.bin.index.json",
              R"({"weight_map":{"wte.weight":"one.bin"}})");
    const Checkpoint sharded = open(folder_.path());
    EXPECT_EQ(sharded.container, "pytorch_model.bin, 1 shard");
    EXPECT_EQ(sharded.weightsHash, hash);
}

TEST_F(TorchArchive, CopiesTransposedTensorsAndSharesStorages) {
    // wte stored as its transpose [4, 7], read through strides (1, 7).
    const auto* values = reinterpret_cast<const float*>(tensors_[0].bytes.data());
    std::vector<float> transposed(28);
    for (std::size_t row = 0; row < 7; ++row) {
        for (std::size_t column = 0; column < 4; ++column)
            transposed[column * 7 + row] = values[row * 4 + column];
    }
    const auto original = tensors_[0].bytes;
    const std::vector<std::byte> stored = bytesOf(transposed);
    std::memcpy(tensors_[0].bytes.data(), stored.data(), stored.size());
    overridden_["wte.weight"] = pickle::tensor("FloatStorage", "0", 28, 0, {7, 4}, {1, 7});
    // Inside wte's storage, at an offset and with a stride that an extent of one makes irrelevant.
    overridden_["ln_f.bias"] = pickle::tensor("FloatStorage", "0", 28, 3, {4}, {1});
    write(zip(
        entries(stateDict(pickle::text("odd") + pickle::tensor("FloatStorage", "0", 28, 0,
                                                               {2, 1, 2}, {1, INT64_MAX, 2})))));
    const Checkpoint opened = open(folder_.path());
    const StoredTensor& wte = opened.tensors.find("wte.weight")->second;
    EXPECT_TRUE(std::equal(wte.bytes.begin(), wte.bytes.end(), original.begin(), original.end()));
    EXPECT_EQ(
        std::memcmp(opened.tensors.find("ln_f.bias")->second.bytes.data(), &transposed[3], 16), 0);
    EXPECT_THAT(opened.warnings, ElementsAre(HasSubstr("odd")));
}

TEST_F(TorchArchive, RefusesTensorsOutsideTheirStorage) {
    const auto refusedTensor = [&](std::int64_t count, std::int64_t offset,
                                   const std::vector<std::int64_t>& shape,
                                   const std::vector<std::int64_t>& strides) {
        overridden_["wte.weight"] =
            pickle::tensor("FloatStorage", "0", count, offset, shape, strides);
        return refusedPickle(stateDict());
    };
    EXPECT_THAT(refusedTensor(29, 0, {7, 4}, {4, 1}), HasSubstr("needs a storage of 29"));
    EXPECT_THAT(refusedTensor(INT64_MAX, 0, {7, 4}, {4, 1}), HasSubstr("needs a storage"));
    EXPECT_THAT(refusedTensor(28, 1, {7, 4}, {4, 1}), HasSubstr("reaches outside"));
    EXPECT_THAT(refusedTensor(28, INT64_MAX, {7, 4}, {4, 1}), HasSubstr("reaches outside"));
    EXPECT_THAT(refusedTensor(28, 29, {0}, {1}), HasSubstr("reaches outside"));
    EXPECT_THAT(refusedTensor(28, 0, {7, 4}, {5, 1}), HasSubstr("reaches outside"));
    EXPECT_THAT(refusedTensor(28, 0, {7, 4}, {INT64_MAX, 1}), HasSubstr("reaches outside"));
    EXPECT_THAT(refusedTensor(28, 0, {INT64_MAX, INT64_MAX}, {0, 0}), HasSubstr("reaches outside"));
    EXPECT_THAT(refusedTensor(28, 0, {0, INT64_MAX, INT64_MAX}, {1, 1, 1}),
                HasSubstr("[0, 9223372036854775807"));
    EXPECT_THAT(refusedTensor(28, 0, {1000000000, 4}, {0, 1}), HasSubstr("expanded"));
    EXPECT_THAT(refusedTensor(28, 0, {7, 4}, {4, -1}), HasSubstr("non-negative"));
    EXPECT_THAT(refusedTensor(28, 0, {7, 4}, {4}), HasSubstr("stride"));
    EXPECT_THAT(refusedTensor(28, -1, {7, 4}, {4, 1}), HasSubstr("non-negative"));
    overridden_["wte.weight"] = pickle::tensor("FloatStorage", "none", 28, 0, {7, 4}, {4, 1});
    EXPECT_THAT(refusedPickle(stateDict()), HasSubstr("storage none"));
    overridden_["wte.weight"] = pickle::tensor("LongStorage", "0", 14, 0, {7, 2}, {2, 1});
    EXPECT_THAT(refusedPickle(stateDict()), AllOf(HasSubstr("wte.weight"), HasSubstr("int64")));
}

TEST_F(TorchArchive, NeverRunsAnything) {
    const std::filesystem::path trace = folder_.path() / "executed";
    const std::string command = pickle::text("touch " + trace.string());
    // os.system("touch …") as GLOBAL + REDUCE, as STACK_GLOBAL, through builtins and by INST/OBJ.
    EXPECT_THAT(refusedPickle(pickle::whole("cos\nsystem\n(" + command + "tR")),
                AllOf(HasSubstr("os.system"), HasSubstr("nothing was executed")));
    EXPECT_THAT(refusedPickle(pickle::whole(pickle::text("posix") + pickle::text("system") +
                                            "\x93(" + command + "tR")),
                HasSubstr("posix.system"));
    EXPECT_THAT(refusedPickle(pickle::whole("cbuiltins\neval\n(" + command + "tR")),
                HasSubstr("builtins.eval"));
    EXPECT_THAT(refusedPickle(pickle::whole("(" + command + "ios\nsystem\n")),
                HasSubstr("opcode 0x69"));
    EXPECT_THAT(refusedPickle(pickle::whole("ctorch._utils\n_rebuild_tensor_v2\n" + command + "b")),
                HasSubstr("wrong kind"));
    EXPECT_THAT(refusedPickle(stateDict(pickle::text("x") + "ctorch\ndevice\n(" +
                                        pickle::text("cpu") + "tR")),
                HasSubstr("torch.device"));
    EXPECT_FALSE(std::filesystem::exists(trace));
}

TEST_F(TorchArchive, RefusesPicklesThatAreNoStateDict) {
    EXPECT_THAT(refusedPickle(pickle::whole("]")), HasSubstr("state dict"));
    EXPECT_THAT(refusedPickle(pickle::whole(pickle::integer(5))), HasSubstr("state dict"));
    EXPECT_THAT(refusedPickle(pickle::dict(pickle::text("epoch") + pickle::integer(3))),
                AllOf(HasSubstr("entry epoch"), HasSubstr("not a tensor")));
    EXPECT_THAT(refusedPickle(pickle::dict(pickle::integer(3) + pickle::integer(3))),
                HasSubstr("key is not a name"));
    EXPECT_THAT(refusedPickle(pickle::dict(pickle::text("a\xFF") + pickle::integer(3))),
                HasSubstr("key is not a name"));
    const std::string one =
        pickle::text("a") + pickle::tensor("FloatStorage", "0", 28, 0, {1}, {1});
    EXPECT_THAT(refusedPickle(pickle::dict(one + one)), HasSubstr("is there twice"));
    EXPECT_THAT(
        refusedPickle(pickle::dict(pickle::text("a") + "ctorch._utils\n_rebuild_tensor_v2\n("
                                                       "NNNNtR")),
        HasSubstr("storage of a known type"));
}

TEST_F(TorchArchive, RefusesMalformedPickles) {
    EXPECT_THAT(refusedPickle(""), HasSubstr("ends in the middle"));
    EXPECT_THAT(refusedPickle("."), HasSubstr("ends with 0 values"));
    EXPECT_THAT(refusedPickle("NN."), HasSubstr("ends with 2 values"));
    EXPECT_THAT(refusedPickle("N(."), HasSubstr("its pickle"));
    EXPECT_THAT(refusedPickle("\x80\x09N."), HasSubstr("protocol 9"));
    EXPECT_THAT(refusedPickle("0."), HasSubstr("where there is none"));
    EXPECT_THAT(refusedPickle("N(0."), HasSubstr("where there is none"));
    EXPECT_THAT(refusedPickle("t."), HasSubstr("has not begun"));
    EXPECT_THAT(refusedPickle("h\x05."), HasSubstr("has not stored"));
    EXPECT_THAT(refusedPickle("X\xFF\xFF\xFF\xFFhello."), HasSubstr("ends in the middle"));
    EXPECT_THAT(refusedPickle("\x8A\x10" + std::string(16, 'x') + "."), HasSubstr("16 bytes"));
    EXPECT_THAT(refusedPickle("}(Nu."), HasSubstr("without a value"));
    EXPECT_THAT(refusedPickle("c" + std::string(5000, 'a') + "\nb\n."), HasSubstr("1000 bytes"));
    // A million nested tuples and a list that holds itself: neither recursion nor leak.
    EXPECT_THAT(refusedPickle("N" + std::string(1'000'000, '\x85') + "."), HasSubstr("state dict"));
    EXPECT_THAT(refusedPickle("]q\x01h\x01"
                              "a."),
                HasSubstr("state dict"));
    EXPECT_THAT(refusedPickle("(N" + std::string(4'100'000, 'N') + "."),
                HasSubstr("4000000 values"));
    // A long tuple as the arguments of many calls: shared, not copied.
    std::string calls = "(" + std::string(100'000, 'N') + "tq\x01";
    for (int i = 0; i < 10'000; ++i)
        calls += "0ctorch._utils\n_rebuild_tensor_v2\nh\x01R";
    EXPECT_THAT(refusedPickle(calls + "."), HasSubstr("state dict"));
}

TEST_F(TorchArchive, RefusesArchivesThatAreNot) {
    const std::string sound = zip(entries(stateDict()));
    EXPECT_THAT(refused("hello"), HasSubstr("not a file that torch.save wrote"));
    EXPECT_THAT(refused(sound.substr(0, sound.size() / 2)), HasSubstr("truncated"));
    EXPECT_THAT(refused(sound.substr(0, 40)), HasSubstr("truncated"));
    EXPECT_THAT(refused(zip({})), HasSubstr("not a file that torch.save wrote"));
    EXPECT_THAT(refused(zip({{"archive/other", "x"}})), HasSubstr("without a data.pkl"));
    auto list = entries(stateDict());
    list.push_back({"second/data.pkl", "N."});
    EXPECT_THAT(refused(zip(list)), HasSubstr("two data.pkl"));
    list.back() = {"archive/data/0", "x"};
    EXPECT_THAT(refused(zip(list)), AllOf(HasSubstr("archive/data/0"), HasSubstr("twice")));
    list.back() = {"archive/more", "x", 8};
    EXPECT_THAT(refused(zip(list)), AllOf(HasSubstr("archive/more"), HasSubstr("compressed")));
    list.back() = {"archive/more", "x", 0, 1};
    EXPECT_THAT(refused(zip(list)), HasSubstr("encrypted"));
    list = entries(stateDict());
    list.erase(list.begin() + 1);
    EXPECT_THAT(refused(zip(list)), HasSubstr("storage 0"));
    EXPECT_THAT(refused("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("git lfs"));
}

} // namespace
} // namespace residuum::test
