// Patching and what surrounds it: long prompts, the cache, sessions, figures.
#include "patching_window.h"
#include "widgets/panels/patching_pair_editor.h"
#include "widgets/panels/patching_views.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/prompt/prompt_editor.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace residuum::test {
namespace {

TEST_F(PatchingWindow, ALongEqualPrefixIsOneColumnOnScreenAndOnPaper) {
    openPatching();
    const auto tokenizer = workspace().tokenizer();
    std::string before;
    for (int i = 0; i < 3; ++i)
        before += "Then, Mary and John went to the store. ";
    const auto prompt = [&](const std::string& name) {
        const auto text = before + name + " gave a book to";
        return PromptState{QString::fromStdString(text), tokenizer->encode(text), false};
    };
    const auto clean = prompt("John"), corrupt = prompt("Mary");
    ASSERT_EQ(clean.tokens.size(), corrupt.tokens.size());
    int prefix = 0;
    while (clean.tokens[static_cast<std::size_t>(prefix)] ==
           corrupt.tokens[static_cast<std::size_t>(prefix)])
        ++prefix;
    ASSERT_GE(prefix, 20);
    workspace().setPair(clean, corrupt, *tokenizer->single(" Mary"), *tokenizer->single(" John"));
    waitForPatching();
    const auto& panel = window->panel<PatchingPanel>();
    const auto length = static_cast<double>(clean.tokens.size());
    const auto isFolded = [&] {
        return panel.exactHeatmap(0)->data().grid.columns == length - prefix + 1.0;
    };
    ASSERT_TRUE(waitFor(isFolded));
    EXPECT_EQ(panel.estimateHeatmap(0)->data().grid.columns, length - prefix + 1.0);
    FigureRequest request;
    request.view = PatchingViews::exact;
    const auto figure = shownFigure<PatchingViews>(workspace(), request);
    EXPECT_EQ(std::get<HeatmapFigure>(figure.panels[0].content).data.grid.columns,
              length - prefix + 1.0);
    EXPECT_TRUE(request.settings.flag(QStringLiteral("fold")));
    EXPECT_TRUE(figure.caption.contains(QStringLiteral("are one column")));
    // The menu's entry shows it in full.
    for (auto* action : window->findChildren<QAction*>())
        if (action->text().contains(QStringLiteral("equal prefix")))
            action->trigger();
    ASSERT_TRUE(waitFor([&] { return panel.exactHeatmap(0)->data().grid.columns == length; }));
    EXPECT_TRUE(workspace().board<PatchingBoard>().settings().unfolded);
}

TEST_F(PatchingWindow, AGiantCorruptedPromptIsRefusedWithASentence) {
    openPatching();
    auto* editor = window->panel<PatchingPanel>().pairEditor();
    QApplication::clipboard()->setText(QStringLiteral("the store ").repeated(200'000));
    editor->startEditing();
    qint64 fastest = 1000;
    for (int attempt = 0; attempt < 5; ++attempt) { // others may have the processor
        editor->corruptEdit()->selectAll();
        QElapsedTimer clock;
        clock.start();
        editor->corruptEdit()->paste();
        fastest = std::min(fastest, clock.elapsed());
    }
    EXPECT_LT(fastest, 50) << "milliseconds";
    EXPECT_TRUE(editor->message().contains(QStringLiteral("Nothing was pasted")))
        << editor->message().toStdString();
    EXPECT_LT(editor->corruptEdit()->text().size(), 100'000);
}

TEST_F(PatchingWindow, WhatIsCancelledStaysCancelled) {
    openPatching();
    for (const int moment : {0, 1, 2, 3, 200}) {
        int parts = 0;
        const auto counted = QObject::connect(&workspace().board<PatchingBoard>(),
                                              &PatchingBoard::changed, [&] { ++parts; });
        workspace().board<PatchingBoard>().setSettings(
            asking(moment % 2 == 0 ? PatchSite::ResidMid : PatchSite::AttnOut));
        workspace().board<PatchingBoard>().recompute();
        if (moment == 200) // parts arrive, and nobody has looked at them yet
            QThread::msleep(200);
        else
            waitFor([&] { return parts > moment || !workspace().engine().busy(); });
        const bool running = workspace().engine().busy();
        workspace().cancelWork();
        ASSERT_TRUE(settle());
        QObject::disconnect(counted);
        if (!running)
            continue;
        for (int column = 0; column < 3; ++column) {
            const auto& there = answer(column);
            if (there.complete())
                continue; // it was done before
            EXPECT_TRUE(there.sentence.startsWith(QStringLiteral("Cancelled")))
                << "moment " << moment << ", column " << column;
        }
    }
    workspace().board<PatchingBoard>().recompute();
    waitForPatching();
    EXPECT_TRUE(answer(2).sentence.isEmpty());
}

TEST_F(PatchingWindow, TroubleWithTheCacheIsSaid) {
    // A file where the cache's folder should be: nothing can be kept.
    std::ofstream(folder.path() / "blocked") << "no folder";
    cache = CacheSettings{folder.path() / "blocked"};
    openDemo();
    QStringList said;
    QObject::connect(&workspace(), &Workspace::message,
                     [&](const QString& sentence) { said << sentence; });
    window->showPanel(window->panel<PatchingPanel>());
    waitForPatching();
    EXPECT_EQ(said.filter(QStringLiteral("not kept in the cache")).size(), 3) << said.size();
    said.clear();
    window->showPanel("neurons");
    ASSERT_TRUE(settle());
    EXPECT_GE(said.filter(QStringLiteral("not kept in the cache")).size(), 3) << said.size();
}

TEST_F(PatchingWindow, TheSessionBringsThePairBack) {
    openPatching();
    auto settings = asking(PatchSite::Pattern, PatchMethod::IntegratedGradients);
    settings.metric = PatchMetric::LogProb;
    settings.normalised = true;
    workspace().board<PatchingBoard>().setSettings(settings);
    const auto text = toText(workspace().session());
    window->panel<PatchingPanel>().pairEditor()->useExample(QStringLiteral("agreement"));
    workspace().restore(parseSession(text, "test"));
    waitForPatching();
    EXPECT_EQ(workspace().board<PatchingBoard>().settings().site, PatchSite::Pattern);
    EXPECT_EQ(workspace().board<PatchingBoard>().settings().metric, PatchMetric::LogProb);
    EXPECT_TRUE(workspace().board<PatchingBoard>().settings().normalised);
    EXPECT_TRUE(workspace().state().corrupt.text.contains(QStringLiteral("Mary gave")));
    EXPECT_EQ(toText(workspace().session()), text);
}

TEST_F(PatchingWindow, WhatIsShownIsWhatIsExported) {
    openPatching();
    FigureRequest request;
    request.view = QStringLiteral("patching");
    const auto figure = shownFigure<PatchingViews>(workspace(), request);
    ASSERT_EQ(figure.panels.size(), 6U);
    const auto& map = std::get<HeatmapFigure>(figure.panels[0].content);
    EXPECT_EQ(map.data.values, window->panel<PatchingPanel>().exactHeatmap(0)->values());
    EXPECT_TRUE(figure.quantity.contains(QStringLiteral("clean into corrupted")));
    EXPECT_TRUE(figure.caption.contains(QStringLiteral("Mary gave a book to")));
    const auto file = folder.path() / "saved.h5";
    workspace().board<PatchingBoard>().save(QString::fromStdString(file.string()));
    ASSERT_TRUE(settle());
    const ResultReader saved(file);
    EXPECT_EQ(readResults<PatchAnalysis>(saved).size(), 3U);
    EXPECT_EQ(saved.key(), figure.provenance.key);
    ASSERT_FALSE(figure.provenance.commands.empty());
    EXPECT_NE(figure.provenance.commands[0].find("residuum patch"), std::string::npos);
}

} // namespace
} // namespace residuum::test
