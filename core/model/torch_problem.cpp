#include "core/model/torch_problem.h"

namespace residuum {

std::string torchProblem(const c10::Error& error) {
    const std::string message = error.what_without_backtrace();
    for (const auto* lack : {"out of memory", "allocate memory", "not enough memory"})
        if (message.find(lack) != std::string::npos)
            return "needs more memory than there is; use a shorter input, fewer activations or a "
                   "smaller dtype";
    return "LibTorch cannot compute this with these numbers on this device; try --device cpu and "
           "--dtype float32";
}

} // namespace residuum
