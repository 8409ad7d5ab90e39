// Damaged variants of sound files, and what may be said of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <gtest/gtest.h>
#include <random>
#include <string>

namespace residuum::test {

/// The same changes for the same seed, on every machine.
class Mutator {
  public:
    explicit Mutator(unsigned seed) : random_(seed) {}

    /// A few changes within the first or last `window` bytes, where the structure is.
    std::string mutate(std::string text, std::size_t window) {
        const std::size_t changes = 1 + below(3);
        for (std::size_t i = 0; i < changes && !text.empty(); ++i)
            change(text, place(text.size(), window));
        return text;
    }

  private:
    std::size_t below(std::size_t limit) { return random_() % limit; }

    std::size_t place(std::size_t size, std::size_t window) {
        const std::size_t within = below(std::min(size, window));
        return below(2) == 0 ? within : size - 1 - within;
    }

    void change(std::string& text, std::size_t at) {
        switch (below(7)) {
        case 0: // one bit
            text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
            break;
        case 1: // any byte
            text[at] = static_cast<char>(random_());
            break;
        case 2: // the extremes of an integer
            for (std::size_t i = at; i < std::min(text.size(), at + (1U << below(4))); ++i)
                text[i] = below(2) == 0 ? '\xFF' : '\0';
            break;
        case 3: // cut the end
            if (below(4) == 0)
                text.resize(at);
            break;
        case 4: // lose some
            text.erase(at, 1 + below(16));
            break;
        case 5: // repeat some
            text.insert(at, text.substr(at, 1 + below(32)));
            break;
        default: // another digit, as numbers in JSON have
            text[at] = static_cast<char>('0' + below(10));
        }
    }

    std::mt19937 random_;
};

/// A message is one line in this program's own words: no library's, no type's, no function's.
inline void expectPlainWords(const std::string& message) {
    EXPECT_FALSE(message.empty());
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    constexpr std::array words = {"json.exception", "parse_error",     "type_error",
                                  "out_of_range",   "std::",           "basic_string",
                                  "bad_alloc",      "c10::",           "HDF5-DIAG",
                                  "nlohmann",       "filesystem error"};
    for (const auto* word : words)
        EXPECT_EQ(message.find(word), std::string::npos) << message;
}

} // namespace residuum::test
