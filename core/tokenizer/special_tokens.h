// Tokens that are found in the text itself, before it is cut into pieces.
#pragma once

#include "core/index.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residuum {

/// How a special token is found, in the words of Hugging Face's files.
struct SpecialRule {
    bool lstrip = false;     ///< takes the white space on its left with it
    bool rstrip = false;     ///< takes the white space on its right with it
    bool singleWord = false; ///< only where no word touches it
    bool normalized = false; ///< looked for after, and between, those that are not

    friend bool operator==(const SpecialRule&, const SpecialRule&) = default;
};

/// A stretch of a text: a special token or, without an id, what lies between two.
struct TextPart {
    std::size_t begin; ///< byte offsets
    std::size_t end;
    std::optional<TokenId> id;
};

/// Finds special tokens as Hugging Face's library does: the leftmost first and, of those that begin
/// there, the longest.
class SpecialTokens {
  public:
    /// text: not empty.
    void add(std::string text, TokenId id, SpecialRule rule = {});
    /// The parts of `text` in order, none of those without an id empty.
    std::vector<TextPart> split(std::string_view text) const;

  private:
    struct Entry {
        std::string text;
        TokenId id;
        SpecialRule rule;
    };
    /// Entries that are looked for together.
    struct Set {
        std::array<std::vector<Entry>, 256> byFirstByte; ///< longest first
        std::string firstBytes;

        std::size_t findFirstByte(std::string_view text, std::size_t from) const;
        const Entry* find(std::string_view text, std::size_t& at) const;
        void split(std::string_view text, std::size_t offset, std::vector<TextPart>& parts) const;
    };
    Set exact_;
    Set normalized_;
};

} // namespace residuum
