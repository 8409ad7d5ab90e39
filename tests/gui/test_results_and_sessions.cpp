// Results that last, sessions and figures, in the real window.
#include "window_fixture.h"

#include "app/window/autosave.h"
#include "widgets/figure/export_dialog.h"
#include "widgets/panels/attribution_figures.h"
#include "widgets/panels/model_header.h"

#include <QApplication>
#include <QClipboard>
#include <QMimeData>
#include <QToolButton>

#include <fstream>
#include <gmock/gmock.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

class LastingTest : public WindowTest {
  protected:
    LastingTest() {
        cache = CacheSettings{folder.path() / "cache"};
        stateFolder = folder.path() / "state";
    }

    QString path(const std::string& name) const {
        return QString::fromStdString((folder.path() / name).string());
    }

    void save(const QString& file) {
        workspace().saveResult(file);
        ASSERT_TRUE(settle());
        ASSERT_TRUE(fs::exists(file.toStdString()));
    }

    void closeAndForget() {
        window->close();
        window.reset();
    }

    ModelHeader* header(int column) { return window->findChildren<ModelHeader*>().at(column); }
};

TEST_F(LastingTest, TheSecondTimeResultsComeFromTheCache) {
    openDemo();
    const auto values = panel().heatmap(0)->values();
    EXPECT_FALSE(columns()[0].fromCache);
    window.reset();
    openDemo();
    for (const auto& column : columns())
        EXPECT_TRUE(column.fromCache);
    EXPECT_EQ(panel().heatmap(0)->values(), values);
    workspace().recompute();
    ASSERT_TRUE(settle());
    EXPECT_FALSE(columns()[0].fromCache);
    EXPECT_EQ(panel().heatmap(0)->values(), values);
}

TEST_F(LastingTest, ADamagedCacheIsComputedAgainWithoutAWord) {
    openDemo();
    const auto values = panel().heatmap(1)->values();
    window.reset();
    for (const auto& entry : fs::directory_iterator(folder.path() / "cache" / "results"))
        fs::resize_file(entry.path(), fs::file_size(entry.path()) / 2);
    openDemo();
    EXPECT_FALSE(columns()[1].fromCache);
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
    EXPECT_EQ(panel().nmaeShown(2), "NMAE 0.0000 %");
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
    workspace().saveResult(path("no/such/folder/r.h5"));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(said.contains(QStringLiteral("cannot be written"))) << said.toStdString();
}

TEST_F(LastingTest, ASessionBringsEverythingBack) {
    openDemo();
    workspace().setPosition(11);
    workspace().setMode(ViewMode::Error);
    workspace().lockScale(2.0);
    workspace().togglePin(idOf(1, 6));
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
    EXPECT_EQ(workspace().mode(), ViewMode::Error);
    EXPECT_EQ(workspace().lockedLimit(), 2.0);
    EXPECT_EQ(workspace().difference(), std::optional(std::pair(0, 2)));
    EXPECT_EQ(panel().heatmap(1)->values(), values);
    EXPECT_EQ(workspace().undoStack().count(), 0);
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
    workspace().togglePin(idOf(2, 3));
    ASSERT_TRUE(waitFor([this] { return fs::exists(runningFile(::getpid())); }));
    ASSERT_TRUE(waitFor([this] {
        std::ifstream stream(runningFile(::getpid()));
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        return text.find("L2H3") != std::string::npos;
    }));
    // As a crash leaves it: the file of a process that is no longer there.
    fs::copy_file(runningFile(::getpid()), runningFile(999'999'999));
    window.reset();
    fs::remove(runningFile(::getpid()));
    openDemo();
    ASSERT_EQ(workspace().state().pins.size(), 1u);
    EXPECT_EQ(workspace().state().pins[0].id, idOf(2, 3));
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
    workspace().togglePin(idOf(1, 6));
    auto* dialog = window->exportFigure();
    const auto& figure = dialog->figure();
    ASSERT_EQ(figure.panels.size(), 3u);
    EXPECT_EQ(std::get<HeatmapFigure>(figure.panels[0].content).data.values,
              panel().heatmap(0)->values());
    EXPECT_EQ(std::get<HeatmapFigure>(figure.panels[0].content).pins.size(), 1u);
    // It follows the window.
    workspace().setPosition(2);
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

/// The figure of the window and the one of the command line are one figure.
TEST_F(LastingTest, TheWindowsFigureIsTheFilesFigure) {
    openDemo();
    save(path("dla.h5"));
    for (const auto& view : attributionKind().views) {
        FigureRequest request;
        request.view = view.name;
        const auto shown = attributionFigure(workspace(), request);
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
