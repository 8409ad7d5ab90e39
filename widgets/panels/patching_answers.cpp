// What models answer to several pairs of prompts, in words.
#include "widgets/panels/patching_figures.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/counts.h"

#include <QObject>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// Over the pairs that are there.
struct MetricMeans {
    double clean = 0.0, corrupt = 0.0, right = 0.0;
    int pairs = 0;
};

MetricMeans metricMeans(const PatchResult& result) {
    MetricMeans means;
    for (std::size_t i = 0; i < result.cleanMetric.size(); ++i) {
        if (std::isnan(result.cleanMetric[i]) || std::isnan(result.corruptMetric[i]))
            continue;
        ++means.pairs;
        means.clean += result.cleanMetric[i];
        means.corrupt += result.corruptMetric[i];
        means.right += result.cleanMetric[i] > 0.0 ? 1.0 : 0.0;
    }
    for (auto* sum : {&means.clean, &means.corrupt, &means.right})
        *sum /= std::max(means.pairs, 1);
    return means;
}

/// Whether the sign of the metric says that the answer is right.
bool hasRight(const PatchResult& result) {
    return result.request.metric == PatchMetric::LogitDiff;
}

} // namespace

QString metricText(const PatchResult& result) {
    const auto means = metricMeans(result);
    const auto all = static_cast<int>(result.cleanMetric.size());
    const auto unit = QString::fromStdString(unitOf(result.request.metric));
    auto text = QObject::tr("clean %1, corrupted %2 %3")
                    .arg(threeDigits(means.clean), threeDigits(means.corrupt), unit);
    return means.pairs == all ? text
                              : text + QObject::tr(" of %1 of %2 so far")
                                           .arg(means.pairs)
                                           .arg(countText(all, QObject::tr("pair")));
}

QString meanGapText(const PatchResult& result) {
    const auto means = metricMeans(result);
    const auto problem = taskProblemText(result);
    return QObject::tr("mean gap %1 %2")
               .arg(threeDigits(means.clean - means.corrupt),
                    QString::fromStdString(unitOf(result.request.metric))) +
           (problem.isEmpty() ? QString() : QStringLiteral(": ") + problem);
}

QStringList gapLines(const PatchResult& result) {
    const auto means = metricMeans(result);
    const bool isMean = result.cleanMetric.size() > 1;
    const auto clean = threeDigits(means.clean), corrupt = threeDigits(means.corrupt),
               gap = threeDigits(means.clean - means.corrupt);
    const auto whole = isMean ? meanGapText(result) : gapText(result, 0);
    const auto number = (isMean ? QObject::tr("mean gap %1") : QObject::tr("gap %1")).arg(gap);
    QStringList lines{metricText(result) + QStringLiteral(", ") + whole, whole};
    if (taskProblemText(result).isEmpty()) {
        const auto all = QObject::tr("clean %1, corrupted %2, %3");
        lines = {isMean ? lines[0] : all.arg(clean, corrupt, whole),
                 all.arg(clean, corrupt, number),
                 QObject::tr("%1 → %2, %3").arg(clean, corrupt, number), lines[1]};
    } else
        lines << QObject::tr("%1: fails").arg(number);
    return lines << number;
}

QString taskProblemText(const PatchResult& result) {
    if (result.cleanMetric.size() == 1)
        return QString::fromStdString(taskProblem(result, 0));
    const auto means = metricMeans(result);
    if (means.pairs == 0 || !hasRight(result))
        return {};
    if (means.right < 0.5)
        return QObject::tr("most clean answers are wrong");
    return means.corrupt > means.clean ? QObject::tr("the corrupted prompts answer better")
                                       : QString();
}

} // namespace residuum
