// The generation tab: texts under each other, their colours, where they part, what can be set.
#include "window_fixture.h"

#include "widgets/panels/generation_views.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/token_strip_view.h"

#include <QDoubleSpinBox>
#include <QLabel>
#include <QScrollArea>
#include <QSpinBox>
#include <QTabWidget>

#include <algorithm>

namespace residuum::test {
namespace {

using GenerationBoard = Board<GenerationAnalysis>;

class GenerationWindow : public WindowTest {
  protected:
    void openGeneration() {
        openDemo();
        window->showPanel("generation");
        ASSERT_TRUE(settle());
    }
    GenerationBoard& board() { return workspace().board<GenerationBoard>(); }
    GenerationPanel& generation() { return window->panel<GenerationPanel>(); }
    const GenerationResult& result(int column) {
        return *board().result(columns()[static_cast<std::size_t>(column)].id);
    }
    /// Of the first page, which has the panel's bar.
    QScrollArea* list() {
        return generation().colourBar()->parentWidget()->findChild<QScrollArea*>();
    }
    /// From top to bottom.
    std::vector<TokenStripView*> texts() {
        auto* scroll = list();
        std::vector<TokenStripView*> views;
        for (auto* view : scroll->findChildren<TokenStripView*>())
            views.push_back(view);
        return views;
    }
};

TEST_F(GenerationWindow, ShowsTheTextsUnderEachOtherColouredByLoss) {
    openGeneration();
    board().setSettings({.tokens = 40, .temperature = 1.3, .seed = 1});
    ASSERT_TRUE(settle());
    const auto views = texts();
    ASSERT_EQ(views.size(), 3U);
    for (int c = 0; c < 3; ++c) {
        const auto& strips = views[static_cast<std::size_t>(c)]->strips();
        ASSERT_EQ(static_cast<std::size_t>(strips.tokens.size()), result(c).tokens.size());
        EXPECT_EQ(strips.blocks.front().rows.front().values.front(), result(c).loss(0));
        EXPECT_EQ(strips.scale, generation().colourBar()->scale()) << "one scale";
        EXPECT_EQ(strips.framed, views[0]->strips().framed);
    }
    ASSERT_TRUE(views[0]->strips().framed) << "demo models do not write the same";
    const auto parted = static_cast<qsizetype>(*views[0]->strips().framed);
    for (qsizetype t = 0; t < parted; ++t)
        EXPECT_EQ(views[0]->strips().tokens[t], views[1]->strips().tokens[t]);
    EXPECT_LT(views[0]->mapTo(window.get(), QPoint()).y(),
              views[1]->mapTo(window.get(), QPoint()).y());
    EXPECT_EQ(views[0]->width(), views[1]->width());
}

TEST_F(GenerationWindow, LongTextsWrapAndScroll) {
    openGeneration();
    auto request = board().settings();
    request.tokens = 300;
    request.temperature = 1.0;
    board().setSettings(request);
    ASSERT_TRUE(settle());
    auto* scroll = list();
    const auto fits = [&] { // once Qt has laid out what has grown
        const auto views = texts();
        return std::all_of(views.begin(), views.end(), [&](const QWidget* view) {
            return view->width() <= scroll->viewport()->width() &&
                   view->height() >= view->heightForWidth(view->width());
        });
    };
    EXPECT_TRUE(waitFor(fits)) << "every line is there, none is cut";
}

TEST_F(GenerationWindow, ControlsAskAndSayWhatMeansNothing) {
    openGeneration();
    auto& bar = generation().settingsBar();
    auto* tokens = dynamic_cast<QSpinBox*>(bar.control("tokens"));
    auto* temperature = dynamic_cast<QDoubleSpinBox*>(bar.control("temperature"));
    ASSERT_NE(tokens, nullptr);
    ASSERT_NE(temperature, nullptr);
    EXPECT_FALSE(bar.control("top_k")->isEnabled()) << "nothing is drawn";
    tokens->setValue(7);
    temperature->setValue(0.7);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(bar.control("top_k")->isEnabled());
    EXPECT_EQ(result(0).request, (GenerationRequest{.tokens = 7, .temperature = 0.7}));
    EXPECT_TRUE(board().command().contains(QStringLiteral("--tokens 7 --temperature 0.7")))
        << board().command().toStdString();
}

TEST_F(GenerationWindow, TheDifferenceIsOfTheCommonBeginning) {
    openGeneration();
    board().setSettings({.tokens = 40, .temperature = 1.0, .seed = 1});
    workspace().setDifference(std::pair(0, 1));
    ASSERT_TRUE(settle());
    const auto views = texts();
    ASSERT_EQ(views.size(), 4U);
    const auto& difference = views[3]->strips();
    const auto parted = views[0]->strips().framed.value_or(0);
    EXPECT_LE(static_cast<std::size_t>(difference.tokens.size()), result(0).tokens.size());
    EXPECT_GE(static_cast<std::size_t>(difference.tokens.size()), parted);
    if (!difference.empty()) {
        EXPECT_EQ(difference.blocks.front().rows.front().values.front(),
                  result(0).loss(0) - result(1).loss(0));
    }
    FigureRequest request;
    request.view = generation().shownView();
    const auto figure = generation().figure(request);
    EXPECT_EQ(figure.columns, 1) << "under each other";
    EXPECT_EQ(figure.panels.size(), difference.empty() ? 3U : 4U);
}

TEST_F(GenerationWindow, TabsHaveScalesAndDifferencesOfTheirOwn) {
    openGeneration();
    board().setSettings({.tokens = 20, .temperature = 1.0, .seed = 1});
    workspace().setDifference(std::pair(0, 1));
    ASSERT_TRUE(settle());
    auto* page = dynamic_cast<PlotPage*>(generation().findChild<QTabWidget*>()->widget(0));
    ASSERT_NE(page, nullptr);
    ASSERT_TRUE(page->hasBar());
    ASSERT_NE(page->bar(), generation().colourBar());
    const auto& strips = page->plot<TokenStripView>(page->firstPlot(), 0)->strips();
    EXPECT_EQ(strips.blocks.front().rows.front().values, result(0).entropy);
    EXPECT_EQ(strips.scale, page->bar()->scale());
    ASSERT_NE(page->differenceHead(), nullptr);
    EXPECT_TRUE(page->differenceHead()->text().contains(QStringLiteral("entropy")))
        << page->differenceHead()->text().toStdString();
    const auto& difference = page->plot<TokenStripView>(page->firstPlot(), 3)->strips();
    if (!difference.empty()) {
        EXPECT_EQ(difference.blocks.front().rows.front().values.front(),
                  result(0).entropy[0] - result(1).entropy[0]);
    }
}

TEST_F(GenerationWindow, LocksAreOfTheirBarsAndOfColours) {
    openGeneration();
    ASSERT_TRUE(settle());
    const auto limitOf = [&](const char* view) {
        FigureRequest request;
        request.view = QString::fromLatin1(view);
        generation().figure(request);
        return request.limit;
    };
    const auto* page = dynamic_cast<PlotPage*>(generation().findChild<QTabWidget*>()->widget(0));
    Q_EMIT page->bar()->lockToggled(true);
    EXPECT_EQ(limitOf("text-entropy"), page->bar()->scale().limit);
    EXPECT_FALSE(limitOf("text"));
    Q_EMIT generation().colourBar()->lockToggled(true);
    EXPECT_EQ(limitOf("text"), generation().colourBar()->scale().limit);
    EXPECT_FALSE(limitOf("steps")) << "a chart has no colours";
    board().setSettings({.tokens = 20, .temperature = 2.0, .seed = 5});
    ASSERT_TRUE(settle());
    EXPECT_EQ(limitOf("text-entropy"), page->bar()->scale().limit) << "it stays";
}

TEST_F(GenerationWindow, SessionsAndFilesBringItBack) {
    openGeneration();
    board().setSettings({.tokens = 5, .temperature = 0.5, .topP = {0.9}, .seed = 3});
    ASSERT_TRUE(settle());
    const auto kept = workspace().session();
    const auto file = QString::fromStdString((folder.path() / "g.h5").string());
    board().save(file);
    ASSERT_TRUE(settle());
    board().setSettings({});
    workspace().restore(parseSession(toText(kept), "g.residuum"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(board().settings().seed, 3U);
    EXPECT_EQ(result(0).tokens.size(), 5U);
    workspace().openResult(file);
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 6U);
    EXPECT_EQ(result(4).tokens, result(1).tokens);
    EXPECT_EQ(texts().size(), 6U);
}

TEST_F(GenerationWindow, ASessionKeepsTheLockOfATabsOwnColours) {
    openGeneration();
    const auto ownBar = [this]() -> ColourBar& {
        for (auto* bar : generation().findChildren<ColourBar*>())
            if (bar != generation().colourBar())
                return *bar;
        throw std::out_of_range("no bar of its own");
    };
    const auto unlocked = toText(workspace().session());
    EXPECT_EQ(unlocked.find("generation/"), std::string::npos);
    const double end = 0.75;
    board().lockScale(QStringLiteral("text-entropy"), end);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(ownBar().scale().locked);
    EXPECT_FALSE(generation().colourBar()->scale().locked);
    const auto file = QString::fromStdString((folder.path() / "s.residuum").string());
    window->saveSessionTo(file);
    window->waitForFiles();
    window.reset();
    openWindow({file.toStdString()});
    window->showPanel("generation");
    ASSERT_TRUE(settle());
    EXPECT_TRUE(ownBar().scale().locked);
    EXPECT_EQ(ownBar().scale().limit, end);
    EXPECT_FALSE(generation().colourBar()->scale().locked);
    FigureRequest request;
    request.view = QStringLiteral("text-entropy");
    generation().figure(request);
    EXPECT_EQ(request.limit, end);
    workspace().toggleFullRange(); // which unlocks
    ASSERT_TRUE(settle());
    EXPECT_FALSE(ownBar().scale().locked);
    EXPECT_EQ(toText(workspace().session()).find("generation/"), std::string::npos);
    auto session = workspace().session();
    session.panels["generation/no-view"] = {"no-view", 1.0};
    EXPECT_THROW(checkSession(session, WindowTest::list), Error);
}

TEST_F(GenerationWindow, FollowsIntoDark) {
    openGeneration();
    window->setPalette(darkPalette());
    ASSERT_TRUE(settle());
    const auto picture = window->grab().toImage();
    EXPECT_LT(picture.pixelColor(picture.width() / 4, picture.height() - 60).lightnessF(), 0.5);
    if (const auto to = qEnvironmentVariable("RESIDUUM_TEST_PICTURES"); !to.isEmpty())
        picture.save(to + QStringLiteral("/generation-dark.png"));
}

} // namespace
} // namespace residuum::test
