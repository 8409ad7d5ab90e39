#include "core/checkpoint/normalization.h"

#include "core/overloaded.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace residuum {

namespace {

/// In the order that labels list them.
constexpr std::array kindNames{"LayerNorm", "removed", "RMSNorm", "DyT"};

std::string number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

template <class Use>
void forEachSite(const Normalization& normalization, const Use& use) {
    for (const BlockNorms& block : normalization.blocks)
        for (const NormSite* site : {&block.ln1_qk, &block.ln1_v, &block.ln2})
            use(*site);
    use(normalization.ln_f);
}

} // namespace

NormSite siteOfEpsilon(double eps) {
    if (eps >= epsilonTrickFrom)
        return RemovedNorm{std::sqrt(eps)};
    return LayerNorm{eps};
}

bool centres(const NormSite& site) {
    return std::holds_alternative<LayerNorm>(site) || std::holds_alternative<RemovedNorm>(site);
}

double RowDivisor::of(double meanSquare) const {
    return constant ? 1.0 : std::sqrt(meanSquare + inside) + outside;
}

std::optional<RowDivisor> rowDivisor(const NormSite& site) {
    using Result = std::optional<RowDivisor>;
    return std::visit(Overloaded{[](const LayerNorm& norm) {
                                     return Result(RowDivisor{false, norm.eps, 0.0});
                                 },
                                 [](const RemovedNorm&) {
                                     return Result(RowDivisor{true, 0.0, 0.0});
                                 },
                                 [](const RmsNorm& norm) {
                                     return norm.epsOutside
                                                ? Result(RowDivisor{false, 0.0, norm.eps})
                                                : Result(RowDivisor{false, norm.eps, 0.0});
                                 },
                                 [](const DynamicTanh&) { return Result(); }},
                      site);
}

std::string kindName(const NormSite& site) {
    return kindNames[site.index()];
}

std::string siteText(const NormSite& site) {
    return kindName(site) + ", " +
           std::visit(
               Overloaded{[](const LayerNorm& norm) { return "eps " + number(norm.eps); },
                          [](const RemovedNorm& norm) { return "sigma " + number(norm.sigma); },
                          [](const RmsNorm& norm) {
                              return "eps " + number(norm.eps) +
                                     (norm.epsOutside ? " outside the root" : "");
                          },
                          [](const DynamicTanh& norm) { return "alpha " + number(norm.alpha); }},
               site);
}

std::size_t Normalization::countOf(const std::string& kind) const {
    std::size_t count = 0;
    forEachSite(*this, [&](const NormSite& site) { count += kindName(site) == kind ? 1 : 0; });
    return count;
}

bool Normalization::uniform() const {
    bool same = true;
    forEachSite(*this, [&](const NormSite& site) { same = same && site == ln_f; });
    return same;
}

std::string Normalization::summary() const {
    if (!summaryOnly.empty())
        return summaryOnly;
    const auto kind = kindName(ln_f);
    return countOf(kind) == siteCount() ? kind : "mixed";
}

std::string Normalization::label() const {
    if (!summaryOnly.empty())
        return summaryOnly;
    const auto removed = removedCount();
    const std::string fraction = std::to_string(removed) + "/" + std::to_string(siteCount());
    if (summary() != "mixed")
        return removed > 0 ? "removed (" + fraction + ")" : summary();
    if (removed + countOf("LayerNorm") == siteCount())
        return "mixed (" + fraction + " removed)";
    std::string kinds;
    for (const char* kind : kindNames)
        if (const auto count = countOf(kind); count > 0)
            kinds += (kinds.empty() ? "" : ", ") + std::to_string(count) + " " + kind;
    return "mixed (" + kinds + ")";
}

std::vector<std::string> normalizationSummaries() {
    std::vector<std::string> names(kindNames.begin(), kindNames.end());
    names.emplace_back("mixed");
    return names;
}

} // namespace residuum
