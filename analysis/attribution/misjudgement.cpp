#include "analysis/attribution/misjudgement.h"

#include "analysis/attribution/nmae.h"

#include <cmath>

namespace residuum {

namespace {

struct Sums {
    double error = 0.0, effect = 0.0;

    void add(double dla, double directEffect) {
        error += std::abs(dla - directEffect);
        effect += std::abs(directEffect);
    }
};

} // namespace

Misjudgement misjudgement(const DlaResult& result, std::optional<int> row) {
    Misjudgement found;
    Sums heads, mlps;
    const auto first = static_cast<Eigen::Index>(row.value_or(0));
    const auto last = row ? first + 1 : static_cast<Eigen::Index>(result.rows.size());
    for (std::size_t c = 0; c < result.components.size(); ++c) {
        const auto kind = result.components[c].kind;
        if (kind != ComponentKind::Head && kind != ComponentKind::Mlp)
            continue;
        for (auto r = first; r < last; ++r) {
            const double dla = result.dla(static_cast<Eigen::Index>(c), r);
            const double effect = result.directEffect(static_cast<Eigen::Index>(c), r);
            (kind == ComponentKind::Head ? heads : mlps).add(dla, effect);
            ++found.compared;
            found.signChanges += std::abs(effect) > signThreshold && dla * effect < 0.0 ? 1 : 0;
        }
    }
    found.heads = nmaePercent(heads.error, heads.effect);
    found.mlps = nmaePercent(mlps.error, mlps.effect);
    return found;
}

} // namespace residuum
