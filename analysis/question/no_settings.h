// What a question has in a session that keeps nothing of its own there.
#pragma once

#include <tuple>

namespace residuum {

struct NoSettings {
    static constexpr auto fields() { return std::tuple<>(); }

    friend bool operator==(const NoSettings&, const NoSettings&) = default;
};

} // namespace residuum
