#include "analysis/question/result_reader.h"

#include "analysis/question/result_file.h"
#include "analysis/question/row_groups.h"
#include "core/model/model_info_json.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
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

ResultReader::ResultReader(const std::filesystem::path& file, FileOrigin origin)
    : path_(file), file_(file, origin) {
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

void ResultReader::requireShape(const std::string& dataset,
                                const std::vector<std::int64_t>& shape) const {
    if (const auto found = file_.shape(dataset); found != shape)
        refuse(dataset, "has the shape " + shapeText(found) + " instead of " + shapeText(shape));
}

std::vector<double> ResultReader::numbers(const std::string& dataset,
                                          const std::vector<std::int64_t>& shape) const {
    requireShape(dataset, shape);
    return file_.numbers(dataset).values;
}

std::vector<std::int64_t> ResultReader::tokenShape(const std::string& name) const {
    constexpr std::int64_t most = std::int64_t{1} << 28; // places, padding included
    auto shape = file_.shape("/" + name);
    if (shape.size() != 2)
        refuse("/" + name, "must have the axes sample and pos");
    if (shape[0] > most || shape[1] > most / std::max<std::int64_t>(1, shape[0]))
        refuse("/" + name, "claims more sequences than can be read");
    return shape;
}

/// Files of older versions carry no report; their model is known by its attributes alone.
ModelInfo ResultReader::describeFromAttributes(const std::string& group) const {
    ModelInfo info;
    info.name = group.substr(group.rfind('/') + 1);
    info.source = file_.textAttribute(group, "source");
    info.weightsHash = file_.textAttribute(group, "weights_hash");
    const auto normalization = file_.textAttribute(group, "normalization");
    const auto known = normalizationSummaries();
    if (std::find(known.begin(), known.end(), normalization) == known.end())
        refuse(group,
               "names the normalisation \"" + oneLine(normalization, 60) + "\", which is unknown");
    info.normalization.summaryOnly = normalization;
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
    const auto ids = "/" + name, texts = "/" + textsOf(name), next = "/" + name + "_following";
    const auto shape = tokenShape(name);
    if (file_.shape(texts) != shape)
        refuse(texts, "must have a text for every token");
    std::vector<double> following(static_cast<std::size_t>(shape[0]), -1.0);
    if (file_.contains(next))
        following = numbers(next, {shape[0]});
    StoredTokens stored;
    for (std::int64_t first = 0; first < shape[0]; first += rowsAtOnce) {
        const std::vector<std::int64_t> count{std::min(rowsAtOnce, shape[0] - first), shape[1]};
        const auto values = file_.numbers(ids, {first, 0}, count);
        const auto words = file_.strings(texts, {first, 0}, count);
        const auto width = static_cast<std::size_t>(shape[1]);
        for (std::size_t s = 0; s < static_cast<std::size_t>(count[0]); ++s) {
            auto& sequence = stored.input.sequences.emplace_back();
            auto& written = stored.texts.emplace_back();
            for (std::size_t at = s * width; at < (s + 1) * width && values[at] >= 0.0; ++at) {
                if (values[at] > std::numeric_limits<std::int32_t>::max())
                    refuse(ids, "names a token that no vocabulary has");
                sequence.tokens.emplace_back(static_cast<std::int64_t>(values[at]));
                written.push_back(words[at]);
            }
            if (const double token = following[static_cast<std::size_t>(first) + s];
                token >= 0.0 && token <= std::numeric_limits<std::int32_t>::max())
                sequence.following = TokenId(static_cast<std::int64_t>(token));
        }
    }
    return stored;
}

} // namespace residuum
