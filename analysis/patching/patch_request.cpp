#include "analysis/patching/patch_request.h"

#include <algorithm>

namespace residuum {

std::vector<PatchSite> Codec<std::vector<PatchSite>>::parse(const std::string& text,
                                                            const Asking& asking,
                                                            const TokenLookup&) {
    std::vector<PatchSite> sites;
    const auto add = [&](PatchSite site) {
        if (std::find(sites.begin(), sites.end(), site) == sites.end())
            sites.push_back(site);
    };
    for (const auto& part : splitList(text)) {
        const auto site = parseName<PatchSite>(part, asking.what);
        add(site);
        if (const auto all = allPositionsOf(site))
            add(*all);
    }
    return sites;
}

bool PatchRequest::asks(PatchMethod method) const {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

} // namespace residuum
