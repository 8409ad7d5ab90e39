// Settings of views: what a figure is asked for, on the command line and in copied commands.
#include "widgets/figure/figure_command.h"
#include "widgets/figure/figure_difference.h"

#include "core/task/error.h"

#include <gmock/gmock.h>

namespace residuum {
namespace {

using ::testing::HasSubstr;

FigureKind sampleKind() {
    ViewSetting shape{QStringLiteral("shape"), ViewSetting::Type::Choice, {}};
    shape.values = {{QStringLiteral("round"), {}}, {QStringLiteral("flat"), {}}};
    const ViewSetting bright{QStringLiteral("bright"), ViewSetting::Type::Flag, {}};
    FigureKind kind;
    kind.kind = QStringLiteral("toy");
    kind.settings = {sampleSetting(), positionSetting(), shape, bright};
    kind.views = {{QStringLiteral("map"), {}, {"sample", "position", "shape", "bright"}},
                  {QStringLiteral("list"), {}, {"sample"}},
                  {QStringLiteral("bare"), {}, {}}};
    return kind;
}

std::string refusalOf(const QString& view, const QString& name, const QString& value) {
    FigureRequest request;
    request.view = view;
    request.settings.set(name, value);
    try {
        sampleKind().check(request);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(FigureKind, RefusesWhatAViewLacksAndSaysWhatItHas) {
    EXPECT_EQ(refusalOf("map", "shape", "flat"), "");
    EXPECT_EQ(refusalOf("list", "sample", "3"), "");
    EXPECT_THAT(
        refusalOf("list", "shape", "flat"),
        HasSubstr("means nothing for list of a result of the kind toy, which has --sample"));
    EXPECT_THAT(refusalOf("bare", "sample", "0"), HasSubstr("which has no such settings"));
    EXPECT_THAT(refusalOf("map", "colour", "x"), HasSubstr("--colour x"));
}

TEST(FigureKind, RefusesValuesThatMeanNothing) {
    EXPECT_THAT(refusalOf("map", "shape", "square"), HasSubstr("there are round, flat"));
    EXPECT_THAT(refusalOf("map", "sample", "-1"), HasSubstr("from 0"));
    EXPECT_THAT(refusalOf("map", "sample", "first"), HasSubstr("whole number"));
    EXPECT_EQ(refusalOf("map", "position", "-1"), "");
    EXPECT_THROW(sampleKind().view(QStringLiteral("pie")), UsageError);
    EXPECT_EQ(sampleKind().view({}).name, QStringLiteral("map"));
}

TEST(FigureCommandLine, HasTheSettingsInTheirOrder) {
    FigureRequest request;
    request.view = QStringLiteral("map");
    request.settings.set(QStringLiteral("shape"), QStringLiteral("not round"));
    request.settings.setFlag(QStringLiteral("bright"));
    request.settings.set(QStringLiteral("position"), -2);
    request.difference = std::pair(0, 2);
    EXPECT_EQ(figureCommand(QStringLiteral("r.h5"), request, {}, QStringLiteral("f.pdf")),
              QStringLiteral("residuum figure r.h5 --kind map --shape 'not round' --bright "
                             "--position -2 --difference 0,2 -o f.pdf"));
}

FigurePanel panelOf(const QString& name, int layers, std::vector<double> values) {
    HeatmapFigure heatmap;
    for (int layer = 0; layer < layers; ++layer)
        heatmap.data.grid.cells.push_back(
            {Component{ComponentKind::Mlp, LayerIndex(layer), HeadIndex(0)}, layer, 0.0, 1.0, {}});
    heatmap.data.values = std::move(values);
    FigurePanel panel;
    panel.title = name;
    panel.content = heatmap;
    return panel;
}

TEST(FigureDifference, IsRefusedInASentenceWhereThereIsNone) {
    const auto full = panelOf("a", 2, {1.0, 2.0});
    EXPECT_EQ(differenceOf(full, panelOf("b", 2, {0.5, 4.0})).obstacle, QString());
    EXPECT_THAT(differenceOf(full, panelOf("b", 2, {})).obstacle.toStdString(),
                HasSubstr("one of them has no result of this"));
    EXPECT_THAT(differenceOf(full, panelOf("b", 3, {1.0, 1.0, 1.0})).obstacle.toStdString(),
                HasSubstr("different numbers of layers or heads"));
}

TEST(FigureDifference, OfTablesIsByColumnTitle) {
    TableFigure::Column dla{"a", "DLA", {}, {1.0, 2.0}}, error{"a", "error", {}, {0.5, 0.5}};
    auto other = dla;
    other.group = QStringLiteral("b");
    other.values = {0.25, 4.0};
    const auto columns = differenceOf({dla, error}, {other});
    ASSERT_EQ(columns.size(), 1U);
    EXPECT_EQ(columns[0].group, differenceName("a", "b"));
    EXPECT_EQ(columns[0].values, (std::vector<double>{0.75, -2.0}));
}

FigurePanel textOf(const QStringList& tokens, const std::vector<double>& values) {
    FigurePanel panel;
    TokenStrips strips;
    strips.tokens = tokens;
    strips.scale.map = ColourMap::Sequential;
    strips.blocks.push_back({{}, {}, {{QString(), values}}});
    panel.content = TokenStripFigure{strips, {}};
    return panel;
}

TEST(FigureDifference, OfTextsIsOfWhatBothBeginWith) {
    const auto difference = differenceOf(textOf({"a", "b", "c"}, {1.0, 2.0, 3.0}),
                                         textOf({"a", "b", "d", "e"}, {0.5, 4.0, 1.0, 1.0}));
    const auto& strips = std::get<TokenStripFigure>(difference.panel.content).strips;
    EXPECT_EQ(strips.tokens, (QStringList{"a", "b"}));
    EXPECT_EQ(strips.blocks.front().rows.front().values, (std::vector{0.5, -2.0}));
    EXPECT_EQ(strips.scale.map, ColourMap::Diverging);
    EXPECT_TRUE(difference.note.contains(QStringLiteral("2 tokens")));
    EXPECT_EQ(differenceOf(textOf({"a"}, {1.0}), textOf({"a"}, {1.0})).note, QString());
    EXPECT_NE(differenceOf(textOf({"a"}, {1.0}), textOf({"b"}, {1.0})).obstacle, QString());
    EXPECT_NE(differenceOf(textOf({"a"}, {1.0}), textOf({}, {})).obstacle, QString());
}

} // namespace
} // namespace residuum
