// The patching panel in the real window.
#pragma once

#include "widgets/panels/patching_panel.h"
#include "window_fixture.h"

namespace residuum::test {

class PatchingWindow : public WindowTest {
  protected:
    void openPatching() {
        openDemo();
        window->showPanel(window->panel<PatchingPanel>());
        waitForPatching();
    }
    void waitForPatching() {
        ASSERT_TRUE(waitFor([this] {
            if (workspace().busy())
                return false;
            for (const auto& column : workspace().columns()) {
                const auto* answer = workspace().board<PatchingBoard>().answer(column.id);
                if (answer == nullptr || !answer->complete())
                    return false;
            }
            return true;
        }));
    }
    const PatchAnswer& answer(int column) {
        return *workspace().board<PatchingBoard>().answer(
            workspace().columns()[static_cast<std::size_t>(column)].id);
    }
};

inline PatchSettings asking(PatchSite site, PatchMethod estimate = PatchMethod::Attribution) {
    PatchSettings settings;
    settings.site = site;
    settings.estimate = estimate;
    return settings;
}

} // namespace residuum::test
