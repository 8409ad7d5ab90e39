#include "analysis/removal/run_plan.h"

#include "core/json/strict_json.h"

namespace residuum {

std::string planJson(const RunPlan& plan) {
    nlohmann::ordered_json json;
    json["schedule"] = nlohmann::ordered_json::parse(scheduleJson(plan.schedule));
    if (plan.purpose == RunPurpose::FromScratch)
        json["from_scratch"] = true;
    else
        json["vanilla"] = plan.purpose == RunPurpose::Vanilla;
    json["batch"] = plan.batch;
    json["accumulate"] = plan.accumulate;
    json["length"] = plan.length;
    json["order"] = plan.shuffled ? "shuffled" : "file";
    json["seed"] = plan.seed;
    return jsonLine(json);
}

} // namespace residuum
