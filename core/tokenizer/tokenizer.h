// GPT-2's byte-level BPE, from tokenizer.json or from vocab.json + merges.txt. Torch-free.
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

class Error;

/// Immutable once made; every method is safe to call from several threads at once.
class Tokenizer {
  public:
    /// Reads `folder`'s tokenizer.json or, where it has none, vocab.json + merges.txt, with the
    /// small files beside them. modelSize: the number of tokens of the model it is for; texts that
    /// need others are refused then. Throws Error naming the file, the entry and what was expected,
    /// also where the vocabulary (beyond tokens that only its files' names could tell) does not fit
    /// the model.
    static std::shared_ptr<const Tokenizer> open(const std::filesystem::path& folder,
                                                 std::optional<std::size_t> modelSize = {});
    /// One without tokens: `encode` throws `reason`.
    static std::shared_ptr<const Tokenizer> refusing(const Error& reason);
    /// Whether `folder` holds files that `open` would read.
    static bool isPresent(const std::filesystem::path& folder);
    /// Whether `folder` holds one of vocab.json and merges.txt, where both are needed.
    static bool isHalf(const std::filesystem::path& folder);
    /// Whether both folders hold the same files, byte for byte: a cheap way to know that `open`
    /// would read the same from both.
    static bool haveSameFiles(const std::filesystem::path& one, const std::filesystem::path& other);

    ~Tokenizer();
    Tokenizer(const Tokenizer&) = delete;
    Tokenizer& operator=(const Tokenizer&) = delete;

    /// The token ids of `text`. "<|endoftext|>" (and any other special token of the vocabulary) in
    /// the text is that token. Bytes that are not valid UTF-8 are kept and encoded byte by byte, so
    /// that every byte sequence round-trips. Throws Error naming the character where the vocabulary
    /// cannot express the text, and the token where the model has none of its id.
    std::vector<TokenId> encode(std::string_view text) const;

    /// Whether the vocabulary has a token of this id.
    bool has(TokenId id) const;
    /// The bytes of one token, exactly; may be part of a UTF-8 character. "#1234" for an id without
    /// a token.
    std::string bytes(TokenId id) const;
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
    /// Hash of vocabulary, added tokens and merges: equal for tokenizers that encode alike.
    const std::string& fingerprint() const;
    /// Whether it encodes as the one that OpenAI published with GPT-2.
    bool isGpt2() const;
    /// Sentences on what its files say and is not as GPT-2's.
    const std::vector<std::string>& warnings() const;
    /// The files it was read from, for the report of what was detected, e.g. "vocab.json +
    /// merges.txt".
    const std::string& source() const;

  private:
    struct Data;
    struct Encoding;
    void encodePlain(std::string_view text, std::size_t begin, std::size_t end,
                     Encoding& encoding) const;
    void refuseForeign(const std::vector<TokenId>& ids) const;
    explicit Tokenizer(std::unique_ptr<const Data> data);
    std::unique_ptr<const Data> data_;
};

/// `bytes` as UTF-8 for display: each byte that is not part of valid UTF-8 becomes `\xE2`.
std::string escapeInvalidUtf8(std::string_view bytes);

} // namespace residuum
