// How the lens is looked at in the window, in a session.
#pragma once

#include "analysis/lens/lens_request.h"

#include <optional>
#include <tuple>

namespace residuum {

struct LensSettings {
    bool frozen = false;
    bool jacobian = false;

    /// What is asked about a prompt: at all positions, of the document's target and what it is
    /// compared with; of each model's own top prediction without a target.
    LensRequest request(std::optional<TokenId> target, std::optional<TokenId> versus) const {
        LensRequest asked;
        asked.position.all = true;
        asked.frozen = frozen;
        asked.jacobian = jacobian;
        asked.components = true;
        if (target)
            asked.track.ids.push_back(*target);
        if (target && versus && versus != target)
            asked.track.ids.push_back(*versus);
        return asked;
    }

    static constexpr auto fields() {
        using S = LensSettings;
        return std::tuple{field(&S::frozen, "frozen", "",
                                "divide by what ln_f divides the last point by, instead "
                                "of what it would divide each point by"),
                          field(&S::jacobian, "jacobian", "",
                                "beside it the Jacobian lens: each layer's output as the layers "
                                "behind it change it, in the mean over the prompt or the prompts "
                                "of the set; a backward pass per feature and prompt")
                              .keepingKeys()};
    }

    friend bool operator==(const LensSettings&, const LensSettings&) = default;
};

} // namespace residuum
