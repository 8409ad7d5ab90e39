// Tokens that are found in the text itself, before it is cut into pieces.
#pragma once

#include "core/index.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace residuum {

/// Finds special tokens: the leftmost first and, of those that begin there, the longest.
class SpecialTokens {
  public:
    struct Found {
        std::size_t begin; ///< byte offset; the text's size where there is none
        std::size_t end;
        TokenId id;
    };

    void add(std::string text, TokenId id);
    /// The first special token of `text` at or after byte `from`.
    Found find(std::string_view text, std::size_t from) const;

  private:
    struct Entry {
        std::string text;
        TokenId id;
    };
    std::array<std::vector<Entry>, 256> byFirstByte_;
    std::string firstBytes_;
};

} // namespace residuum
