// What the patching panel has set, in a session.
#pragma once

#include "analysis/inputs/pair_request.h"
#include "analysis/patching/patch_request.h"
#include "analysis/question/session.h"

#include <optional>
#include <tuple>

namespace residuum {

/// What is asked, of which a session keeps what the panel sets, and how it is shown. The clean
/// prompt is the session's prompt, the answers are its target and versus.
struct PatchSettings : PatchRequest {
    SessionPrompt corrupt{};
    PatchSite site = PatchSite::ResidPre;            ///< the one that is looked at
    PatchMethod estimate = PatchMethod::Attribution; ///< shown beside exact patching
    int topEdges = 20;                               ///< are shown, and patched exactly
    bool studied = true;     ///< of edges: the best are patched exactly and circuits are run
    bool normalised = false; ///< shown so
    bool unfolded = false;   ///< a long equal prefix of the prompts is shown in full

    static constexpr auto fields() {
        using S = PatchSettings;
        return std::tuple{field(&S::corrupt, "corrupt"),
                          field(&S::site, "site"),
                          field(&S::estimate, "estimate"),
                          inherited<S, PatchRequest, "metric">(),
                          inherited<S, PatchRequest, "direction">(),
                          inherited<S, PatchRequest, "cells">(),
                          field(&S::normalised, "normalised").addedLater(),
                          field(&S::unfolded, "unfolded").keepingKeys(),
                          field(&S::topEdges, "top_edges", {}, "edges shown and patched exactly")
                              .within(1, 1000)
                              .keepingKeys(),
                          field(&S::studied, "studied").keepingKeys()};
    }

    friend bool operator==(const PatchSettings&, const PatchSettings&) = default;
};

/// What they ask about so many pairs.
PatchRequest patchingRequest(const PatchSettings& settings, std::size_t pairs = 1);
/// The pair of prompts as patching takes it: by texts where these tokenise to the tokens, else by
/// ids. `tokenizer` may be null.
PairInput pairInput(const SessionPrompt& clean, const SessionPrompt& corrupt, TokenId correct,
                    TokenId incorrect, const Tokenizer* tokenizer);

} // namespace residuum
