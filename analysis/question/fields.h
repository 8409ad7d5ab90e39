// A request describes its settings: each once, for files, keys, sessions, the command line and the
// window (settings.h walks the description).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace residuum {

/// One setting of a request. What is usual is the struct's own initialiser.
template <class Request, class Value>
struct Field {
    Value Request::*member;
    std::string_view name; ///< in JSON, which has the fields in their order; "a/b": b inside a
    /// "--null-space"; "--no-…": the switch that turns it off; empty: not on the command line.
    std::string_view option{};
    std::string_view help{};
    std::int64_t least = std::numeric_limits<std::int64_t>::min(); ///< of a number
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    int early = 0;          ///< the higher, the earlier in a command
    bool told = false;      ///< stands in a command also where it is as usual
    bool added = false;     ///< requests of older versions lack it: as usual there
    bool keepsKeys = false; ///< not in JSON where it is as usual: older results keep their keys
    bool ofInput = false;   ///< the input's --seed is this setting too
    /// Of what follows from a result: results that differ in nothing else are the same in a cache.
    bool outsideKey = false;
    /// Whether it means anything in this request, so that it is written; null: always. `needs`:
    /// what must be asked for, for messages.
    bool (*counts)(const Request&) = nullptr;
    std::string_view needs{};

    constexpr Field within(std::int64_t from, std::int64_t to) const {
        return with([&](Field& field) { field.least = from, field.most = to; });
    }
    constexpr Field atLeast(std::int64_t from) const { return within(from, most); }
    constexpr Field earlier(int by) const {
        return with([&](Field& field) { field.early = by; });
    }
    constexpr Field alwaysTold() const {
        return with([](Field& field) { field.told = true; });
    }
    constexpr Field addedLater() const {
        return with([](Field& field) { field.added = true; });
    }
    constexpr Field keepingKeys() const {
        return with([](Field& field) { field.added = field.keepsKeys = true; });
    }
    constexpr Field outsideKeys() const {
        return keepingKeys().with([](Field& field) { field.outsideKey = true; });
    }
    constexpr Field seedOfInput() const {
        return with([](Field& field) { field.ofInput = true; });
    }
    constexpr Field where(bool (*when)(const Request&), std::string_view what) const {
        return with([&](Field& field) { field.counts = when, field.needs = what; });
    }

    template <class Change>
    constexpr Field with(const Change& change) const {
        auto field = *this;
        change(field);
        return field;
    }
};

template <class Request, class Value>
constexpr Field<Request, Value> field(Value Request::*member, std::string_view name,
                                      std::string_view option = {}, std::string_view help = {}) {
    return {member, name, option, help};
}

/// A text as a template argument.
template <std::size_t size>
struct FieldName {
    char text[size]{};

    constexpr FieldName(const char (&name)[size]) { std::copy_n(name, size, text); } // NOLINT
    constexpr std::string_view view() const { return {text, size - 1}; }
};

/// A request's field as one of `Settings`, which derive from the request: what a panel keeps of it
/// in a session is described once. Only fields that always count.
template <class Settings, class Request, FieldName name>
constexpr auto inherited() {
    constexpr auto place = std::apply(
        [](const auto&... fields) {
            std::size_t at = 0;
            (void)((fields.name == name.view() || (++at, false)) || ...);
            return at;
        },
        Request::fields());
    const auto from = std::get<place>(Request::fields());
    return from.counts != nullptr ? throw "it does not always count" : [&] {
        using Value = std::remove_cvref_t<decltype(Request{}.*from.member)>;
        Field<Settings, Value> field{from.member, from.name, {}, from.help, from.least, from.most};
        field.added = from.added;
        field.keepsKeys = from.keepsKeys;
        return field;
    }();
}

/// A request with `static constexpr auto fields()`, a tuple of Field.
template <class Request>
concept Described = requires {
    Request::fields();
};

} // namespace residuum
