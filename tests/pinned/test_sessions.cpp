// Session files as they are read and written, what `run-session` computes of them, and the commands
// that are copied from results.
#include "pinned/dump.h"
#include "pinned/kinds.h"
#include "pinned/result_cases.h"
#include "pinned/session_cases.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

std::string againHere(const std::string& text, const Workplace& place) {
    return sessionPinned(sessionAgain(sessionHere(text, place)), place);
}

TEST(PinnedSessions, CommandsOfResults) {
    const Workplace place;
    std::string text;
    for (const auto& each : resultCases(place))
        if (each.kind() != "run")
            text += each.name + "\n  " + commandOf(goldenResult(each.name)) + "\n";
    expectGolden("commands.txt", place.normalised(text));
}

TEST(PinnedSessions, WhatIsLeftOutHasItsUsualValue) {
    const Workplace place;
    expectGolden("sessions/short.residuum",
                 againHere(textOf(fs::path(RESIDUUM_PINNED_DIR) / "data/short.residuum"), place));
}

TEST(PinnedSessions, AreWrittenAsTheyWereRead) {
    const Workplace place;
    for (const auto& name : sessionNames()) {
        SCOPED_TRACE(name);
        const auto golden = "sessions/" + name + ".residuum";
        expectGolden(golden, againHere(textOf(goldenFile(golden)), place));
    }
}

/// A session of every part with one piece of its text exchanged.
struct Exchange {
    std::string what, with;
};

TEST(PinnedSessions, Refused) {
    const Workplace place;
    const auto sound = textOf(goldenFile("sessions/dataset.residuum"));
    std::string text;
    for (const auto& [what, with] : std::vector<Exchange>{
             {"\"residuum-session\"", "\"other\""},
             {"\"schema_version\": 1", "\"schema_version\": 2"},
             {"\"schema_version\": 1", "\"schema_version\": 0"},
             {"\"schema_version\": 1", "\"schema_version\": \"1\""},
             {"\"float32\"", "\"int8\""},
             {"\"cpu\"", "7"},
             {"\"site\": \"z\"", "\"site\": \"nosuch\""},
             {"\"estimate\": \"attribution\"", "\"estimate\": \"nosuch\""},
             {"\"metric\": \"logit_diff\"", "\"metric\": \"nosuch\""},
             {"\"direction\": \"clean-into-corrupt\"", "\"direction\": \"sideways\""},
             {"\"normalised\": false", "\"normalised\": \"no\""},
             {"\"layer\": -1", "\"layer\": \"last\""},
             {"\"layer\": -1", "\"layer\": 1.5"},
             {"\"layer\": -1", "\"layer\": 99"},
             {"\"top\": 3", "\"top\": 0"},
             {"\"top\": 3", "\"top\": null"},
             {"\"by\": \"norm\"", "\"by\": \"nosuch\""},
             {"\"ablation\": \"zero\"", "\"ablation\": \"nosuch\""},
             {"\"null_space\": 12", "\"null_space\": -4"},
             {"\"screen\": true", "\"screen\": 1"},
             {"\"entropy\": true", "\"entropy\": \"loss\""},
             {"\"length\": 12", "\"length\": \"12\""},
             {"\"file\": ", "\"nofile\": "},
             {"\"position\": 1", "\"position\": \"1\""},
             {"\"target\": null", "\"target\": -1"},
             {"\"target\": null", "\"target\": \" to\""},
             {"\"difference\": null", "\"difference\": [0]"},
             {"\"limit\": null", "\"limit\": \"wide\""},
             {"\"models\": [", "\"models\": 1, \"others\": ["}}) {
        auto changed = sessionHere(sound, place);
        const auto at = changed.find(what);
        ASSERT_NE(at, std::string::npos) << what;
        changed.replace(at, what.size(), with);
        text += what + " -> " + with + "\n  ";
        try {
            const auto again = sessionPinned(sessionAgain(changed), place);
            text += again == sound ? "is read as if it were the first" : "is read";
        } catch (const std::exception& error) {
            text += error.what();
        }
        text += "\n";
    }
    expectGolden("sessions/refused.txt", place.normalised(text));
}

/// What a result file says of itself: the attributes of its root.
std::string rootOf(const fs::path& result) {
    std::istringstream lines(dump(result, Detail::WithoutNumbers));
    std::string line, root;
    bool inside = false;
    while (std::getline(lines, line)) {
        if (line.starts_with("/"))
            inside = line == "/";
        else if (inside)
            root += line + "\n";
    }
    return root;
}

TEST(PinnedSessions, ResultsOfRunSession) {
    const Workplace place;
    for (const auto& name : sessionNames()) {
        SCOPED_TRACE(name);
        const auto said = runSession(name, place);
        EXPECT_EQ(said.status, 0) << said.err;
        std::vector<fs::path> results;
        for (const auto& entry : fs::directory_iterator(place.output(name)))
            if (entry.path().extension() == ".h5")
                results.push_back(entry.path());
        std::sort(results.begin(), results.end());
        std::string text = results.empty() ? "none\n" : "";
        for (const auto& result : results)
            text += result.filename().string() + "\n" + rootOf(result);
        expectGolden("sessions/" + name + ".results.txt", place.normalised(text));
    }
}

} // namespace
} // namespace residuum::test
