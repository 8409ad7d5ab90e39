// Figures' names among those of all kinds.
#include "widgets/figure/figure_kind.h"

#include <gtest/gtest.h>

#include <set>

namespace residuum::test {
namespace {

FigureKind kindWith(const QString& name, const QStringList& views) {
    FigureKind kind;
    kind.kind = name;
    for (const auto& view : views)
        kind.views.push_back({view, {}, {}});
    return kind;
}

TEST(FigureStem, IsTheViewsAndCarriesItsKindWhereAnEarlierOneHasIt) {
    const std::vector<FigureKind> kinds{kindWith("dla", {"attribution", "error"}),
                                        kindWith("patch", {"error"}),
                                        kindWith("groups", {"attribution", "members"})};
    EXPECT_EQ(figureStem(kinds, "dla", "attribution"), "attribution");
    EXPECT_EQ(figureStem(kinds, "groups", "attribution"), "groups-attribution");
    EXPECT_EQ(figureStem(kinds, "groups", "members"), "members");
    std::set<QString> stems;
    for (const auto& kind : kinds)
        for (const auto& view : kind.views)
            EXPECT_TRUE(stems.insert(figureStem(kinds, kind.kind, view.name)).second);
}

} // namespace
} // namespace residuum::test
