#include "analysis/inputs/stories.h"

#include "analysis/inputs/story_words.h"

#include <algorithm>
#include <memory>

namespace residuum {

namespace {

using Words = std::vector<std::string>;

struct Listed {
    Words colours{"red", "blue", "green", "white", "black", "yellow", "brown", "gold"};
    Words qualities{"small", "old", "new", "happy", "quiet", "cold", "warm", "heavy"};
    Words moods{"tired", "happy", "hungry", "late", "early", "quiet", "sad", "proud"};
    Words goods{"bread", "milk", "eggs", "apples", "cheese",
                "tea",   "rice", "salt", "fish",   "honey"};
    Words strangers{"teacher", "doctor", "driver", "baker", "child", "guard"};
    Words verbs{"found", "lost", "painted", "sold", "carried", "saw", "hid", "liked"};
    Words times{"morning", "evening", "night", "winter", "summer", "day"};
};

// A and B are the story's people, S one of them and R the other, H and J S's pronoun (he, He), G
// its his; P and Q places, O and U objects, C and K colours, D a quality, F a mood, V a verb, T a
// time, X a stranger, M and N animals or things, W and Y several of those.

/// What comes after something was given.
const Words thanks{
    "R thanked S and took the O home.", "R put the O in the Q.",
    "\"Thank you, S,\" said R.",        "\"This is a D O,\" said R. \"Yes, it is,\" said S.",
    "It was a C O, and R liked it.",    "R gave the O back to S the next T.",
    "S said that the O was D.",
};

const Words doings{
    "S V the D O in the P.",
    "S V the C O near the P, and R V the K U.",
    "One T, S walked from the P to the Q with R.",
    "In the T, S went to the P because H was F.",
    "S was F, but H V the O.",
    "S looked for G O in the P. J found it in the Q.",
    "When S came to the P, R was in the Q.",
    "The X at the P V the O of S.",
    "S and R sat in the P all T.",
    "After the T, S was F and R was F too.",
    "S had a C O and R had a K U. S liked the K U more.",
    "S waited at the P for R. R came from the Q with a D O.",
};

const Words animals{
    "The C M sat near the P. It was F.",
    "S has a C M and R has a K N. The M is C and the N is K.",
    "The M was C, the N was K. S liked the C M.",
    "There was a D M in the P. S gave the M a O, and the M was F.",
    "The W in the P were C, but the M in the Q was K.",
};

const Words agreements{
    "The M near the N was D.",   "The W near the N were D.", "The M near the Y was F.",
    "The W near the Y were F.",  "The M in the P is C.",     "The W in the P are C.",
    "The W that S has are D.",   "The M that S V was D.",    "The W behind the N were C.",
    "The M behind the Y was C.",
};

const Words quotes{
    "\"I like the C O,\" said S. \"I like the K U,\" said R.",
    "S asked, \"Where is the O?\" R answered, \"The O is in the P.\"",
    "\"I am F,\" said S. \"Are you F too?\" asked R. \"No,\" said S, \"I am F.\"",
    "\"Give the O to R,\" said the X. S gave the O to R.",
    "\"Who has my O?\" asked S. \"R has it,\" said the X.",
    "S said, \"We will go to the P.\" So S and R went to the P.",
    "\"Is the M C or K?\" asked R. \"It is C,\" said S.",
};

const Words reasons{"was F.",         "V the O.",       "had a D O.",
                    "went to the P.", "liked the C U.", "knew the X well.",
                    "was F that T.",  "came with a O.", "worked at the P."};

class StoryTeller {
  public:
    explicit StoryTeller(std::uint64_t seed) : draw_(seed) {}

    std::string tell() {
        meet();
        std::string story;
        for (auto scenes = 4 + draw_.below(4); scenes-- > 0;) {
            if (draw_.below(4) == 0)
                meet();
            story += (story.empty() ? "" : " ") + scene();
        }
        return story;
    }

  private:
    /// Two people who have not met before in this story, as a rule.
    void meet() {
        first_ = draw_.name({});
        second_ = draw_.name({first_});
    }

    std::string scene() {
        const auto kind = draw_.below(23);
        if (kind < 8)
            return gift();
        if (kind < 10)
            return sentence(doings);
        if (kind < 12)
            return sentence(quotes);
        if (kind < 13)
            return sentence(animals);
        if (kind < 14)
            return twice(agreements);
        if (kind < 16)
            return shopping();
        if (kind < 17)
            return years();
        if (kind < 18)
            return because();
        return kind < 19 ? prices() : repeated();
    }

    const std::string& other(const std::string& name) const {
        return name == first_ ? second_ : first_;
    }

    static bool isWoman(const std::string& name) {
        for (const auto& each : words::women)
            if (each == name)
                return true;
        return false;
    }

    /// Two that differ.
    template <class Range>
    std::pair<std::string, std::string> two(const Range& range) {
        const auto i = draw_.below(range.size()), j = draw_.below(range.size() - 1);
        return {range[i], range[j < i ? j : j + 1]};
    }

    std::vector<std::pair<char, std::string>> bindings(const std::string& subject) {
        const bool she = isWoman(subject);
        const auto [place, otherPlace] = two(words::places);
        const auto [object, otherObject] = two(words::objects);
        const auto [colour, otherColour] = two(listed_.colours);
        const auto animal = draw_.below(words::nouns.size());
        const auto next = (animal + 1 + draw_.below(words::nouns.size() - 1)) % words::nouns.size();
        return {{'S', subject},
                {'R', other(subject)},
                {'H', she ? "she" : "he"},
                {'J', she ? "She" : "He"},
                {'G', she ? "her" : "his"},
                {'P', place},
                {'Q', otherPlace},
                {'O', object},
                {'U', otherObject},
                {'C', colour},
                {'K', otherColour},
                {'M', words::nouns[animal].one},
                {'W', words::nouns[animal].many},
                {'N', words::nouns[next].one},
                {'Y', words::nouns[next].many},
                {'D', draw_.from(listed_.qualities)},
                {'F', draw_.from(listed_.moods)},
                {'V', draw_.from(listed_.verbs)},
                {'T', draw_.from(listed_.times)},
                {'X', draw_.from(listed_.strangers)}};
    }

    std::string sentence(const Words& templates) {
        const auto& text = draw_.from(templates);
        return filled(text, bindings(draw_.coin() ? first_ : second_));
    }

    std::string twice(const Words& templates) {
        const auto before = sentence(templates); // draws are made in the order that is read here
        return before + " " + sentence(templates);
    }

    /// Mostly to the one who does not give.
    std::string gift() {
        const bool paper = draw_.below(4) == 0;
        const auto& text = draw_.from(paper ? words::paperTemplate : words::storyTemplates);
        const bool firstGives = draw_.coin();
        auto with = bindings(firstGives ? first_ : second_);
        with.emplace_back('A', first_);
        with.emplace_back('B', second_);
        auto story = filled(text, with);
        if (draw_.below(12) == 0)
            return story + " the " + draw_.from(listed_.strangers) + ".";
        story += filled(" R.", with);
        return draw_.coin() ? story : story + " " + filled(draw_.from(thanks), with);
    }

    std::string because() {
        const auto subject = draw_.coin() ? first_ : second_;
        auto with = bindings(subject);
        with.emplace_back('A', subject);
        auto text = draw_.from(words::pronounTemplates);
        if (const auto at = text.find('N'); at != text.npos)
            text[at] = 'A';
        const bool question = text.ends_with("isn't");
        return filled(text + " H" + (question ? "?" : " " + draw_.from(reasons)), with);
    }

    /// Things bought, in the same order again.
    std::string shopping() {
        Words list;
        while (list.size() < 3 + draw_.below(3)) {
            const auto& good = draw_.from(listed_.goods);
            bool taken = false;
            for (const auto& each : list)
                taken = taken || each == good;
            if (!taken)
                list.push_back(good);
        }
        std::string all;
        for (std::size_t i = 0; i < list.size(); ++i)
            all += (i == 0 ? "" : i + 1 == list.size() ? " and " : ", ") + list[i];
        const auto with = bindings(draw_.coin() ? first_ : second_);
        const auto bought = filled("S bought ", with) + all;
        if (draw_.coin())
            return bought + filled(". At home, H put ", with) + all + " in the kitchen.";
        return bought + filled(". Then R carried ", with) + all + filled(" to the P.", with);
    }

    static std::string twoDigits(std::size_t n) {
        return {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
    }

    std::string years() {
        const auto& event = draw_.from(words::events);
        const auto& century = draw_.from(words::centuries);
        const auto begin = 1 + draw_.below(98);
        const auto later = begin + 1 + draw_.below(std::min<std::size_t>(40, 99 - begin));
        return period(event, century + twoDigits(begin), century + twoDigits(later));
    }

    std::string period(const std::string& event, const std::string& year,
                       const std::string& later) {
        switch (draw_.below(3)) {
        case 0:
            return "The " + event + " began in the year " + year + " and ended in the year " +
                   later + ".";
        case 1:
            return "In the year " + year + ", the " + event + " began. It was over in the year " +
                   later + ".";
        default:
            return "The " + event + " lasted from the year " + year + " to the year " + later + ".";
        }
    }

    /// Two digits on their own, so that a vocabulary has them as tokens.
    std::string prices() {
        const auto with = bindings(draw_.coin() ? first_ : second_);
        Words amounts;
        for (int i = 0; i < 7; ++i) {
            const auto whole = std::to_string(1 + draw_.below(9));
            amounts.push_back(whole + "." + twoDigits(draw_.below(100)));
        }
        if (draw_.coin())
            return filled("The O cost ", with) + amounts[0] + filled(" and the U cost ", with) +
                   amounts[1] + filled(". S paid ", with) + amounts[0] +
                   filled(" for the O.", with);
        auto list = filled("The prices at the P were ", with);
        for (std::size_t i = 0; i < amounts.size(); ++i)
            list += (i == 0 ? "" : ", ") + amounts[i];
        return list + ".";
    }

    /// Words in no order, and the same again.
    std::string repeated() {
        std::string all;
        for (auto count = 6 + draw_.below(8); count-- > 0;)
            all += " " + draw_.from(words::plainWords);
        return (draw_.coin() ? "Words:" : "Again:") + all + all + ".";
    }

    Draw draw_;
    Listed listed_;
    std::string first_, second_;
};

} // namespace

std::function<std::string()> storyGenerator(std::uint64_t seed) {
    return [teller = std::make_shared<StoryTeller>(seed)] { return teller->tell(); };
}

} // namespace residuum
