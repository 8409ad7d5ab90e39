#include "analysis/question/codec.h"

#include "analysis/inputs/answer_token.h"
#include "core/task/error.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace residuum {

namespace {

constexpr std::int64_t leastInt = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t mostInt = std::numeric_limits<std::int32_t>::max();

std::int64_t bounded(std::int64_t value, const Asking& asking) {
    if (value < std::max(asking.least, leastInt) || value > std::min(asking.most, mostInt))
        throw UsageError(asking.what + " " + std::to_string(value),
                         "is out of range; " + wholeNumberWords(asking) + " is expected");
    return value;
}

/// "a number from 1 to 50".
std::string boundedWords(const std::string& number, const Asking& asking) {
    std::string words = number;
    if (asking.least > leastInt)
        words += " from " + std::to_string(asking.least);
    if (asking.most < mostInt)
        words += (asking.least > leastInt ? " to " : " up to ") + std::to_string(asking.most);
    return words;
}

double bounded(double value, const Asking& asking) {
    const bool within = value >= static_cast<double>(std::max(asking.least, leastInt)) &&
                        value <= static_cast<double>(std::min(asking.most, mostInt));
    if (!within) // no number is not either
        throw UsageError(asking.what + " " + fractionText(value),
                         "is out of range; " + fractionWords(asking) + " is expected");
    return value + 0.0; // of -0 a 0
}

constexpr const char* shareWords = "a number above 0, at most 1,";

Share shareOf(double value, const Asking& asking) {
    if (value > 0.0 && value <= 1.0)
        return {value};
    throw UsageError(asking.what + " " + fractionText(value),
                     "is out of range; " + std::string(shareWords) + " is expected");
}

template <class Number>
bool readNumber(const std::string& text, Number& value) {
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    return parsed.ec == std::errc() && parsed.ptr == end;
}

template <class Wanted>
const Wanted& as(const Stored& value, const Asking& asking, const std::string& wanted) {
    if (const auto* found = std::get_if<Wanted>(&value))
        return *found;
    throw UsageError(asking.what, "must be " + wanted);
}

} // namespace

std::string wholeNumberWords(const Asking& asking) {
    return boundedWords("a whole number", asking);
}

std::string fractionWords(const Asking& asking) {
    return boundedWords("a number", asking);
}

std::int64_t wholeNumberOf(const Stored& value, const Asking& asking) {
    return bounded(as<std::int64_t>(value, asking, wholeNumberWords(asking)), asking);
}

std::uint64_t seedOf(const Stored& value, const Asking& asking) {
    if (const auto* large = std::get_if<std::uint64_t>(&value))
        return *large;
    const auto seed = as<std::int64_t>(value, asking, "a whole number from 0");
    if (seed < 0)
        throw UsageError(asking.what, "must be a whole number from 0");
    return static_cast<std::uint64_t>(seed);
}

double fractionOf(const Stored& value, const Asking& asking) {
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return bounded(static_cast<double>(*whole), asking);
    return bounded(as<double>(value, asking, fractionWords(asking)), asking);
}

bool switchOf(const Stored& value, const Asking& asking) {
    return as<bool>(value, asking, "true or false");
}

const std::string& textOf(const Stored& value, const Asking& asking) {
    return as<std::string>(value, asking, "a text");
}

const std::vector<std::string>& listOf(const Stored& value, const Asking& asking) {
    return as<std::vector<std::string>>(value, asking, "a list of texts");
}

Stored required(const MemberNamed& member, const std::string& name, const Asking& asking) {
    auto value = member(name);
    if (!value)
        throw UsageError(asking.what, "is missing");
    return *std::move(value);
}

std::int64_t parseWholeNumber(const std::string& text, const Asking& asking) {
    std::int64_t value = 0;
    if (!readNumber(text, value))
        throw UsageError(asking.what + " " + text, wholeNumberWords(asking) + " is expected");
    return bounded(value, asking);
}

std::uint64_t parseSeed(const std::string& text, const Asking& asking) {
    std::uint64_t value = 0;
    if (!readNumber(text, value))
        throw UsageError(asking.what + " " + text, "is no number from 0 to 18446744073709551615");
    return value;
}

double parseFraction(const std::string& text, const Asking& asking) {
    double value = 0.0;
    if (!readNumber(text, value))
        throw UsageError(asking.what + " " + text, fractionWords(asking) + " is expected");
    return bounded(value, asking);
}

std::string fractionText(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return {text, end};
}

std::vector<std::string> splitList(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; !text.empty() && begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::string joinedList(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts)
        text += (text.empty() ? "" : ",") + part;
    return text;
}

bool Codec<bool>::parse(const std::string& text, const Asking& asking, const TokenLookup&) {
    if (text != "true" && text != "false")
        throw UsageError(asking.what + " " + text, "true or false is expected");
    return text == "true";
}

Share Codec<Share>::of(const Stored& value, const Asking& asking) {
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return shareOf(static_cast<double>(*whole), asking);
    return shareOf(as<double>(value, asking, shareWords), asking);
}

Share Codec<Share>::parse(const std::string& text, const Asking& asking, const TokenLookup&) {
    double value = 0.0;
    if (!readNumber(text, value))
        throw UsageError(asking.what + " " + text, std::string(shareWords) + " is expected");
    return shareOf(value, asking);
}

using Token = Codec<std::optional<TokenId>>;

Members Token::write(const std::string& name, const Value& token) {
    return token ? Members{{name, std::int64_t{token->value}}} : Members{};
}

std::optional<TokenId> Token::read(const MemberNamed& member, const std::string& name,
                                   const Asking& asking) {
    const auto value = member(name);
    if (!value)
        return std::nullopt;
    return TokenId(wholeNumberOf(*value, {asking.what, 0, mostInt}));
}

std::string Token::text(const Value& token) {
    return token ? "#" + std::to_string(token->value) : "";
}

std::optional<TokenId> Token::parse(const std::string& text, const Asking& asking,
                                    const TokenLookup& tokens) {
    return parseToken(text, asking.what, tokens.tokenizer, tokens.d_vocab);
}

Stored Codec<PositionChoice>::stored(const PositionChoice& position) {
    if (position.all)
        return std::string("all");
    return std::int64_t{position.at};
}

PositionChoice Codec<PositionChoice>::of(const Stored& value, const Asking& asking) {
    if (const auto* text = std::get_if<std::string>(&value); text != nullptr && *text == "all")
        return {true};
    return {false, static_cast<int>(wholeNumberOf(value, asking))};
}

std::string Codec<PositionChoice>::text(const PositionChoice& position) {
    return position.all ? "all" : std::to_string(position.at);
}

PositionChoice Codec<PositionChoice>::parse(const std::string& text, const Asking& asking,
                                            const TokenLookup&) {
    if (text == "all")
        return {true};
    PositionChoice position;
    if (!readNumber(text, position.at))
        throw UsageError(asking.what + " " + text,
                         "a whole number (negative: from the end) or all is expected");
    return position;
}

} // namespace residuum
