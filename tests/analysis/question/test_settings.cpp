// Settings that are described once: their JSON, commands and checks.
#include "analysis/neurons/neuron_settings.h"
#include "analysis/patching/patch_settings.h"
#include "analysis/question/session.h"
#include "analysis/question/settings.h"
#include "core/task/error.h"

#include <gtest/gtest.h>

#include <tuple>

namespace residuum {
namespace {

struct Asked {
    int depth = 1;
    bool sign = false;
    int later = 7;
    SessionPrompt prompt{};

    static constexpr auto fields() {
        using A = Asked;
        return std::tuple{field(&A::depth, "depth", "--depth", "layers").within(1, 48),
                          field(&A::sign, "sign", "--sign", "with its sign"),
                          field(&A::later, "later", "--later").atLeast(0).keepingKeys(),
                          field(&A::prompt, "prompt").addedLater()};
    }
    friend bool operator==(const Asked&, const Asked&) = default;
};

struct Older {
    int depth = 1;
    bool sign = false;
    SessionPrompt prompt{};

    static constexpr auto fields() {
        using A = Older;
        return std::tuple{field(&A::depth, "depth"), field(&A::sign, "sign"),
                          field(&A::prompt, "prompt")};
    }
};

Asked read(const std::string& json) {
    Asked asked;
    readEntry(settingsOf(asked), json, "its question", "FILE");
    return asked;
}

std::string refusal(const std::string& json) {
    try {
        read(json);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(Settings, ComeBackFromTheirJson) {
    const Asked asked{3, true, 9, {"Mary", {TokenId(4)}, true}};
    EXPECT_EQ(read(requestJson(asked)), asked);
}

TEST(Settings, OneThatCameLaterKeepsTheKeysOfRequestsWithoutIt) {
    EXPECT_EQ(requestJson(Asked{2, true}), requestJson(Older{2, true, {}}));
    EXPECT_NE(requestJson(Asked{2, true, 8}), requestJson(Older{2, true, {}}));
    EXPECT_EQ(read(requestJson(Older{2, true, {}})), (Asked{2, true}));
}

TEST(Settings, WhatIsWrongIsNamed) {
    EXPECT_EQ(refusal(R"({"depth": 0, "sign": false})"),
              "FILE: its question cannot be read: \"depth\" 0: is out of range; a whole number "
              "from 1 to 48 is expected");
    EXPECT_EQ(refusal(R"({"depth": 1})"),
              "FILE: its question cannot be read: \"sign\": is missing");
    EXPECT_EQ(refusal(R"({"depth": 1, "sign": false, "prompt": {"text": "x"}})"),
              "FILE: its question cannot be read: \"prompt\": \"tokens\" is missing");
    EXPECT_NE(refusal(R"({"depth": 1, "sign": false, "dept": 2})").find("\"dept\""),
              std::string::npos);
    EXPECT_NE(refusal("[1]").find("must be an object"), std::string::npos);
}

struct Fractions {
    double heat = 0.0;
    Share part{};

    static constexpr auto fields() {
        using F = Fractions;
        return std::tuple{field(&F::heat, "heat", "--heat").within(0, 10),
                          field(&F::part, "part", "--part")};
    }
    friend bool operator==(const Fractions&, const Fractions&) = default;
};

TEST(Settings, FractionsComeBackAsTheyWere) {
    for (const double number : {0.1, 1.0 / 3.0, 1e-9, 10.0}) {
        Fractions asked{number, {number / 10.0}}, found;
        readEntry(settingsOf(found), requestJson(asked), "its question", "FILE");
        EXPECT_EQ(found, asked) << requestJson(asked);
        auto settings = settingsOf(found);
        settings[0].parse(settings[0].text(), {});
        settings[1].parse(settings[1].text(), {});
        EXPECT_EQ(found, asked);
    }
    Fractions found;
    readEntry(settingsOf(found), R"({"heat": 2, "part": 1})", "its question", "FILE");
    EXPECT_EQ(found, (Fractions{2.0, {1.0}})) << "whole numbers are numbers";
    settingsOf(found)[0].parse("-0", {});
    EXPECT_EQ(settingsOf(found)[0].text(), "0");
}

TEST(Settings, FractionsOutOfRangeAreRefusedWithTheirBounds) {
    Fractions asked;
    const auto refused = [&](int which, const std::string& text) {
        try {
            settingsOf(asked)[static_cast<std::size_t>(which)].parse(text, {});
        } catch (const UsageError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(refused(0, "-0.5"),
              "--heat -0.5: is out of range; a number from 0 to 10 is expected");
    EXPECT_EQ(refused(0, "x"), "--heat x: a number from 0 to 10 is expected");
    EXPECT_EQ(refused(1, "0"),
              "--part 0: is out of range; a number above 0, at most 1, is expected");
    for (const char* text : {"nan", "inf", "11", "0.5x", ""}) {
        EXPECT_NE(refused(0, text), "") << text;
        EXPECT_NE(refused(1, text), "") << text;
    }
    EXPECT_THROW(readEntry(settingsOf(asked), R"({"heat": "1", "part": 1})", "it", "FILE"), Error);
    EXPECT_THROW(readEntry(settingsOf(asked), R"({"heat": 1, "part": 1.5})", "it", "FILE"), Error);
}

TEST(Settings, WhatIsMistypedInsideAMemberIsRefusedToo) {
    PatchRequest request;
    const auto asked = [&](const std::string& json) {
        try {
            readEntry(settingsOf(request), json, "its question", "FILE");
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    request.methods = {PatchMethod::Path};
    request.sender = "L0H1";
    request.receivers = {"logits"};
    const auto json = requestJson(request);
    EXPECT_EQ(asked(json), "");
    const auto with = [&](const std::string& what, const std::string& by) {
        auto changed = json;
        return changed.replace(changed.find(what), what.size(), by);
    };
    EXPECT_NE(asked(with("\"sender\"", "\"sent\":1,\"sender\"")).find("\"sent\""),
              std::string::npos);
    EXPECT_NE(asked(with("{", "{\"partial\":7,")).find("\"partial\""), std::string::npos);
    EXPECT_NE(refusal(R"({"depth": 1, "sign": false, "prompt": {"text": "x", "tokens": [],
                          "end_of_text": true}})")
                  .find("\"end_of_text\""),
              std::string::npos);
    NeuronSettings neurons;
    auto entry = requestJson(neurons);
    entry.replace(entry.find("null"), 4, R"({"datset":{"file":"x"}})");
    EXPECT_THROW(readEntry(settingsOf(neurons), entry, "its neurons", "FILE"), Error);
}

TEST(Settings, CommandsSayWhatIsNotAsUsual) {
    Asked asked{2, true, 7, {"unsaid", {}, false}};
    EXPECT_EQ(settingArguments(settingsOf(asked)), " --depth 2 --sign");
}

TEST(Sessions, WhatCannotBeShownIsRefusedBeforeAnythingIsComputed) {
    Session session;
    session.models = {"demo:original", "demo:vanilla"};
    session.difference = std::pair(0, 1);
    session.panels["attribution"].limit = 2.5;
    const auto text = toText(session);
    const auto refuses = [&](const std::string& what, const std::string& by) {
        auto changed = text;
        const auto at = changed.find(what);
        EXPECT_NE(at, std::string::npos) << what;
        EXPECT_THROW(parseSession(changed.replace(at, what.size(), by), "s"), Error) << by;
    };
    refuses("\"limit\": 2.5", "\"limit\": -1");
    refuses("\"limit\"", "\"limits\"");
    refuses("\"difference\": [\n    0", "\"difference\": [\n    -1");
}

TEST(Sessions, KeepWhatOtherQuestionsHaveThere) {
    Session session;
    session.models = {"demo:original"};
    session.asked = {{"other", R"({"b":[1,null],"a":"x"})"}};
    session.ask("mine", Asked{5, false});
    const auto again = parseSession(toText(session), "s.residuum");
    EXPECT_EQ(again.asked, session.asked) << "in their order, and that of their members";
    EXPECT_EQ(again.settings<Asked>("mine").depth, 5);
    EXPECT_EQ(again.settings<Asked>("absent"), Asked{});
    EXPECT_EQ(toText(again), toText(session));
}

} // namespace
} // namespace residuum
