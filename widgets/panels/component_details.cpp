#include "widgets/panels/component_details.h"

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

constexpr int pause = 60; ///< milliseconds

bool has(const ModelConfig& config, const Component& component) {
    return component.layer.value < config.n_layers && component.head.value < config.n_heads;
}

} // namespace

ComponentDetails::ComponentDetails(Workspace& workspace, Prompt prompt)
    : workspace_(workspace), prompt_(prompt), details_(workspace, [this] { Q_EMIT changed(); }) {
    soon_.setSingleShot(true);
    soon_.setInterval(pause);
    connect(&soon_, &QTimer::timeout, this, &ComponentDetails::ask);
    const auto later = [this] {
        if (component_)
            soon_.start();
    };
    for (auto signal : {&Workspace::promptChanged, &Workspace::corruptChanged,
                        &Workspace::positionChanged, &Workspace::targetChanged})
        connect(&workspace_, signal, this, later);
    connect(&workspace_, &Workspace::columnsChanged, this, [this, later] {
        details_.forgetClosed();
        later();
    });
    connect(&workspace_, &Workspace::workCancelled, this, [this] {
        details_.cancelled(tr("Cancelled; Ctrl+R computes it again."));
        Q_EMIT changed();
    });
}

void ComponentDetails::want(const std::optional<Component>& component) {
    if (std::exchange(component_, component) != component && component)
        soon_.start();
}

void ComponentDetails::recompute() {
    details_.forgetAll();
    ask();
}

std::optional<ComponentDetails::Asked> ComponentDetails::asked() const {
    const auto& state = workspace_.state();
    const auto& prompt = prompt_ == Prompt::Clean ? state.prompt : state.corrupt;
    const auto length = static_cast<int>(prompt.tokens.size());
    if (!component_ || length == 0)
        return std::nullopt;
    return Asked{*component_, prompt.tokens, std::clamp(state.position, 0, length - 1),
                 state.target, state.versus};
}

std::shared_ptr<const ComponentDetail> ComponentDetails::of(int columnId) const {
    const auto found = details_.of(columnId);
    return found && component_ == found->asked.component ? found->detail : nullptr;
}

bool ComponentDetails::stale(int columnId) const {
    const auto found = details_.of(columnId);
    return found && found->asked != asked();
}

void ComponentDetails::ask() {
    const auto now = asked();
    if (!now)
        return;
    for (const auto& [id, model] : workspace_.openModels())
        if (has(model->info().config, now->component))
            details_.want(id, *now, [opened = model, asked = *now](Progress& progress) {
                TokenInput input;
                input.sequences.push_back({asked.tokens, std::nullopt});
                return Found{asked, std::make_shared<const ComponentDetail>(componentDetail(
                                        *opened, input, AttributedLogit{asked.target, asked.versus},
                                        PositionIndex(asked.position), asked.component, progress))};
            });
}

} // namespace residuum
