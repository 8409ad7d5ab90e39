// What the patching panel shows of edges; the rest of it is in patching_panel.cpp.
#include "widgets/panels/patching_panel.h"
#include "widgets/panels/settings_bar.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/graph_view.h"

#include <QComboBox>
#include <QSignalBlocker>

#include <cmath>

namespace residuum {

GraphView* PatchingPanel::graph(int column) const {
    return maps_->plot<GraphView>(Graph, column);
}

ChartView* PatchingPanel::chart(const QString& view) const {
    for (auto* page : charts_)
        if (page->view() == view)
            return page->plot<ChartView>(page->firstPlot(), 0);
    return nullptr;
}

void PatchingPanel::showMode() {
    const QSignalBlocker untilRebuilt(details()); // rows come and go
    showsEdges_ = ofEdges();
    for (const int row : {UpperTitle, Exact, LowerTitle, Lower})
        maps_->setHidden(row, showsEdges_);
    for (const int row : {GraphTitle, Graph})
        maps_->setHidden(row, !showsEdges_);
    scatters_->setView(0, showsEdges_ ? QString(EdgeViews::checked)
                                      : QString(PatchingViews::agreement));
    for (auto* page : charts_) {
        page->setHidden(0, !showsEdges_);
        details()->setTabVisible(details()->indexOf(page), showsEdges_);
    }
    details()->setCurrentWidget(showsEdges_ ? charts_.front() : scatters_);
    lower_->setEnabled(!showsEdges_);
    settings_->control("top_edges")->setVisible(showsEdges_);
}

std::optional<ThingNumbers> PatchingPanel::inspectEdge(const Thing& thing) const {
    const auto method = answers().settings().estimate;
    ThingNumbers shown{{}, {methodTitle(method), tr("exact"), tr("difference")}, {}, {}};
    bool any = false;
    for (const auto& column : workspace().columns()) {
        const auto there = answered(column);
        const auto* edges = there ? edgesOf(*there->result, method) : nullptr;
        const auto numbers = edges == nullptr ? std::nullopt : edgeNumbers(*edges, thing);
        const auto text = [&](double value) {
            return numbers && !std::isnan(value) ? threeDigits(value) : QStringLiteral("–");
        };
        const auto known = numbers.value_or(EdgeNumbers{});
        shown.rows.push_back(
            {text(known.score), text(known.exact), text(known.score - known.exact)});
        any |= numbers.has_value();
        if (numbers)
            shown.domain =
                tr("%1; %2").arg(QString::fromStdString(unitOf(there->result->request.metric)),
                                 patchConventions(there->result->request));
    }
    return any ? std::optional(std::move(shown)) : std::nullopt;
}

} // namespace residuum
