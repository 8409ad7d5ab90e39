// `residuum --prompt … --target …`: what the window begins with.
#include "lasting_fixture.h"

#include "app/cli/window_options.h"
#include "core/task/error.h"

namespace residuum::test {
namespace {

class BeginningWindow : public LastingTest {
  protected:
    QStringList refusals;

    /// Opens the window with what was given, until all is computed.
    void openWith(const WindowOptions& options, const std::vector<std::string>& models) {
        asked = options.beginning(models);
        openWindow(models);
        QObject::connect(&workspace(), &Workspace::notOpened,
                         [this](const QString& sentence) { refusals << sentence; });
        ASSERT_TRUE(settle());
    }
    TokenId token(const char* text) { return *workspace().tokenizer()->single(text); }
};

TEST_F(BeginningWindow, AsksWhatTheCommandLineSays) {
    WindowOptions options;
    options.prompt = "Mary and John went to the store";
    options.corrupt = "Mary and Mary went to the store";
    options.target = " John";
    options.versus = " Mary";
    options.bos = true;
    openWith(options, {"demo:original", "demo:ln-free"});
    const auto& state = workspace().state();
    EXPECT_EQ(state.prompt.text, QStringLiteral("Mary and John went to the store"));
    EXPECT_TRUE(state.prompt.endOfTextFirst);
    EXPECT_EQ(state.prompt.tokens.front(), *workspace().tokenizer()->endOfText());
    EXPECT_EQ(state.corrupt.tokens.size(), state.prompt.tokens.size());
    EXPECT_EQ(state.target, token(" John"));
    EXPECT_EQ(state.versus, token(" Mary"));
    EXPECT_EQ(state.position, static_cast<int>(state.prompt.tokens.size()) - 1);
    EXPECT_TRUE(attributed(1).complete());
    EXPECT_TRUE(refusals.empty());
    EXPECT_EQ(workspace().undoStack().count(), 0);
}

TEST_F(BeginningWindow, IdsAreAPromptToo) {
    WindowOptions options;
    options.ids = "5,6,7";
    options.target = "#9";
    openWith(options, {"demo:original"});
    EXPECT_EQ(workspace().state().prompt.tokens, (std::vector{TokenId(5), TokenId(6), TokenId(7)}));
    EXPECT_EQ(workspace().state().target, TokenId(9));
    EXPECT_FALSE(workspace().state().versus) << "none was given";
}

/// The last session's models, with this question.
TEST_F(BeginningWindow, ItIsAskedOfTheLastSessionsModelsWhereNoneIsNamed) {
    openWindow({"demo:vanilla"});
    ASSERT_TRUE(settle());
    closeAndForget();
    WindowOptions options;
    options.target = " John";
    openWith(options, {});
    ASSERT_EQ(columns().size(), 1u);
    EXPECT_EQ(columns()[0].name, QStringLiteral("vanilla"));
    EXPECT_EQ(workspace().state().target, token(" John"));
    EXPECT_TRUE(workspace().state().prompt.text.startsWith(QStringLiteral("Then, Mary")));
}

TEST_F(BeginningWindow, WhatModelsCannotExpressIsSaidAsByTheSubcommands) {
    WindowOptions options;
    options.target = " Mary went";
    openWith(options, {"demo:original"});
    ASSERT_EQ(refusals.size(), 1);
    EXPECT_TRUE(refusals[0].startsWith(QStringLiteral("--target ' Mary went'")))
        << refusals[0].toStdString();
    EXPECT_TRUE(refusals[0].contains(QStringLiteral("is 2 tokens")));
    EXPECT_FALSE(workspace().state().prompt.tokens.empty()) << "the window works all the same";
    window.reset();
    options = {};
    options.prompt = std::string(4000, 'x');
    openWith(options, {"demo:original"});
    ASSERT_EQ(refusals.size(), 2);
    EXPECT_TRUE(refusals[1].contains(QStringLiteral("the context holds 128")))
        << refusals[1].toStdString();
}

TEST(WindowOptionsTest, WhatDoesNotGoTogetherIsRefusedAtOnce) {
    EXPECT_FALSE(WindowOptions().beginning({}));
    const auto why = [](WindowOptions options, const std::vector<std::string>& models) {
        try {
            options.beginning(models);
        } catch (const UsageError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_NE(why({.prompt = "a", .ids = "1"}, {}).find("--prompt"), std::string::npos);
    EXPECT_NE(why({.prompt = ""}, {}).find("--prompt: is empty"), std::string::npos);
    EXPECT_NE(why({.ids = "1,x"}, {}).find("--ids 1,x"), std::string::npos);
    EXPECT_NE(why({.prompt = "a"}, {"r.h5"}).find("needs a model"), std::string::npos);
    EXPECT_EQ(why({.prompt = "a"}, {"r.h5", "gpt2"}), "");
}

} // namespace
} // namespace residuum::test
