// GPT-2's byte-level BPE, from vocab.json + merges.txt or from tokenizer.json. Torch-free.
#pragma once

#include "core/index.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residuum {

/// Immutable once made; every method is safe to call from several threads at once.
class Tokenizer {
  public:
    /// Reads `folder`'s vocab.json + merges.txt or, where these are missing, tokenizer.json.
    /// Throws Error naming the file, the entry and what was expected.
    static std::shared_ptr<const Tokenizer> open(const std::filesystem::path& folder);
    /// Whether `folder` holds files that `open` would read.
    static bool isPresent(const std::filesystem::path& folder);

    ~Tokenizer();
    Tokenizer(const Tokenizer&) = delete;
    Tokenizer& operator=(const Tokenizer&) = delete;

    /// The token ids of `text`. "<|endoftext|>" (and any other special token of the vocabulary) in
    /// the text is that token. Bytes that are not valid UTF-8 are kept and encoded byte by byte, so
    /// that every byte sequence round-trips. Throws Error naming the character where the vocabulary
    /// cannot express the text.
    std::vector<TokenId> encode(std::string_view text) const;

    /// The bytes of one token, exactly; may be part of a UTF-8 character. Throws Error for an id
    /// outside the vocabulary.
    const std::string& bytes(TokenId id) const;
    /// The bytes of a sequence of tokens, joined.
    std::string decode(const std::vector<TokenId>& ids) const;
    /// `bytes(id)` for people and JSON: valid UTF-8 is left as it is, each other byte is `\xE2`.
    std::string text(TokenId id) const;

    /// The one token that `text` is; empty when it is several or none.
    std::optional<TokenId> single(std::string_view text) const;
    /// The id of the end-of-text token, where the vocabulary has one.
    std::optional<TokenId> endOfText() const;

    /// Number of tokens (largest id + 1).
    std::size_t size() const;
    /// Hash of vocabulary and merges: equal for tokenizers that encode alike.
    const std::string& fingerprint() const;
    /// The files it was read from, for the report of what was detected, e.g. "vocab.json +
    /// merges.txt".
    const std::string& source() const;

  private:
    struct Data;
    explicit Tokenizer(std::unique_ptr<const Data> data);
    std::unique_ptr<const Data> data_;
};

/// `bytes` as UTF-8 for display: each byte that is not part of valid UTF-8 becomes `\xE2`.
std::string escapeInvalidUtf8(std::string_view bytes);

} // namespace residuum
