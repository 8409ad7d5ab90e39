// What a tokenizer's files say, checked, whatever their format.
#pragma once

#include "core/tokenizer/bpe.h"

#include <array>
#include <cstdint>
#include <filesystem>
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
    std::array<std::int32_t, 256> byteTokens; ///< -1 where a byte has none
    std::vector<Merge> merges;                ///< best first
    std::vector<std::int32_t> special;        ///< ascending; found in the text as they are
    std::optional<std::int32_t> endOfText;
    std::string source;

    /// XXH3-128 in hexadecimal over tokens, special ids and merges; not over `source`.
    std::string fingerprint() const;
};

/// Fills a Vocabulary from one file's entries. Throws Error naming the file and the entry.
class VocabularyBuilder {
  public:
    /// file: named in errors about tokens.
    explicit VocabularyBuilder(std::filesystem::path file);

    /// A special token: `text` stands for itself. To be added before the tokens, which may repeat
    /// it with the same id.
    void addSpecial(const std::string& text, const nlohmann::json& id);
    /// A token in the byte alphabet.
    void addToken(const std::string& text, const nlohmann::json& id);
    /// The next merge, in the byte alphabet. file, where: its place, e.g. "line 3", for errors.
    void addMerge(const std::filesystem::path& file, const std::string& where,
                  std::string_view left, std::string_view right);
    /// Ends the vocabulary; the builder is empty afterwards.
    Vocabulary finish(std::string source);

  private:
    std::int32_t checkedId(const std::string& text, const nlohmann::json& id) const;
    void put(const std::string& text, std::int32_t id, std::string bytes);

    std::filesystem::path file_;
    Vocabulary vocabulary_;
    std::unordered_map<std::string, std::int32_t> ids_; ///< of the model's tokens, by their bytes
    std::unordered_map<std::string, std::int32_t> specialIds_;
    std::unordered_map<std::uint64_t, std::size_t> mergeAt_;
};

} // namespace residuum
