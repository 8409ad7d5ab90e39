// What a tokenizer's files say, checked, whatever their format.
#pragma once

#include "core/tokenizer/bpe.h"
#include "core/tokenizer/special_tokens.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace residuum {

/// Token ids are indices of `bytes`. An id without a token has empty bytes there.
struct Vocabulary {
    std::vector<std::string> bytes;
    std::array<std::int32_t, 256> byteTokens;    ///< `unknown` or -1 where a byte has none
    std::vector<Merge> merges;                   ///< best first
    std::map<std::int32_t, SpecialRule> special; ///< found in the text as they are
    std::optional<std::int32_t> endOfText;
    /// Stands for each byte without a token, where there are any and the files name one.
    std::optional<std::int32_t> unknown;
    bool fuseUnknown = false; ///< side by side within a piece, they are one
    bool prefixSpace = false; ///< text, and what follows a special token, is given a leading space
    std::string source;
    std::vector<std::string> warnings; ///< sentences on what its files say and is not as GPT-2's

    /// One more than the largest id that texts without special tokens can have.
    std::size_t plainEnd() const;
    /// XXH3-128 in hexadecimal over everything that encoding depends on, less the tokens from id
    /// `end` on that only their names could tell.
    std::string fingerprint(std::size_t end) const;
};

/// The id of the token `text` as `file` has it. Throws Error where it is none.
std::int32_t checkedTokenId(const std::filesystem::path& file, const std::string& text,
                            const nlohmann::json& id);

/// Fills a Vocabulary from its files' entries. Throws Error naming the file and the entry.
class VocabularyBuilder {
  public:
    /// file: named in errors about tokens.
    explicit VocabularyBuilder(std::filesystem::path file);

    /// A special token, from `file`: `text` stands for itself. To be added before the tokens, which
    /// may repeat it with the same id.
    void addSpecial(const std::filesystem::path& file, const std::string& text,
                    const nlohmann::json& id, SpecialRule rule = {});
    /// A token in the byte alphabet.
    void addToken(const std::string& text, const nlohmann::json& id);
    /// The next merge, in the byte alphabet. file, where: its place, e.g. "line 3", for errors.
    void addMerge(const std::filesystem::path& file, const std::string& where,
                  std::string_view left, std::string_view right);
    /// The same, as "left right".
    void addMerge(const std::filesystem::path& file, const std::string& where,
                  std::string_view text);
    /// The token, as the files write it, that stands for bytes without one; `fuse`: see Vocabulary.
    /// After the tokens.
    void setUnknown(const std::string& text, bool fuse);
    /// Ends the vocabulary; the builder is empty afterwards.
    Vocabulary finish(std::string source);

  private:
    void put(const std::filesystem::path& file, const std::string& text, std::int32_t id,
             std::string bytes);

    std::filesystem::path file_;
    Vocabulary vocabulary_;
    std::unordered_map<std::string, std::int32_t> ids_; ///< of the model's tokens, by their bytes
    std::unordered_map<std::string, std::int32_t> specialIds_;
    std::unordered_map<std::uint64_t, std::size_t> mergeAt_;
};

} // namespace residuum
