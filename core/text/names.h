// The names that an enumeration's values have in files, keys and on the command line: given once.
#pragma once

#include "core/task/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace residuum {

/// Specialised for each enumeration that has names:
/// `static constexpr std::array<std::pair<Enum, std::string_view>, N> list{{…}};`, in the order in
/// which they are told.
template <class Enum>
struct NamesOf;

template <class Enum>
concept Named = requires {
    NamesOf<Enum>::list;
};

template <Named Enum>
constexpr std::string_view nameIn(Enum wanted) {
    for (const auto& [value, name] : NamesOf<Enum>::list)
        if (value == wanted)
            return name;
    return {};
}

template <Named Enum>
std::string name(Enum wanted) {
    return std::string(nameIn(wanted));
}

/// "a, b, c".
template <Named Enum>
std::string knownNames() {
    std::string known;
    for (const auto& each : NamesOf<Enum>::list)
        known += (known.empty() ? "" : ", ") + std::string(each.second);
    return known;
}

/// Empty for another name.
template <Named Enum>
std::optional<Enum> findName(std::string_view text) {
    for (const auto& [value, name] : NamesOf<Enum>::list)
        if (name == text)
            return value;
    return std::nullopt;
}

/// Throws UsageError listing the known names; `option` names what was being read.
template <Named Enum>
Enum parseName(std::string_view text, const std::string& option) {
    if (const auto value = findName<Enum>(text))
        return *value;
    throw UsageError(option + " " + std::string(text), "unknown; there are " + knownNames<Enum>());
}

} // namespace residuum
