#include "core/tokenizer/special_tokens.h"

#include <algorithm>
#include <utility>

namespace residuum {

void SpecialTokens::add(std::string text, TokenId id) {
    auto& entries = byFirstByte_[static_cast<unsigned char>(text.front())];
    if (entries.empty())
        firstBytes_ += text.front();
    const auto shorter = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
        return entry.text.size() < text.size();
    });
    entries.insert(shorter, Entry{std::move(text), id});
}

SpecialTokens::Found SpecialTokens::find(std::string_view text, std::size_t from) const {
    const Found none{text.size(), text.size(), TokenId{}};
    if (firstBytes_.empty())
        return none;
    // With one first byte, as in GPT-2, this is a memchr over the text.
    const bool single = firstBytes_.size() == 1;
    for (std::size_t at = from; at < text.size(); ++at) {
        at = single ? text.find(firstBytes_[0], at) : text.find_first_of(firstBytes_, at);
        if (at == std::string_view::npos)
            return none;
        for (const Entry& entry : byFirstByte_[static_cast<unsigned char>(text[at])]) {
            if (text.substr(at, entry.text.size()) == entry.text)
                return {at, at + entry.text.size(), entry.id};
        }
    }
    return none;
}

} // namespace residuum
