// A result from the cache is the one that was computed, bit for bit; damage never becomes a number.
#include "core/task/error.h"
#include "dla_support.h"

#include <fstream>
#include <gmock/gmock.h>
#include <new>
#include <nlohmann/json.hpp>
#include <random>

namespace residuum {
namespace {

namespace fs = std::filesystem;
using test::everyPosition;
using test::sameNumbers;
using test::somePrompts;
using ::testing::HasSubstr;

class AnswerTest : public ::testing::Test {
  protected:
    Answer<DlaResult> ask(const Model& model, const DlaRequest& request,
                          CacheUse use = CacheUse::ReadAndWrite) {
        return answer<DlaAnalysis>(&cache_, use, model, somePrompts(), request, progress_);
    }

    fs::path onlyResult() const {
        return fs::directory_iterator(folder_.path() / "results")->path();
    }

    test::TemporaryFolder folder_;
    ResultCache cache_{{folder_.path(), std::uint64_t{1} << 30U}};
    Progress progress_;
};

TEST_F(AnswerTest, TheSecondTimeItComesFromTheCacheBitForBit) {
    auto single = everyPosition();
    single.position.all = false;
    single.neurons = true;
    for (const auto dtype : {DType::Float32, DType::Float64, DType::BFloat16}) {
        const auto model = test::openGolden("tiny-ln", dtype);
        for (const auto& request : {everyPosition(), single}) {
            const auto first = ask(*model, request);
            const auto second = ask(*model, request);
            EXPECT_FALSE(first.fromCache);
            EXPECT_EQ(first.warning, "");
            EXPECT_TRUE(second.fromCache);
            EXPECT_TRUE(sameNumbers(*first.result, *second.result));
            EXPECT_EQ(second.result->request, request);
            EXPECT_FALSE(ask(*model, request, CacheUse::WriteOnly).fromCache);
        }
    }
    EXPECT_EQ(cache_.info().results, 6u);
}

TEST_F(AnswerTest, WhatWasComputedIsHandedOverBeforeItIsWritten) {
    const auto model = test::openGolden("tiny-ln");
    int handed = 0;
    const auto ask = [&] {
        return answer<DlaAnalysis>(&cache_, CacheUse::ReadAndWrite, *model, somePrompts(),
                                   everyPosition(), progress_, [&](const Answer<DlaResult>& found) {
                                       ++handed;
                                       EXPECT_TRUE(found.result);
                                       EXPECT_FALSE(found.created.empty());
                                       EXPECT_EQ(cache_.info().results, 0U);
                                   });
    };
    EXPECT_FALSE(ask().fromCache);
    EXPECT_EQ(cache_.info().results, 1U);
    EXPECT_TRUE(ask().fromCache);
    EXPECT_EQ(handed, 1) << "from the cache it is returned only";
}

TEST_F(AnswerTest, NothingIsKeptWhereTheWeightsWereChangedMeanwhile) {
    const auto original = test::bytesOf(test::golden() / "tiny-ln" / "model.safetensors");
    for (const bool cut : {false, true}) {
        const test::TemporaryFolder copy;
        fs::copy(test::golden() / "tiny-ln", copy.path(),
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        const auto file = copy.path() / "model.safetensors";
        const auto model =
            Model::open({"copy", "copy", copy.path()}, {DType::Float32, "cpu"}, progress_);
        bool changed = false;
        const auto meanwhile = [&](const ProgressReport&) {
            if (std::exchange(changed, true))
                return;
            if (cut) {
                fs::resize_file(file, 1000);
            } else {
                std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
                stream.seekp(-64, std::ios::end);
                stream << std::string(64, '\x11');
            }
        };
        const auto asking = [&] {
            Progress progress({}, meanwhile, std::chrono::seconds(0));
            (void)answer<DlaAnalysis>(&cache_, CacheUse::ReadAndWrite, *model, somePrompts(),
                                      everyPosition(), progress);
        };
        EXPECT_THROW(asking(), Error);
        EXPECT_TRUE(changed);
        EXPECT_EQ(cache_.info().results, 0u);
        // The bytes are there again, but what the model still maps or has derived is a mixture.
        std::ofstream(file, std::ios::binary) << original;
        EXPECT_THROW(ask(*model, everyPosition()), Error);
        const auto again =
            Model::open({"copy", "copy", copy.path()}, {DType::Float32, "cpu"}, progress_);
        EXPECT_TRUE(sameNumbers(*ask(*again, everyPosition(), CacheUse::WriteOnly).result,
                                *ask(*test::openGolden("tiny-ln"), everyPosition()).result));
        cache_.prune(0);
    }
}

TEST_F(AnswerTest, TroubleOfAnyKindWithTheCacheNeverFailsTheAnswer) {
    const auto model = test::openGolden("tiny-ln");
    ask(*model, everyPosition());
    const auto key = onlyResult().stem().string();
    EXPECT_FALSE(readCached(cache_, key, [](const ResultReader&) { throw std::bad_alloc(); }));
    EXPECT_TRUE(fs::exists(onlyResult())) << "a lack of memory says nothing of the file";
    EXPECT_FALSE(readCached(
        cache_, key, [](const ResultReader&) { (void)nlohmann::json::parse("{}").at("tokens"); }));
    EXPECT_EQ(cache_.info().results, 0u);
    EXPECT_EQ(cache_.info().damaged, 1u);
    const auto warning =
        storeCached(cache_, key, [](const fs::path&) { (void)std::string().at(1); });
    EXPECT_THAT(warning, HasSubstr("not kept in the cache"));
    EXPECT_EQ(warning.find("basic_string"), std::string::npos);
    EXPECT_THAT(storeCached(cache_, key, [](const fs::path&) { throw std::bad_alloc(); }),
                HasSubstr("memory"));
}

TEST_F(AnswerTest, WhateverChangesTheNumbersChangesTheKey) {
    const auto ln = test::openGolden("tiny-ln");
    const auto removed = test::openGolden("tiny-lnfree");
    ask(*ln, everyPosition());
    EXPECT_FALSE(ask(*removed, everyPosition()).fromCache);
    auto request = everyPosition();
    request.seed = 1;
    EXPECT_FALSE(ask(*ln, request).fromCache);
    request = everyPosition();
    request.target.rule = TargetRule::Token;
    request.target.token = TokenId(3);
    EXPECT_FALSE(ask(*ln, request).fromCache);
    auto input = somePrompts();
    input.tokens.sequences.front().following = TokenId(9);
    EXPECT_FALSE(
        answer<DlaAnalysis>(&cache_, CacheUse::ReadAndWrite, *ln, input, everyPosition(), progress_)
            .fromCache);
    EXPECT_TRUE(ask(*ln, everyPosition()).fromCache);
}

TEST_F(AnswerTest, TheSameWeightsUnderAnotherNameShareResults) {
    const auto first = test::openGolden("tiny-ln");
    ask(*first, everyPosition());
    Progress progress;
    const auto second = Model::open({"elsewhere/copy", "copy", test::golden() / "tiny-ln"},
                                    {DType::Float32, "cpu"}, progress);
    const auto found = ask(*second, everyPosition());
    EXPECT_TRUE(found.fromCache);
    EXPECT_EQ(found.result->model.name, "copy");
}

TEST_F(AnswerTest, WithoutACacheItIsComputed) {
    const auto model = test::openGolden("tiny-ln");
    const auto found = answer<DlaAnalysis>(nullptr, CacheUse::ReadAndWrite, *model, somePrompts(),
                                           everyPosition(), progress_);
    EXPECT_FALSE(found.fromCache);
    EXPECT_EQ(cache_.info().results, 0u);
}

TEST_F(AnswerTest, ACacheThatCannotBeWrittenCostsAWarningOnly) {
    std::ofstream(folder_.path() / "file") << "";
    ResultCache broken({folder_.path() / "file", 1000});
    const auto model = test::openGolden("tiny-ln");
    const auto found = answer<DlaAnalysis>(&broken, CacheUse::ReadAndWrite, *model, somePrompts(),
                                           everyPosition(), progress_);
    ASSERT_TRUE(found.result);
    EXPECT_THAT(found.warning, HasSubstr("not kept in the cache"));
}

/// 1,000 damaged copies: flipped bytes, cut ends, bytes overwritten by others.
TEST_F(AnswerTest, DamageIsNeverTakenForAResult) {
    const auto model = test::openGolden("tiny-ln");
    const auto computed = ask(*model, everyPosition());
    const auto file = onlyResult();
    const auto whole = test::bytesOf(file);
    std::mt19937_64 random(20261124);
    int refused = 0;
    for (int n = 0; n < 1000; ++n) {
        auto bytes = whole;
        if (n % 3 == 0) {
            bytes.resize(random() % whole.size());
        } else {
            for (int flips = 1 + n % 4; flips > 0; --flips)
                bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
        }
        if (bytes == whole)
            continue;
        std::ofstream(file, std::ios::binary) << bytes;
        bool readable = true;
        try {
            const ResultReader reader(file);
            EXPECT_TRUE(sameNumbers(*DlaAnalysis::read(reader, 0), *computed.result)) << n;
        } catch (const Error&) {
            readable = false;
        }
        refused += readable ? 0 : 1;
    }
    EXPECT_GE(refused, 999); // the seal covers every byte
}

TEST_F(AnswerTest, ADamagedResultIsSetAsideAndComputedAgain) {
    const auto model = test::openGolden("tiny-ln");
    const auto first = ask(*model, everyPosition());
    const auto file = onlyResult();
    fs::resize_file(file, fs::file_size(file) / 2);
    const auto second = ask(*model, everyPosition());
    EXPECT_FALSE(second.fromCache);
    EXPECT_TRUE(sameNumbers(*first.result, *second.result));
    EXPECT_TRUE(ask(*model, everyPosition()).fromCache);
    EXPECT_EQ(cache_.info().damaged, 1u);
    EXPECT_THAT(test::bytesOf(folder_.path() / "log.txt"), HasSubstr("was set aside: is damaged"));
}

TEST_F(AnswerTest, ANewerSchemaIsSetAsideAndComputedAgain) {
    const auto model = test::openGolden("tiny-ln");
    ask(*model, everyPosition());
    const auto file = onlyResult();
    {
        Hdf5Writer writer(file);
        writer.attribute("/", "format", std::string(resultFormat));
        writer.attribute("/", "schema_version", std::int64_t{resultSchemaVersion + 1});
        writer.attribute("/", "key", file.stem().string());
        writer.commit();
    }
    EXPECT_FALSE(ask(*model, everyPosition()).fromCache);
    EXPECT_THAT(test::bytesOf(folder_.path() / "log.txt"), HasSubstr("has schema_version 3"));
}

TEST_F(AnswerTest, SavedFilesOpenWithoutTheirModels) {
    const auto ln = test::openGolden("tiny-ln");
    const auto removed = test::openGolden("tiny-lnfree");
    const auto a = ask(*ln, everyPosition()), b = ask(*removed, everyPosition());
    const auto file = folder_.path() / "mit Leerzeichen ü.h5";
    saveResults<DlaAnalysis>(file, {b.result, a.result}, somePrompts(), everyPosition(), nullptr);
    const ResultReader reader(file);
    EXPECT_TRUE(reader.sealed());
    const auto read = readResults<DlaAnalysis>(reader);
    ASSERT_EQ(read.size(), 2u);
    EXPECT_TRUE(sameNumbers(*read[0], *b.result)); // in the order in which they were named
    EXPECT_TRUE(sameNumbers(*read[1], *a.result));
    EXPECT_EQ(read[0]->model.name, "tiny-lnfree");
    EXPECT_EQ(read[0]->model.normalization.label(), removed->info().normalization.label());
    EXPECT_EQ(read[0]->model.config.d_mlp, removed->info().config.d_mlp);
    EXPECT_EQ(read[0]->model.weightsHash, removed->info().weightsHash);
    EXPECT_EQ(reader.tokens().input, somePrompts().tokens);
    EXPECT_EQ(reader.tokens().texts[1], (std::vector<std::string>{"#7", "#5"}));
    EXPECT_EQ(DlaAnalysis::command(reader.request(), file),
              "residuum dla tiny-lnfree tiny-ln --ids 1,2,3,4 --ids 7,5 --target argmax "
              "--position all --bootstrap 50");
}

/// Files of older versions know their models' sites by an attribute alone.
TEST(OldResultFiles, AnUnknownNormalisationIsRefusedByItsName) {
    auto bytes = test::bytesOf(fs::path(RESIDUUM_FIXTURES_DIR) / "dla-unsealed.h5");
    const auto place = bytes.find("LayerNorm");
    ASSERT_NE(place, std::string::npos);
    bytes.replace(place, 9, "GroupNorm");
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "other.h5";
    std::ofstream(file, std::ios::binary) << bytes;
    try {
        (void)readResults<DlaAnalysis>(ResultReader(file));
        FAIL() << "read as if it were known";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("\"GroupNorm\", which is unknown"));
    }
}

TEST(OldResultFiles, StillOpen) {
    const fs::path fixtures = RESIDUUM_FIXTURES_DIR;
    const ResultReader reader(fixtures / "dla-unsealed.h5");
    EXPECT_FALSE(reader.sealed());
    const auto read = readResults<DlaAnalysis>(reader);
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[0]->model.name, "original");
    EXPECT_EQ(read[0]->model.normalization.label(), "LayerNorm");
    EXPECT_EQ(read[1]->model.normalization.label(), "removed");
    EXPECT_EQ(read[0]->rows.size(), 18u);
    EXPECT_NEAR(read[0]->nmae.heads, 102.2, 0.05);
    EXPECT_EQ(reader.tokens().texts[1].back(), " to");
    EXPECT_EQ(ResultReader(fixtures / "run-unsealed.h5").kind(), "run");
    EXPECT_THROW(readResults<DlaAnalysis>(ResultReader(fixtures / "run-unsealed.h5")), Error);
}

} // namespace
} // namespace residuum
