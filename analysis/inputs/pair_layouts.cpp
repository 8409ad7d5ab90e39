#include "analysis/inputs/pair_layouts.h"

#include "core/task/error.h"
#include "core/text/whole_number.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

namespace residuum {

namespace {

using nlohmann::json;

constexpr const char* expected = "an object with clean and corrupt (texts) or clean_ids and "
                                 "corrupt_ids, and correct and incorrect is expected";
constexpr std::size_t mostAnswers = 1000, mostRoles = 64;
constexpr const char* withoutIncorrect =
    "; --metric prob, logprob and kl do not use it, so with them the correct one may be repeated "
    "there";

[[noreturn]] void refuse(const std::string& where, const std::string& problem) {
    throw Error(where, "is no pair: " + problem + "; " + expected);
}

std::string shortDump(const json& value) {
    return oneLine(value.dump(-1, ' ', false, json::error_handler_t::replace), 60);
}

std::int32_t idOf(const json& value, const std::string& key, const std::string& where) {
    // is_number_integer is true for numbers beyond int64, which get<> would wrap.
    if (!value.is_number_integer() || value < 0 || value > std::numeric_limits<std::int32_t>::max())
        throw Error(where, key + " holds " + shortDump(value) +
                               "; whole numbers that are token ids are expected");
    return value.get<std::int32_t>();
}

std::vector<TokenId> idsOf(const json& object, const std::string& key, const std::string& where) {
    if (!object.contains(key) || !object[key].is_array())
        refuse(where, key + " is missing or no list of token ids");
    std::vector<TokenId> ids;
    for (const auto& id : object[key])
        ids.emplace_back(idOf(id, key, where));
    return ids;
}

std::string textOf(const json& object, const std::string& key, const std::string& where) {
    if (!object.contains(key))
        refuse(where, "it has no " + key);
    if (!object[key].is_string())
        refuse(where, key + " is " + shortDump(object[key]) + ", not a text");
    return object[key].get<std::string>();
}

/// A TOKEN: a text, or an id as a number.
std::string answerOf(const json& value, const std::string& key, const std::string& where) {
    return value.is_string() ? value.get<std::string>()
                             : "#" + std::to_string(idOf(value, key, where));
}

/// One side's answers: a TOKEN, or a list of them.
void readAnswers(const json& value, const std::string& key, const std::string& where,
                 std::string& first, std::vector<std::string>& more) {
    if (!value.is_array()) {
        first = answerOf(value, key, where);
        return;
    }
    if (value.empty() || value.size() > mostAnswers)
        refuse(where, key + " holds " + std::to_string(value.size()) + " answers, not 1 to " +
                          std::to_string(mostAnswers));
    first = answerOf(value.front(), key, where);
    for (std::size_t i = 1; i < value.size(); ++i)
        more.push_back(answerOf(value[i], key, where));
}

void readAnswers(const json& object, const std::pair<const char*, const char*>& keys,
                 const std::string& where, PromptPair& pair) {
    for (const std::string key : {keys.first, keys.second})
        if (!object.contains(key))
            refuse(where, "it has no " + key + (key == keys.second ? withoutIncorrect : ""));
    readAnswers(object[keys.first], keys.first, where, pair.correct, pair.moreCorrect);
    readAnswers(object[keys.second], keys.second, where, pair.incorrect, pair.moreIncorrect);
}

/// Where the words a task is about end, by name, in bytes of the clean text.
void readRoles(const json& object, const std::string& where, PromptPair& pair) {
    constexpr const char* key = "role_ends";
    if (!object.contains(key))
        return;
    if (!object[key].is_object() || object[key].size() > mostRoles)
        refuse(where, std::string(key) + " is " + shortDump(object[key]) + ", no object of up to " +
                          std::to_string(mostRoles) + " numbers");
    for (const auto& [name, at] : object[key].items()) {
        if (!at.is_number_unsigned() || at.get<std::uint64_t>() >= pair.clean.size())
            refuse(where,
                   std::string(key) + " has " + shortDump(at) + ", no byte of the clean text");
        pair.roles.push_back({oneLine(name, 40), at.get<std::size_t>()});
    }
}

std::string keysOf(const json& object) {
    std::string keys;
    for (const auto& [key, value] : object.items())
        keys += (keys.empty() ? "" : ", ") + key;
    return oneLine(keys, 120);
}

void refuseBlimp(const json& object, const std::string& where) {
    if (object.contains("one_prefix_prefix") || object.contains("sentence_good"))
        throw Error(where, "is BLiMP's layout, which has two continuations of one prompt and no "
                           "corrupted prompt (corrupt); for the two words' logits in that prompt, "
                           "residuum dla --target GOOD --versus BAD serves");
}

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// The columns of a table, by name.
class Columns {
  public:
    explicit Columns(const CsvRow& head) {
        for (std::size_t i = 0; i < head.cells.size(); ++i) {
            places_.emplace(lowered(head.cells[i]), i);
            if (!head.cells[i].empty())
                names_ += (names_.empty() ? "" : ", ") + head.cells[i];
        }
    }

    bool has(const std::string& name) const { return places_.contains(name); }
    std::string names() const { return oneLine(names_, 120); }
    /// Empty where the row is shorter.
    std::string of(const CsvRow& row, const std::string& name) const {
        const auto place = places_.at(name);
        return place < row.cells.size() ? row.cells[place] : std::string();
    }

  private:
    std::map<std::string, std::size_t> places_;
    std::string names_;
};

/// The columns that hold the two answers.
std::pair<std::string, std::string> answerColumns(const Columns& columns, const std::string& file) {
    const auto where = file + " line 1";
    if (columns.has("clean") && columns.has("corrupted")) {
        for (const auto& pair : {std::pair{"correct_idx", "incorrect_idx"},
                                 {"clean_answer_idx", "corrupted_answer_idx"}})
            if (columns.has(pair.first) && columns.has(pair.second))
                return pair;
        if (columns.has("correct_idx"))
            throw Error(where, "is EAP-IG's greater-than table: its correct_idx is a year, not a "
                               "token, and incorrect_idx is missing; its metric (the probability "
                               "of all later years) is not computed here; --task greater-than "
                               "makes such pairs with one later and one earlier year for --metric "
                               "logit_diff");
        if (columns.has("plural"))
            throw Error(where, "is EAP-IG's subject-verb table: it has plural instead of the "
                               "answers correct_idx and incorrect_idx; add these (token ids of "
                               "one singular and one plural verb) for --metric logit_diff, or "
                               "use --task agreement");
    }
    throw Error(where, "looks like a table (CSV) with the columns " + columns.names() +
                           "; EAP-IG's clean, corrupted, correct_idx and incorrect_idx are "
                           "expected, or JSON lines, each " +
                           expected);
}

} // namespace

PromptPair pairOfObject(const json& object, const std::string& where) {
    if (!object.is_object())
        refuse(where, "it is " + shortDump(object));
    refuseBlimp(object, where);
    PromptPair pair;
    if (object.contains("clean_prefix") || object.contains("patch_prefix")) {
        pair.clean = textOf(object, "clean_prefix", where);
        pair.corrupt = textOf(object, "patch_prefix", where);
        readAnswers(object, {"clean_answer", "patch_answer"}, where, pair);
        return pair;
    }
    if (object.contains("clean_ids") || object.contains("corrupt_ids")) {
        pair.cleanIds = idsOf(object, "clean_ids", where);
        pair.corruptIds = idsOf(object, "corrupt_ids", where);
    } else {
        if (!object.contains("clean"))
            refuse(where, "it has " + (object.empty() ? "no keys" : "the keys " + keysOf(object)));
        pair.clean = textOf(object, "clean", where);
        pair.corrupt = textOf(object, "corrupt", where);
        readRoles(object, where, pair);
    }
    readAnswers(object, {"correct", "incorrect"}, where, pair);
    return pair;
}

bool isAutoCircuit(const json& object) {
    return object.is_object() && object.contains("prompts") && object["prompts"].is_array();
}

std::vector<PairRecord> pairsOfAutoCircuit(const json& object, const std::string& file) {
    std::vector<PairRecord> records;
    for (const auto& entry : object["prompts"]) {
        PairRecord record;
        record.line = static_cast<std::int64_t>(records.size()) + 1;
        const auto where = file + ", prompts, entry " + std::to_string(record.line);
        if (!entry.is_object())
            refuse(where, "it is " + shortDump(entry));
        record.pair.clean = textOf(entry, "clean", where);
        record.pair.corrupt = textOf(entry, "corrupt", where);
        readAnswers(entry, {"answers", "wrong_answers"}, where, record.pair);
        records.push_back(std::move(record));
    }
    return records;
}

std::vector<PairRecord> pairsOfTable(const std::vector<CsvRow>& rows, const std::string& file) {
    std::vector<PairRecord> records;
    if (rows.empty())
        return records;
    const Columns columns(rows.front());
    const auto [correct, incorrect] = answerColumns(columns, file);
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const auto& row = rows[i];
        PairRecord record;
        record.line = row.line;
        record.pair.clean = columns.of(row, "clean");
        record.pair.corrupt = columns.of(row, "corrupted");
        const auto answer = [&](const std::string& column) -> std::string {
            const auto cell = columns.of(row, column);
            if (cell.empty()) {
                record.problem = "its " + column + " is empty";
                return {};
            }
            const auto id = parseWholeNumber(cell);
            if (!id)
                throw Error(file + " line " + std::to_string(row.line),
                            column + " is \"" + oneLine(cell, 60) +
                                "\"; a whole number that is a token id is expected");
            return "#" + std::to_string(*id);
        };
        record.pair.correct = answer(correct);
        record.pair.incorrect = answer(incorrect);
        records.push_back(std::move(record));
    }
    return records;
}

} // namespace residuum
