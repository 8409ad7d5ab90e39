// The prompt follows its text into another vocabulary.
#include "widgets/panels/attribution_board.h"
#include "widgets/panels/patching_board.h"
#include "widgets/workspace/workspace.h"

#include "support/paths.h"
#include "support/synthetic_model.h"
#include "support/waiting.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <gtest/gtest.h>

#include <functional>

namespace residuum {
namespace {

using test::waitFor;

class VocabularyTest : public ::testing::Test {
  protected:
    VocabularyTest() {
        workspace.add<PatchingBoard>(); // whose prompt is the corrupted one
        workspace.setInitialTexts(
            QStringLiteral("Then, Mary and John went to the store. John gave a book to"),
            QStringLiteral("Then, Mary and John went to the store. Mary gave a book to"),
            QStringLiteral(" Mary"), QStringLiteral(" John"));
        QObject::connect(&workspace, &Workspace::message,
                         [this](const QString& sentence) { said << sentence; });
    }

    static QJsonObject demoVocabulary() {
        QFile file(QString::fromStdString(
            (test::resources() / "demo" / "original" / "vocab.json").string()));
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        return QJsonDocument::fromJson(file.readAll()).object();
    }

    /// A small model; without `vocabulary` it has no tokenizer.
    QString model(const std::string& name, int size, const QJsonObject& vocabulary = {},
                  bool merges = true) {
        const auto place = folder.path() / name / name; // no neighbour to borrow a tokenizer from
        test::writeSyntheticGpt2(place, test::syntheticConfig(1, 2, 16, size, 64), 1);
        if (!vocabulary.isEmpty()) {
            test::writeText(place / "vocab.json", QJsonDocument(vocabulary).toJson().toStdString());
            const auto from = test::resources() / "demo" / "original" / "merges.txt";
            if (merges)
                std::filesystem::copy_file(from, place / "merges.txt");
            else
                test::writeText(place / "merges.txt", "#version: 0.2\n");
        }
        return QString::fromStdString(place.string());
    }

    /// The same tokens with other ids.
    QString otherIds() {
        auto vocabulary = demoVocabulary();
        for (auto entry = vocabulary.begin(); entry != vocabulary.end(); ++entry)
            entry.value() = 1023 - entry.value().toInt();
        return model("other-ids", 1024, vocabulary);
    }

    /// Single bytes only.
    QString bytesOnly() {
        QJsonObject vocabulary;
        const auto demo = demoVocabulary();
        int next = 0;
        for (auto entry = demo.begin(); entry != demo.end(); ++entry)
            if (entry.key().size() == 1)
                vocabulary.insert(entry.key(), next++);
        return model("bytes", next, vocabulary, false);
    }

    void open(const QString& named) {
        workspace.openModel(named);
        ASSERT_TRUE(settle());
    }
    void closeAll() {
        while (!workspace.columns().empty())
            workspace.closeModel(workspace.columns().back().id);
    }
    bool settle() {
        return waitFor([&] { return !workspace.engine().busy(); });
    }
    QString spelling(const std::vector<TokenId>& tokens) {
        return QString::fromStdString(workspace.tokenizer()->decode(tokens));
    }

    test::TemporaryFolder folder;
    QStringList said;
    Workspace workspace{{NumericSettings{}, test::resources() / "demo"}};
    AttributionBoard& board = workspace.add<AttributionBoard>();
};

TEST_F(VocabularyTest, TextsAreTheSameAndIdsTheirOwn) {
    open(QStringLiteral("demo:original"));
    workspace.setPosition(4);
    workspace.pin(Neuron{LayerIndex(0), NeuronIndex(3)});
    const auto before = workspace.state();
    const auto old = workspace.tokenizer();
    closeAll();
    EXPECT_EQ(workspace.tokenizer(), old) << "what is shown keeps its names";
    open(otherIds());
    const auto after = workspace.state();
    ASSERT_NE(workspace.tokenizer()->fingerprint(), old->fingerprint());
    EXPECT_EQ(after.prompt.text, before.prompt.text);
    EXPECT_EQ(spelling(after.prompt.tokens), before.prompt.text);
    EXPECT_EQ(spelling(after.corrupt.tokens), before.corrupt.text);
    EXPECT_EQ(after.target, workspace.tokenizer()->single(" Mary"));
    EXPECT_EQ(after.versus, workspace.tokenizer()->single(" John"));
    EXPECT_NE(after.target, before.target);
    EXPECT_EQ(after.position, before.position);
    EXPECT_EQ(after.pins, before.pins);
    EXPECT_TRUE(said.isEmpty()) << said.join(' ').toStdString();
    // What is computed is of the new ids.
    const auto result = board.result(workspace.columns()[0].id);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->request.target.token, after.target);
    // A step back is a step in this vocabulary too.
    workspace.undoStack().undo();
    workspace.undoStack().undo();
    EXPECT_EQ(workspace.state().prompt.tokens, after.prompt.tokens);
    EXPECT_EQ(workspace.state().target, after.target);
    closeAll();
    open(QStringLiteral("demo:original"));
    EXPECT_EQ(workspace.state().prompt.tokens, before.prompt.tokens);
    EXPECT_EQ(workspace.state().target, before.target);
}

TEST_F(VocabularyTest, WhatIsNoSingleTokenAnyMoreIsClearedAndSaid) {
    open(QStringLiteral("demo:original"));
    workspace.setPrompt(
        {QStringLiteral("Mary went"), workspace.tokenizer()->encode("Mary went"), false});
    ASSERT_TRUE(settle());
    closeAll();
    open(bytesOnly());
    EXPECT_EQ(workspace.state().prompt.tokens.size(), 9U);
    EXPECT_EQ(spelling(workspace.state().prompt.tokens), QStringLiteral("Mary went"));
    EXPECT_EQ(workspace.state().position, 8);
    EXPECT_FALSE(workspace.state().target);
    EXPECT_FALSE(workspace.state().versus);
    const auto all = said.join(QLatin1Char(' '));
    EXPECT_TRUE(
        all.contains(QStringLiteral("The target was cleared: \" Mary\" is no single token")))
        << all.toStdString();
    EXPECT_TRUE(all.contains(QStringLiteral("\" John\"")));
}

TEST_F(VocabularyTest, AModelWithoutTokenizerCannotExpressATextAndTheWindowSaysSo) {
    open(QStringLiteral("demo:original"));
    closeAll();
    open(model("plain", 1024));
    EXPECT_FALSE(workspace.tokenizer()) << "the demo models' names are not this model's";
    EXPECT_EQ(workspace.state().prompt.text, QStringLiteral("0 1 2 3 4 5 6 7"));
    EXPECT_TRUE(workspace.state().corrupt.tokens.empty());
    EXPECT_FALSE(workspace.state().target);
    EXPECT_TRUE(said.join(' ').contains(QStringLiteral("The prompt was cleared")));
}

TEST_F(VocabularyTest, IdsOfAnotherVocabularyAreNotReadAsThisOnes) {
    open(model("plain", 1024));
    workspace.setPrompt({QStringLiteral("7 8 9"), {TokenId(7), TokenId(8), TokenId(9)}, false});
    ASSERT_TRUE(settle());
    closeAll();
    open(QStringLiteral("demo:original"));
    EXPECT_TRUE(said.join(' ').contains(QStringLiteral("was given as token ids")))
        << said.join(' ').toStdString();
    EXPECT_TRUE(workspace.state().prompt.text.startsWith(QStringLiteral("Then, Mary")));
}

TEST_F(VocabularyTest, BesideAModelWithTokenizerIdsGetTheirTexts) {
    open(model("plain", 1024));
    const std::vector<TokenId> ids{TokenId(77), TokenId(97), TokenId(114), TokenId(121)};
    workspace.setPrompt({QStringLiteral("77 97 114 121"), ids, false});
    ASSERT_TRUE(settle());
    open(QStringLiteral("demo:original"));
    EXPECT_EQ(workspace.state().prompt.tokens, ids) << "they are the plain model's";
    EXPECT_EQ(workspace.state().prompt.text, QStringLiteral("Mary"));
    // The tokenizer's model goes, the ids and their texts stay.
    workspace.closeModel(workspace.columns()[1].id);
    EXPECT_EQ(workspace.state().prompt.tokens, ids);
    EXPECT_TRUE(workspace.tokenizer());
}

TEST_F(VocabularyTest, ASessionsIdsAreThisVocabularysOnlyWhereTheySpellItsText) {
    open(QStringLiteral("demo:original"));
    auto session = workspace.session();
    const auto right = workspace.state();
    said.clear();
    workspace.restore(session);
    ASSERT_TRUE(settle());
    EXPECT_EQ(workspace.state(), right);
    EXPECT_TRUE(said.isEmpty());
    // The model at that place is another one by now.
    auto patching = session.settings<PatchSettings>("patching");
    for (auto* tokens : {&session.prompt.tokens, &patching.corrupt.tokens})
        for (auto& token : *tokens)
            token = TokenId(1023 - token.value);
    session.ask("patching", patching);
    workspace.restore(session);
    ASSERT_TRUE(settle());
    EXPECT_EQ(workspace.state().prompt.tokens, right.prompt.tokens);
    EXPECT_EQ(workspace.state().corrupt.tokens, right.corrupt.tokens);
    EXPECT_FALSE(workspace.state().target) << "of which only the id is known";
    EXPECT_TRUE(said.join(' ').contains(QStringLiteral("encoded again from its text")));
}

TEST_F(VocabularyTest, CharactersThatEndLinesSurviveASession) {
    open(QStringLiteral("demo:original"));
    const auto text = QStringLiteral("10\u00A0000 went\r\nto\u2028a\u2029b\n");
    const auto tokens = workspace.tokenizer()->encode(text.toStdString());
    workspace.setPrompt({text, tokens, false});
    ASSERT_TRUE(settle());
    workspace.restore(parseSession(toText(workspace.session()), "test"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(workspace.state().prompt.text, text);
    EXPECT_EQ(workspace.state().prompt.tokens, tokens);
    EXPECT_TRUE(said.isEmpty());
}

} // namespace
} // namespace residuum
