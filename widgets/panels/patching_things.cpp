// What the patching panel says of one thing, and how it takes one up; the rest of it is in
// patching_panel.cpp.
#include "widgets/panels/patching_means.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/plots/colour_scale.h"

namespace residuum {

namespace {

/// Where a thing is patched; empty: nowhere.
std::optional<PatchSite> siteOf(const Thing& thing) {
    if (const auto* component = std::get_if<Component>(&thing)) {
        if (component->kind == ComponentKind::Head)
            return PatchSite::ZAll;
        if (component->kind == ComponentKind::Mlp)
            return PatchSite::MlpOut;
    }
    return std::holds_alternative<Position>(thing) ? std::optional(PatchSite::ResidPre)
                                                   : std::nullopt;
}

} // namespace

QString PatchingPanel::shownSite() const {
    const auto view = patchViewOf(workspace());
    const auto columns = answered();
    return siteTitle(view.site, workspace().asksMean() && !columns.empty()
                                    ? positionName(*columns.front().result, view)
                                    : positionText(workspace()));
}

std::optional<ThingNumbers> PatchingPanel::inspect(const Thing& thing) const {
    if (ofEdges())
        return inspectEdge(thing);
    const auto view = patchViewOf(workspace());
    const auto exactName = methodTitle(PatchMethod::Exact), name = methodTitle(view.estimate);
    ThingNumbers shown{{}, {exactName, name, tr("difference")}, {}, {}};
    const auto text = [](const std::optional<double>& value) {
        return value ? threeDigits(*value) : QStringLiteral("–");
    };
    bool any = false;
    for (const auto& column : workspace().columns()) {
        const auto there = answered(column);
        const auto* result = there ? there->result.get() : nullptr;
        const auto valueOf = [&](PatchMethod method) {
            return result == nullptr ? std::nullopt : patchValueOf(*result, method, view, thing);
        };
        const auto exact = valueOf(PatchMethod::Exact), estimate = valueOf(view.estimate);
        auto difference = std::optional<double>();
        if (exact && estimate)
            difference =
                *estimate - (view.estimate == PatchMethod::AtpStar ? std::abs(*exact) : *exact);
        shown.rows.push_back({text(exact), text(estimate), text(difference)});
        any |= exact || estimate;
        if (result != nullptr)
            shown.domain =
                tr("%1, %2; %3")
                    .arg(patchUnit(*result, view), shownSite(), patchConventions(result->request));
        if (const auto mean = meanText(workspace()); result != nullptr && !mean.isEmpty())
            shown.domain += QStringLiteral("; ") + mean;
    }
    if (!any)
        return std::nullopt;
    return shown;
}

std::optional<double> PatchingPanel::numberOf(const ModelColumn& column, const Thing& thing) const {
    const auto there = answered(column);
    if (ofEdges()) {
        const auto* edges =
            there ? edgesOf(*there->result, answers().settings().estimate) : nullptr;
        const auto numbers = edges == nullptr ? std::nullopt : edgeNumbers(*edges, thing);
        return numbers ? std::optional(numbers->score) : std::nullopt;
    }
    return there ? patchValueOf(*there->result, PatchMethod::Exact, patchViewOf(workspace()), thing)
                 : std::nullopt;
}

QString PatchingPanel::offer(const Thing& thing) const {
    return siteOf(thing) ? tr("&Patch this") : QString();
}

void PatchingPanel::takeUp(const Thing& thing) {
    const auto site = siteOf(thing);
    if (!site)
        return;
    auto settings = answers().settings();
    settings.site = *site;
    answers().setSettings(settings);
    if (const auto* place = std::get_if<Position>(&thing))
        workspace().setPosition(place->at.value);
    else
        workspace().pin(thing);
}

QString PatchingPanel::numberText() const {
    const auto view = patchViewOf(workspace());
    if (ofEdges()) {
        const auto columns = answered();
        return columns.empty()
                   ? QString()
                   : tr("%1 score, %2")
                         .arg(methodTitle(view.estimate), patchUnit(*columns.front().result, {}));
    }
    for (const auto& column : answered())
        return tr("exact patching of %1, %2").arg(shownSite(), patchUnit(*column.result, view));
    return {};
}

void PatchingPanel::click(const Thing& thing) {
    if (const auto* place = std::get_if<Position>(&thing))
        workspace().setPosition(place->at.value);
    else
        workspace().pin(thing);
}

} // namespace residuum
