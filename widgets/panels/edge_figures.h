// What edges show, as data: graphs, ranked rows, estimates against exact effects, faithfulness. No
// widgets.
#pragma once

#include "analysis/patching/agreement.h"
#include "analysis/patching/patch_result.h"
#include "widgets/panels/figure_source.h"
#include "widgets/plots/chart_data.h"
#include "widgets/plots/graph_data.h"
#include "widgets/plots/scatter_data.h"

#include <QString>

#include <optional>
#include <vector>

namespace residuum {

using PatchColumn = NamedResult<PatchResult>;

/// Which edges are looked at.
struct EdgeView {
    PatchMethod method = PatchMethod::Eap;
    int top = 20; ///< so many of them, by |score|

    friend bool operator==(const EdgeView&, const EdgeView&) = default;
};

bool isOfEdges(PatchMethod method);

/// Null: the result has no scores by the method.
const EdgeGrid* edgesOf(const PatchResult& result, PatchMethod method);

/// What is known of an edge in one model.
struct EdgeNumbers {
    double score = 0.0;
    double exact = unknownValue; ///< NaN: it was not patched
};
std::optional<EdgeNumbers> edgeNumbers(const EdgeGrid& edges, const Thing& thing);

/// Each model's best edges from the bottom to the top, of the same places in every model.
std::vector<GraphData> edgeGraphs(const std::vector<PatchColumn>& columns, const EdgeView& view);
/// The best edges of all models, by the score of largest magnitude over them: scores filled, exact
/// effects hollow.
ChartData edgeRanking(const std::vector<PatchColumn>& columns, const EdgeView& view);
/// A point per edge that was patched exactly.
ScatterData edgeScatter(const PatchResult& result, const EdgeGrid& edges);
/// Faithfulness over the number of edges kept, with the band of random circuits.
ChartData faithfulnessChart(const std::vector<PatchColumn>& columns, PatchMethod method);

/// "mean of 480 pairs", "" of one pair.
QString pairsText(const EdgeGrid& edges);
/// "20 of 6,301 edges".
QString checkedText(const EdgeGrid& edges);
/// What the models say together: agreement and faithfulness, in a sentence.
QString edgesVerdict(const std::vector<PatchColumn>& columns, PatchMethod method);

} // namespace residuum
