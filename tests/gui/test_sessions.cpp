// Sessions and figures, in the real window.
#include "lasting_fixture.h"

#include "app/window/export_all.h"
#include "widgets/figure/export_dialog.h"
#include "widgets/panels/attribution_views.h"
#include "widgets/panels/generation_views.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDockWidget>
#include <QMimeData>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

TEST_F(LastingTest, ASessionBringsEverythingBack) {
    openDemo();
    workspace().setPosition(11);
    attribution().setMode(ViewMode::Error);
    attribution().lockScale(2.0);
    workspace().pin(headOf(1, 6));
    workspace().setDifference(std::pair(0, 2));
    workspace().setTarget(workspace().tokenizer()->single(" Lucy"));
    ASSERT_TRUE(settle());
    const auto state = workspace().state();
    const auto values = panel().heatmap(1)->values();
    window->saveSessionTo(path("s.residuum"));
    window->waitForFiles();
    window.reset();
    openWindow({path("s.residuum").toStdString()});
    ASSERT_TRUE(settle());
    EXPECT_EQ(workspace().state(), state);
    EXPECT_EQ(attribution().mode(), ViewMode::Error);
    EXPECT_EQ(attribution().lockedLimit(), 2.0);
    EXPECT_EQ(workspace().difference(), std::optional(std::pair(0, 2)));
    EXPECT_EQ(panel().heatmap(1)->values(), values);
    EXPECT_EQ(workspace().undoStack().count(), 0);
}

TEST_F(LastingTest, ASessionKeepsHowTheViewsAreSet) {
    openDemo();
    attribution().setTop(3);
    attribution().setMlpsAlong(true);
    auto settings = workspace().board<NeuronBoard>().settings();
    settings.allNeurons = true;
    workspace().board<NeuronBoard>().setSettings(settings);
    workspace().toggleFullRange();
    ASSERT_TRUE(settle());
    const auto session = workspace().session();
    window.reset();
    openDemo();
    EXPECT_EQ(attribution().top(), usualTop);
    workspace().restore(parseSession(toText(session), "s"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(attribution().top(), 3);
    EXPECT_TRUE(attribution().mlpsAlong());
    EXPECT_TRUE(workspace().board<NeuronBoard>().settings().allNeurons);
    EXPECT_TRUE(workspace().fullRange());
    workspace().restore(parseSession(toText(workspace().session()), "s"));
    EXPECT_EQ(attribution().top(), 3) << "again";
}

TEST_F(LastingTest, ASessionKeepsHowSavedResultsAreShown) {
    openDemo();
    attribution().save(path("r.h5"));
    ASSERT_TRUE(settle());
    window->open(path("r.h5"));
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 6U);
    workspace().rename(columns()[4].id, QStringLiteral("as published"));
    workspace().hideColumn(columns()[3].id);
    workspace().hideColumn(columns()[0].id); // a model
    const auto session = workspace().session();
    ASSERT_EQ(session.results.size(), 1U);
    window.reset();
    openDemo();
    workspace().restore(parseSession(toText(session), "s"));
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 4U);
    EXPECT_EQ(columns()[2].name, QStringLiteral("as published"));
    EXPECT_EQ(workspace().hidden().size(), 2U);
    EXPECT_EQ(workspace().session().resultLooks, session.resultLooks);
    const auto saved = std::find_if(workspace().hidden().begin(), workspace().hidden().end(),
                                    [](const ModelColumn& column) { return column.saved; });
    ASSERT_NE(saved, workspace().hidden().end());
    workspace().showColumn(saved->id);
    ASSERT_TRUE(settle());
    EXPECT_EQ(columns().size(), 5U);
    EXPECT_NE(attribution().result(columns().back().id), nullptr);
}

/// The tab in front, what stands below its plots, and whether the inspector is there.
TEST_F(LastingTest, ASessionRemembersWhatTheWindowShows) {
    openDemo();
    auto& dock = *window->findChild<QDockWidget*>(QStringLiteral("inspectorDock"));
    window->showPanel("neurons");
    window->panel<NeuronPanel>().details()->setCurrentIndex(1);
    panel().details()->setCurrentIndex(1);
    dock.close();
    const auto shown = window->panel<NeuronPanel>().details()->tabText(1);
    window->saveSessionTo(path("s.residuum"));
    window->waitForFiles();
    window->showPanel("attribution");
    panel().details()->setCurrentIndex(0);
    window->panel<NeuronPanel>().details()->setCurrentIndex(0);
    dock.show();
    window->open(path("s.residuum"));
    EXPECT_TRUE(window->panel<NeuronPanel>().isVisible());
    EXPECT_EQ(window->panel<NeuronPanel>().details()->currentIndex(), 1) << shown.toStdString();
    EXPECT_EQ(panel().details()->currentIndex(), 1);
    EXPECT_FALSE(dock.isVisible());
    // Without being asked too.
    ASSERT_TRUE(settle());
    closeAndForget();
    openDemo();
    EXPECT_TRUE(window->panel<NeuronPanel>().isVisible());
    EXPECT_FALSE(window->findChild<QDockWidget*>(QStringLiteral("inspectorDock"))->isVisible());
}

TEST_F(LastingTest, AnOlderSessionLeavesTheWindowAsItIs) {
    openDemo();
    std::ofstream(folder.path() / "old.residuum") << toText(workspace().session());
    window->showPanel("generation");
    window->open(path("old.residuum"));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(window->panel<GenerationPanel>().isVisible());
    auto session = workspace().session();
    session.window = SessionWindow{"a panel of tomorrow", true, {{"another", "tab"}}};
    const auto again = parseSession(toText(session), "s");
    EXPECT_EQ(again.window, session.window);
    std::ofstream(folder.path() / "new.residuum") << toText(session);
    window->open(path("new.residuum"));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(window->panel<GenerationPanel>().isVisible());
    EXPECT_EQ(columns().size(), 3u);
}

TEST_F(LastingTest, AViewThatThereIsNotIsRefusedAndNothingChanges) {
    openDemo();
    auto session = workspace().session();
    session.panels["attribution"].view = "err\nor";
    std::ofstream(folder.path() / "s.residuum") << toText(session);
    QStringList refused;
    QObject::connect(&workspace(), &Workspace::notOpened,
                     [&](const QString& sentence) { refused << sentence; });
    window->open(path("s.residuum"));
    ASSERT_TRUE(settle());
    ASSERT_EQ(refused.size(), 1);
    EXPECT_TRUE(refused[0].contains(QStringLiteral("in the panel attribution, which has "
                                                   "attribution, direct-effect, error")))
        << refused[0].toStdString();
    EXPECT_EQ(columns().size(), 3U);
    session.panels["attribution"].view = "scatter"; // as versions before this one wrote it
    std::ofstream(folder.path() / "s.residuum") << toText(session);
    window->open(path("s.residuum"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(refused.size(), 1);
}

TEST_F(LastingTest, WhatASessionHasOfOtherQuestionsStaysInIt) {
    openDemo();
    auto session = workspace().session();
    session.asked.emplace_back("later", R"({"depth":3})");
    session.panels["later"] = {"map", 1.5};
    workspace().restore(session);
    ASSERT_TRUE(settle());
    const auto again = workspace().session();
    EXPECT_EQ(again.asked.front(), session.asked.back());
    EXPECT_EQ(again.panels.at("later").limit, 1.5);
}

TEST_F(LastingTest, EveryPanelsLockAndSettingsAreThoseOfTheSession) {
    openDemo();
    const auto fresh = workspace().session();
    auto& patching = workspace().board<PatchingBoard>();
    patching.setSettings(atSite(PatchSite::Z));
    patching.lockScale(0.25);
    const auto session = parseSession(toText(workspace().session()), "s");
    patching.lockScale(std::nullopt);
    patching.setSettings({});
    workspace().restore(session);
    ASSERT_TRUE(settle());
    EXPECT_EQ(patching.lockedLimit(), 0.25);
    EXPECT_EQ(patching.settings().site, PatchSite::Z);
    auto without = fresh;
    std::erase_if(without.asked, [](const auto& entry) { return entry.first == "patching"; });
    workspace().restore(without);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(patching.lockedLimit()) << "nothing is left of the session before";
    EXPECT_EQ(patching.settings(), PatchSettings{});
}

TEST_F(LastingTest, ADifferenceWithSavedColumnsIsTheSameAfterwards) {
    openDemo();
    save(path("r.h5"));
    for (int i = 0; i < 3; ++i)
        workspace().closeModel(columns()[0].id);
    workspace().openResult(path("r.h5"));
    ASSERT_TRUE(settle());
    workspace().closeModel(columns()[0].id); // the file's first column
    workspace().openModel(QStringLiteral("demo:original"));
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 3U);
    workspace().setDifference(std::pair(1, 2)); // saved − original
    const auto session = workspace().session();
    ASSERT_EQ(session.results.size(), 1U) << "though its first column is closed";
    EXPECT_EQ(session.difference, std::optional(std::pair(2, 0))) << "models come first";
}

TEST_F(LastingTest, TheLastSessionComesBackByItself) {
    openDemo();
    workspace().setPosition(4);
    closeAndForget();
    openDemo();
    EXPECT_EQ(workspace().state().position, 4);
}

TEST_F(LastingTest, ACrashLosesNothing) {
    openDemo();
    workspace().pin(headOf(2, 3));
    ASSERT_TRUE(waitFor([this] { return fs::exists(ownRunningFile()); }));
    ASSERT_TRUE(waitFor([this] {
        std::ifstream stream(ownRunningFile());
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        return text.find("L2H3") != std::string::npos;
    }));
    // As a crash leaves it: the file of a process that is no longer there.
    fs::copy_file(ownRunningFile(), runningFile(999'999'999));
    window.reset();
    fs::remove(ownRunningFile());
    openDemo();
    ASSERT_EQ(workspace().state().pins.size(), 1u);
    EXPECT_EQ(workspace().state().pins[0].thing, headOf(2, 3));
    EXPECT_FALSE(fs::exists(runningFile(999'999'999)));
}

TEST_F(LastingTest, DamagedSessionsAreSaidInWordsAndChangeNothing) {
    openDemo();
    for (
        const std::string text :
        {"", "{", "[]", R"({"format":"residuum-session","schema_version":99})",
         R"({"format":"residuum-session","schema_version":1,"models":3})",
         R"({"format":"residuum-session","schema_version":1,"numeric":{"dtype":"float32","device":"cpu"},"models":[],"prompt":{"text":"a","tokens":[-4]}})"}) {
        std::ofstream(folder.path() / "bad.residuum") << text;
        window->open(path("bad.residuum"));
        ASSERT_TRUE(settle());
        EXPECT_EQ(columns().size(), 3u) << text;
    }
}

TEST_F(LastingTest, TheDialogExportsWhatTheWindowShows) {
    openDemo();
    workspace().pin(headOf(1, 6));
    auto* dialog = window->exportFigure();
    const auto& figure = dialog->figure();
    ASSERT_EQ(figure.panels.size(), 3u);
    EXPECT_EQ(std::get<HeatmapFigure>(figure.panels[0].content).data.values,
              panel().heatmap(0)->values());
    EXPECT_EQ(std::get<HeatmapFigure>(figure.panels[0].content).pins.size(), 1u);
    // It follows the window.
    workspace().setPosition(2);
    ASSERT_TRUE(settle());
    EXPECT_EQ(std::get<HeatmapFigure>(dialog->figure().panels[1].content).data.values,
              panel().heatmap(1)->values());
    dialog->chooseView(QStringLiteral("error"));
    dialog->choosePreset(QStringLiteral("acl-column"));
    EXPECT_NEAR(dialog->style().width, 3.03 * 72.0, 1e-9);
    EXPECT_TRUE(dialog->command().contains(QStringLiteral("residuum dla demo:original")));
    EXPECT_TRUE(dialog->command().contains(
        QStringLiteral("residuum figure dla.h5 --kind error --position 2 --pin 'L1H6=#")))
        << dialog->command().toStdString();
    if (const auto pictures = qEnvironmentVariable("RESIDUUM_TEST_PICTURES"); !pictures.isEmpty())
        dialog->grab().save(pictures + QStringLiteral("/dialog.png"));
    Q_EMIT dialog->exportRequested(dialog->figure(), dialog->style(), path("f.pdf"), {true, true});
    window->waitForFiles();
    for (const auto* name : {"f.pdf", "f.pdf.json", "f.csv", "f.tex"})
        EXPECT_TRUE(fs::exists(folder.path() / name)) << name;
    dialog->copyFigure();
    EXPECT_TRUE(QApplication::clipboard()->mimeData()->hasImage());
    EXPECT_TRUE(QApplication::clipboard()->mimeData()->hasFormat(QStringLiteral("image/svg+xml")));
    dialog->copyNumbers();
    EXPECT_TRUE(QApplication::clipboard()->text().startsWith(QStringLiteral("panel,cell,")));
}

TEST_F(LastingTest, AllFiguresAtOnceEachAsTheWindowDrawsIt) {
    openDemo();
    auto* dialog = window->exportAll();
    dialog->setFolder(path("figures/all"));
    dialog->setFormat(QStringLiteral("csv"));
    dialog->start();
    EXPECT_TRUE(dialog->isRunning()) << "nothing is written on this thread";
    ASSERT_TRUE(waitFor([&] { return !dialog->isRunning(); }));
    for (const auto& view : attributionKind().views) {
        FigureRequest request;
        request.view = view.name;
        const auto file = folder.path() / "figures/all" / (view.name.toStdString() + ".csv");
        std::ifstream stream(file);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        EXPECT_EQ(text, figureCsv(panel().figure(request)).toStdString()) << file;
        std::ifstream sidecar(file.string() + ".json");
        const std::string provenance{std::istreambuf_iterator<char>(sidecar), {}};
        EXPECT_NE(provenance.find("residuum figure dla.h5 --kind"), std::string::npos) << file;
    }
    // Nobody has looked at patching yet.
    EXPECT_FALSE(fs::exists(folder.path() / "figures/all/patching.csv"));
    EXPECT_TRUE(dialog->report().contains(QStringLiteral("Left out what has nothing to show")))
        << dialog->report().toStdString();
}

TEST_F(LastingTest, ExportingAllStopsWhereItIsToldOrCannotWrite) {
    openDemo();
    auto* dialog = window->exportAll();
    dialog->setFolder(path("cancelled"));
    dialog->start();
    for (auto* button : dialog->findChildren<QPushButton*>())
        if (button->text().remove(QLatin1Char('&')) == QStringLiteral("Cancel"))
            button->click();
    EXPECT_FALSE(dialog->isRunning());
    EXPECT_TRUE(dialog->report().startsWith(QStringLiteral("Cancelled.")));
    window->waitForFiles();
    std::ofstream(folder.path() / "file") << "no folder";
    dialog->setFolder(path("file/below"));
    dialog->start();
    EXPECT_FALSE(dialog->isRunning());
    EXPECT_TRUE(dialog->report().contains(QStringLiteral("cannot be made")));
}

/// The figure of the window and the one of the command line are one figure.
TEST_F(LastingTest, TheWindowsFigureIsTheFilesFigure) {
    openDemo();
    save(path("dla.h5"));
    for (const auto& view : attributionKind().views) {
        FigureRequest request;
        request.view = view.name;
        const auto shown = shownFigure<AttributionViews>(workspace(), request);
        const auto stored =
            attributionKind().make(ResultReader(path("dla.h5").toStdString()), request);
        EXPECT_EQ(figureCsv(shown), figureCsv(stored)) << view.name.toStdString();
        EXPECT_EQ(shown.caption, stored.caption);
        EXPECT_EQ(shown.provenance.request, stored.provenance.request);
        EXPECT_EQ(shown.provenance.key, stored.provenance.key);
    }
}

} // namespace
} // namespace residuum::test
