#include "widgets/panels/groups_views.h"

#include "analysis/patching/patch_site.h"
#include "analysis/statistics/cell_statistics.h"
#include "core/checkpoint/treatment.h"
#include "widgets/panels/verdict.h"
#include "widgets/plots/cell_grid.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

QString changeText(GroupChange change) {
    switch (change) {
    case GroupChange::Mean:
        return QStringLiteral("mean ablation");
    case GroupChange::Zero:
        return QStringLiteral("zero ablation");
    case GroupChange::Resample:
        return QStringLiteral("resample ablation");
    case GroupChange::Patch:
        break;
    }
    return QStringLiteral("patching clean into corrupted");
}

QString unitText(const GroupsResult& result) {
    return QString::fromStdString(unitOf(result.request.metric));
}

std::optional<Thing> thingOf(const GroupMember& member) {
    return std::visit([](const auto& each) { return std::optional<Thing>(each); }, member);
}

/// 95 % intervals of means over pairs, as elsewhere; none of one pair.
constexpr Resampling drawn{1000, 0, 0};

std::vector<std::optional<AxisRange>> intervalsOf(const Table& values) {
    std::vector<std::optional<AxisRange>> intervals(static_cast<std::size_t>(values.cols()));
    const auto of = statisticsOf({values, {}, drawn});
    for (std::size_t i = 0; i < intervals.size(); ++i)
        if (!std::isnan(of.low[i]))
            intervals[i] = AxisRange{of.low[i], of.high[i]};
    return intervals;
}

/// [prompt, group]
Table sumsAlone(const GroupsResult& result) {
    Table sums(result.together.rows(), result.together.cols());
    for (std::size_t g = 0; g < result.groups.size(); ++g) {
        const auto first = static_cast<Eigen::Index>(result.firstMember(g)),
                   end = static_cast<Eigen::Index>(result.firstMember(g + 1));
        sums.col(static_cast<Eigen::Index>(g)) =
            result.alone.middleCols(first, end - first).rowwise().sum();
    }
    return sums;
}

/// What a thing does alone, mean over pairs; empty: it is in no group.
std::optional<double> aloneOf(const GroupsResult& result, const Thing& thing) {
    Eigen::Index column = 0;
    for (const auto& group : result.request.groups)
        for (const auto& member : group.members) {
            if (thingOf(member) == thing)
                return result.alone.col(column).mean();
            ++column;
        }
    return std::nullopt;
}

/// A row of marks per group.
ChartData groupRows(const GroupsResult& result, const QString& yTitle) {
    ChartData data;
    data.xTitle = QStringLiteral("group");
    data.yTitle = yTitle;
    for (const auto& group : result.request.groups)
        data.categories.push_back(
            {group.members.size() == 1 ? thingOf(group.members.front()) : std::nullopt,
             QString::fromStdString(group.name)});
    data.series.emplace_back();
    return data;
}

ChartFigure togetherOf(const GroupsResult& result) {
    auto data = groupRows(result, unitText(result));
    data.filled = QStringLiteral("together");
    data.hollow = QStringLiteral("sum of each alone");
    auto& series = data.series.front();
    series.name = changeText(result.request.change);
    const auto together = intervalsOf(result.together), alone = intervalsOf(sumsAlone(result));
    for (std::size_t g = 0; g < result.groups.size(); ++g)
        series.marks.push_back(
            {result.meanTogether(g), result.meanAlone(g), together[g], alone[g]});
    return {std::move(data), {}, {}};
}

ChartFigure membersOf(const GroupsResult& result) {
    ChartData data;
    data.xTitle = QStringLiteral("member");
    data.yTitle = unitText(result);
    data.filled = QStringLiteral("alone");
    data.series.emplace_back();
    data.series.front().name = changeText(result.request.change);
    const auto intervals = intervalsOf(result.alone);
    std::size_t place = 0;
    for (const auto& group : result.request.groups)
        for (const auto& member : group.members) {
            const auto column = static_cast<Eigen::Index>(place);
            data.categories.push_back(
                {thingOf(member), QString::fromStdString(result.members[place])});
            data.series.front().marks.push_back(
                {result.alone.col(column).mean(), unknownValue, intervals[place++]});
        }
    return {std::move(data), {}, {}};
}

ChartFigure attributionOf(const GroupsResult& result) {
    auto data = groupRows(result, QStringLiteral("logits"));
    const Treatment treatment(result.model.normalization);
    data.filled = QStringLiteral("Σ DLA (%1)").arg(QString::fromStdString(treatment.frozen()));
    data.hollow =
        QStringLiteral("direct effect (%1)").arg(QString::fromStdString(treatment.recomputed()));
    auto& series = data.series.front();
    series.name = QStringLiteral("attribution");
    const auto dla = intervalsOf(result.dla), effect = intervalsOf(result.directEffect);
    for (Eigen::Index g = 0; g < result.dla.cols(); ++g)
        series.marks.push_back({result.dla.col(g).mean(), result.directEffect.col(g).mean(),
                                dla[static_cast<std::size_t>(g)],
                                effect[static_cast<std::size_t>(g)]});
    return {std::move(data), {}, {}};
}

double meanOf(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

QStringList notesOf(const GroupsResult& result) {
    const auto pairs = static_cast<qint64>(result.cleanMetric.size());
    QStringList notes{
        QStringLiteral("%1, %2").arg(
            changeText(result.request.change),
            pairs == 1
                ? QStringLiteral("one pair")
                : QStringLiteral("mean of %1").arg(countText(pairs, QStringLiteral("pair")))),
        QStringLiteral("clean %1, corrupted %2 %3")
            .arg(threeDigits(meanOf(result.cleanMetric)), threeDigits(meanOf(result.corruptMetric)),
                 unitText(result))};
    if (pairs > 1)
        notes << QStringLiteral("95 % intervals: 1,000 resamples, seed 0");
    return notes;
}

/// The group that does most in any model, and how far its members add up to it.
QString verdictOf(const std::vector<NamedResult<GroupsResult>>& columns) {
    const auto& first = *columns.front().result;
    std::size_t most = 0;
    double size = -1.0;
    for (std::size_t g = 0; g < first.groups.size(); ++g)
        for (const auto& column : columns)
            if (g < column.result->groups.size() &&
                std::abs(column.result->meanTogether(g)) > size) {
                size = std::abs(column.result->meanTogether(g));
                most = g;
            }
    const auto of = [&](const auto& number) {
        return ofEach(columns, [&](const auto& c) {
            return most < c.result->groups.size() ? threeDigits(number(*c.result))
                                                  : QStringLiteral("–");
        });
    };
    return QObject::tr("%1%2 of \"%3\" changes the metric by %4 %5 (%6); its members one by one "
                       "by %7 in all")
        .arg(whose(columns), changeText(first.request.change),
             QString::fromStdString(first.groups[most]),
             of([&](const GroupsResult& r) { return r.meanTogether(most); }), unitText(first),
             notesOf(first).front().section(QStringLiteral(", "), 1),
             of([&](const GroupsResult& r) { return r.meanAlone(most); }));
}

} // namespace

ResultViews<GroupsAnalysis> groupsViews() {
    using Kind = PlotPage::Kind;
    using Result = GroupsResult;
    return {QStringLiteral("&Groups"),
            {{QStringLiteral("together"),
              QStringLiteral("all members changed in one run, and the sum of each changed alone"),
              Kind::Chart,
              [](const Result& result) { return togetherOf(result); },
              {},
              {},
              notesOf,
              QStringLiteral("Together")},
             {QStringLiteral("members"),
              QStringLiteral("each member changed alone"),
              Kind::Chart,
              [](const Result& result) { return membersOf(result); },
              {},
              {},
              notesOf,
              QStringLiteral("Members")},
             {QStringLiteral("attribution"),
              QStringLiteral("what the members write towards correct − incorrect at the clean "
                             "prompt's end"),
              Kind::Chart,
              [](const Result& result) { return attributionOf(result); },
              {},
              {},
              notesOf,
              QStringLiteral("Attribution")}},
            verdictOf,
            {},
            [](const Result& result, const Thing& thing) { return aloneOf(result, thing); },
            [](const Result& result) {
                return QObject::tr("%1 alone, %2")
                    .arg(changeText(result.request.change), unitText(result));
            }};
}

FigureKind groupsKind() {
    return kindOf(groupsViews());
}

} // namespace residuum
