// What NMAE is measured over beside the prompt, in a session.
#pragma once

#include "analysis/attribution/dla_request.h"
#include "analysis/question/session.h"

#include <optional>
#include <tuple>

namespace residuum {

/// As `residuum dla --dataset … --target … --position …` has it.
struct DlaSettings {
    std::optional<DatasetRequest> dataset; ///< empty: none was chosen yet
    TargetChoice target{TargetRule::Next};
    PositionChoice position{};

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
                          field(&S::position, "position")};
    }

    friend bool operator==(const DlaSettings&, const DlaSettings&) = default;
};

} // namespace residuum
