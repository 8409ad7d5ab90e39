#include "analysis/question/result_file.h"

#include "core/json/strict_json.h"
#include "core/model/model_info_json.h"
#include "core/task/error.h"
#include "core/task/utc.h"

#include <nlohmann/json.hpp>
#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <set>

namespace residuum {

namespace {

nlohmann::ordered_json numericJson(const ModelInfo& model) {
    return {{"dtype", name(model.numeric.dtype)}, {"device", model.numeric.device}};
}

nlohmann::ordered_json keyParts(const ResultOrigin& origin) {
    nlohmann::ordered_json parts;
    parts["kind"] = origin.kind;
    parts["analysis_version"] = origin.analysisVersion;
    parts["schema_version"] = keySchemaVersion;
    parts["settings"] = nlohmann::ordered_json::parse(origin.settings);
    for (const auto& member : origin.outsideKey)
        parts["settings"].erase(member);
    for (const auto& model : origin.models) {
        parts["models"].push_back({model.weightsHash, numericJson(model)});
        if (origin.readsTokenizer)
            parts["models"].back().push_back(model.tokenizerFingerprint);
    }
    return parts;
}

} // namespace

StoredNumber storedNumber(const NumericSettings& numeric) {
    return numeric.dtype == DType::Float64 ? StoredNumber::Float64 : StoredNumber::Float32;
}

double asStored(double value, const NumericSettings& numeric) {
    return storedNumber(numeric) == StoredNumber::Float64 ? value : static_cast<float>(value);
}

std::string textsOf(const std::string& tokensName) {
    return tokensName == "tokens" ? "token_text" : tokensName + "_text";
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

std::string requestText(const ResultOrigin& origin) {
    nlohmann::ordered_json request{{"kind", origin.kind}};
    for (const auto& model : origin.models)
        request["models"].push_back(model.anywhere.empty() ? model.source : model.anywhere);
    if (const auto& folder = origin.models.front().tokenizerFolder; !folder.empty())
        request["tokenizer"] = folder;
    request["input"] = nlohmann::ordered_json::parse(origin.input);
    request[origin.kind] = nlohmann::ordered_json::parse(origin.settings);
    request["numeric"] = numericJson(origin.models.front());
    return jsonLine(request);
}

std::string resultKey(const ResultOrigin& origin, const ResultTokens& tokens) {
    XXH3_state_t* state = XXH3_createState();
    XXH3_128bits_reset(state);
    const auto add = [&](const void* data, std::size_t size) {
        XXH3_128bits_update(state, data, size);
    };
    const auto parts = jsonLine(keyParts(origin));
    add(parts.data(), parts.size());
    for (const auto& [name, input] : tokens) {
        add(name.c_str(), name.size() + 1);
        for (const auto& sequence : input->sequences) {
            const std::int64_t marks[2] = {static_cast<std::int64_t>(sequence.tokens.size()),
                                           sequence.following ? sequence.following->value : -1};
            add(marks, sizeof marks);
            add(sequence.tokens.data(), sequence.tokens.size() * sizeof(TokenId));
            if (const auto& answers = sequence.answers) {
                const TokenId own[2] = {answers->correct, answers->incorrect};
                add(own, sizeof own);
            }
        }
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
                       const ResultTokens& tokens, const Tokenizer* tokenizer,
                       std::uint64_t expectedBytes)
    : writer_(target, expectedBytes), tokenizer_(tokenizer),
      samples_(static_cast<std::int64_t>(tokens.front().second->sequences.size())) {
    writer_.attribute("/", "format", std::string(resultFormat));
    writer_.attribute("/", "schema_version", std::int64_t{resultSchemaVersion});
    writer_.attribute("/", "kind", origin.kind);
    writer_.attribute("/", "residuum_version", std::string(RESIDUUM_VERSION));
    writer_.attribute("/", "created", utcNow());
    writer_.attribute("/", "request", requestText(origin));
    writer_.attribute("/", "key", resultKey(origin, tokens));
    for (const auto& [name, input] : tokens)
        width_ = std::max(width_, longestSequence(*input));
    sample_ = writer_.axis("/sample", samples_);
    pos_ = writer_.axis("/pos", width_);
    for (const auto& [name, input] : tokens)
        writeTokens(name, *input);
    writeModels(origin);
}

void ResultFile::writeModels(const ResultOrigin& origin) {
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
        writer_.attribute(group, "model_index", static_cast<std::int64_t>(i));
        writer_.attribute(group, "model_info", jsonLine(toJson(model)));
    }
}

std::string ResultFile::tokenText(TokenId token) const {
    return tokenizer_ != nullptr ? tokenizer_->text(token) : "#" + std::to_string(token.value);
}

void ResultFile::describeInput(const InputAccount& account) {
    const auto numbers = [&](const std::string& path, const AxisRef& axis,
                             const std::vector<std::int64_t>& lines) {
        writer_.dataset(path, StoredNumber::Int32, {axis},
                        std::vector<double>(lines.begin(), lines.end()));
    };
    if (!account.sourceLines.empty())
        numbers("/source_line", sample_, account.sourceLines);
    if (account.leftOut.empty())
        return;
    std::vector<std::int64_t> lines;
    std::vector<std::string> reasons;
    for (const auto& each : account.leftOut) {
        lines.push_back(each.line);
        reasons.push_back(oneLine(each.reason, 1000));
    }
    const auto record =
        writer_.axis("/left_out/record", static_cast<std::int64_t>(account.leftOut.size()));
    numbers("/left_out/line", record, lines);
    writer_.strings("/left_out/reason", {record}, reasons);
}

std::size_t ResultFile::longestText(const TokenInput& input) const {
    std::set<std::int32_t> seen;
    std::size_t longest = 1;
    for (const auto& sequence : input.sequences)
        for (const auto token : sequence.tokens)
            if (seen.insert(token.value).second)
                longest = std::max(longest, storable(tokenText(token)).size());
    return longest;
}

void ResultFile::writeTokens(const std::string& name, const TokenInput& input) {
    const auto samples = static_cast<std::int64_t>(input.sequences.size());
    const auto bytes = longestText(input);
    const auto mean = meanLength(input);
    const auto texts = "/" + textsOf(name);
    writer_.create("/" + name, StoredNumber::Int32, {sample_, pos_},
                   paddedLayout({samples, width_}, 0, sizeof(std::int32_t), mean));
    writer_.createStrings(texts, bytes, {sample_, pos_},
                          paddedLayout({samples, width_}, 0, bytes, mean));
    for (const auto& group : rowGroups(input)) {
        const auto width = static_cast<std::size_t>(group.longest);
        std::vector<double> ids(static_cast<std::size_t>(group.count) * width, -1.0);
        std::vector<std::string> words(ids.size());
        for (std::int64_t s = 0; s < group.count; ++s) {
            const auto& tokens = input.sequences[static_cast<std::size_t>(group.first + s)].tokens;
            for (std::size_t p = 0; p < tokens.size(); ++p) {
                ids[static_cast<std::size_t>(s) * width + p] = tokens[p].value;
                words[static_cast<std::size_t>(s) * width + p] = tokenText(tokens[p]);
            }
        }
        writer_.write("/" + name, {group.first, 0}, {group.count, group.longest},
                      std::span<const double>(ids));
        writer_.write(texts, {group.first, 0}, {group.count, group.longest}, words);
    }
    std::vector<double> following;
    for (const auto& sequence : input.sequences)
        following.push_back(sequence.following ? sequence.following->value : -1.0);
    writer_.dataset("/" + name + "_following", StoredNumber::Int32, {sample_}, following);
}

} // namespace residuum
