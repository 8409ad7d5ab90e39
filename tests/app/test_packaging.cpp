// The set-up scripts and the linked program, as someone at a terminal without a display has them.
#include "golden.h"

#include <filesystem>
#include <regex>

namespace residuum::test {
namespace {

constexpr const char* withoutDisplay =
    "unset DISPLAY WAYLAND_DISPLAY QT_QPA_PLATFORM; exec \"$0\" \"$@\"";

std::string run() {
    return std::string(RESIDUUM_SOURCE_DIR) + "/packaging/run";
}

class PackagingRun : public ::testing::Test {
  protected:
    void SetUp() override {
        // The script builds in build/release; from elsewhere that would be a second build.
        if (std::string(RESIDUUM_PROGRAM) !=
            std::string(RESIDUUM_SOURCE_DIR) + "/build/release/residuum")
            GTEST_SKIP() << "this is not the build that packaging/run makes";
    }
};

/// Refused in the program's own words, not for want of a display.
TEST_F(PackagingRun, NoSubcommandNeedsADisplay) {
    const auto listed = residuum({"--commands"});
    ASSERT_EQ(listed.status, 0) << listed.err;
    for (const std::string command :
         {"patch", "pairs", "neurons", "figure", "run-session", "cache"}) {
        EXPECT_NE(("\n" + listed.out).find("\n" + command + " "), std::string::npos) << command;
        const auto outcome = runProgram("sh", {"-c", withoutDisplay, run(), command, "--nonsense"});
        EXPECT_EQ(outcome.status, 2) << command << outcome.err;
        EXPECT_EQ(outcome.err.find("display"), std::string::npos) << outcome.err;
    }
}

TEST_F(PackagingRun, TheWindowNeedsOneAndSaysWhatToDo) {
    const auto outcome = runProgram("sh", {"-c", withoutDisplay, run()});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("--screenshot"), std::string::npos) << outcome.err;
}

/// Two builds in one folder break each other: the second waits for the first.
TEST_F(PackagingRun, WaitsForAnotherBuild) {
    const auto lock = std::string(RESIDUUM_SOURCE_DIR) + "/build/.lock";
    const auto outcome =
        runProgram("bash", {"-c",
                            "exec 9>\"$1\"; flock 9; (sleep 1; echo let go >&2) & exec 9>&-; "
                            "\"$0\" cache info >/dev/null",
                            run(), lock});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("waiting"), std::string::npos) << outcome.err;
}

/// README and guide show what the program of today draws, by one command.
TEST_F(PackagingRun, MakesEveryPictureOfReadmeAndGuide) {
    const TemporaryFolder folder;
    const std::string source = RESIDUUM_SOURCE_DIR;
    const auto outcome = runProgram(source + "/packaging/pictures", {folder.path().string()});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto text =
        readFile(source + "/README.md") + readFile(source + "/resources/guide/guide.md");
    int shown = 0;
    const std::regex picture("[a-z-]+\\.png\\)");
    for (std::sregex_iterator found(text.begin(), text.end(), picture), end; found != end;
         ++found) {
        auto name = found->str();
        name.pop_back();
        EXPECT_GT(std::filesystem::file_size(folder.path() / name), 1000u) << name;
        ++shown;
    }
    EXPECT_GT(shown, 3);
}

TEST(Program, HasTheGuideInIt) {
    const auto program = readFile(RESIDUUM_PROGRAM);
    std::string name; // as Qt's resources have names: UTF-16, big endian
    for (const char c : std::string("guide.md"))
        name += {'\0', c};
    EXPECT_NE(program.find(name), std::string::npos);
}

TEST(Program, AScreenshotWithoutWhatWasAskedForIsAFailure) {
    const TemporaryFolder folder;
    const auto picture = folder.path() / "w.png";
    const auto damaged = (folder.path() / "r.h5").string();
    std::ofstream(damaged) << "no result";
    const auto refused =
        residuum({"demo:ln-free", "--target", " Mary went", "--screenshot", picture.string()});
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.err.find("--target ' Mary went': is 2 tokens"), std::string::npos)
        << refused.err;
    EXPECT_EQ(residuum({"--prompt", "a", "--ids", "1"}).status, 2);
    for (const auto& asked :
         {std::string("/no/such/model"), damaged, (folder.path() / "no.residuum").string()}) {
        const auto outcome = residuum({asked, "--screenshot", picture.string()});
        EXPECT_EQ(outcome.status, 1) << asked;
        EXPECT_EQ(outcome.errorLines(), 1u) << outcome.err;
        EXPECT_NE(outcome.err.find(asked), std::string::npos) << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(picture));
    }
    const auto drawn = residuum({"demo:ln-free", "--prompt", "Mary went to", "--target", " the",
                                 "--screenshot", picture.string()});
    EXPECT_EQ(drawn.status, 0) << drawn.err;
    EXPECT_GT(readFile(picture).size(), 10'000u);
}

TEST(Program, WithoutFontsNothingIsDrawn) {
    const TemporaryFolder folder;
    const auto path = [&](const char* name) { return (folder.path() / name).string(); };
    ASSERT_EQ(residuum({"dla", "demo:ln-free", "--ids", "5,6,7", "-o", path("r.h5")}).status, 0);
    std::ofstream(path("fonts.conf")) << "<?xml version=\"1.0\"?>\n<fontconfig><cachedir>"
                                      << path("fonts") << "</cachedir></fontconfig>\n";
    const auto figure = [&](const std::string& output) {
        return runProgram("sh", {"-c", "FONTCONFIG_FILE=\"$1\" exec \"$0\" figure \"$2\" -o \"$3\"",
                                 RESIDUUM_PROGRAM, path("fonts.conf"), path("r.h5"), output});
    };
    for (const auto* name : {"f.pdf", "f.svg", "f.png"}) {
        const auto outcome = figure(path(name));
        EXPECT_EQ(outcome.status, 1) << name;
        EXPECT_EQ(outcome.errorLines(), 1u) << outcome.err;
        EXPECT_NE(outcome.err.find("fonts-dejavu-core"), std::string::npos) << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(path(name)));
    }
    EXPECT_EQ(figure(path("f.csv")).status, 0) << "numbers need no font";
}

} // namespace
} // namespace residuum::test
