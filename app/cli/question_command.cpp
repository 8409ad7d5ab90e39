#include "app/cli/question_command.h"

#include "core/task/error.h"
#include "core/task/wording.h"

namespace residuum {

int placeOf(const std::string& wanted, const OpenedModels& opened) {
    const auto names = uniqueNames(opened.infos());
    std::string known;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (wanted == names[i] || wanted == opened.models[i]->info().source)
            return static_cast<int>(i);
        known += (i == 0 ? "" : ", ") + names[i];
    }
    throw UsageError("--chosen-on " + wanted, "is none of the models: " + known);
}

std::string memoryWarning(const Model& model, const Cost& cost, const std::string& memory) {
    return model.info().name + ": --memory " + memory + " is less than " + cost.least +
           " takes; up to " + bytesText(cost.bytes) + " were used";
}

} // namespace residuum
