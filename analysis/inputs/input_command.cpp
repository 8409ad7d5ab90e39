#include "analysis/inputs/input_command.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace residuum {

std::string shellQuoted(const std::string& text) {
    const auto plain = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("_./:,=-").find(c) != std::string_view::npos;
    };
    if (!text.empty() && std::all_of(text.begin(), text.end(), plain))
        return text;
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string absolutePath(const std::filesystem::path& path) {
    std::error_code failed;
    const auto absolute = std::filesystem::absolute(path, failed);
    return failed ? path.string() : absolute.lexically_normal().string();
}

std::string modelArguments(const nlohmann::json& request) {
    std::string arguments;
    for (const auto& model : request.at("models"))
        arguments += " " + shellQuoted(model.get<std::string>());
    if (request.contains("tokenizer"))
        arguments += " --tokenizer " + shellQuoted(request["tokenizer"].get<std::string>());
    return arguments;
}

std::string inputArguments(const InputRequest& request) {
    std::string arguments;
    for (const auto& prompt : request.prompts)
        arguments += " --prompt=" + shellQuoted(prompt); // "=": it may begin with a dash
    for (const auto& ids : request.ids) {
        std::string list;
        for (const auto id : ids)
            list += (list.empty() ? "" : ",") + std::to_string(id.value);
        arguments += " --ids " + list;
    }
    if (request.dataset) {
        const auto& dataset = *request.dataset;
        arguments += " --dataset " + shellQuoted(dataset.file.string());
        if (dataset.sequences)
            arguments += " --sequences " + std::to_string(*dataset.sequences);
        if (dataset.length)
            arguments += " --length " + std::to_string(*dataset.length);
        if (dataset.split)
            arguments += " --split " + name(*dataset.split);
        if (dataset.tokenWidth)
            arguments += " --token-width " + std::to_string(*dataset.tokenWidth);
    }
    if (request.pairs)
        arguments += pairArguments(*request.pairs);
    return arguments + (request.prependEndOfText ? " --bos" : "");
}

std::string numericArguments(const nlohmann::json& numeric) {
    std::string arguments;
    if (const auto dtype = numeric.at("dtype").get<std::string>(); dtype != "float32")
        arguments += " --dtype " + dtype;
    if (const auto device = numeric.at("device").get<std::string>(); device != "cpu")
        arguments += " --device " + shellQuoted(device);
    return arguments;
}

} // namespace residuum
