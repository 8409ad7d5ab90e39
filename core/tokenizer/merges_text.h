// merges.txt, line by line.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace residuum {

/// Calls visit(number, line) for each merge of a merges.txt: lines are counted from 1 with the
/// version line, which is left out, and come without their ends.
template <class Visit>
void forEachMergeLine(std::string_view content, Visit visit) {
    // Blank lines at the end are common; one in between is a sign of damage.
    std::string_view rest = content.substr(0, content.find_last_not_of("\r\n") + 1);
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        // Only the first line: "#" begins merges of the real vocabulary.
        if (number == 1 && line.starts_with("#version"))
            continue;
        visit(number, line);
    }
}

} // namespace residuum
