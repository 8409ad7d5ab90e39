#include "analysis/inputs/spacing_hint.h"

#include <cctype>
#include <string_view>

namespace residuum {

namespace {

bool isLetter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

/// After which a word is written with a space before it.
bool endsWord(char c) {
    return isLetter(c) || std::string_view(",;:.!?").find(c) != std::string_view::npos;
}

bool isId(const std::string& answer) {
    return answer.size() > 1 && answer.front() == '#' &&
           answer.find_first_not_of("0123456789", 1) == std::string::npos;
}

} // namespace

std::optional<std::string> spacingHint(const std::string& prompt, const std::string& answer,
                                       const Tokenizer& tokenizer) {
    if (prompt.empty() || answer.empty() || isId(answer))
        return std::nullopt;
    if (prompt.back() == ' ' && answer.front() == ' ')
        return "the prompt ends in a space and the answer \"" + answer +
               "\" begins with one, so there are two; end the prompt without it";
    if (endsWord(prompt.back()) && isLetter(answer.front()) && tokenizer.single(" " + answer))
        return "the answer \"" + answer + "\" has no leading space, though \" " + answer +
               "\" is one token too and would begin a new word; is it meant?";
    return std::nullopt;
}

} // namespace residuum
