#include "analysis/inputs/known_format.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace residuum {

namespace {

using namespace std::string_view_literals;

struct Magic {
    std::string_view bytes;
    const char* sentence;
};

constexpr std::array magics{
    Magic{"\x93NUMPY"sv, "is a NumPy array (.npy); write its numbers alone, e.g. with "
                         "array.astype(\"uint16\").tofile(\"tokens.bin\")"},
    Magic{"PK\x03\x04"sv, "is a zip archive (.zip, .npz or a PyTorch file); unpack what is meant "
                          "first"},
    Magic{"\x1f\x8b"sv, "is compressed with gzip; decompress it first"},
    Magic{"\x28\xb5\x2f\xfd"sv, "is compressed with Zstandard; decompress it first"},
    Magic{"\x89HDF\r\n"sv, "is an HDF5 file"},
    Magic{"PAR1"sv, "is a Parquet file; export it as JSON lines first"},
    Magic{"%PDF-"sv, "is a PDF document"},
    Magic{"version https://git-lfs"sv,
          "is a Git LFS pointer, not the file itself; run \"git lfs pull\" where it was cloned"},
};

bool beginsWithTag(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
        text.remove_prefix(1);
    std::string start(text.substr(0, 14));
    std::transform(start.begin(), start.end(), start.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return start.starts_with("<!doctype html") || start.starts_with("<html") ||
           start.starts_with("<?xml") || start.starts_with("<head");
}

bool isPickle(std::string_view head) {
    if (head.size() < 2)
        return false;
    if (head[0] == '\x80' && head[1] >= '\x02' && head[1] <= '\x05')
        return true;
    // Protocol 0 of a list or dict.
    return head.starts_with("(lp") || head.starts_with("(dp");
}

} // namespace

std::optional<std::string> foreignFormat(std::string_view head, Meant meant) {
    for (const auto& magic : magics)
        if (head.starts_with(magic.bytes) && (magic.bytes.size() > 2 || meant != Meant::Tokens))
            return magic.sentence;
    if (meant != Meant::Tokens && isPickle(head))
        return "is a Python pickle, which is never executed here; load it in Python and write JSON "
               "lines, one object each";
    if (meant == Meant::Records && beginsWithTag(head))
        return "is a web page or XML, not the file itself; download it again by its raw address";
    return std::nullopt;
}

} // namespace residuum
