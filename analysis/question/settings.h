// A request's settings one by one, whatever the request: what its description (fields.h) comes to.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/fields.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace residuum {

/// One setting of one request, which must outlive it.
struct Setting {
    std::string_view name, option, help, needs; ///< see Field
    bool isSwitch = false;                      ///< takes no value on the command line
    bool needsTokens = false;                   ///< `parse` looks at its tokens
    bool told = false, added = false, keepsKeys = false, ofInput = false;
    int early = 0;
    bool outsideKey = false;
    bool isNumber = false;              ///< a whole one
    bool isFraction = false;            ///< one that need not be whole
    std::int64_t least = 0, most = 0;   ///< see Field
    std::vector<std::string> members{}; ///< that it may have in JSON
    std::vector<std::string> choices{}; ///< all texts; none: they cannot be listed
    std::function<bool()> counts{};
    std::function<bool()> asUsual{}; ///< as in a request that nothing was set in
    std::function<Members()> write{};
    std::function<void(const MemberNamed& member)> read{}; ///< throws UsageError
    std::function<void()> reset{};                         ///< to what is usual
    std::function<std::string()> text{};                   ///< see Codec; null: on no command line
    std::function<void(const std::string& text, const TokenLookup& tokens)> parse{};
};

/// In the request of a result that was broken off, kept in the cache to be gone on with; no
/// setting.
inline constexpr const char* brokenOffMember = "partial";

/// The members of a request's JSON that are no part of a result's key.
std::vector<std::string> outsideKey(const std::vector<Setting>& settings);
/// A request's JSON, one line, in the order of its fields.
std::string settingsText(const std::vector<Setting>& settings);
/// The inverse, of the member `kind` of a whole request (`requestText`) found in `file`. Throws
/// Error naming the file and the setting that is missing, of another type, out of range or unknown.
void readSettings(const std::vector<Setting>& settings, const std::string& request,
                  const std::string& kind, const std::filesystem::path& file);
/// The inverse, of a part of `file`: `what`, for messages. Throws Error likewise.
void readEntry(const std::vector<Setting>& settings, const std::string& entry,
               const std::string& what, const std::filesystem::path& file);
/// " --metric prob --steps 20": what is not as usual, or always told.
std::string settingArguments(const std::vector<Setting>& settings);

template <class Request, class Value>
Setting settingOf(Request& request, const Field<Request, Value>& field) {
    using Way = Codec<Value>;
    const auto name = std::string(field.name.substr(field.name.find('/') + 1));
    const auto value = [&request, field]() -> Value& { return request.*field.member; };
    Setting setting{field.name,
                    field.option,
                    field.help,
                    field.needs,
                    std::is_same_v<Value, bool>,
                    Way::needsTokens,
                    field.told,
                    field.added,
                    field.keepsKeys,
                    field.ofInput,
                    field.early,
                    field.outsideKey};
    setting.isNumber = std::is_same_v<Value, int>;
    setting.isFraction = std::is_same_v<Value, double> || std::is_same_v<Value, Share>;
    setting.least = field.least;
    setting.most = field.most;
    setting.members = Way::members(name);
    setting.choices = Way::choices();
    setting.counts = [&request, field] { return field.counts == nullptr || field.counts(request); };
    setting.asUsual = [value, field] { return value() == Request{}.*field.member; };
    setting.write = [value, name] { return Way::write(name, value()); };
    setting.read = [value, field, name](const MemberNamed& member) {
        value() =
            Way::read(member, name, {'"' + std::string(field.name) + '"', field.least, field.most});
    };
    setting.reset = [value, field] { value() = Request{}.*field.member; };
    if constexpr (requires { Way::text(value()); }) {
        setting.text = [value] { return Way::text(value()); };
        setting.parse = [value, field](const std::string& text, const TokenLookup& tokens) {
            const auto what = field.option.empty() ? field.name : field.option;
            value() = Way::parse(text, {std::string(what), field.least, field.most}, tokens);
        };
    }
    return setting;
}

/// Whether there is anything to set.
template <Described Request>
inline constexpr bool hasSettings = std::tuple_size_v<decltype(Request::fields())> != 0;

template <Described Request>
std::vector<Setting> settingsOf([[maybe_unused]] Request& request) {
    return std::apply(
        [&](const auto&... fields) { return std::vector<Setting>{settingOf(request, fields)...}; },
        Request::fields());
}

/// The same request without what changes no number: requests that compute the same are equal. Found
/// for a request that has one by itself.
template <class Request>
Request canonical(Request request) {
    return request;
}

/// What decides the numbers, as one line of JSON: part of the key.
template <Described Request>
std::string requestJson(const Request& asked) {
    auto request = canonical(asked);
    return settingsText(settingsOf(request));
}

} // namespace residuum
