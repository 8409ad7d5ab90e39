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

std::vector<std::int32_t> CircuitSizes::of(std::int64_t edges) const {
    std::vector<std::int32_t> list;
    for (const int size : sizes)
        list.push_back(static_cast<std::int32_t>(std::min<std::int64_t>(size, edges)));
    for (std::int64_t decade = 1; powers && decade < edges; decade *= 10)
        for (const int digit : {1, 2, 5})
            if (digit * decade < edges)
                list.push_back(static_cast<std::int32_t>(digit * decade));
    if (all)
        list.push_back(static_cast<std::int32_t>(edges));
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

std::string Codec<CircuitSizes>::text(const CircuitSizes& sizes) {
    std::vector<std::string> parts;
    for (const int size : sizes.sizes)
        parts.push_back(std::to_string(size));
    if (sizes.powers)
        parts.emplace_back("powers");
    if (sizes.all)
        parts.emplace_back("all");
    return parts.empty() ? "none" : joinedList(parts);
}

CircuitSizes Codec<CircuitSizes>::parse(const std::string& text, const Asking& asking,
                                        const TokenLookup&) {
    CircuitSizes sizes;
    if (text == "none")
        return sizes;
    for (const auto& part : splitList(text)) {
        sizes.powers |= part == "powers";
        sizes.all |= part == "all";
        if (part != "powers" && part != "all")
            sizes.sizes.push_back(static_cast<int>(
                parseWholeNumber(part, {asking.what, 0, std::numeric_limits<int>::max()})));
    }
    std::sort(sizes.sizes.begin(), sizes.sizes.end());
    sizes.sizes.erase(std::unique(sizes.sizes.begin(), sizes.sizes.end()), sizes.sizes.end());
    return sizes;
}

std::optional<PatchMethod> PatchRequest::estimate() const {
    for (const auto method : methods)
        if (method == PatchMethod::Attribution || method == PatchMethod::AtpStar ||
            method == PatchMethod::IntegratedGradients)
            return method;
    return std::nullopt;
}

bool PatchRequest::asks(PatchSite site) const {
    return std::find(sites.begin(), sites.end(), site) != sites.end();
}

bool PatchRequest::asks(PatchMethod method) const {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

} // namespace residuum
