#include "analysis/patching/patch_request.h"

#include "core/task/error.h"

#include <algorithm>
#include <limits>
#include <string_view>

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

std::string Codec<ExactCells>::text(const ExactCells& cells) {
    return cells.top == 0 ? "all" : "top:" + std::to_string(cells.top);
}

ExactCells Codec<ExactCells>::parse(const std::string& text, const Asking& asking,
                                    const TokenLookup&) {
    constexpr std::string_view top = "top:";
    if (text == "all")
        return {};
    if (!text.starts_with(top))
        throw UsageError(asking.what + " " + text, "all or top:N is expected, e.g. top:200");
    return {static_cast<int>(parseWholeNumber(text.substr(top.size()),
                                              {asking.what, 1, std::numeric_limits<int>::max()}))};
}

std::optional<PatchMethod> PatchRequest::estimate() const {
    for (const auto method : methods)
        if (method == PatchMethod::Attribution || method == PatchMethod::AtpStar ||
            method == PatchMethod::IntegratedGradients)
            return method;
    return std::nullopt;
}

bool PatchRequest::asks(PatchMethod method) const {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

} // namespace residuum
