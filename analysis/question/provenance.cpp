#include "analysis/question/provenance.h"

#include "analysis/question/result_reader.h"

#include <nlohmann/json.hpp>

namespace residuum {

ModelProvenance provenanceOf(const ModelInfo& model) {
    return {model.name,
            model.source,
            model.weightsHash,
            model.normalization.label(),
            name(model.numeric.dtype),
            model.numeric.device,
            {},
            {}};
}

Provenance provenanceOf(const ResultReader& reader) {
    Provenance provenance;
    provenance.kind = reader.kind();
    provenance.created = reader.created();
    provenance.version = reader.version();
    provenance.request = reader.request();
    provenance.key = reader.key();
    for (std::size_t i = 0; i < reader.modelCount(); ++i)
        provenance.models.push_back(provenanceOf(reader.model(i)));
    return provenance;
}

std::string toJson(const Provenance& provenance) {
    nlohmann::ordered_json json;
    json["program"] = "residuum " + provenance.version;
    json["kind"] = provenance.kind;
    json["created"] = provenance.created;
    json["key"] = provenance.key;
    for (const auto& model : provenance.models) {
        nlohmann::ordered_json entry{{"name", model.name},
                                     {"source", model.source},
                                     {"weights_hash", model.weightsHash},
                                     {"normalization", model.normalization},
                                     {"dtype", model.dtype},
                                     {"device", model.device}};
        if (!model.created.empty())
            entry["created"] = model.created;
        if (!model.file.empty())
            entry["file"] = model.file;
        json["models"].push_back(std::move(entry));
    }
    const auto request = nlohmann::ordered_json::parse(provenance.request, nullptr, false);
    json["request"] = request.is_discarded() ? nlohmann::ordered_json() : request;
    json["commands"] = provenance.commands;
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace residuum
