#include "analysis/question/settings.h"

#include "analysis/inputs/input_command.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <algorithm>
#include <limits>

namespace residuum {

namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

Stored storedOf(const Json& json) {
    if (json.is_boolean())
        return json.get<bool>();
    if (json.is_number_unsigned() &&
        json.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
        return json.get<std::uint64_t>();
    if (json.is_number_integer())
        return json.get<std::int64_t>();
    if (json.is_number_float())
        return json.get<double>();
    if (json.is_string())
        return json.get<std::string>();
    if (json.is_array() &&
        std::all_of(json.begin(), json.end(), [](const Json& each) { return each.is_string(); }))
        return json.get<std::vector<std::string>>();
    return OtherJson{json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

OrderedJson jsonOf(const Stored& value) {
    return std::visit(
        [](const auto& each) -> OrderedJson {
            if constexpr (std::is_same_v<std::decay_t<decltype(each)>, OtherJson>)
                return OrderedJson::parse(each.text);
            else
                return each;
        },
        value);
}

/// "path" of "path/sender"; empty for a member of the request itself.
std::string outerOf(const Setting& setting) {
    const auto slash = setting.name.find('/');
    return std::string(setting.name.substr(0, slash == std::string_view::npos ? 0 : slash));
}

std::optional<Stored> find(const Json& object, const std::string& outer, const std::string& name) {
    if (!outer.empty())
        return object.contains(outer) ? find(object[outer], "", name) : std::nullopt;
    return object.contains(name) ? std::optional(storedOf(object[name])) : std::nullopt;
}

/// Whether a setting has the member `name` of what is inside `outer` ("": of the request itself).
bool isMember(const std::vector<Setting>& settings, const std::string& outer,
              const std::string& name) {
    return std::any_of(settings.begin(), settings.end(), [&](const Setting& setting) {
        const auto& members = setting.members;
        return outerOf(setting) == outer &&
               std::find(members.begin(), members.end(), name) != members.end();
    });
}

bool isOuter(const std::vector<Setting>& settings, const std::string& name) {
    return std::any_of(settings.begin(), settings.end(),
                       [&](const Setting& setting) { return outerOf(setting) == name; });
}

void refuseUnknown(const std::vector<Setting>& settings, const Json& object,
                   const std::string& outer, const std::string& what,
                   const std::filesystem::path& file) {
    for (const auto& [name, value] : object.items()) {
        if (outer.empty() && isOuter(settings, name) && value.is_object())
            refuseUnknown(settings, value, name, what, file);
        else if (!isMember(settings, outer, name))
            throw Error(file.string(), what + " has the setting \"" + oneLine(name, 60) +
                                           "\", which this program does not know; open it with "
                                           "the version that wrote it, or a newer one");
    }
}

void readObject(const std::vector<Setting>& settings, const Json& object, const std::string& what,
                const std::filesystem::path& file) {
    refuseUnknown(settings, object, "", what, file);
    try {
        for (const auto& setting : settings) {
            const auto outer = outerOf(setting);
            const auto& first = outer.empty() ? setting.members.front() : outer;
            if (!object.contains(first) && (setting.added || !setting.counts()))
                setting.reset();
            else
                setting.read([&](const std::string& name) { return find(object, outer, name); });
        }
    } catch (const Error& error) {
        throw Error(file.string(), what + " cannot be read: " + error.what());
    }
}

} // namespace

std::vector<std::string> outsideKey(const std::vector<Setting>& settings) {
    std::vector<std::string> members;
    for (const auto& setting : settings)
        if (setting.outsideKey)
            members.insert(members.end(), setting.members.begin(), setting.members.end());
    return members;
}

std::string settingsText(const std::vector<Setting>& settings) {
    auto json = OrderedJson::object();
    for (const auto& setting : settings) {
        if (!setting.counts() || (setting.keepsKeys && setting.asUsual()))
            continue;
        const auto outer = outerOf(setting);
        for (const auto& [name, value] : setting.write())
            (outer.empty() ? json : json[outer])[name] = jsonOf(value);
    }
    return jsonLine(json);
}

void readSettings(const std::vector<Setting>& settings, const std::string& request,
                  const std::string& kind, const std::filesystem::path& file) {
    auto whole = parseStrictJson(file, request);
    if (!whole.is_object() || !whole.contains(kind) || !whole[kind].is_object())
        throw Error(file.string(), "its request cannot be read: \"" + kind + "\" is missing");
    if (whole[kind].contains(brokenOffMember) && whole[kind][brokenOffMember] == true)
        whole[kind].erase(brokenOffMember);
    readObject(settings, whole[kind], "its request", file);
}

void readEntry(const std::vector<Setting>& settings, const std::string& entry,
               const std::string& what, const std::filesystem::path& file) {
    const auto object = parseStrictJson(file, entry);
    if (!object.is_object())
        throw Error(file.string(), what + " cannot be read: it must be an object of settings");
    readObject(settings, object, what, file);
}

std::string settingArguments(const std::vector<Setting>& settings) {
    auto ordered = settings;
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const auto& a, const auto& b) { return a.early > b.early; });
    std::string arguments;
    for (const auto& setting : ordered) {
        if (setting.option.empty() || setting.ofInput || !setting.counts() ||
            (setting.asUsual() && !setting.told))
            continue;
        if (setting.isSwitch)
            arguments += " " + std::string(setting.option);
        else if (const auto text = setting.text(); !text.empty())
            arguments += " " + std::string(setting.option) + " " + shellQuoted(text);
    }
    return arguments;
}

} // namespace residuum
