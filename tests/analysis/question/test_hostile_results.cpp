// Result files of every kind with damaged structures, opened as the window and the command line
// open them: each is read or refused in one line, none ends the program or keeps it.
#include "analysis/activations/run.h"
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/patching/patch_analysis.h"
#include "core/store/seal.h"
#include "core/task/error.h"
#include "dla_support.h"
#include "mutation.h"
#include "support/sanitized.h"
#include "support/sanitizer_reports.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace residuum {
namespace {

namespace fs = std::filesystem;
const fs::path fixtures = RESIDUUM_FIXTURES_DIR;

/// RESIDUUM_TEST_MUTATIONS: how many sealed files; a fifth as many have no seal.
int mutations() {
    const char* wanted = std::getenv("RESIDUUM_TEST_MUTATIONS");
    return wanted == nullptr ? 200 : std::atoi(wanted);
}

void readWhole(const fs::path& file) {
    const ResultReader reader(file);
    if (reader.kind() == DlaAnalysis::kind)
        readResults<DlaAnalysis>(reader);
    else if (reader.kind() == PatchAnalysis::kind)
        readResults<PatchAnalysis>(reader);
    else if (reader.kind() == NeuronAnalysis::kind)
        readResults<NeuronAnalysis>(reader);
    reader.tokens(reader.kind() == PatchAnalysis::kind ? "clean" : "tokens");
}

template <class Analysis, class Input>
void rewrite(const fs::path& from, const fs::path& to, const Input& input) {
    const ResultReader reader(from, FileOrigin::Own);
    const auto results = readResults<Analysis>(reader);
    saveResults<Analysis>(to, results, input, results.front()->request, nullptr);
}

class HostileResults : public ::testing::Test {
  protected:
    /// An instrumented reader that ends by a fault looks like one that HDF5 ended.
    void TearDown() override { EXPECT_THAT(reports_.ownFaults(), ::testing::IsEmpty()); }

    fs::path path(const std::string& name) const { return folder_.path() / name; }

    /// Files of version 1 as they were written, and the same results in the present version.
    std::vector<fs::path> honest() const {
        std::vector<fs::path> files;
        for (const auto* kind : {"dla", "run", "patch", "neurons"})
            files.push_back(fixtures / "schema-1" / (std::string(kind) + ".h5"));
        const auto tokensOf = [](const fs::path& file, const char* name) {
            return ResultReader(file, FileOrigin::Own).tokens(name).input;
        };
        rewrite<DlaAnalysis>(files[0], path("dla.h5"),
                             PromptInput{{}, tokensOf(files[0], "tokens")});
        PairInput pairs;
        pairs.tokens = {tokensOf(files[2], "clean"), tokensOf(files[2], "corrupt"),
                        tokensOf(files[2], "answers")};
        rewrite<PatchAnalysis>(files[2], path("patch.h5"), pairs);
        rewrite<NeuronAnalysis>(files[3], path("neurons.h5"),
                                PromptInput{{}, tokensOf(files[3], "tokens")});
        writeRun(path("run.h5"));
        for (const auto* kind : {"dla", "run", "patch", "neurons"})
            files.push_back(path(std::string(kind) + ".h5"));
        return files;
    }

    static void writeRun(const fs::path& file) {
        Progress progress;
        const auto model = test::openGolden("tiny-ln");
        const auto input = test::somePrompts();
        const RunRequest request{{"all"}, false};
        ResultFile result(file,
                          {"run",
                           runAnalysisVersion,
                           toJson(request).dump(),
                           toJson(input.request).dump(),
                           {model->info()},
                           false},
                          {{"tokens", &input.tokens}}, nullptr);
        runInto(result, 0, *model, input.tokens, request, progress);
        result.commit();
    }

    void write(const fs::path& file, const std::string& bytes) const {
        std::ofstream(file, std::ios::binary) << bytes;
    }

    /// Counts what becomes of `file`.
    void open(const fs::path& file, const std::string& what) {
        const auto start = std::chrono::steady_clock::now();
        try {
            readWhole(file);
            ++read_;
        } catch (const Error& error) {
            ++refused_;
            EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << what;
        } catch (const std::exception& error) {
            ADD_FAILURE() << what << ": " << error.what();
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        longest_ = std::max(longest_, took.count());
        EXPECT_LT(took.count(), 10.0 * test::slowerBy) << what;
    }

    void report(const char* which) const {
        std::cout << which << ": " << read_ << " read, " << refused_ << " refused, longest "
                  << longest_ << " s, " << reports_.count() << " reports of sanitizers\n";
    }

    test::TemporaryFolder folder_;
    test::SanitizerReports reports_;
    int read_ = 0, refused_ = 0;
    double longest_ = 0.0;
};

TEST(SanitizerReports, TellOurFaultsFromALibrarys) {
    const std::string head = "==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1\n"
                             "READ of size 8 at 0x1 thread T0\n"
                             "    #0 0x1 in __interceptor_memcpy ../libsanitizer/common.inc:827\n";
    const std::string library = "    #1 0x2 in H5F_addr_decode (/lib/libhdf5_serial.so.103+0x2)\n",
                      ours = "    #1 0x2 in residuum::seal(char const*) core/store/seal.cpp:9\n";
    EXPECT_EQ(test::ownFault(head + library + ours), std::nullopt);
    EXPECT_THAT(test::ownFault(head + ours + library).value_or(""),
                ::testing::HasSubstr("residuum::seal"));
    EXPECT_THAT(test::ownFault("seal.cpp:9:3: runtime error: shift exponent 64 is too large\n")
                    .value_or(""),
                ::testing::HasSubstr("shift exponent"));
    EXPECT_EQ(test::ownFault(""), std::nullopt);
}

TEST_F(HostileResults, HonestFilesAreRead) {
    for (const auto& file : honest())
        EXPECT_NO_THROW(readWhole(file)) << file;
}

TEST_F(HostileResults, SealedAgainTheyAreReadOrRefused) {
    const auto files = honest();
    std::mt19937_64 random(20261127);
    const auto file = path("mutated.h5");
    for (int n = 0; n < mutations(); ++n) {
        const auto& from = files[static_cast<std::size_t>(n) % files.size()];
        const auto whole = test::bytesOf(from);
        const auto bytes = test::mutated(whole, test::structureOf(whole), random);
        if (bytes == whole)
            continue;
        write(file, bytes);
        const auto what = std::to_string(n) + " of " + from.string();
        EXPECT_THROW(checkSeal(file), Error) << "the old seal covers " << what;
        seal(file);
        open(file, what);
    }
    report("sealed again");
    EXPECT_GT(read_, 0);
    EXPECT_GT(refused_, 0);
}

TEST_F(HostileResults, WithoutASealTheyAreReadOrRefused) {
    auto files = honest();
    files.push_back(fixtures / "dla-unsealed.h5");
    files.push_back(fixtures / "run-unsealed.h5");
    std::mt19937_64 random(20261128);
    const auto file = path("mutated.h5");
    for (int n = 0; n < mutations() / 5; ++n) {
        const auto& from = files[static_cast<std::size_t>(n) % files.size()];
        auto whole = test::bytesOf(from);
        whole.erase(0, whole.find("\x89HDF"));
        write(file, test::mutated(whole, test::structureOf(whole), random));
        open(file, std::to_string(n) + " of " + from.string());
    }
    report("without a seal");
    EXPECT_GT(refused_, 0);
}

/// What the conversion gives is what was stored, in every kind, bit for bit.
TEST(OldResultFiles, OfVersionOneKeepTheirNumbers) {
    for (const auto* kind : {"dla", "run", "patch", "neurons"}) {
        const auto file = fixtures / "schema-1" / (std::string(kind) + ".h5");
        const ResultReader direct(file, FileOrigin::Own), converted(file);
        EXPECT_TRUE(converted.sealed());
        EXPECT_EQ(converted.key(), direct.key());
        EXPECT_EQ(converted.request(), direct.request());
        EXPECT_EQ(converted.path(), file);
        const std::vector<std::string> groups{"", converted.modelGroup(0)};
        int compared = 0;
        for (const auto& group : groups)
            for (const auto& name : direct.file().children(group.empty() ? "/" : group)) {
                const auto path = group + "/" + name;
                try {
                    const auto a = direct.file().numbers(path), b = converted.file().numbers(path);
                    EXPECT_EQ(a.shape, b.shape);
                    EXPECT_EQ(std::memcmp(a.values.data(), b.values.data(),
                                          a.values.size() * sizeof(double)),
                              0)
                        << path;
                    ++compared;
                } catch (const Error&) { // a group or text
                }
            }
        EXPECT_GT(compared, 3) << kind;
    }
}

} // namespace
} // namespace residuum
