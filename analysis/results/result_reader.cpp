#include "analysis/results/result_reader.h"

#include "analysis/results/result_file.h"
#include "core/model/model_info_json.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace residuum {

namespace {

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const auto extent : shape)
        text += (text.empty() ? "" : " × ") + std::to_string(extent);
    return "[" + text + "]";
}

std::int64_t wholeAttribute(const Hdf5Reader& file, const std::string& object,
                            const std::string& name, std::int64_t missing) {
    if (!file.hasAttribute(object, name))
        return missing;
    const auto values = file.numberAttribute(object, name);
    return values.size() == 1 && std::abs(values[0]) < 1e15 ? static_cast<std::int64_t>(values[0])
                                                            : missing;
}

} // namespace

ResultReader::ResultReader(const std::filesystem::path& file) : path_(file), file_(file) {
    if (!file_.hasAttribute("/", "format") || file_.textAttribute("/", "format") != resultFormat)
        throw Error(file.string(), "is HDF5, but no result of this program (its attribute format "
                                   "is not residuum-result)");
    const auto schema = wholeAttribute(file_, "/", "schema_version", -1);
    if (schema < 1 || schema > resultSchemaVersion)
        throw Error(file.string(), "has schema_version " + std::to_string(schema) +
                                       ", but this program reads up to " +
                                       std::to_string(resultSchemaVersion) +
                                       "; open it with the version that wrote it, or a newer one");
    kind_ = file_.textAttribute("/", "kind");
    created_ = file_.textAttribute("/", "created");
    version_ = file_.textAttribute("/", "residuum_version");
    request_ = file_.textAttribute("/", "request");
    key_ = file_.textAttribute("/", "key");
    findModels();
}

void ResultReader::findModels() {
    if (!file_.contains("/models"))
        refuse("/models", "is missing");
    // Links are listed by name; the order in which the models were named is an attribute.
    std::multimap<std::int64_t, std::string> ordered;
    for (const auto& name : file_.children("/models")) {
        const auto group = "/models/" + name;
        ordered.emplace(
            wholeAttribute(file_, group, "model_index", static_cast<std::int64_t>(ordered.size())),
            group);
    }
    // Files of older versions carry no index; their request names the models in order.
    const auto request = nlohmann::json::parse(request_, nullptr, false);
    const bool indexed =
        !ordered.empty() && file_.hasAttribute(ordered.begin()->second, "model_index");
    if (!indexed && request.is_object() && request.contains("models") &&
        request["models"].is_array()) {
        const auto placeOf = [&](const std::string& group) {
            const auto source = file_.textAttribute(group, "source");
            const auto& named = request["models"];
            return std::find(named.begin(), named.end(), source) - named.begin();
        };
        for (const auto& [index, group] : ordered)
            groups_.push_back(group);
        std::stable_sort(groups_.begin(), groups_.end(),
                         [&](const auto& a, const auto& b) { return placeOf(a) < placeOf(b); });
        return;
    }
    for (const auto& [index, group] : ordered)
        groups_.push_back(group);
}

void ResultReader::refuse(const std::string& object, const std::string& problem) const {
    throw Error(path_.string(), object + " " + problem +
                                    "; the file is damaged or was changed after it was written");
}

std::vector<double> ResultReader::numbers(const std::string& dataset,
                                          const std::vector<std::int64_t>& shape) const {
    auto array = file_.numbers(dataset);
    if (array.shape != shape)
        refuse(dataset,
               "has the shape " + shapeText(array.shape) + " instead of " + shapeText(shape));
    return std::move(array.values);
}

/// Files of older versions carry no report; their model is known by its attributes alone.
ModelInfo ResultReader::describeFromAttributes(const std::string& group) const {
    ModelInfo info;
    info.name = group.substr(group.rfind('/') + 1);
    info.source = file_.textAttribute(group, "source");
    info.weightsHash = file_.textAttribute(group, "weights_hash");
    info.normalization.summaryOnly = file_.textAttribute(group, "normalization");
    return info;
}

ModelInfo ResultReader::model(std::size_t i) const {
    const auto& group = modelGroup(i);
    auto info = file_.hasAttribute(group, "model_info")
                    ? modelInfoFromJson(file_.textAttribute(group, "model_info"), path_)
                    : describeFromAttributes(group);
    info.numeric.dtype = parseDType(file_.textAttribute(group, "dtype"));
    info.numeric.device = file_.textAttribute(group, "device");
    return info;
}

StoredTokens ResultReader::tokens(const std::string& name) const {
    const auto ids = file_.numbers("/" + name);
    if (ids.shape.size() != 2)
        refuse("/" + name, "must have the axes sample and pos");
    const auto samples = static_cast<std::size_t>(ids.shape[0]);
    const auto width = static_cast<std::size_t>(ids.shape[1]);
    const auto texts = file_.strings("/" + textsOf(name));
    if (texts.size() != ids.values.size())
        refuse("/" + textsOf(name), "must have a text for every token");
    std::vector<double> following(samples, -1.0);
    if (file_.contains("/" + name + "_following"))
        following = numbers("/" + name + "_following", {ids.shape[0]});
    StoredTokens stored;
    for (std::size_t s = 0; s < samples; ++s) {
        auto& sequence = stored.input.sequences.emplace_back();
        auto& words = stored.texts.emplace_back();
        for (std::size_t p = 0; p < width && ids.values[s * width + p] >= 0.0; ++p) {
            sequence.tokens.emplace_back(static_cast<std::int64_t>(ids.values[s * width + p]));
            words.push_back(texts[s * width + p]);
        }
        if (following[s] >= 0.0)
            sequence.following = TokenId(static_cast<std::int64_t>(following[s]));
    }
    return stored;
}

} // namespace residuum
