#include "analysis/removal/run_checkpoint.h"

#include "analysis/removal/trainer.h"
#include "core/checkpoint/json_text.h"
#include "core/json/strict_json.h"
#include "core/store/atomic_folder.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

namespace residuum {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr char stateFile[] = "run.json", momentsFile[] = "moments.bin";

Json identityJson(const RunIdentity& identity) {
    return {{"plan", Json::parse(identity.plan)}, {"weights_hash", identity.weightsHash},
            {"dataset", identity.datasetSha256},  {"dtype", identity.dtype},
            {"device", identity.device},          {"threads", identity.threads}};
}

constexpr std::array<std::pair<const char*, double StepRecord::*>, 7> columns{
    {{"loss", &StepRecord::loss},
     {"aux_loss", &StepRecord::auxLoss},
     {"grad_norm", &StepRecord::gradNorm},
     {"learning_rate", &StepRecord::learningRate},
     {"tokens_seen", &StepRecord::tokensSeen},
     {"largest_norm", &StepRecord::largestNorm},
     {"above_50_nats", &StepRecord::above50Nats}}};

Json recordJson(const RunRecord& record) {
    Json json;
    for (const auto& [name, number] : columns) {
        auto& values = json[name] = Json::array();
        for (const auto& step : record.steps)
            values.push_back(step.*number);
    }
    auto& sigma = json["sigma"] = Json::array();
    for (const auto& step : record.steps)
        sigma.push_back(step.sigma);
    auto& events = json["events"] = Json::array();
    for (const auto& event : record.events)
        events.push_back({event.step, static_cast<int>(event.site.kind), event.site.layer});
    auto& validations = json["validations"] = Json::array();
    for (const auto& each : record.validations)
        validations.push_back(Json::array({each.step, each.loss}));
    return json;
}

RunRecord recordOf(const nlohmann::json& json) {
    RunRecord record;
    record.steps.resize(json.at("loss").size());
    for (std::size_t i = 0; i < record.steps.size(); ++i) {
        for (const auto& [name, number] : columns)
            record.steps[i].*number = json.at(name).at(i).get<double>();
        record.steps[i].sigma = json.at("sigma").at(i).get<std::vector<double>>();
    }
    for (const auto& event : json.at("events"))
        record.events.push_back(
            {event.at(0).get<int>(),
             {static_cast<SiteKind>(event.at(1).get<int>()), event.at(2).get<int>()}});
    for (const auto& each : json.at("validations"))
        record.validations.push_back({each.at(0).get<int>(), each.at(1).get<double>()});
    return record;
}

void writeMoments(const AtomicFolder& folder, const AdamW& optimiser) {
    std::uint64_t bytes = 0;
    for (const auto& each : optimiser.moments())
        bytes += 2 * each.first.nbytes();
    FolderFile file(folder, momentsFile, bytes);
    for (const auto& each : optimiser.moments())
        for (const auto& moment : {each.first, each.second}) {
            const auto here = moment.cpu().contiguous();
            file.write(std::span(static_cast<const std::byte*>(here.data_ptr()), here.nbytes()));
        }
    file.finish();
}

void readMoments(const fs::path& path, AdamW& optimiser) {
    std::ifstream file(path, std::ios::binary);
    for (const auto& each : optimiser.moments())
        for (auto moment : {each.first, each.second}) {
            auto here = at::empty(moment.sizes(), moment.options().device(at::kCPU));
            file.read(static_cast<char*>(here.data_ptr()),
                      static_cast<std::streamsize>(here.nbytes()));
            moment.copy_(here);
        }
    if (!file || file.peek() != std::ifstream::traits_type::eof())
        throw Error(path.string(), "does not hold the optimiser's moments of this model");
}

/// What may be replaced: nothing but a checkpoint of a run.
void requireOwnCheckpoint(const fs::path& existing) {
    if (!fs::exists(existing / stateFile))
        throw Error(existing.string(), "is no checkpoint of a run, and is not replaced");
}

/// "schedule's start_qk (44, and 50 now)" of the first member that differs.
std::string difference(const nlohmann::json& before, const nlohmann::json& now,
                       const std::string& where) {
    for (const auto& [name, value] : before.items()) {
        if (now.contains(name) && now[name] == value)
            continue;
        const auto place = where.empty() ? name : where + "'s " + name;
        if (value.is_object() && now.contains(name) && now[name].is_object())
            return difference(value, now[name], name);
        return place + " (" + value.dump() + ", and " +
               (now.contains(name) ? now[name].dump() : "nothing") + " now)";
    }
    return where;
}

} // namespace

RunIdentity identityOf(const RunPlan& plan, const TrainingText& text, const ModelInfo& model) {
    return {planJson(plan),       model.weightsHash,    text.sha256, name(model.numeric.dtype),
            model.numeric.device, at::get_num_threads()};
}

std::uint64_t checkpointBytes(std::int64_t parameterBytes) {
    return 3 * static_cast<std::uint64_t>(parameterBytes);
}

void saveCheckpoint(const fs::path& path, Trainer& trainer, const RunIdentity& identity,
                    const TrainedFrom& from, Progress& progress) {
    const at::NoGradGuard noGrad;
    AtomicFolder folder(path, requireOwnCheckpoint);
    writeTrained(folder, trainer.parameters(), from, progress);
    writeMoments(folder, trainer.optimiser());
    FolderFile file(folder, stateFile);
    Json state;
    state["run"] = identityJson(identity);
    state["steps"] = trainer.stepsDone();
    state["sigma"] = trainer.sites().sigma();
    state["record"] = recordJson(trainer.record());
    file.write(jsonLine(state) + "\n");
    file.finish();
    folder.commit();
}

void requireSameRun(const fs::path& folder, const RunIdentity& identity) {
    const auto state = checkpoint::readObject(folder / stateFile, 1U << 30U);
    const nlohmann::json now = identityJson(identity);
    if (!state.contains("run") || !state["run"].is_object())
        throw Error((folder / stateFile).string(), "does not say of which run it is");
    if (state["run"] != now)
        throw Error(folder.string(),
                    "is of another run: its " + difference(state["run"], now, "") +
                        "; resume with what it began with, or begin a new run from this "
                        "checkpoint, which is a model, in another folder");
}

void loadCheckpoint(const fs::path& folder, Trainer& trainer) {
    const at::NoGradGuard noGrad;
    const auto state = checkpoint::readObject(folder / stateFile, 1U << 30U);
    try {
        readMoments(folder / momentsFile, trainer.optimiser());
        auto sites = trainer.sites(); // of the weights: those that are gone
        sites.restore(sites.normalization(), state.at("sigma").get<std::vector<double>>());
        trainer.restore(recordOf(state.at("record")), sites);
    } catch (const nlohmann::json::exception& error) {
        throw Error((folder / stateFile).string(), jsonProblem(error));
    }
}

} // namespace residuum
