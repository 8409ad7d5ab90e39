#include "analysis/inputs/pair_tasks.h"

#include "analysis/inputs/story_words.h"
#include "core/task/error.h"

#include <memory>

namespace residuum {

namespace {

using namespace words;

/// With "end", the last byte of the clean text.
PromptPair withRoles(PromptPair pair, std::vector<PromptRole> roles) {
    pair.roles = std::move(roles);
    pair.roles.push_back({"end", pair.clean.size() - 1});
    return pair;
}

/// Indirect objects. Corrupted: the subject's second mention is the indirect object's name, or
/// (`replaceObject`) the indirect object's first mention is a third name.
PromptPair indirectObject(Draw& draw, const Words& templates, bool replaceObject) {
    const auto object = draw.name({}), subject = draw.name({object});
    const auto third = draw.name({object, subject});
    const auto& text = draw.from(templates);
    const bool objectFirst = draw.coin(); // ABBA, else BABA
    const auto place = draw.from(places), thing = draw.from(objects);
    // The paper's template names the subject first.
    const bool paper = &templates == &paperTemplate;
    std::vector<std::pair<char, std::size_t>> ends;
    const auto make = [&](const std::string& io, const std::string& again) {
        ends.clear();
        return filled(text,
                      {{'A', objectFirst || paper ? io : subject},
                       {'B', objectFirst || paper ? subject : io},
                       {'S', again},
                       {'P', place},
                       {'O', thing}},
                      &ends);
    };
    const auto corrupt = replaceObject ? make(third, subject) : make(object, object);
    const auto clean = make(object, subject); // last: `ends` are its own
    std::vector<PromptRole> roles;
    for (const auto& [letter, at] : ends)
        if (letter == 'S')
            roles.push_back({"S2", at});
        else if (letter == 'A' || letter == 'B')
            roles.push_back({(letter == 'A') == (objectFirst || paper) ? "IO" : "S1", at});
    return withRoles({clean, corrupt, {}, {}, " " + object, " " + subject}, std::move(roles));
}

std::string twoDigits(std::size_t n) {
    return {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
}

PromptPair greaterThan(Draw& draw) {
    const auto start = 11 + draw.below(78); // 11 … 88
    const auto later = start + 1 + draw.below(99 - start);
    const auto earlier = 2 + draw.below(start - 2);
    const auto event = draw.from(events), century = draw.from(centuries);
    const auto make = [&](const std::string& year) {
        return "The " + event + " lasted from the year " + century + year + " to the year " +
               century;
    };
    const auto clean = make(twoDigits(start));
    const auto year = clean.find(century + twoDigits(start)) + century.size() + 1;
    return withRoles({clean, make("01"), {}, {}, twoDigits(later), twoDigits(earlier)},
                     {{"year", year}});
}

PromptPair pronoun(Draw& draw) {
    const bool woman = draw.coin();
    const auto& text = draw.from(pronounTemplates);
    const auto she = draw.from(women), he = draw.from(men);
    std::vector<std::pair<char, std::size_t>> ends;
    const auto make = [&](const std::string& name) {
        ends.clear();
        return filled(text, {{'N', name}}, &ends);
    };
    const auto corrupt = make(woman ? he : she), clean = make(woman ? she : he);
    return withRoles({clean, corrupt, {}, {}, woman ? " she" : " he", woman ? " he" : " she"},
                     {{"name", ends.front().second}});
}

PromptPair agreement(Draw& draw) {
    const auto& noun = draw.from(nouns);
    const auto& other = draw.from(nouns);
    const bool many = draw.coin(), otherMany = draw.coin();
    const std::string rest = std::string(" near the ") + (otherMany ? other.many : other.one);
    const std::string one = "The " + std::string(noun.one) + rest;
    const std::string several = "The " + std::string(noun.many) + rest;
    const auto& clean = many ? several : one;
    return withRoles(
        {clean, many ? one : several, {}, {}, many ? " were" : " was", many ? " was" : " were"},
        {{"subject", clean.size() - rest.size() - 1}});
}

/// … X Y … X: Y follows. Corrupted: the first X is another word.
PromptPair induction(Draw& draw) {
    Words words;
    while (words.size() < 10) {
        const auto& word = draw.from(plainWords);
        bool taken = false;
        for (const auto& other : words)
            taken = taken || other == word;
        if (!taken)
            words.push_back(word);
    }
    const auto replacement = words.back();
    words.pop_back();
    const auto at = 1 + draw.below(6);
    auto other = 1 + draw.below(7);
    if (other == at + 1)
        other = 0;
    const auto make = [&](Words list) {
        list.push_back(words[at]);
        std::string text;
        for (const auto& word : list)
            text += " " + word;
        return text;
    };
    auto changed = words;
    changed[at] = replacement;
    const auto clean = make(words);
    const auto endOf = [&](const std::string& word) {
        return clean.find(" " + word) + word.size();
    };
    return withRoles({clean, make(changed), {}, {}, " " + words[at + 1], " " + words[other]},
                     {{"first", endOf(words[at])}, {"next", endOf(words[at + 1])}});
}

using Make = PromptPair (*)(Draw&);

struct Task {
    PairTask described;
    Make make;
};

const std::vector<Task>& tasks() {
    static const std::vector<Task> all{
        {{"ioi",
          "indirect objects, fifteen templates, ABBA and BABA; corrupted: the acting name "
          "swapped (S2)",
          "When Mary and John went to the store, John gave a book to"},
         [](Draw& draw) { return indirectObject(draw, storyTemplates, false); }},
        {{"ioi-io", "indirect objects; corrupted: the indirect object's name replaced (IO)",
          "When Mary and John went to the store, John gave a book to"},
         [](Draw& draw) { return indirectObject(draw, storyTemplates, true); }},
        {{"ioi-paper",
          "indirect objects, the one template of arXiv 2507.02559; corrupted: S2 "
          "swapped",
          "Then, John and Mary went to the store. John gave a book to"},
         [](Draw& draw) { return indirectObject(draw, paperTemplate, false); }},
        {{"greater-than", "a later year must follow; corrupted: the year 01",
          "The war lasted from the year 1732 to the year 17"},
         greaterThan},
        {{"pronouns", "he or she by the name; corrupted: a name of the other gender",
          "Everyone liked Mary because"},
         pronoun},
        {{"agreement", "was or were by the subject's number; corrupted: the other number",
          "The dogs near the cat"},
         agreement},
        {{"induction",
          "a repeated word brings its successor; corrupted: its first mention "
          "replaced",
          " dog red park coin dog"},
         induction},
    };
    return all;
}

} // namespace

const std::vector<PairTask>& pairTasks() {
    static const std::vector<PairTask> described = [] {
        std::vector<PairTask> list;
        for (const auto& task : tasks())
            list.push_back(task.described);
        return list;
    }();
    return described;
}

std::function<PromptPair()> pairGenerator(const std::string& task, std::uint64_t seed) {
    std::string known;
    for (const auto& each : tasks()) {
        if (each.described.name == task)
            return [make = each.make, draw = std::make_shared<Draw>(seed)] { return make(*draw); };
        known += (known.empty() ? "" : ", ") + each.described.name;
    }
    throw UsageError("--task " + task, "unknown; there are " + known);
}

} // namespace residuum
