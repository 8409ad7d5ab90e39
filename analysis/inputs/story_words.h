// The words and sentences that prompts and stories are made of, and draws from them. All text was
// written for this project.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

using Words = std::vector<std::string>;

namespace words {

inline const Words women{"Mary",  "Emma",  "Grace", "Lucy",  "Jane",  "Helen", "Alice", "Sarah",
                         "Anna",  "Ruth",  "Rose",  "Laura", "Julia", "Kate",  "Clara", "Nora",
                         "Susan", "Linda", "Karen", "Maria", "Emily", "Diana", "Amy",   "Rachel"};
inline const Words men{"John",  "Tom",   "Paul",  "Peter", "Simon", "James",  "Mark",    "Luke",
                       "Henry", "Ben",   "Jack",  "Sam",   "Oscar", "David",  "Frank",   "George",
                       "Kevin", "Brian", "Scott", "Eric",  "Adam",  "Robert", "Michael", "Daniel"};
inline const Words places{"store",   "park",     "school", "garden", "office",  "station", "market",
                          "library", "hospital", "museum", "beach",  "kitchen", "church",  "farm"};
inline const Words objects{"book", "ball",   "ring", "drink", "letter", "map",  "key",   "apple",
                           "lamp", "basket", "coat", "cake",  "bottle", "coin", "candle"};

/// A and B are the two names as they first appear, S the one that acts, P a place, O an object.
inline const Words storyTemplates{
    "Then, A and B went to the P. S gave a O to",
    "When A and B went to the P, S gave a O to",
    "After A and B left the P, S handed a O to",
    "While A and B were at the P, S passed a O to",
    "A and B walked to the P together. S offered a O to",
    "Yesterday, A and B met near the P. S brought a O to",
    "One morning, A and B worked at the P. S lent a O to",
    "At the P, A and B found a O. S gave the O to",
    "Later, A and B sat in the P. S showed a O to",
    "Before lunch, A and B came to the P. S decided to give a O to",
    "The P was quiet when A and B arrived. S handed a O to",
    "A and B had a long talk at the P. Afterwards, S sold a O to",
    "Because A and B liked the P, S bought a O there for",
    "In the evening, A and B looked around the P. S threw a O to",
    "Once, A and B drove to the P with a O. S gave it to",
};
inline const Words paperTemplate{"Then, B and A went to the P. S gave a O to"};

inline const Words events{"war",     "siege",    "voyage",   "festival", "project", "strike",
                          "drought", "campaign", "marriage", "trial",    "journey", "conflict"};
inline const Words centuries{"16", "17", "18", "19"};

inline const Words pronounTemplates{
    "Everyone liked N because",
    "The day after N came home,",
    "N was tired, but",
    "N said that",
    "When N was young,",
    "So N is a really good friend, isn't",
    "N looked at the map and then",
    "We all know N, and",
};

struct Noun {
    const char* one;
    const char* many;
};
inline constexpr std::array<Noun, 14> nouns{{{"dog", "dogs"},
                                             {"cat", "cats"},
                                             {"horse", "horses"},
                                             {"bird", "birds"},
                                             {"goat", "goats"},
                                             {"duck", "ducks"},
                                             {"rabbit", "rabbits"},
                                             {"book", "books"},
                                             {"ball", "balls"},
                                             {"lamp", "lamps"},
                                             {"key", "keys"},
                                             {"coat", "coats"},
                                             {"map", "maps"},
                                             {"letter", "letters"}}};

/// Words that are one token each in most vocabularies, for random sequences.
inline const Words plainWords{
    "dog",    "cat",   "book",   "ball",   "park",  "red",   "blue",  "store", "ring", "day",
    "school", "bread", "letter", "garden", "apple", "coat",  "horse", "bird",  "fish", "cake",
    "cold",   "gold",  "warm",   "night",  "year",  "small", "happy", "clock", "new",  "old"};

} // namespace words

/// Draws that are the same on every machine (the distributions of <random> are not).
class Draw {
  public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
    bool coin() { return below(2) == 1; }
    template <class Range>
    const auto& from(const Range& range) {
        return range[below(range.size())];
    }
    /// A name that is none of `others`.
    std::string name(const Words& others) {
        for (;;) {
            const auto& name = coin() ? from(words::women) : from(words::men);
            bool taken = false;
            for (const auto& other : others)
                taken = taken || other == name;
            if (!taken)
                return name;
        }
    }

  private:
    std::mt19937_64 random_;
};

/// Single capital letters of a template replaced by what they stand for. `ends`: appends the last
/// byte of each of these, if given.
std::string filled(const std::string& text, const std::vector<std::pair<char, std::string>>& by,
                   std::vector<std::pair<char, std::size_t>>* ends = nullptr);

} // namespace residuum
