// The inspector is as wide as it needs to be, whatever it shows.
#include "neuron_window.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/chip_flow.h"
#include "widgets/prompt/token_display.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDockWidget>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <map>

namespace residuum::test {
namespace {

class InspectorWindow : public NeuronWindow {
  protected:
    /// Places of all that is seen but of the inspector's own parts.
    std::map<const QWidget*, QRect> places() {
        std::map<const QWidget*, QRect> places;
        for (const auto* widget : window->findChildren<QWidget*>())
            if (widget->isVisible() && !window->inspector().isAncestorOf(widget))
                places[widget] = QRect(widget->mapTo(window.get(), QPoint(0, 0)), widget->size());
        return places;
    }
    /// What has moved, come or gone since.
    std::string movedSince(const std::map<const QWidget*, QRect>& before) {
        QStringList found;
        const auto describe = [&](const QWidget* widget, const QRect& at) {
            found << QStringLiteral("%1 \"%2\" %3,%4 %5x%6")
                         .arg(QString::fromLatin1(widget->metaObject()->className()),
                              widget->objectName() + widget->accessibleName())
                         .arg(at.x())
                         .arg(at.y())
                         .arg(at.width())
                         .arg(at.height());
        };
        const auto now = places();
        for (const auto& [widget, at] : now)
            if (const auto then = before.find(widget); then == before.end() || then->second != at)
                describe(widget, at);
        for (const auto& [widget, at] : before)
            if (now.find(widget) == now.end())
                found << QStringLiteral("gone from %1,%2").arg(at.x()).arg(at.y());
        return found.join(QLatin1Char('\n')).toStdString();
    }
    void hover(const std::optional<Thing>& thing) {
        workspace().setHovered(thing);
        QTest::qWait(30);
    }
    void expectSteady(const std::vector<Thing>& things) {
        hover(std::nullopt);
        const auto before = places();
        for (const auto& thing : things) {
            hover(thing);
            EXPECT_EQ(movedSince(before), "") << label(thing);
            EXPECT_LE(window->inspector().wantedWidth(), window->inspector().numbersWidth())
                << label(thing) << ": a column is cut";
        }
        hover(std::nullopt);
        EXPECT_EQ(movedSince(before), "");
    }
};

TEST_F(InspectorWindow, NothingMovesAndNothingIsCutAtAnySize) {
    openDemo();
    const std::vector<Thing> things{headOf(0, 0), headOf(2, 3),
                                    Component{ComponentKind::Mlp, LayerIndex(3), {}},
                                    Component{ComponentKind::PosEmbed, {}, {}}};
    for (const auto size : {QSize(1280, 800), QSize(1120, 700)}) {
        window->resize(size);
        QTest::qWait(50);
        ASSERT_EQ(window->size(), size) << "the window fits into it";
        expectSteady(things);
    }
}

TEST_F(InspectorWindow, NeuronsHaveRoomToo) {
    openNeurons();
    for (const auto size : {QSize(1280, 800), QSize(1120, 700)}) {
        window->resize(size);
        QTest::qWait(50);
        ASSERT_EQ(window->size(), size);
        const int chosen = result(0).chosen.neurons.front().value;
        expectSteady({neuronOf(chosen), neuronOf(1), neuronOf(639)});
    }
}

/// Text that is there once the parts have come.
class DossierWindow : public InspectorWindow {
  protected:
    QString shown(const Thing& thing, const QString& until) {
        workspace().setHovered(thing);
        QString text;
        EXPECT_TRUE(waitFor([&] {
            text = window->inspector().plainText();
            return text.contains(until) && !text.contains(QStringLiteral("computing")) &&
                   !workspace().busy();
        })) << text.toStdString();
        return text;
    }
    ComponentDetail detail(int model, const Component& component) {
        TokenInput input;
        const auto& state = workspace().state();
        input.sequences.push_back({state.prompt.tokens, std::nullopt});
        return componentDetail(*columns()[static_cast<std::size_t>(model)].model, input,
                               {state.target, state.versus}, PositionIndex(state.position),
                               component, Progress());
    }
};

TEST_F(DossierWindow, AHeadShowsFromWhereItsAttributionComes) {
    openDemo();
    const auto head = std::get<Component>(headOf(1, 6));
    const auto text = shown(head, QStringLiteral("From where"));
    EXPECT_TRUE(text.contains(QStringLiteral("Promotes and suppresses")));
    for (int model = 0; model < 3; ++model) {
        const auto parts = detail(model, head);
        const auto strongest =
            std::max_element(parts.bySource.begin(), parts.bySource.end(),
                             [](double a, double b) { return std::abs(a) < std::abs(b); });
        EXPECT_TRUE(text.contains(threeDigits(*strongest))) << text.toStdString();
        EXPECT_TRUE(
            text.contains(chipText(workspace().tokenizer().get(), parts.promoted.front().token)));
        const auto& pattern = *window->inspector().pattern(model);
        EXPECT_TRUE(pattern.isVisibleTo(&window->inspector()));
        EXPECT_EQ(pattern.width(), pattern.height());
        EXPECT_EQ(pattern.values().size(), 15U * 16U / 2U) << "the causal triangle is blank";
    }
    // At another position what is there is dimmed until its successor comes.
    workspace().setPosition(10);
    EXPECT_TRUE(window->inspector().pattern(0)->values().size() > 0);
    shown(head, QStringLiteral("From where"));
}

TEST_F(DossierWindow, AnMlpShowsItsStrongestNeurons) {
    openDemo();
    const Component mlp{ComponentKind::Mlp, LayerIndex(3), {}};
    const auto text = shown(mlp, QStringLiteral("Strongest neurons"));
    for (int model = 0; model < 3; ++model)
        for (const auto& share : detail(model, mlp).neurons) {
            EXPECT_TRUE(text.contains(QStringLiteral("N%1").arg(share.neuron.value)));
            EXPECT_TRUE(text.contains(threeDigits(share.logits)));
        }
    EXPECT_FALSE(window->inspector().pattern(0)->isVisibleTo(&window->inspector()));
}

TEST_F(DossierWindow, PartsNeitherMoveNorCutAnything) {
    openDemo();
    expectSteady({});
    ASSERT_TRUE(settle());
    const auto before = places();
    for (const auto& thing :
         {headOf(1, 6), headOf(3, 2), Thing(Component{ComponentKind::Mlp, LayerIndex(3), {}})}) {
        shown(thing, QStringLiteral("Promotes"));
        ASSERT_TRUE(settle()); // what says that something is computed comes and goes
        EXPECT_EQ(movedSince(before), "") << label(thing);
        EXPECT_LE(window->inspector().wantedWidth(), window->inspector().numbersWidth())
            << label(thing);
    }
}

TEST_F(DossierWindow, AttentionIsAViewOfEveryTab) {
    openDemo();
    workspace().pin(headOf(2, 1));
    for (const auto* tab : {"attribution", "neurons"}) {
        window->showPanel(tab);
        window->showAttention();
        ASSERT_TRUE(attentionIsThere()) << tab;
    }
    auto& view = window->attention();
    for (int model = 0; model < 3; ++model) {
        const auto& values = view.heatmap(model)->values();
        ASSERT_EQ(values.size(), 15U * 16U / 2U);
        std::size_t cell = 0;
        for (std::size_t query = 0; query < 15; ++query) {
            double sum = 0.0;
            for (std::size_t key = 0; key <= query; ++key)
                sum += values[cell++];
            EXPECT_NEAR(sum, 1.0, 1e-5);
        }
    }
    const auto& grid = view.heatmap(0)->data().grid;
    EXPECT_TRUE(grid.square);
    EXPECT_EQ(grid.rowTicks.back().name, QStringLiteral("·to"));
    EXPECT_EQ(grid.columnTicks.back().name, QStringLiteral("·to"));

    // A row that is hovered lights the prompt's tokens by its weights.
    const auto* chips = window->promptStrip().findChild<ChipFlow*>();
    const auto usual = chips->underlay();
    workspace().setHovered(PositionPair{PositionIndex(9), PositionIndex(4)});
    ASSERT_EQ(chips->underlay().size(), 10U);
    std::vector<double> most(10, 0.0);
    for (int model = 0; model < 3; ++model)
        for (std::size_t key = 0; key < 10; ++key)
            most[key] = std::max(most[key], view.heatmap(model)->values()[45 + key]);
    const double highest = *std::max_element(most.begin(), most.end());
    for (std::size_t key = 0; key < 10; ++key)
        EXPECT_NEAR(chips->underlay()[key], most[key] / highest, 1e-12);
    EXPECT_TRUE(chips->meaning().contains(QStringLiteral("attention of L2H1 from position 9")))
        << chips->meaning().toStdString();
    workspace().setHovered(std::nullopt);
    EXPECT_EQ(chips->underlay(), usual);

    workspace().setDifference(std::pair(0, 2));
    ASSERT_TRUE(settle());
    ASSERT_NE(view.differenceHeatmap(), nullptr);
    const auto& difference = view.differenceHeatmap()->data();
    EXPECT_EQ(difference.scale.map, ColourMap::Diverging);
    for (std::size_t i = 0; i < difference.values.size(); ++i) {
        EXPECT_NEAR(difference.values[i],
                    view.heatmap(0)->values()[i] - view.heatmap(2)->values()[i], 1e-12);
        EXPECT_FALSE(difference.scale.clips(difference.values[i])) << "a scale of its own";
    }

    auto& kind = called<QComboBox>(view, "what is shown of the attention");
    choose(kind, 1);
    const auto& rest = view.heatmap(0)->values();
    ASSERT_EQ(rest.size(), 14U * 15U / 2U) << "without position 0";
    EXPECT_NEAR(rest.front(), 1.0, 1e-12) << "renormalised";
    FigureRequest request;
    request.view = QStringLiteral("attention");
    const auto figure = view.figure(request);
    EXPECT_EQ(figure.panels.size(), 4U);
    EXPECT_TRUE(figure.title.contains(QStringLiteral("without position 0, renormalised of L2H1")));
    ASSERT_EQ(figure.provenance.commands.size(), 1U);
    EXPECT_TRUE(figure.provenance.commands[0].find("blocks.2.attn.hook_pattern") !=
                std::string::npos);
}

TEST_F(DossierWindow, TheCorruptedRunsAttentionIsThereToo) {
    openDemo();
    workspace().pin(headOf(2, 1));
    window->showAttention();
    ASSERT_TRUE(attentionIsThere());
    auto& view = window->attention();
    const auto clean = view.heatmap(0)->values();
    auto& run = called<QComboBox>(view, "run whose attention is shown");
    choose(run, 2);
    ASSERT_TRUE(attentionIsThere());
    ASSERT_TRUE(waitFor([&] { return view.heatmap(0)->values() != clean; }));
    const auto difference = view.heatmap(0)->values();
    choose(run, 1);
    ASSERT_TRUE(attentionIsThere());
    const auto& corrupt = view.heatmap(0)->values();
    for (std::size_t i = 0; i < clean.size(); ++i)
        EXPECT_NEAR(difference[i], clean[i] - corrupt[i], 1e-12);
}

TEST_F(DossierWindow, ACellsMenuCopiesPinsPatchesAndShowsAttention) {
    openDemo();
    auto* map = panel().heatmap(0);
    const auto open = [&](const Thing& thing) {
        const auto at = map->centreOf(thing);
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, map->mapToGlobal(at));
        QCoreApplication::sendEvent(map, &event);
        return window->findChild<QMenu*>(QStringLiteral("thingMenu"));
    };
    const auto choose = [&](QMenu* menu, const QString& start) {
        for (auto* action : menu->actions())
            if (QString(action->text()).remove(QLatin1Char('&')).startsWith(start)) {
                action->trigger();
                delete menu;
                return true;
            }
        return false;
    };
    const auto head = headOf(2, 3);
    ASSERT_NE(open(head), nullptr);
    const auto menu = [&] { return window->findChild<QMenu*>(QStringLiteral("thingMenu")); };
    ASSERT_TRUE(choose(menu(), QStringLiteral("Copy value")));
    EXPECT_TRUE(QApplication::clipboard()->text().startsWith(QStringLiteral("L2H3: ")));
    ASSERT_TRUE(choose(open(head), QStringLiteral("Copy name")));
    EXPECT_EQ(QApplication::clipboard()->text(), QStringLiteral("L2H3"));
    ASSERT_TRUE(choose(open(head), QStringLiteral("Pin")));
    EXPECT_EQ(workspace().selected(), head);
    ASSERT_TRUE(choose(open(head), QStringLiteral("Unpin")));
    EXPECT_TRUE(workspace().state().pins.empty());
    ASSERT_TRUE(choose(open(head), QStringLiteral("Show attention")));
    EXPECT_TRUE(attentionIsThere());
    ASSERT_TRUE(choose(open(head), QStringLiteral("Patch this")));
    EXPECT_TRUE(window->panel<PatchingPanel>().isVisible());
    EXPECT_EQ(workspace().board<PatchingBoard>().settings().site, PatchSite::ZAll);
    ASSERT_TRUE(settle());
}

} // namespace
} // namespace residuum::test
