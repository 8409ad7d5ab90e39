// `residuum convert`: what the converted model says, beside the original; what is refused.
#include "golden.h"

#include "core/checkpoint/conversion.h"
#include "core/checkpoint/model_files.h"
#include "support/synthetic_model.h"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

fs::path demo(const std::string& name) {
    return resources() / "demo" / name;
}

std::vector<std::string> idsBelow(int vocabulary, int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i)
        ids.push_back(std::to_string((i * 37 + 5) % vocabulary));
    return {"--ids", join(ids, ",")};
}

class ConvertCommand : public ::testing::Test {
  protected:
    fs::path at(const std::string& name) const { return folder_.path() / name; }

    /// Converts into `as`; the folder.
    fs::path convert(const fs::path& model, const std::string& to, const std::string& as) const {
        said_ = residuum({"convert", model, "--to", to, "-o", at(as)});
        EXPECT_EQ(said_.status, 0) << said_.err;
        return at(as);
    }
    /// In this process, to be quick; the folder.
    fs::path converted(const fs::path& model, const std::string& to, const std::string& as) const {
        const auto source = open(model);
        return converted(source, checkpoint::conversionNamed(to, source), as);
    }
    fs::path converted(const Checkpoint& source, const checkpoint::Conversion& conversion,
                       const std::string& as) const {
        Progress progress;
        AtomicFolder folder(at(as), checkpoint::requireOwnModel);
        checkpoint::convert(source, conversion, folder, progress);
        folder.commit();
        return at(as);
    }
    /// Of each model, computed side by side in float64.
    std::vector<NumberArray> logits(const std::vector<fs::path>& models,
                                    const std::vector<std::string>& ids) const {
        std::vector<std::string> arguments{"run", "--dtype", "float64", "-o", at("run.h5")};
        arguments.insert(arguments.end(), models.begin(), models.end());
        const auto outcome = residuum(arguments + ids);
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        std::vector<NumberArray> found;
        for (const auto& model : models)
            found.push_back(Hdf5Reader(at("run.h5"))
                                .numbers("/models/" + model.filename().string() + "/logits"));
        return found;
    }
    /// The original, its weights in float64 and their conversion, which rounds nothing; and the
    /// conversion through float32.
    void expectSameLogits(const fs::path& model, const std::vector<std::string>& ids) const {
        const auto wide = converted(open(model), {StoredType::Float64, false}, "wide");
        const auto found = logits({model, converted(wide, "pre-rmsnorm", "exact"),
                                   converted(model, "pre-rmsnorm", "stored")},
                                  ids);
        const auto& want = found[0];
        EXPECT_TRUE(near(found[1].values, want.values, want.shape, 1e-10)) << model;
        EXPECT_TRUE(near(found[2].values, want.values, want.shape, 2e-5)) << model;
        std::printf("%s: logits off by at most %.2g, through float32 %.2g\n", model.c_str(),
                    farthest(found[1].values, want.values), farthest(found[2].values, want.values));
    }
    static double farthest(const std::vector<double>& one, const std::vector<double>& other) {
        double most = 0.0;
        for (std::size_t i = 0; i < one.size(); ++i)
            most = std::max(most, std::abs(one[i] - other[i]));
        return most;
    }
    static Checkpoint open(const fs::path& model) {
        Progress progress;
        return openCheckpoint(model, progress);
    }
    static nlohmann::json inspect(const fs::path& model) {
        return nlohmann::json::parse(residuum({"inspect", model, "--json"}).out, nullptr, false);
    }

    TemporaryFolder folder_;
    mutable Outcome said_;
};

TEST_F(ConvertCommand, PreRmsNormOfTheDemoModelsSaysTheSame) {
    for (const std::string name : {"original", "vanilla", "ln-free"}) {
        expectSameLogits(demo(name), idsBelow(1024, 60));
        const auto stored = open(at("stored"));
        EXPECT_EQ(stored.normalization.summary(), name == "ln-free" ? "removed" : "RMSNorm");
        EXPECT_FALSE(stored.tiedHead);
        EXPECT_EQ(stored.warnings, std::vector<std::string>());
    }
}

TEST_F(ConvertCommand, PreRmsNormOfTheGoldenModelsSaysTheSame) {
    for (const std::string name : {"tiny-ln", "tiny-lnfree", "formats/half-removed",
                                   "formats/untied-head", "formats/sharded", "formats/ln-free"})
        expectSameLogits(golden() / name, idsBelow(61, 12));
    EXPECT_EQ(open(at("stored")).normalization.summary(), "removed");
}

TEST_F(ConvertCommand, PreRmsNormKeepsScalesAndActivations) {
    const auto norms = shared() / "golden/norms";
    if (!fs::exists(norms))
        GTEST_SKIP() << norms << " is not beside the checkout";
    for (const std::string name : {"stanford", "erf", "relu"})
        expectSameLogits(norms / name, idsBelow(97, 20));
    for (const std::string name : {"rmsnorm", "dyt", "mixed"}) {
        const auto outcome =
            residuum({"convert", norms / name, "--to", "pre-rmsnorm", "-o", at("none")});
        EXPECT_EQ(outcome.status, 1);
        EXPECT_NE(outcome.err.find(name == "mixed" ? "site h.1.ln_1.qk" : "site h.0.ln_1.qk"),
                  std::string::npos)
            << outcome.err;
    }
    EXPECT_FALSE(fs::exists(at("none")));
}

/// Beside how far a type's rounding may carry through a small model.
struct Storage {
    const char* type;
    double tolerance;
};

class ConvertStorage : public ConvertCommand, public ::testing::WithParamInterface<Storage> {};

TEST_P(ConvertStorage, OpensAgainAndGivesTheLogits) {
    const Hdf5Reader expected(golden() / "formats/logits.h5");
    const auto ids = idArguments(expected.numbers("/tokens"));
    for (const std::string format : {"safetensors-f32", "safetensors-bf16", "sharded", "bin-zip",
                                     "untied-head", "half-removed"}) {
        const auto source = golden() / "formats" / format;
        const auto made = converted(source, GetParam().type, "out");
        const auto found = logits({source, made}, ids);
        const auto& want = found[0];
        EXPECT_TRUE(near(found[1].values, want.values, want.shape, GetParam().tolerance)) << format;
        const auto before = open(source), after = open(made);
        EXPECT_EQ(after.storedTypes, GetParam().type);
        EXPECT_EQ(after.normalization, before.normalization);
        EXPECT_EQ(after.tiedHead, before.tiedHead);
        EXPECT_EQ(after.warnings, std::vector<std::string>());
    }
    if (std::string(GetParam().type) == "float16")
        return; // the epsilon trick's refusal has a test of its own
    const auto made = converted(golden() / "formats/ln-free", GetParam().type, "out");
    EXPECT_EQ(open(made).normalization.summary(), "removed");
}

INSTANTIATE_TEST_SUITE_P(Types, ConvertStorage,
                         ::testing::Values(Storage{"float32", 0.0}, Storage{"float16", 5e-3},
                                           Storage{"bfloat16", 5e-2}),
                         [](const auto& tested) { return std::string(tested.param.type); });

TEST_F(ConvertCommand, SaysWhatItDid) {
    convert(demo("original"), "pre-rmsnorm", "rms");
    for (const std::string part : {"13 sites: 13 RMSNorm; the head is its own tensor", "float32, ",
                                   "the same on this centred stream", "tokenizer files copied\n"})
        EXPECT_NE(said_.out.find(part), std::string::npos) << part << "\n" << said_.out;
    EXPECT_EQ(said_.err, "");
    EXPECT_EQ(readFile(at("rms/vocab.json")), readFile(demo("original") / "vocab.json"));
    EXPECT_EQ(readFile(at("rms/merges.txt")), readFile(demo("original") / "merges.txt"));
    convert(golden() / "formats/half-removed", "bfloat16", "half");
    for (const std::string part : {"bfloat16, ", "largest relative difference of a value 0.0",
                                   "which is not this model", "no tokenizer files"})
        EXPECT_NE(said_.out.find(part), std::string::npos) << part << "\n" << said_.out;
    EXPECT_EQ(
        residuum({"convert", demo("original"), "--to", "float32", "-o", at("rms"), "--quiet"}).out,
        "");
    EXPECT_EQ(open(at("rms")).normalization.summary(), "LayerNorm") << "replaced";
}

TEST_F(ConvertCommand, ABorrowedTokenizerIsCopiedAndSaid) {
    const auto model = at("models/lonely"), lender = at("models/gpt2");
    fs::create_directories(lender);
    for (const char* file : {"config.json", "vocab.json", "merges.txt"})
        fs::copy(demo("original") / file, lender);
    writeText(lender / "tokenizer_config.json", "{}");
    fs::create_directories(model);
    for (const char* file : {"config.json", "model.safetensors"})
        fs::copy(demo("original") / file, model);
    writeText(model / "generation_config.json", R"({"do_sample": true})");
    convert(model, "float32", "out");
    EXPECT_NE(said_.out.find("tokenizer files copied from " + lender.string()), std::string::npos)
        << said_.out;
    EXPECT_NE(said_.err.find("no tokenizer of its own"), std::string::npos) << said_.err;
    for (const char* file : {"vocab.json", "merges.txt", "tokenizer_config.json"})
        EXPECT_EQ(readFile(at("out") / file), readFile(lender / file));
    EXPECT_EQ(readFile(at("out/generation_config.json")), R"({"do_sample": true})");
    EXPECT_EQ(inspect(at("out"))["warnings"], nlohmann::json::array());
}

TEST_F(ConvertCommand, RefusesInOneLineAndLeavesNothing) {
    const auto read = at("read"), own = at("own");
    convert(demo("original"), "float32", "own");
    fs::create_directory(read);
    ASSERT_EQ(::chmod(read.c_str(), 0555), 0);
    fs::create_directory(at("full"));
    writeText(at("full/notes.txt"), "mine");
    writeText(at("file"), "text");
    const auto link = at("link");
    fs::create_directory_symlink(own, link);
    struct Case {
        fs::path model;
        std::string to;
        fs::path output;
        int status;
        std::string says;
    };
    std::vector<Case> cases{
        {demo("original"), "float8", at("new"), 2, "float8"},
        {demo("original"), "", at("new"), 2, "--to"},
        {"no/such", "float32", at("new"), 1, "no/such"},
        {at("full"), "float32", at("new"), 1, "config.json"},
        {demo("ln-free"), "float16", at("new"), 1, "use bfloat16 or float32"},
        {demo("original"), "float32", at("file"), 1, "is a file"},
        {demo("original"), "float32", at("full"), 1, "is there already"},
        {demo("original"), "float32", demo("original"), 1, "folder of the model itself"},
        {own, "bfloat16", link, 1, "folder of the model itself"},
        {own, "bfloat16", own / ".", 1, "folder of the model itself"},
    };
    if (::geteuid() != 0) // whom nothing stops
        cases.push_back({demo("original"), "float32", read / "new", 1, "cannot be made in"});
    for (const auto& wrong : cases) {
        const auto outcome =
            residuum({"convert", wrong.model, "--to", wrong.to, "-o", wrong.output});
        EXPECT_EQ(outcome.status, wrong.status) << outcome.err;
        EXPECT_EQ(outcome.errorLines(), 1u) << outcome.err;
        EXPECT_NE(outcome.err.find(wrong.says), std::string::npos) << outcome.err;
    }
    EXPECT_FALSE(fs::exists(at("new")));
    for (const auto& entry : fs::directory_iterator(folder_.path()))
        EXPECT_FALSE(entry.path().filename().string().starts_with(".residuum")) << entry.path();
    EXPECT_EQ(open(own).storedTypes, "float32");
    EXPECT_EQ(readFile(at("full/notes.txt")), "mine");
}

TEST_F(ConvertCommand, IsListed) {
    EXPECT_NE(residuum({"--commands"}).out.find("convert headless\n"), std::string::npos);
    const auto help = residuum({"convert", "--help"}).out;
    for (const std::string part : {"pre-rmsnorm", "bfloat16", "-o,--output"})
        EXPECT_NE(help.find(part), std::string::npos) << help;
}

} // namespace
} // namespace residuum::test
