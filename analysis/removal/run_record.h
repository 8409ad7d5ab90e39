// What a run tells of every step. Torch-free.
#pragma once

#include "analysis/removal/schedule.h"

#include <cstdint>
#include <string>
#include <vector>

namespace residuum {

/// Losses are plain means over the step's micro-batches.
struct StepRecord {
    double loss = 0.0;     ///< cross-entropy alone, nats
    double auxLoss = 0.0;  ///< without its weight; told of the control too
    double gradNorm = 0.0; ///< before clipping
    double learningRate = 0.0;
    double tokensSeen = 0.0;     ///< up to this step
    double largestNorm = 0.0;    ///< of ln_f's input, over the step's tokens
    double above50Nats = 0.0;    ///< scored tokens with a loss above 50
    std::vector<double> sigma{}; ///< by column, after the step
};

struct RunRecord {
    struct Event {
        int step = 0;
        RemovedSite site;
    };
    struct Validation {
        int step = 0; ///< after that many updates
        double loss = 0.0;
    };
    std::vector<StepRecord> steps;
    std::vector<Event> events;
    std::vector<Validation> validations;
};

} // namespace residuum
