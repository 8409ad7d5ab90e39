#include "app/questions.h"

#include "analysis/attribution/dla_analysis.h"
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/patching/patch_analysis.h"
#include "app/cli/question_command.h"

namespace residuum {

namespace {

template <Question Q>
QuestionEntry entry() {
    return {Q::kind, addQuestionCommand<Q>};
}

} // namespace

std::vector<QuestionEntry> questions() {
    return {entry<DlaAnalysis>(), entry<PatchAnalysis>(), entry<NeuronAnalysis>()};
}

} // namespace residuum
