// How a setting's value is written: in the JSON of files and keys, as text on the command line.
#pragma once

#include "core/index.h"
#include "core/text/names.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace residuum {

class Tokenizer;

/// What a token that is named by its text is looked up in.
struct TokenLookup {
    const Tokenizer* tokenizer = nullptr; ///< null: by ids only
    int d_vocab = 0;
};

/// What a value is read for: its option or name, for messages, and what bounds a number.
struct Asking {
    std::string what;
    std::int64_t least = 0, most = 0;
};

/// A member that is no plain value (null, an object, …), as JSON on one line.
struct OtherJson {
    std::string text;
};
/// A member of a request's JSON. Whole numbers are std::int64_t where they fit.
using Stored = std::variant<OtherJson, bool, std::int64_t, std::uint64_t, double, std::string,
                            std::vector<std::string>>;
using Members = std::vector<std::pair<std::string, Stored>>;
/// A member by its name; empty where there is none.
using MemberNamed = std::function<std::optional<Stored>(const std::string& name)>;

/// Each throws UsageError where the value is of another type, or out of range.
std::int64_t wholeNumberOf(const Stored& value, const Asking& asking);
std::uint64_t seedOf(const Stored& value, const Asking& asking);
double fractionOf(const Stored& value, const Asking& asking);
bool switchOf(const Stored& value, const Asking& asking);
const std::string& textOf(const Stored& value, const Asking& asking);
const std::vector<std::string>& listOf(const Stored& value, const Asking& asking);
/// Throws UsageError where it is missing.
Stored required(const MemberNamed& member, const std::string& name, const Asking& asking);

/// "a whole number from 1 to 50", "a whole number from 1", "a whole number".
std::string wholeNumberWords(const Asking& asking);
/// The same of "a number".
std::string fractionWords(const Asking& asking);
/// Each throws UsageError for a text that is no such number within the bounds.
std::int64_t parseWholeNumber(const std::string& text, const Asking& asking);
std::uint64_t parseSeed(const std::string& text, const Asking& asking);
double parseFraction(const std::string& text, const Asking& asking);
/// In as few digits as give the number back.
std::string fractionText(double value);
/// "a,b": a and b; nothing for nothing.
std::vector<std::string> splitList(const std::string& text);
std::string joinedList(const std::vector<std::string>& parts);

/// Specialised for every type of setting:
///   write(name, value)             its members in a request
///   read(member, name, asking)     the inverse. Throws UsageError
///   members(name)                  all that `write` may write
///   text(value)                    one argument of a command, not quoted
///   parse(text, asking, tokens)    the inverse. Throws UsageError
///   needsTokens                    whether `parse` looks at `tokens`
///   choices()                      all texts, where they can be listed
/// Those that no command has lack `text` and `parse`.
template <class Value>
struct Codec;

/// A value that is one member: `Self` has `stored(value)` and `of(stored, asking)`.
template <class Self, class Value>
struct OneMember {
    static constexpr bool needsTokens = false;
    static std::vector<std::string> members(const std::string& name) { return {name}; }
    static std::vector<std::string> choices() { return {}; }
    static Members write(const std::string& name, const Value& value) {
        return {{name, Self::stored(value)}};
    }
    static Value read(const MemberNamed& member, const std::string& name, const Asking& asking) {
        return Self::of(required(member, name, asking), asking);
    }
};

/// A value that is stored as its text.
template <class Self, class Value>
struct TextMember : OneMember<Self, Value> {
    static Stored stored(const Value& value) { return Self::text(value); }
    static Value of(const Stored& value, const Asking& asking) {
        return Self::parse(textOf(value, asking), asking, {});
    }
};

template <>
struct Codec<bool> : OneMember<Codec<bool>, bool> {
    static Stored stored(bool value) { return value; }
    static bool of(const Stored& value, const Asking& asking) { return switchOf(value, asking); }
    static std::string text(bool value) { return value ? "true" : "false"; }
    static bool parse(const std::string& text, const Asking& asking, const TokenLookup& tokens);
};

template <>
struct Codec<int> : OneMember<Codec<int>, int> {
    static Stored stored(int value) { return std::int64_t{value}; }
    static int of(const Stored& value, const Asking& asking) {
        return static_cast<int>(wholeNumberOf(value, asking));
    }
    static std::string text(int value) { return std::to_string(value); }
    static int parse(const std::string& text, const Asking& asking, const TokenLookup&) {
        return static_cast<int>(parseWholeNumber(text, asking));
    }
};

/// A seed.
template <>
struct Codec<std::uint64_t> : OneMember<Codec<std::uint64_t>, std::uint64_t> {
    static Stored stored(std::uint64_t value) { return value; }
    static std::uint64_t of(const Stored& value, const Asking& asking) {
        return seedOf(value, asking);
    }
    static std::string text(std::uint64_t value) { return std::to_string(value); }
    static std::uint64_t parse(const std::string& text, const Asking& asking, const TokenLookup&) {
        return parseSeed(text, asking);
    }
};

/// A number that need not be whole.
template <>
struct Codec<double> : OneMember<Codec<double>, double> {
    static Stored stored(double value) { return value; }
    static double of(const Stored& value, const Asking& asking) {
        return fractionOf(value, asking);
    }
    static std::string text(double value) { return fractionText(value); }
    static double parse(const std::string& text, const Asking& asking, const TokenLookup&) {
        return parseFraction(text, asking);
    }
};

/// Above 0, up to 1.
struct Share {
    double value = 1.0;

    friend bool operator==(const Share&, const Share&) = default;
};

template <>
struct Codec<Share> : OneMember<Codec<Share>, Share> {
    static Stored stored(const Share& share) { return share.value; }
    static Share of(const Stored& value, const Asking& asking);
    static std::string text(const Share& share) { return fractionText(share.value); }
    static Share parse(const std::string& text, const Asking& asking, const TokenLookup&);
};

template <>
struct Codec<std::string> : TextMember<Codec<std::string>, std::string> {
    static std::string text(const std::string& value) { return value; }
    static std::string parse(const std::string& text, const Asking&, const TokenLookup&) {
        return text;
    }
};

template <Named Enum>
struct Codec<Enum> : TextMember<Codec<Enum>, Enum> {
    static std::string text(Enum value) { return name(value); }
    static Enum parse(const std::string& text, const Asking& asking, const TokenLookup&) {
        return parseName<Enum>(text, asking.what);
    }
    static std::vector<std::string> choices() {
        std::vector<std::string> texts;
        for (const auto& each : NamesOf<Enum>::list)
            texts.emplace_back(each.second);
        return texts;
    }
};

/// A list of values that are texts: an array in JSON, separated by commas on the command line.
template <class Self, class Value>
struct ListMember : OneMember<Self, std::vector<Value>> {
    static std::vector<std::string> texts(const std::vector<Value>& values) {
        std::vector<std::string> texts;
        for (const auto& value : values)
            texts.push_back(Codec<Value>::text(value));
        return texts;
    }
    static Stored stored(const std::vector<Value>& values) { return texts(values); }
    static std::vector<Value> of(const Stored& value, const Asking& asking) {
        return parsed(listOf(value, asking), asking);
    }
    static std::string text(const std::vector<Value>& values) { return joinedList(texts(values)); }
    static std::vector<Value> parse(const std::string& text, const Asking& asking,
                                    const TokenLookup&) {
        return parsed(splitList(text), asking);
    }

    static std::vector<Value> parsed(const std::vector<std::string>& texts, const Asking& asking) {
        std::vector<Value> values;
        for (const auto& text : texts)
            values.push_back(Codec<Value>::parse(text, asking, {}));
        return values;
    }
};

template <class Value>
struct Codec<std::vector<Value>> : ListMember<Codec<std::vector<Value>>, Value> {};

/// Left out where there is none.
template <>
struct Codec<std::optional<TokenId>> {
    using Value = std::optional<TokenId>;
    static constexpr bool needsTokens = true;
    static std::vector<std::string> members(const std::string& name) { return {name}; }
    static std::vector<std::string> choices() { return {}; }
    static Members write(const std::string& name, const Value& token);
    static Value read(const MemberNamed& member, const std::string& name, const Asking& asking);
    /// By its id, which says the same on every machine and needs no quoting of odd bytes.
    static std::string text(const Value& token);
    static Value parse(const std::string& text, const Asking& asking, const TokenLookup& tokens);
};

/// One position of every sequence, or all of them.
struct PositionChoice {
    bool all = false;
    int at = -1; ///< from 0, or from the end when negative

    friend bool operator==(const PositionChoice&, const PositionChoice&) = default;
};

template <>
struct Codec<PositionChoice> : OneMember<Codec<PositionChoice>, PositionChoice> {
    static Stored stored(const PositionChoice& position);
    static PositionChoice of(const Stored& value, const Asking& asking);
    static std::string text(const PositionChoice& position);
    static PositionChoice parse(const std::string& text, const Asking& asking, const TokenLookup&);
};

} // namespace residuum
