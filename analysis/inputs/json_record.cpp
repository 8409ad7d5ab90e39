#include "analysis/inputs/json_record.h"

#include "core/task/error.h"

#include <nlohmann/json.hpp>

namespace residuum {

std::string recordText(const std::string& line, const std::string& where) {
    const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("text") || !json["text"].is_string())
        throw Error(where, "one JSON object with `text` is expected");
    return json["text"].get<std::string>();
}

std::vector<TokenId> recordIds(const nlohmann::json& array, const std::string& where, int d_vocab) {
    std::vector<TokenId> ids;
    for (const auto& id : array) {
        // is_number_integer is true for unsigned numbers beyond int64, which get<> would wrap.
        if (!id.is_number_integer() || id < 0 || id >= d_vocab)
            throw Error(where, "input_ids holds " + id.dump() + "; whole numbers from 0 to " +
                                   std::to_string(d_vocab - 1) + " are expected");
        ids.emplace_back(id.get<std::int64_t>());
    }
    return ids;
}

} // namespace residuum
