#include "app/questions.h"

#include "analysis/attribution/dla_analysis.h"
#include "analysis/generation/generation_analysis.h"
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/patching/patch_analysis.h"
#include "app/question_entry.h"
#ifdef RESIDUUM_GUI
#include "app/window_entry.h"
#include "widgets/panels/attribution_panel.h"
#include "widgets/panels/generation_views.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_panel.h"
#endif

namespace residuum {

Questions questions() {
#ifdef RESIDUUM_GUI
    return {
        entryOf<DlaAnalysis, AttributionBoard, AttributionPanel>(attributionKind),
        entryOf<PatchAnalysis, PatchingBoard, PatchingPanel>(patchingKind),
        entryOf<NeuronAnalysis, NeuronBoard, NeuronPanel>(neuronKind),
        entryOf<GenerationAnalysis, Board<GenerationAnalysis>, GenerationPanel>(generationKind)};
#else
    return {entryOf<DlaAnalysis>(), entryOf<PatchAnalysis>(), entryOf<NeuronAnalysis>(),
            entryOf<GenerationAnalysis>()};
#endif
}

} // namespace residuum
