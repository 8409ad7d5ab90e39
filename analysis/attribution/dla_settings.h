// What NMAE is measured over beside the prompt, and how the panel shows the rest, in a session.
#pragma once

#include "analysis/attribution/dla_request.h"
#include "analysis/question/session.h"

#include <optional>
#include <tuple>

namespace residuum {

/// As `residuum dla --dataset … --target … --position …` has it.
/// Components of each sign that the ranked view shows.
inline constexpr int usualTop = 8;

struct DlaSettings {
    std::optional<DatasetRequest> dataset; ///< empty: none was chosen yet
    TargetChoice target{TargetRule::Next};
    PositionChoice position{};
    int top = usualTop;     ///< of each sign in the ranked view
    bool mlpsAlong = false; ///< how far off MLPs are along the prompt, else heads

    /// What is asked of every model.
    DlaRequest request() const {
        DlaRequest asked;
        asked.target = target;
        asked.position = position;
        return asked;
    }

    static constexpr auto fields() {
        using S = DlaSettings;
        return std::tuple{field(&S::dataset, "input"), field(&S::target, "target"),
                          field(&S::position, "position"),
                          field(&S::top, "top").atLeast(1).addedLater(),
                          field(&S::mlpsAlong, "mlps_along").addedLater()};
    }

    friend bool operator==(const DlaSettings&, const DlaSettings&) = default;
};

} // namespace residuum
