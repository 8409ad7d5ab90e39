#include "widgets/panels/comparison_panel.h"

#include "widgets/panels/comparison_figures.h"
#include "widgets/plots/colour_scale.h"

#include <cmath>

namespace residuum {

namespace {

constexpr std::array shownScores{HeadScore::SinkRate, HeadScore::PreviousToken,
                                 HeadScore::Induction, HeadScore::Duplicate, HeadScore::Entropy};

} // namespace

Figure ComparisonPanel::figure(FigureRequest& request) const {
    return request.view == ComparisonTable::view
               ? shownFigure<ComparisonTable>(workspace(), request)
               : ViewsPanel::figure(request);
}

std::optional<ThingNumbers> ComparisonPanel::inspect(const Thing& thing) const {
    const auto* head = std::get_if<Component>(&thing);
    if (head == nullptr || head->kind != ComponentKind::Head)
        return std::nullopt;
    ThingNumbers shown{{},
                       {tr("sinks"), tr("previous"), tr("induction"), tr("duplicate"),
                        tr("entropy<br><small>nats</small>")},
                       {},
                       {}};
    bool any = false;
    for (const auto& column : workspace().columns()) {
        auto& cells = shown.rows.emplace_back();
        const auto there = answered(column);
        for (const auto score : shownScores) {
            const auto* table =
                there ? &there->result->heads[static_cast<std::size_t>(score)] : nullptr;
            const bool has = table != nullptr && head->layer.value < table->rows() &&
                             head->head.value < table->cols();
            const double value = has ? (*table)(head->layer.value, head->head.value) : std::nan("");
            cells << (std::isnan(value) ? QStringLiteral("–") : threeDigits(value));
            any |= has;
        }
        if (there)
            shown.domain = tr("attention, means over queries; %1").arg(domainOf(*there->result));
    }
    return any ? std::optional(shown) : std::nullopt;
}

} // namespace residuum
