#include "analysis/inputs/story_words.h"

#include <cctype>

namespace residuum {

std::string filled(const std::string& text, const std::vector<std::pair<char, std::string>>& by,
                   std::vector<std::pair<char, std::size_t>>* ends) {
    const auto isLetter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool alone =
            (i == 0 || !isLetter(text[i - 1])) && (i + 1 == text.size() || !isLetter(text[i + 1]));
        const std::string* word = nullptr;
        for (const auto& [letter, with] : by)
            if (alone && text[i] == letter)
                word = &with;
        result += word == nullptr ? std::string(1, text[i]) : *word;
        if (word != nullptr && ends != nullptr)
            ends->emplace_back(text[i], result.size() - 1);
    }
    return result;
}

} // namespace residuum
