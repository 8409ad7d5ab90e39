// The real window, without a display, on the demo models.
#pragma once

#include "app/window/autosave.h"
#include "app/window/main_window.h"
#include "widgets/panels/attention_view.h"
#include "widgets/panels/attribution_board.h"
#include "widgets/panels/attribution_panel.h"
#include "widgets/panels/inspector.h"
#include "widgets/panels/neuron_board.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_board.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/prompt/prompt_strip.h"
#include "widgets/prompt/token_picker.h"

#include "support/dark_palette.h"
#include "support/paths.h"
#include "support/waiting.h"

#include <QComboBox>
#include <QSettings>
#include <QTest>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

namespace residuum::test {

class WindowTest : public ::testing::Test {
  protected:
    void openWindow(std::vector<std::string> models = {}) {
        WorkbenchOptions options;
        options.models = std::move(models);
        options.demoFolder = resources() / "demo";
        options.cache = cache;
        options.stateFolder = stateFolder;
        options.asked = asked;
        window = std::make_unique<MainWindow>(options, list, settings());
        window->show();
        window->openInitialModels();
    }

    void openDemo() {
        openWindow();
        ASSERT_TRUE(settle());
        ASSERT_EQ(columns().size(), 3u);
    }

    bool settle() {
        return waitFor([this] { return !workspace().busy(); });
    }

    std::unique_ptr<QSettings> settings() const {
        const auto file = QString::fromStdString((folder.path() / "settings.ini").string());
        return std::make_unique<QSettings>(file, QSettings::IniFormat);
    }

    Workspace& workspace() { return window->workspace(); }
    const std::vector<ModelColumn>& columns() { return workspace().columns(); }
    AttributionBoard& attribution() { return workspace().board<AttributionBoard>(); }
    /// A column's attribution of the prompt.
    const AttributionBoard::ColumnAnswer& attributed(int column) {
        return *attribution().answer(columns()[static_cast<std::size_t>(column)].id);
    }
    AttributionPanel& panel() { return window->panel<AttributionPanel>(); }

    static PatchSettings atSite(PatchSite site) {
        PatchSettings settings;
        settings.site = site;
        return settings;
    }
    static Thing headOf(int layer, int head) {
        return Component{ComponentKind::Head, LayerIndex(layer), HeadIndex(head)};
    }

    /// What the pointer does at a component in a view: the child under the point receives it.
    template <class View>
    void clickAt(View* view, const Thing& thing) {
        const auto point = view->centreOf(thing);
        auto* child = view->childAt(point);
        QWidget* receiver = child == nullptr ? view : child;
        QTest::mouseMove(receiver, receiver->mapFrom(view, point));
        QTest::mouseClick(receiver, Qt::LeftButton, {}, receiver->mapFrom(view, point));
    }

    /// Whether the attention of the pinned head came in every model.
    bool attentionIsThere() {
        return waitFor([this] {
            for (std::size_t c = 0; c < columns().size(); ++c)
                if (window->attention().heatmap(static_cast<int>(c))->values().empty())
                    return false;
            return !workspace().busy();
        });
    }

    /// A panel's control by what it is called.
    template <class Widget>
    static Widget& called(const QWidget& panel, const char* name) {
        for (auto* widget : panel.findChildren<Widget*>())
            if (widget->accessibleName() == QString::fromUtf8(name) ||
                widget->toolTip() == QString::fromUtf8(name))
                return *widget;
        throw std::out_of_range(name);
    }
    static void choose(QComboBox& box, int place) {
        box.setCurrentIndex(place);
        Q_EMIT box.activated(place);
    }

    /// As version 0.1.0 named it.
    std::filesystem::path runningFile(long process) const {
        return stateFolder / ("running-" + std::to_string(process) + ".residuum");
    }
    std::filesystem::path ownRunningFile() const { return Autosave::runningFile(stateFolder); }

    Questions list = questions();
    TemporaryFolder folder;
    std::optional<CacheSettings> cache; ///< empty: results are not kept
    std::filesystem::path stateFolder;  ///< empty: sessions are not kept
    std::optional<Beginning> asked;     ///< on the command line
    std::unique_ptr<MainWindow> window;
};

} // namespace residuum::test
