// GPT-2's pre-tokenizer: cuts text into the pieces within which byte pairs are merged.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace residuum {

/// Reads one text piece by piece. Not for several threads at once: each makes its own.
/// The pieces, joined, are the text. A maximal run of bytes that are not valid UTF-8 is one piece.
class Pretokenizer {
  public:
    enum class Path {
        fast,   ///< ASCII by hand, the pattern where a piece touches other characters
        pattern ///< the pattern alone: the reference that tests hold `fast` to
    };

    explicit Pretokenizer(Path path = Path::fast);
    ~Pretokenizer();
    Pretokenizer(const Pretokenizer&) = delete;
    Pretokenizer& operator=(const Pretokenizer&) = delete;

    /// Begins with `text`, which must outlive the reading.
    void start(std::string_view text);
    /// Sets `piece` to the next piece, never empty; false at the end. Throws Error where PCRE2
    /// cannot do its work (no Unicode support, out of memory).
    bool next(std::string_view& piece);

  private:
    struct Match;

    std::size_t endByHand() const;
    std::size_t endByPattern();

    Path path_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t validEnd_ = 0;
    std::unique_ptr<Match> match_;
};

} // namespace residuum
