// Results that last, in the real window.
#include "blocked_engine.h"
#include "lasting_fixture.h"

#include "widgets/figure/export_dialog.h"
#include "widgets/panels/attribution_views.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QMimeData>
#include <QToolButton>

#include <fstream>
#include <gmock/gmock.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

TEST_F(LastingTest, TheSecondTimeResultsComeFromTheCache) {
    openDemo();
    const auto values = panel().heatmap(0)->values();
    EXPECT_FALSE(attributed(0).fromCache);
    window.reset();
    openDemo();
    for (const auto& column : columns())
        EXPECT_TRUE(attribution().answer(column.id)->fromCache);
    EXPECT_EQ(panel().heatmap(0)->values(), values);
    attribution().recompute();
    ASSERT_TRUE(settle());
    EXPECT_FALSE(attributed(0).fromCache);
    EXPECT_EQ(panel().heatmap(0)->values(), values);
}

TEST_F(LastingTest, ADamagedCacheIsComputedAgainWithoutAWord) {
    openDemo();
    const auto values = panel().heatmap(1)->values();
    window.reset();
    for (const auto& entry : fs::directory_iterator(folder.path() / "cache" / "results"))
        fs::resize_file(entry.path(), fs::file_size(entry.path()) / 2);
    openDemo();
    EXPECT_FALSE(attributed(1).fromCache);
    EXPECT_EQ(panel().heatmap(1)->values(), values);
}

TEST_F(LastingTest, ASavedResultStandsBesideLiveModels) {
    openDemo();
    save(path("ä b.h5"));
    workspace().openResult(path("ä b.h5"));
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 6u);
    EXPECT_EQ(columns()[3].state, ModelColumn::State::Saved);
    EXPECT_EQ(columns()[3].name, "original (saved)");
    EXPECT_EQ(panel().heatmap(3)->values(), panel().heatmap(0)->values());
    EXPECT_EQ(panel().nmaeShown(5), panel().nmaeShown(2));
    workspace().setPosition(3);
    EXPECT_EQ(panel().heatmap(3)->values(), panel().heatmap(0)->values());
    // Of another prompt there is nothing to show, and the window says how to get back.
    const auto tokens = workspace().tokenizer()->encode("Mary went to");
    workspace().setPrompt({QStringLiteral("Mary went to"), tokens, false});
    ASSERT_TRUE(settle());
    EXPECT_TRUE(std::isnan(panel().heatmap(3)->values()[0]));
    EXPECT_FALSE(std::isnan(panel().heatmap(0)->values()[0]));
    QToolButton* next = nullptr;
    for (auto* button : header(3)->findChildren<QToolButton*>())
        if (button->accessibleName() == QLatin1String("Next prompt of this saved result"))
            next = button;
    ASSERT_NE(next, nullptr);
    next->click();
    ASSERT_TRUE(settle());
    EXPECT_EQ(workspace().state().prompt.tokens.size(), 15u);
    EXPECT_EQ(panel().heatmap(3)->values(), panel().heatmap(0)->values());
}

TEST_F(LastingTest, ASavedResultsTokenMenuIsOfItsOwnRow) {
    openDemo();
    save(path("all.h5"));
    workspace().setPosition(3);
    // One position only: the file has a single row.
    const auto& whole = *attributed(0).result;
    auto single = std::make_shared<DlaResult>(whole);
    single->request.position.all = false;
    single->request.position.at = 14;
    single->rows = {whole.rows[14]};
    single->dla = whole.dla.col(14);
    single->directEffect = whole.directEffect.col(14);
    saveResults<DlaAnalysis>((folder.path() / "one.h5"), {single}, *workspace().promptInput(),
                             single->request, workspace().tokenizer().get());
    workspace().openResult(path("one.h5"));
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 4u);
    const auto menuOf = [&](const QString& model) {
        QStringList items;
        const auto* box = window->targetPicker().findChild<QComboBox*>();
        for (int i = 0; i < box->count(); ++i)
            if (box->itemText(i).endsWith(QStringLiteral("   ") + model))
                items << box->itemText(i).section(QStringLiteral("   "), 0, 0);
        return items;
    };
    workspace().setPosition(14);
    ASSERT_FALSE(menuOf(QStringLiteral("original")).isEmpty());
    EXPECT_EQ(menuOf(QStringLiteral("original (saved)")), menuOf(QStringLiteral("original")));
    workspace().setPosition(0);
    EXPECT_TRUE(menuOf(QStringLiteral("original (saved)")).isEmpty())
        << "the file knows nothing of this position";
}

TEST_F(LastingTest, AFigureOfLiveAndSavedResultsNamesEachByItself) {
    openDemo();
    save(path("live.h5"));
    // A saved result of the same prompt at one position, of another date.
    const auto& whole = *attributed(0).result;
    auto single = std::make_shared<DlaResult>(whole);
    single->request.position.all = false;
    single->request.position.at = -1;
    single->rows = {whole.rows[14]};
    single->dla = whole.dla.col(14);
    single->directEffect = whole.directEffect.col(14);
    saveResults<DlaAnalysis>(folder.path() / "one.h5", {single}, *workspace().promptInput(),
                             single->request, workspace().tokenizer().get());
    workspace().openResult(path("one.h5"));
    ASSERT_TRUE(settle());
    FigureRequest request;
    request.view = QStringLiteral("error");
    const auto figure = shownFigure<AttributionViews>(workspace(), request);
    ASSERT_EQ(figure.panels.size(), 4U);
    for (const auto* name : {"original (", "vanilla (", "ln-free (", "original (saved) ("})
        EXPECT_TRUE(figure.caption.contains(QLatin1String(name))) << name;
    // One number, one definition.
    EXPECT_TRUE(figure.caption.contains(QStringLiteral("(over heads and positions)")))
        << figure.caption.toStdString();
    EXPECT_TRUE(figure.caption.contains(QStringLiteral("(over heads at one position)")));
    EXPECT_FALSE(figure.caption.contains(QStringLiteral("NMAE over")));
    const auto created = QString::fromStdString(attributed(3).created);
    EXPECT_TRUE(figure.caption.contains(QStringLiteral("one.h5, computed ") + created));
    ASSERT_EQ(figure.provenance.models.size(), 4U);
    EXPECT_EQ(figure.provenance.models[3].created, attributed(3).created);
    EXPECT_EQ(figure.provenance.models[3].file, path("one.h5").toStdString());
    EXPECT_EQ(figure.provenance.models[0].created, figure.provenance.created);
    ASSERT_EQ(figure.provenance.commands.size(), 2U);
    EXPECT_NE(figure.provenance.commands[0].find("demo:ln-free"), std::string::npos);
    EXPECT_NE(figure.provenance.commands[1].find("-o one.h5"), std::string::npos)
        << figure.provenance.commands[1];
    auto* dialog = window->exportFigure();
    EXPECT_TRUE(dialog->command().contains(QStringLiteral("no command draws")));
}

TEST_F(LastingTest, WhatIsStaleIsNoFigure) {
    openDemo();
    BlockedEngine blocked(workspace().engine());
    workspace().setTarget(std::nullopt);
    FigureRequest request;
    request.view = QStringLiteral("error");
    EXPECT_THROW(shownFigure<AttributionViews>(workspace(), request), Error);
    blocked.release();
    ASSERT_TRUE(settle());
    EXPECT_EQ(shownFigure<AttributionViews>(workspace(), request).panels.size(), 3U);
    // A failure leaves the old numbers, and leaves them stale.
    workspace().setPrompt({QString(), {TokenId(99'999)}, false});
    ASSERT_TRUE(settle());
    EXPECT_EQ(attributed(0).state, AnswerState::Failed);
    EXPECT_FALSE(attributed(0).sentence.isEmpty());
    EXPECT_TRUE(attributed(0).stale());
    EXPECT_THROW(shownFigure<AttributionViews>(workspace(), request), Error);
}

TEST_F(LastingTest, ASavedResultOpensWithoutAnyModel) {
    openDemo();
    const auto values = panel().heatmap(2)->values();
    save(path("r.h5"));
    window.reset();
    openWindow({path("r.h5").toStdString()});
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 3u);
    EXPECT_EQ(columns()[2].model, nullptr);
    EXPECT_EQ(panel().heatmap(2)->values(), values);
    EXPECT_TRUE(panel().nmaeShown(2).startsWith("NMAE 0 %"));
}

TEST_F(LastingTest, WhatIsNoResultIsRefusedInOneSentence) {
    openDemo();
    QString said;
    QObject::connect(&workspace(), &Workspace::message,
                     [&](const QString& sentence) { said = sentence; });
    const auto given = [](const std::filesystem::path& file) {
        return QString::fromStdString(file.string());
    };
    const std::filesystem::path hostile = RESIDUUM_FIXTURES_DIR "/hostile"; // ended the program
    for (const auto& file :
         {path("missing.h5"), given(golden() / "expected.h5"), given(hostile / "crash-1.h5"),
          given(hostile / "crash-2.h5"), given(hostile / "crash-3.h5")}) {
        said.clear();
        workspace().openResult(file);
        ASSERT_TRUE(settle());
        EXPECT_TRUE(said.contains(file)) << said.toStdString();
        EXPECT_EQ(columns().size(), 3u);
    }
    attribution().save(path("no/such/folder/r.h5"));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(said.contains(QStringLiteral("cannot be written"))) << said.toStdString();
}

TEST_F(LastingTest, SavesWaitForNobodyAndNobodyCancelsThem) {
    openDemo();
    window->showPanel("patching");
    ASSERT_TRUE(settle());
    window->showPanel("neurons");
    ASSERT_TRUE(settle());
    QStringList said;
    QObject::connect(&workspace(), &Workspace::message,
                     [&](const QString& sentence) { said << sentence; });
    BlockedEngine blocked(workspace().engine());
    attribution().save(path("dla.h5"));
    workspace().board<PatchingBoard>().save(path("patch.h5"));
    workspace().board<NeuronBoard>().save(path("neurons.h5"));
    attribution().save(path("no/such/folder/r.h5"));
    workspace().cancelWork();
    ASSERT_TRUE(waitFor([this] { return !workspace().files().busy(); }));
    EXPECT_TRUE(workspace().engine().busy()) << "the sweep is still there";
    for (const auto* name : {"dla.h5", "patch.h5", "neurons.h5"}) {
        EXPECT_TRUE(fs::exists(folder.path() / name)) << name;
        EXPECT_TRUE(said.contains(QStringLiteral("Saved %1.").arg(path(name)))) << name;
    }
    EXPECT_EQ(said.filter(QStringLiteral("cannot be written")).size(), 1);
    blocked.release();
    ASSERT_TRUE(settle());
}

TEST_F(LastingTest, AClosedModelIsNotComputedToTheEnd) {
    openDemo();
    std::ofstream dataset(folder.path() / "d.txt");
    for (int i = 0; i < 50; ++i)
        dataset << "Mary went to the store " << i << ".<|endoftext|>";
    dataset.close();
    BlockedEngine blocked(workspace().engine());
    DatasetRequest request;
    request.file = folder.path() / "d.txt";
    attribution().measureNmae({request});
    const std::weak_ptr<const Model> closed = columns()[1].model;
    workspace().closeModel(columns()[1].id);
    QStringList stages;
    QObject::connect(&workspace().engine(), &Engine::progressed,
                     [&](const QString& stage) { stages << stage; });
    blocked.release();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(closed.expired());
    EXPECT_NE(attribution().datasetNmae(columns()[0].id), nullptr);
    EXPECT_NE(attribution().datasetNmae(columns()[1].id), nullptr);
    workspace().closeModel(columns()[0].id);
    attribution().measureNmae({request});
    workspace().closeModel(columns()[0].id);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(columns().empty());
}

} // namespace
} // namespace residuum::test
