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
