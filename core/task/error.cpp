#include "core/task/error.h"

#include <cstdio>

namespace residuum {

Error::Error(std::string subject, std::string reason)
    : std::runtime_error(oneLine(subject) + ": " + oneLine(reason, 2000)),
      subject_(oneLine(subject)), reason_(oneLine(reason, 2000)) {}

namespace {

bool isContinuationByte(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Cuts at code point boundaries, so that no half character is left on either side of the mark.
std::string elideMiddle(const std::string& text, std::size_t maxBytes) {
    std::size_t headEnd = maxBytes / 2;
    while (headEnd > 0 && isContinuationByte(text[headEnd]))
        --headEnd;
    std::size_t tailBegin = text.size() - maxBytes / 2;
    while (tailBegin < text.size() && isContinuationByte(text[tailBegin]))
        ++tailBegin;
    return text.substr(0, headEnd) + "…" + text.substr(tailBegin);
}

} // namespace

std::string oneLine(const std::string& text, std::size_t maxBytes) {
    std::string line;
    line.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            line += "\\n";
        } else if (c == '\t') {
            line += "\\t";
        } else if (byte < 0x20 || byte == 0x7F) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\x%02X", byte);
            line += escaped;
        } else {
            line += c;
        }
    }
    return line.size() > maxBytes ? elideMiddle(line, maxBytes) : line;
}

} // namespace residuum
