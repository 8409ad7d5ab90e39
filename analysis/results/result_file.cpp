#include "analysis/results/result_file.h"

#include <nlohmann/json.hpp>
#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <set>

namespace residuum {

namespace {

std::string utcNow() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

std::size_t longest(const TokenInput& input) {
    std::size_t length = 0;
    for (const auto& sequence : input.sequences)
        length = std::max(length, sequence.tokens.size());
    return length;
}

/// Equal requests by other paths to the same weights have the same key.
nlohmann::ordered_json keyParts(const ResultOrigin& origin) {
    auto request = nlohmann::ordered_json::parse(origin.request);
    request.erase("models");
    request.erase("input");
    nlohmann::ordered_json parts;
    parts["kind"] = origin.kind;
    parts["analysis_version"] = origin.analysisVersion;
    parts["schema_version"] = resultSchemaVersion;
    parts["request"] = std::move(request);
    for (const auto& model : origin.models)
        parts["models"].push_back(
            {model.weightsHash, name(model.numeric.dtype), model.numeric.device});
    return parts;
}

} // namespace

StoredNumber storedNumber(const NumericSettings& numeric) {
    return numeric.dtype == DType::Float64 ? StoredNumber::Float64 : StoredNumber::Float32;
}

std::vector<std::string> uniqueNames(const std::vector<ModelInfo>& models) {
    std::set<std::string> taken;
    std::vector<std::string> names;
    for (const auto& model : models) {
        auto base = model.name;
        std::replace(base.begin(), base.end(), '/', '-');
        if (base.empty() || base == "." || base == "..")
            base = "model";
        auto unique = base;
        for (int n = 2; !taken.insert(unique).second; ++n)
            unique = base + "-" + std::to_string(n);
        names.push_back(unique);
    }
    return names;
}

std::string resultKey(const ResultOrigin& origin, const TokenInput& input) {
    XXH3_state_t* state = XXH3_createState();
    XXH3_128bits_reset(state);
    const auto add = [&](const void* data, std::size_t size) {
        XXH3_128bits_update(state, data, size);
    };
    const auto parts = keyParts(origin).dump();
    add(parts.data(), parts.size());
    for (const auto& sequence : input.sequences) {
        const std::int64_t marks[2] = {static_cast<std::int64_t>(sequence.tokens.size()),
                                       sequence.following ? sequence.following->value : -1};
        add(marks, sizeof marks);
        add(sequence.tokens.data(), sequence.tokens.size() * sizeof(TokenId));
    }
    const auto digest = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    char text[33];
    std::snprintf(text, sizeof text, "%016llx%016llx",
                  static_cast<unsigned long long>(digest.high64),
                  static_cast<unsigned long long>(digest.low64));
    return text;
}

ResultFile::ResultFile(const std::filesystem::path& target, const ResultOrigin& origin,
                       const TokenInput& input, const Tokenizer* tokenizer)
    : writer_(target) {
    writer_.attribute("/", "format", std::string("residuum-result"));
    writer_.attribute("/", "schema_version", std::int64_t{resultSchemaVersion});
    writer_.attribute("/", "kind", origin.kind);
    writer_.attribute("/", "residuum_version", std::string(RESIDUUM_VERSION));
    writer_.attribute("/", "created", utcNow());
    writer_.attribute("/", "request", origin.request);
    writer_.attribute("/", "key", resultKey(origin, input));
    sample_ = writer_.axis("/sample", static_cast<std::int64_t>(input.sequences.size()));
    pos_ = writer_.axis("/pos", static_cast<std::int64_t>(longest(input)));
    writeTokens(input, tokenizer);
    const auto names = uniqueNames(origin.models);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& model = origin.models[i];
        const auto& group = groups_.emplace_back("/models/" + names[i]);
        writer_.group(group);
        writer_.attribute(group, "source", model.source);
        writer_.attribute(group, "weights_hash", model.weightsHash);
        writer_.attribute(group, "normalization", model.normalization.summary());
        writer_.attribute(group, "dtype", name(model.numeric.dtype));
        writer_.attribute(group, "device", model.numeric.device);
        writer_.attribute(group, "center_unembed", std::int64_t{origin.centerUnembed});
    }
}

void ResultFile::writeTokens(const TokenInput& input, const Tokenizer* tokenizer) {
    const auto width = longest(input);
    std::vector<std::int32_t> ids(input.sequences.size() * width, -1);
    std::vector<std::string> texts(ids.size());
    for (std::size_t s = 0; s < input.sequences.size(); ++s) {
        const auto& tokens = input.sequences[s].tokens;
        for (std::size_t p = 0; p < tokens.size(); ++p) {
            ids[s * width + p] = tokens[p].value;
            texts[s * width + p] = tokenizer != nullptr && static_cast<std::size_t>(
                                                               tokens[p].value) < tokenizer->size()
                                       ? tokenizer->text(tokens[p])
                                       : "#" + std::to_string(tokens[p].value);
        }
    }
    writer_.create("/tokens", StoredNumber::Int32, {sample_, pos_});
    writer_.write(
        "/tokens", {0, 0},
        {static_cast<std::int64_t>(input.sequences.size()), static_cast<std::int64_t>(width)},
        std::span<const std::int32_t>(ids));
    writer_.strings("/token_text", {sample_, pos_}, texts);
}

} // namespace residuum
