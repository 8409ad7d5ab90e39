#include "app/questions.h"

#include "analysis/attribution/dla_analysis.h"
#include "analysis/comparison/comparison_analysis.h"
#include "analysis/generation/generation_analysis.h"
#include "analysis/groups/groups_analysis.h"
#include "analysis/lens/lens_analysis.h"
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/patching/patch_analysis.h"
#include "app/question_entry.h"
#ifdef RESIDUUM_GUI
#include "app/window_entry.h"
#include "widgets/panels/attribution_panel.h"
#include "widgets/panels/comparison_panel.h"
#include "widgets/panels/generation_views.h"
#include "widgets/panels/groups_board.h"
#include "widgets/panels/groups_views.h"
#include "widgets/panels/lens_panel.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_panel.h"
#endif
#include "core/task/error.h"

namespace residuum {

namespace {

/// The panel's view, and those with a locked scale of their own. A build without figures shows
/// none.
void checkViews([[maybe_unused]] const Session& session,
                [[maybe_unused]] const QuestionEntry& question) {
#ifdef RESIDUUM_GUI
    QStringList known;
    for (const auto& view : question.figures().views)
        known << view.name;
    for (const auto& [name, shown] : session.panels)
        if ((name == question.panel || name.starts_with(question.panel + '/')) &&
            !shown.view.empty() && !known.contains(QString::fromStdString(shown.view)))
            throw Error(session.file.string(),
                        "shows \"" + oneLine(shown.view, 60) + "\" in the panel " + question.panel +
                            ", which has " + known.join(QStringLiteral(", ")).toStdString());
#endif
}

} // namespace

void checkSession(const Session& session, const Questions& questions) {
    for (const auto& question : questions) {
        question.checkSession(session);
        checkViews(session, question);
    }
}

Questions questions() {
#ifdef RESIDUUM_GUI
    return {
        entryOf<DlaAnalysis, AttributionBoard, AttributionPanel>([] { return attributionKind(); }),
        entryOf<PatchAnalysis, PatchingBoard, PatchingPanel>(patchingKind),
        entryOf<NeuronAnalysis, NeuronBoard, NeuronPanel>([] { return neuronKind(); }),
        entryOf<ComparisonAnalysis, ComparisonBoard, ComparisonPanel>(comparisonKind),
        entryOf<LensAnalysis, LensBoard, LensPanel>(lensKind),
        entryOf<GenerationAnalysis, Board<GenerationAnalysis>, GenerationPanel>(generationKind),
        entryOf<GroupsAnalysis, GroupsBoard, GroupsPanel>(groupsKind)};
#else
    return {entryOf<DlaAnalysis>(),        entryOf<PatchAnalysis>(), entryOf<NeuronAnalysis>(),
            entryOf<ComparisonAnalysis>(), entryOf<LensAnalysis>(),  entryOf<GenerationAnalysis>(),
            entryOf<GroupsAnalysis>()};
#endif
}

} // namespace residuum
