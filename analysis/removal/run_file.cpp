#include "analysis/removal/run_file.h"

#include "analysis/question/result_file.h"
#include "analysis/removal/site_states.h"
#include "core/json/strict_json.h"
#include "core/model/model_info_json.h"
#include "core/store/hdf5_writer.h"
#include "core/task/utc.h"

#include <nlohmann/json.hpp>

namespace residuum {

namespace {

void describe(Hdf5Writer& writer, const RunOrigin& origin) {
    writer.attribute("/", "format", std::string(resultFormat));
    writer.attribute("/", "schema_version", std::int64_t{resultSchemaVersion});
    writer.attribute("/", "kind", origin.kind);
    writer.attribute("/", "residuum_version", std::string(RESIDUUM_VERSION));
    writer.attribute("/", "created", utcNow());
    writer.attribute("/", "request", origin.request);
    writer.attribute("/", "key", origin.key);
    const auto& model = origin.model;
    const auto group = "/models/" + uniqueNames({model}).front();
    writer.group(group);
    writer.attribute(group, "source", model.source);
    writer.attribute(group, "weights_hash", model.weightsHash);
    writer.attribute(group, "normalization", model.normalization.summary());
    writer.attribute(group, "dtype", name(model.numeric.dtype));
    writer.attribute(group, "device", model.numeric.device);
    writer.attribute(group, "center_unembed", std::int64_t{0});
    writer.attribute(group, "model_index", std::int64_t{0});
    writer.attribute(group, "model_info", jsonLine(toJson(model)));
}

void writeSteps(Hdf5Writer& writer, const RunRecord& record, const RunOrigin& origin) {
    const auto type = storedNumber(origin.model.numeric);
    const auto step = writer.axis("/step", static_cast<std::int64_t>(record.steps.size()));
    const auto column = [&](const char* path, StoredNumber stored, double StepRecord::*number) {
        std::vector<double> values;
        for (const auto& each : record.steps)
            values.push_back(each.*number);
        writer.dataset(path, stored, {step}, values);
    };
    column("/loss", type, &StepRecord::loss);
    column("/aux_loss", type, &StepRecord::auxLoss);
    column("/grad_norm", type, &StepRecord::gradNorm);
    column("/learning_rate", type, &StepRecord::learningRate);
    column("/tokens_seen", StoredNumber::Float64, &StepRecord::tokensSeen); // beyond 32 bits
    column("/largest_norm", type, &StepRecord::largestNorm);
    column("/above_50_nats", StoredNumber::Int32, &StepRecord::above50Nats);
    if (origin.kind != "removal")
        return; // σ is of no use there
    const auto site = writer.axis("/site", sigmaColumns(origin.model.normalization.blocks.size()));
    std::vector<double> sigma;
    for (const auto& each : record.steps)
        sigma.insert(sigma.end(), each.sigma.begin(), each.sigma.end());
    writer.dataset("/sigma", type, {step, site}, sigma);
}

/// The column of `site` that a removed site's σ is in.
double columnOf(const RemovedSite& site, std::size_t layers) {
    if (site.kind == SiteKind::LnF)
        return 2.0 * static_cast<double>(layers);
    return 2.0 * site.layer + (site.kind == SiteKind::Ln2 ? 1.0 : 0.0);
}

void writeEvents(Hdf5Writer& writer, const RunRecord& record, std::size_t layers) {
    if (record.events.empty())
        return;
    const auto removal = writer.axis("/removal", static_cast<std::int64_t>(record.events.size()));
    const auto part = writer.axis("/event_part", std::vector<std::string>{"step", "site"});
    std::vector<double> rows;
    std::vector<std::string> names;
    for (const auto& event : record.events) {
        rows.push_back(event.step);
        rows.push_back(columnOf(event.site, layers));
        names.push_back(siteName(event.site));
    }
    writer.dataset("/event", StoredNumber::Int32, {removal, part}, rows);
    writer.strings("/event_site", {removal}, names);
}

void writeValidations(Hdf5Writer& writer, const RunRecord& record, const RunOrigin& origin) {
    if (record.validations.empty())
        return;
    std::vector<std::int32_t> steps;
    std::vector<double> losses;
    for (const auto& each : record.validations) {
        steps.push_back(each.step);
        losses.push_back(each.loss);
    }
    const auto step = writer.axis("/validation_step", steps);
    writer.dataset("/validation_loss", storedNumber(origin.model.numeric), {step}, losses);
}

} // namespace

void writeRunFile(const std::filesystem::path& file, const RunOrigin& origin,
                  const RunRecord& record) {
    Hdf5Writer writer(file);
    describe(writer, origin);
    if (!record.steps.empty())
        writeSteps(writer, record, origin);
    writeEvents(writer, record, origin.model.normalization.blocks.size());
    writeValidations(writer, record, origin);
    writer.commit();
}

} // namespace residuum
