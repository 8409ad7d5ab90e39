// Walks the real window: every tab at every size, light and dark, with models of all shapes. Writes
// numbered pictures into the folder that RESIDUUM_WALK names, for a look at them one by one, and
// asserts what a program can see: that nothing is cut, and that nothing moves under the pointer.
#include "gui/walk/cut_text.h"
#include "gui/window_fixture.h"
#include "support/synthetic_model.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QTabWidget>

#include <filesystem>
#include <map>

namespace residuum::test {
namespace {

class Walk : public WindowTest {
  protected:
    void SetUp() override {
        list = questions();
        pictures_ =
            qEnvironmentVariableIsEmpty("RESIDUUM_WALK")
                ? folder.path()
                : std::filesystem::path(qEnvironmentVariable("RESIDUUM_WALK").toStdString());
        std::filesystem::create_directories(pictures_);
        light_ = QApplication::palette();
    }
    void TearDown() override { QApplication::setPalette(light_); }

    /// Every question's tab, and every tab of evidence in it; `seconds`: for a tab at most.
    void walkTabs(const std::string& scene, const QSize& size, int seconds = 60) {
        window->resize(size);
        for (const auto& question : list) {
            window->showPanel(question.panel);
            waitFor([this] { return !workspace().busy(); }, seconds * 1000);
            auto& panel = frontPanel();
            auto* details = panel.details();
            for (int tab = 0; tab < std::max(1, details->count()); ++tab) {
                if (details->count() > 0 && !details->isTabVisible(tab))
                    continue;
                details->setCurrentIndex(tab);
                waitFor([this] { return !workspace().busy(); }, seconds * 1000);
                QTest::qWait(50);
                EXPECT_EQ(window->size(), size) << question.panel;
                look(scene + "-" + question.panel + "-" + std::to_string(tab + 1));
            }
        }
    }

    QuestionPanel& frontPanel() {
        for (auto* panel : window->findChildren<QuestionPanel*>())
            if (panel->isVisible())
                return *panel;
        throw std::logic_error("no panel is in front");
    }

    void look(const std::string& what) {
        char number[16];
        std::snprintf(number, sizeof number, "%03d-", ++shown_);
        const auto name = number + what + "-" + std::to_string(window->width()) + "x" +
                          std::to_string(window->height()) + ".png";
        // What wraps anew asks for another height, which is given a turn or two later.
        waitFor([this] { return cutTexts(*window).isEmpty(); }, 2000);
        EXPECT_TRUE(window->grab().save(QString::fromStdString((pictures_ / name).string())));
        const auto cut = cutTexts(*window);
        EXPECT_TRUE(cut.isEmpty()) << name << ":\n" << cut.join('\n').toStdString();
        const auto shortened = shortenedTexts(*window);
        if (mayShorten)
            return;
        EXPECT_TRUE(shortened.isEmpty()) << name << ":\n" << shortened.join('\n').toStdString();
    }

    /// Where everything is that one sees, but for what scrolls in the inspector.
    std::map<const QWidget*, QRect> places() {
        std::map<const QWidget*, QRect> all;
        for (const auto* widget : window->findChildren<QWidget*>())
            if (widget->isVisible() && widget->window() == window.get() &&
                !isScrolledIn(window->inspector(), *widget))
                all[widget] = {widget->mapTo(window.get(), QPoint()), widget->size()};
        return all;
    }

    /// What is not where it was; "": nothing.
    std::string moved(const std::map<const QWidget*, QRect>& before) {
        QStringList all;
        const auto now = places();
        for (const auto& [widget, place] : now)
            if (const auto was = before.find(widget); was == before.end() || was->second != place)
                all << QStringLiteral("%1 \"%2\" in %3")
                           .arg(QLatin1String(widget->metaObject()->className()),
                                widget->accessibleName(),
                                QLatin1String(widget->parentWidget()->metaObject()->className()));
        if (now.size() < before.size())
            all << QStringLiteral("something is gone");
        return all.join(QStringLiteral(", ")).toStdString();
    }

    static bool isScrolledIn(const QWidget& inspector, const QWidget& widget) {
        bool isScrolled = false;
        for (const auto* each = &widget; each != nullptr; each = each->parentWidget()) {
            isScrolled |= qobject_cast<const QAbstractScrollArea*>(each) != nullptr;
            if (each == &inspector)
                return isScrolled;
        }
        return false;
    }

    /// A model of random weights with the demo models' vocabulary; its folder.
    std::string model(const std::string& name, int layers, int heads, Sites sites) {
        const auto place = folder.path() / name;
        const auto demo = resources() / "demo/original";
        writeSyntheticGpt2(place,
                           withSites(syntheticConfig(layers, heads, heads * 4, 1024, 512), sites),
                           static_cast<std::uint64_t>(layers + static_cast<int>(sites)));
        for (const auto* file : {"vocab.json", "merges.txt"})
            std::filesystem::copy_file(demo / file, place / file);
        return place.string();
    }

    /// About `tokens` of them.
    void askLong(int tokens) {
        std::string text = "Then, Mary and John went to the store. ";
        while (static_cast<int>(workspace().tokenizer()->encode(text).size()) < tokens)
            text += "Mary took the book to the park and John gave a bone to the dog. ";
        text += "John gave a book to";
        workspace().setPrompt(
            {QString::fromStdString(text), workspace().tokenizer()->encode(text), false});
        auto other = text;
        other.replace(other.rfind("John"), 4, "Mary");
        workspace().setCorrupt(
            {QString::fromStdString(other), workspace().tokenizer()->encode(other), false});
    }

    bool mayShorten = false; ///< words, never numbers

  private:
    std::filesystem::path pictures_;
    QPalette light_;
    int shown_ = 0;
};

TEST_F(Walk, DemoModels) {
    openDemo();
    for (const auto& size : {QSize(1280, 800), QSize(1024, 700), QSize(1920, 1200)}) {
        mayShorten = size.width() < 1280;
        walkTabs("demo", size);
    }
}

TEST_F(Walk, DemoModelsInTheDark) {
    openDemo();
    QApplication::setPalette(darkPalette());
    walkTabs("dark", {1280, 800});
}

TEST_F(Walk, Difference) {
    openDemo();
    QTest::keyClick(window.get(), Qt::Key_D);
    mayShorten = true;
    walkTabs("difference", {1280, 800});
}

TEST_F(Walk, Edges) {
    openDemo();
    PatchSettings settings;
    settings.estimate = PatchMethod::EapIg;
    workspace().board<PatchingBoard>().setSettings(settings);
    mayShorten = true;
    walkTabs("edges", {1280, 800});
}

TEST_F(Walk, SixColumns) {
    openWindow({"demo:original", "demo:vanilla", "demo:ln-free", "demo:original", "demo:vanilla",
                "demo:ln-free"});
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 6u);
    mayShorten = true;
    for (const auto& size : {QSize(1280, 800), QSize(1920, 1200)})
        walkTabs("six", size);
}

TEST_F(Walk, TwelveLayersOfTwelveHeadsAtThreeHundredTokens) {
    openWindow(
        {model("small", 12, 12, Sites::LayerNorm), model("small-ln-free", 12, 12, Sites::Removed)});
    ASSERT_TRUE(settle());
    askLong(300);
    mayShorten = true;
    for (const auto& size : {QSize(1280, 800), QSize(1920, 1200)})
        walkTabs("12x12", size, 20);
}

TEST_F(Walk, FortyEightLayersOfTwentyFiveHeads) {
    openWindow(
        {model("xl", 48, 25, Sites::LayerNorm), model("xl-ln-free", 48, 25, Sites::Removed)});
    ASSERT_TRUE(settle());
    mayShorten = true;
    walkTabs("48x25", {1280, 800}, 20);
}

TEST_F(Walk, PinsAndAttention) {
    openDemo();
    window->resize(1280, 800);
    workspace().pin(Component{ComponentKind::Mlp, LayerIndex(2), {}});
    workspace().pin(headOf(1, 6));
    mayShorten = true; // in the list of pins
    walkTabs("pins", {1280, 800});
    window->resize(1920, 1200);
    window->showAttention();
    QTest::qWait(500); // what is asked of a thing waits until one stays with it
    ASSERT_TRUE(settle());
    look("attention");
}

/// The pointer goes over every plot of every tab; nothing else moves.
TEST_F(Walk, NothingMovesUnderThePointer) {
    openDemo();
    for (const auto& size : {QSize(1280, 800), QSize(1024, 700)}) {
        window->resize(size);
        for (const auto& question : list) {
            window->showPanel(question.panel);
            ASSERT_TRUE(settle());
            QTest::qWait(50); // the layout of the new size is there
            const auto before = places();
            for (auto* view : frontPanel().findChildren<PlotView*>()) {
                if (!view->isVisible())
                    continue;
                for (int x = 1; x < 8; ++x) {
                    QTest::mouseMove(view, {view->width() * x / 8, view->height() * x / 8});
                    QTest::qWait(2);
                    ASSERT_EQ(moved(before), "") << question.panel;
                }
            }
        }
    }
}

} // namespace
} // namespace residuum::test
