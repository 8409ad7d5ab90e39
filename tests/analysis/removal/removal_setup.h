// Small models and runs for tests of training.
#pragma once

#include "analysis/removal/training_run.h"
#include "core/model/model.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace residuum::test {

inline std::shared_ptr<const Model> openAt(const std::filesystem::path& folder, DType dtype) {
    Progress progress;
    return Model::open({folder.string(), folder.filename().string(), folder}, {dtype, "cpu"},
                       progress);
}

/// Two layers, 17 tokens, context 16.
inline std::shared_ptr<const Model> smallModel(const std::filesystem::path& folder,
                                               DType dtype = DType::Float32) {
    if (!std::filesystem::exists(folder / "config.json"))
        writeSyntheticGpt2(folder, syntheticConfig(2, 2, 16, 17, 16), 4);
    return openAt(folder, dtype);
}

/// `count` random ids below 17, of which 16 ends a text.
inline std::filesystem::path randomIds(const std::filesystem::path& file, std::size_t count) {
    std::mt19937 random(9);
    std::ofstream out(file, std::ios::binary);
    for (std::size_t i = 0; i < count; ++i) {
        const auto id = static_cast<std::uint16_t>(random() % 17);
        out.write(reinterpret_cast<const char*>(&id), 2);
    }
    return file;
}

inline TrainingText readText(const std::filesystem::path& file, const TextReading& reading) {
    Progress progress;
    return readTrainingText(file, reading, progress);
}

/// Every site goes within 24 steps.
inline Schedule quickSchedule() {
    Schedule schedule;
    schedule.steps = 24;
    schedule.learningRate = 2e-3, schedule.minLearningRate = 1e-3;
    schedule.warmup = 2;
    schedule.startLn2 = 4, schedule.gapLn2 = 2;
    schedule.startQk = 8, schedule.gapQk = 2;
    schedule.startV = 12, schedule.gapV = 3;
    schedule.startLnf = 18;
    schedule.momentum = 0.5;
    return schedule;
}

struct JobIn : TrainingJob {
    std::filesystem::path folder;
};
inline TrainingOutcome run(const Model& model, const JobIn& job, const TrainingNews& news,
                           Progress& progress) {
    const RunFolder folder(job.folder, job.resume);
    return runTraining(model, job, folder, news, progress);
}

struct Told {
    std::vector<std::string> sentences;
    RunRecord record;

    /// stopAfter: steps after which `stop` is asked to stop; 0: never.
    TrainingNews news(std::stop_source* stop = nullptr, int stopAfter = 0) {
        return {[this](const std::string& sentence) { sentences.push_back(sentence); },
                [this, stop, stopAfter](const RunRecord& so, const TrainingSpeed&) {
                    record = so;
                    if (stop != nullptr && static_cast<int>(so.steps.size()) == stopAfter)
                        stop->request_stop();
                }};
    }
};

} // namespace residuum::test
