#include "core/tokenizer/special_tokens.h"

#include "core/tokenizer/characters.h"

#include <algorithm>
#include <utility>

namespace residuum {

void SpecialTokens::add(std::string text, TokenId id, SpecialRule rule) {
    Set& set = rule.normalized ? normalized_ : exact_;
    auto& entries = set.byFirstByte[static_cast<unsigned char>(text.front())];
    if (entries.empty())
        set.firstBytes += text.front();
    const auto shorter = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
        return entry.text.size() < text.size();
    });
    entries.insert(shorter, Entry{std::move(text), id, rule});
}

std::size_t SpecialTokens::Set::findFirstByte(std::string_view text, std::size_t from) const {
    // With one first byte, as in GPT-2, this is a memchr over the text.
    if (firstBytes.size() == 1)
        return std::min(text.find(firstBytes[0], from), text.size());
    while (from < text.size() && byFirstByte[static_cast<unsigned char>(text[from])].empty())
        ++from;
    return from;
}

/// The first entry at or after `at`, which is set to its begin; null where there is none.
const SpecialTokens::Entry* SpecialTokens::Set::find(std::string_view text, std::size_t& at) const {
    for (at = findFirstByte(text, at); at < text.size(); at = findFirstByte(text, at + 1)) {
        for (const Entry& entry : byFirstByte[static_cast<unsigned char>(text[at])]) {
            if (text.substr(at, entry.text.size()) == entry.text)
                return &entry;
        }
    }
    return nullptr;
}

/// Appends the parts of `text`, which begins at `offset` of the whole.
void SpecialTokens::Set::split(std::string_view text, std::size_t offset,
                               std::vector<TextPart>& parts) const {
    std::size_t done = 0;
    const auto plainUntil = [&](std::size_t end) {
        if (done < end)
            parts.push_back({offset + done, offset + end, std::nullopt});
    };
    std::size_t at = 0;
    while (const Entry* const found = firstBytes.empty() ? nullptr : find(text, at)) {
        const SpecialRule& rule = found->rule;
        std::size_t begin = at;
        std::size_t end = at + found->text.size();
        at = end; // what is passed over is not searched again
        if (rule.singleWord &&
            (endsWithWord(text.substr(0, begin)) || beginsWithWord(text.substr(end))))
            continue;
        if (rule.lstrip)
            begin -= spaceAtEnd(text.substr(done, begin - done));
        if (rule.rstrip)
            end += spaceAtBegin(text.substr(end));
        plainUntil(begin);
        parts.push_back({offset + begin, offset + end, found->id});
        at = done = end;
    }
    plainUntil(text.size());
}

std::vector<TextPart> SpecialTokens::split(std::string_view text) const {
    std::vector<TextPart> parts;
    exact_.split(text, 0, parts);
    if (normalized_.firstBytes.empty())
        return parts;
    std::vector<TextPart> finer;
    for (const TextPart& part : parts) {
        if (part.id)
            finer.push_back(part);
        else
            normalized_.split(text.substr(part.begin, part.end - part.begin), part.begin, finer);
    }
    return finer;
}

} // namespace residuum
