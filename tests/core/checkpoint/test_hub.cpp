#include "refusal.h"

#include "core/checkpoint/hub.h"
#include "core/checkpoint/tokenizer_candidates.h"

#include <cstdlib>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;

/// Sets or unsets a variable for the object's life.
class Environment {
  public:
    Environment(const char* name, const char* value) : name_(name) {
        if (const char* before = std::getenv(name))
            before_ = before;
        set(value);
    }
    ~Environment() { set(before_ ? before_->c_str() : nullptr); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

  private:
    void set(const char* value) {
        if (value != nullptr)
            ::setenv(name_, value, 1);
        else
            ::unsetenv(name_);
    }
    const char* name_;
    std::optional<std::string> before_;
};

class Hub : public ::testing::Test {
  protected:
    fs::path root() const { return folder_.path(); }
    fs::path cache() const { return root() / "cache"; }

    /// A cached repository with one snapshot; returns the snapshot's folder.
    fs::path addRepository(const std::string& name, int vocabulary = 7) const {
        const fs::path repository = cache() / name;
        fs::create_directories(repository / "refs");
        writeText(repository / "refs" / "main", "abc123");
        const fs::path snapshot = repository / "snapshots" / "abc123";
        ModelConfig config = smallConfig();
        config.d_vocab = vocabulary;
        writeSyntheticGpt2(snapshot, config, 1);
        return snapshot;
    }
    static void addTokenizer(const fs::path& folder, int tokens) {
        std::string vocabulary = "{";
        for (int i = 0; i < tokens; ++i)
            vocabulary += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + "\":" + std::to_string(i);
        fs::create_directories(folder);
        writeText(folder / "vocab.json", vocabulary + "}");
        writeText(folder / "merges.txt", "#version: 0.2\n");
    }
    std::string refused(const std::string& named) const {
        return refusal([&] { (void)resolveModel(named, root() / "demo"); });
    }

    TemporaryFolder folder_;
    Environment hubCache_{"HF_HUB_CACHE", (folder_.path() / "cache").c_str()};
};

TEST(HubCache, IsWhereHuggingFacePutsIt) {
    const Environment home("HOME", "/home/someone");
    {
        const Environment a("HF_HUB_CACHE", "/a");
        const Environment b("HF_HOME", "/b");
        EXPECT_EQ(hubCacheFolder(), "/a");
    }
    const Environment a("HF_HUB_CACHE", nullptr);
    {
        const Environment older("HUGGINGFACE_HUB_CACHE", "~/older");
        const Environment b("HF_HOME", "~/b");
        EXPECT_EQ(hubCacheFolder(), "/home/someone/older");
    }
    const Environment older("HUGGINGFACE_HUB_CACHE", nullptr);
    {
        const Environment b("HF_HOME", "~/b");
        const Environment c("XDG_CACHE_HOME", "/c");
        EXPECT_EQ(hubCacheFolder(), "/home/someone/b/hub");
    }
    const Environment b("HF_HOME", "");
    {
        const Environment c("XDG_CACHE_HOME", "/c");
        EXPECT_EQ(hubCacheFolder(), "/c/huggingface/hub");
    }
    const Environment c("XDG_CACHE_HOME", nullptr);
    EXPECT_EQ(hubCacheFolder(), "/home/someone/.cache/huggingface/hub");
}

TEST_F(Hub, ResolvesFolders) {
    writeSyntheticGpt2(root() / "models" / "mine", smallConfig(), 1);
    const std::string path = (root() / "models" / "mine").string();
    const ModelLocation location = resolveModel(path + "/", {});
    EXPECT_EQ(location.source, path + "/");
    EXPECT_EQ(location.name, "mine");
    EXPECT_TRUE(fs::equivalent(location.folder, path));
    EXPECT_EQ(resolveModel(path + "/../mine/.", {}).name, "mine");
}

TEST_F(Hub, ResolvesIdsThroughTheirReference) {
    const fs::path snapshot = addRepository("models--schaeff--gpt2-small_LNFree300");
    const ModelLocation location = resolveModel("schaeff/gpt2-small_LNFree300", {});
    EXPECT_EQ(location.folder, snapshot);
    EXPECT_EQ(location.name, "gpt2-small_LNFree300");
    EXPECT_EQ(location.source, "schaeff/gpt2-small_LNFree300");
    EXPECT_EQ(open(location.folder).config.d_vocab, 7);

    const fs::path gpt2 = addRepository("models--openai-community--gpt2");
    EXPECT_EQ(resolveModel("gpt2", {}).folder, gpt2);
    const fs::path bare = addRepository("models--gpt2");
    EXPECT_EQ(resolveModel("gpt2", {}).folder, bare);
    EXPECT_EQ(resolveModel("gpt2", {}).name, "gpt2");
}

TEST_F(Hub, TakesTheOnlySnapshotWhereNoReferenceSaysWhich) {
    const fs::path snapshot = addRepository("models--me--pinned");
    fs::remove_all(cache() / "models--me--pinned" / "refs");
    const ModelLocation location = resolveModel("me/pinned", {});
    EXPECT_EQ(location.folder, snapshot);
    EXPECT_EQ(location.name, "pinned");
    EXPECT_THAT(location.note, AllOf(HasSubstr("me/pinned"), HasSubstr("abc123")));
    EXPECT_EQ(resolveModel("me/pinned@abc123", {}).note, "");
    ASSERT_EQ(listHubModels().size(), 1U);
}

TEST_F(Hub, ResolvesRevisions) {
    const fs::path first = addRepository("models--me--two");
    const fs::path repository = cache() / "models--me--two";
    const fs::path second = repository / "snapshots" / "abd456";
    fs::copy(first, second);
    writeText(repository / "refs" / "v1.0", "abd456");
    fs::create_directories(repository / "refs" / "refs" / "pr");
    writeText(repository / "refs" / "refs" / "pr" / "1", "abd456");
    EXPECT_EQ(resolveModel("me/two", {}).folder, first);
    for (const auto* named : {"me/two@abd456", "me/two@abd", "me/two@v1.0", "me/two@refs/pr/1"})
        EXPECT_EQ(resolveModel(named, {}).folder, second) << named;
    EXPECT_EQ(resolveModel("me/two@main", {}).folder, first);
    EXPECT_EQ(resolveModel("me/two@abd", {}).name, "two@abd");
    EXPECT_EQ(resolveModel("me/two@abd", {}).source, "me/two@abd");
    EXPECT_THAT(refused("me/two@ab"), AllOf(HasSubstr("several"), HasSubstr("abc123, abd456")));
    EXPECT_THAT(refused("me/two@ffff"), AllOf(HasSubstr("no such revision"), HasSubstr("abc123")));
    for (const auto* named : {"me/two@..", "me/two@../..", "me/two@", "me/two@a/../../b"})
        EXPECT_THAT(refused(named), HasSubstr("no such folder")) << named;
    fs::remove_all(repository / "refs");
    EXPECT_THAT(refused("me/two"), AllOf(HasSubstr("2 snapshots"), HasSubstr("me/two@HASH"),
                                         HasSubstr("abc123, abd456")));
    fs::remove_all(repository / "snapshots");
    EXPECT_THAT(refused("me/two"), HasSubstr("download"));
}

TEST_F(Hub, ResolvesDemos) {
    writeSyntheticGpt2(root() / "demo" / "ln-free", smallConfig(), 1);
    const ModelLocation location = resolveModel("demo:ln-free", root() / "demo");
    EXPECT_EQ(location.folder, root() / "demo" / "ln-free");
    EXPECT_EQ(location.name, "ln-free");
    EXPECT_THAT(refused("demo:original"), HasSubstr("no such folder"));
    EXPECT_THAT(refused("demo:../demo/ln-free"), HasSubstr("demo:vanilla"));
    EXPECT_THAT(refused("demo:"), HasSubstr("no demo model"));
}

TEST_F(Hub, SaysWhereItLooked) {
    EXPECT_THAT(refused("gpt2-medium"), AllOf(HasSubstr(cache().string()), HasSubstr("gpt2-medium"),
                                              HasSubstr("huggingface-cli download")));
    EXPECT_THAT(refused("/no/such/place"), HasSubstr("no such folder"));
    EXPECT_THAT(refused("a/b/c"), HasSubstr("no such folder"));
    EXPECT_THAT(refused(""), HasSubstr("empty"));
    EXPECT_THAT(refused(std::string("a\0b", 3)), HasSubstr("NUL"));
    fs::create_directories(root() / "empty");
    EXPECT_THAT(refused((root() / "empty").string()), HasSubstr("no config.json"));
    writeText(root() / "empty" / "config.json", configJson(smallConfig()));
    EXPECT_THAT(refused((root() / "empty").string()), HasSubstr("no weights"));
    EXPECT_THAT(refused((root() / "empty" / "config.json").string()), HasSubstr("is a file"));
}

TEST_F(Hub, IdsDoNotLeaveTheCache) {
    addRepository("secret");
    for (const std::string id : {"..", "../secret", "a/..", "a/../b", "a--b", "-a/b", "a/.b",
                                 "a b/c", "models--x", "a/b."})
        EXPECT_THAT(refused(id), AllOf(testing::Not(HasSubstr("huggingface-cli")))) << id;
    fs::create_directories(cache() / "models--evil" / "refs");
    writeText(cache() / "models--evil" / "refs" / "main", "../../secret/snapshots/abc123");
    EXPECT_THAT(refused("evil"), HasSubstr("expected a revision"));
    writeText(cache() / "models--evil" / "refs" / "main", "def456\n");
    EXPECT_THAT(refused("evil"), AllOf(HasSubstr("def456"), HasSubstr("is missing")));
    writeText(cache() / "models--evil" / "refs" / "main", " \n");
    EXPECT_THAT(refused("evil"), HasSubstr("missing or empty"));
    fs::remove_all(cache() / "models--evil" / "refs");
    EXPECT_THAT(refused("evil"), HasSubstr("download was not finished"));
}

TEST_F(Hub, ListsGpt2ModelsOnly) {
    EXPECT_THAT(listHubModels(), IsEmpty());
    addRepository("models--b--gpt2-x");
    addRepository("models--gpt2");
    const fs::path llama = addRepository("models--a--llama");
    writeText(llama / "config.json", R"({"model_type":"llama"})");
    const fs::path broken = addRepository("models--a--broken");
    writeText(broken / "config.json", "{");
    addRepository("datasets--a--b");
    fs::create_directories(cache() / "models--a--empty");
    std::vector<std::string> ids;
    for (const ModelLocation& model : listHubModels())
        ids.push_back(model.source);
    EXPECT_THAT(ids, ElementsAre("b/gpt2-x", "gpt2"));
}

std::vector<std::string> candidatesOf(const fs::path& folder, int size,
                                      const std::string& name = "mine") {
    std::vector<std::string> names;
    for (const auto& candidate : tokenizerCandidates({name, name, folder}, size))
        names.push_back(candidate.name + ":" + std::to_string(candidate.kinship));
    return names;
}

TEST_F(Hub, FindsTokenizersOfTheSameSize) {
    const fs::path mine = root() / "models" / "mine";
    writeSyntheticGpt2(mine, smallConfig(), 1);
    EXPECT_THAT(candidatesOf(mine, 7), IsEmpty());
    addTokenizer(addRepository("models--gpt2", 9), 9);
    addTokenizer(addRepository("models--org--gpt2-y"), 7);
    const auto beside = [&](const std::string& name) {
        return (root() / "models" / name).string();
    };
    EXPECT_THAT(candidatesOf(mine, 7), ElementsAre("org/gpt2-y:0"));
    addTokenizer(beside("b"), 7);
    addTokenizer(beside("a"), 8);
    const auto both = ElementsAre(beside("b") + ":0", "org/gpt2-y:0");
    EXPECT_THAT(candidatesOf(mine, 7), both);
    EXPECT_THAT(candidatesOf(mine / "", 7), both);
    EXPECT_THAT(candidatesOf(mine, 10), IsEmpty());
    addTokenizer(mine, 7);
    EXPECT_THAT(candidatesOf(mine, 7), both) << "its own folder is no neighbour";
    fs::create_directories(root() / "models" / "aa");
    writeText(
        root() / "models" / "aa" / "tokenizer.json",
        R"({"model":{"vocab":{"a":0,"b":1}},"added_tokens":[{"content":"b"},{"content":"c"}]})");
    EXPECT_THAT(candidatesOf(mine, 3), ElementsAre(beside("aa") + ":0"));
}

TEST_F(Hub, TheNearestKinAndGpt2ComeFirst) {
    const fs::path mine = root() / "models" / "gpt2-small_LNFree300";
    for (const char* name : {"a-spanish", "gpt2", "gpt2-small", "gpt2-small-spanish", "gpt"})
        addTokenizer(root() / "models" / name, 7);
    addTokenizer(addRepository("models--org--GPT2-Small"), 7);
    const auto beside = [&](const std::string& name) {
        return (root() / "models" / name).string();
    };
    EXPECT_THAT(candidatesOf(mine, 7, "gpt2-small_LNFree300"),
                ElementsAre(beside("gpt2-small") + ":10", "org/GPT2-Small:10",
                            beside("gpt2") + ":4", beside("a-spanish") + ":0", beside("gpt") + ":0",
                            beside("gpt2-small-spanish") + ":0"));
    EXPECT_THAT(candidatesOf(mine, 7, "ln-free"),
                ElementsAre(beside("gpt2") + ":0", beside("a-spanish") + ":0", beside("gpt") + ":0",
                            beside("gpt2-small") + ":0", beside("gpt2-small-spanish") + ":0",
                            "org/GPT2-Small:0"));
    // Another download of the same repository is the same model.
    const fs::path snapshot = addRepository("models--me--x");
    addTokenizer(snapshot.parent_path() / "def456", 7);
    EXPECT_EQ(candidatesOf(snapshot, 7, "x"), candidatesOf(snapshot / "", 7, "x"));
    EXPECT_EQ(candidatesOf(snapshot, 7, "x").front(),
              (snapshot.parent_path() / "def456").string() + ":1");
}

} // namespace
} // namespace residuum::test
