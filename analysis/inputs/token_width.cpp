#include "analysis/inputs/token_width.h"

#include "core/task/error.h"

#include <algorithm>
#include <array>

namespace residuum {

namespace {

/// Words at fewer places say nothing.
constexpr std::size_t fewestPlaces = 4;

std::string twoBytes(const std::string& width) {
    return "seems to hold ids of " + width + ", not uint16";
}

/// Of 16-bit words at each place modulo 4: the share that a wider id's high words would have.
class HighWords {
  public:
    HighWords(std::string_view head, int d_vocab) {
        const unsigned below = static_cast<unsigned>((d_vocab - 1) / 65'536 + 1);
        const auto words = head.size() / 8 * 4; // whole groups only
        places_ = words / 4;
        for (std::size_t i = 0; i < words; ++i) {
            const unsigned word = static_cast<unsigned char>(head[2 * i]) |
                                  static_cast<unsigned>(static_cast<unsigned char>(head[2 * i + 1]))
                                      << 8U;
            small_[i % 4] += word < below ? 1 : 0;
        }
    }

    bool enough() const { return places_ >= fewestPlaces; }
    /// Nearly all of the words at this place are small.
    bool high(std::size_t place) const { return small_[place] * 100 >= places_ * 98; }
    bool low(std::size_t place) const { return !high(place) && small_[place] * 2 < places_; }

  private:
    std::array<std::size_t, 4> small_{};
    std::size_t places_ = 0;
};

/// The width that the ids seem to have, in words; empty: uint16, or nothing can be told.
std::optional<std::string> seemingWidth(const HighWords& words) {
    if (!words.enough())
        return std::nullopt;
    if (words.low(0) && words.high(1) && words.high(2) && words.high(3))
        return "8 bytes (int64)";
    if (words.high(0) && words.high(1) && words.high(2) && words.low(3))
        return "8 bytes, the highest first";
    if (words.low(0) && words.high(1) && words.low(2) && words.high(3))
        return "4 bytes (int32 or uint32)";
    if (words.high(0) && words.low(1) && words.high(2) && words.low(3))
        return "4 bytes, the highest first";
    return std::nullopt;
}

} // namespace

int tokenWidth(std::optional<int> asked, std::string_view head, std::uint64_t bytes, int d_vocab,
               const std::string& file) {
    if (asked && *asked != 2 && *asked != 4)
        throw UsageError("--token-width " + std::to_string(*asked),
                         "2 (uint16) or 4 (uint32) is expected");
    const int width = asked.value_or(2);
    const auto seeming = seemingWidth(HighWords(head, d_vocab));
    const bool four = seeming && seeming->starts_with("4 bytes (");
    const std::string remedy =
        four ? "; give --token-width 4"
             : "; write them as uint16 or little-endian uint32 (with --token-width 4)";
    if (width == 2 && d_vocab > 65'536)
        throw Error(file, seeming
                              ? twoBytes(*seeming) + remedy
                              : "cannot hold ids of a vocabulary of " + std::to_string(d_vocab) +
                                    " tokens as uint16; write them as uint32 and give "
                                    "--token-width 4");
    if (!asked && seeming)
        throw Error(file, twoBytes(*seeming) + remedy +
                              ", or --token-width 2 if they are uint16 all the same");
    if (width == 4 && seeming && !four)
        throw Error(file, "seems to hold ids of " + *seeming + ", not uint32" + remedy);
    if (bytes % static_cast<std::uint64_t>(width) != 0)
        throw Error(file, "has " + std::to_string(bytes) + " bytes, " +
                              (width == 2 ? "an odd number; uint16 token ids are expected"
                                          : "no multiple of 4; uint32 token ids are expected"));
    return width;
}

} // namespace residuum
