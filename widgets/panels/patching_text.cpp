// What patching figures say in words.
#include "widgets/panels/patching_figures.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/text/counts.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace residuum {

QString correlationText(double correlation) {
    return std::isnan(correlation) ? QStringLiteral("undefined") : threeDigits(correlation);
}

QString agreementText(const Agreement& agreement) {
    return QStringLiteral("Pearson %1 · Spearman %2")
        .arg(correlationText(agreement.pearson), correlationText(agreement.spearman));
}

QString domainText(const Agreement& agreement, const PatchResult& result, const PatchView& view) {
    const auto exact = comparedExact(result, view),
               estimate = patchValues(result, view.estimate, view);
    std::size_t all = 0; // that a patch may change
    for (std::size_t i = 0; i < std::min(exact.size(), estimate.size()); ++i)
        all += !std::isnan(estimate[i]) && (estimate[i] != 0.0 || std::abs(exact[i]) > 0.0) ? 1 : 0;
    const auto numbered = [](std::size_t count) {
        return QLocale::c().toString(static_cast<qulonglong>(count));
    };
    if (agreement.cells >= all && all < exact.size() && result.request.cells.top == 0)
        return QStringLiteral("%1 of %2, the others are 0")
            .arg(numbered(all), countText(std::ssize(exact), QStringLiteral("cell")));
    if (agreement.cells >= all)
        return countText(static_cast<qint64>(agreement.cells), QStringLiteral("cell"));
    const auto top = result.request.cells.top;
    if (top > 0 && agreement.cells == static_cast<std::size_t>(top))
        return QStringLiteral("top %1 of %2 cells").arg(numbered(agreement.cells), numbered(all));
    if (top > 0)
        return QStringLiteral("%1 of the top %2 of %3 cells")
            .arg(numbered(agreement.cells))
            .arg(top)
            .arg(numbered(all));
    return QStringLiteral("a sample of %1 of %2 cells")
        .arg(numbered(agreement.cells), numbered(all));
}

QString worstText(const Agreement& agreement, const PatchResult& result, const PatchView& view) {
    const auto* exact = result.find(PatchMethod::Exact, view.site);
    const auto axes = axesOf(view.site);
    QStringList cells;
    for (const auto& cell : agreement.worst) {
        if (cells.size() == 3)
            break;
        // At one position of z, q, k, v the cells are heads.
        const auto text =
            axes.head && axes.pos
                ? QString::fromStdString(
                      label(Component{ComponentKind::Head, LayerIndex(cell.cell / exact->shape[1]),
                                      HeadIndex(cell.cell % exact->shape[1])}))
                : QString::fromStdString(cellLabel(*exact, result, cell.cell));
        cells << QStringLiteral("%1 (exact %2, estimate %3)")
                     .arg(text, threeDigits(cell.exact), threeDigits(cell.estimate));
    }
    return QStringLiteral("worst ") + cells.join(QStringLiteral(", "));
}

QString methodTitle(PatchMethod method) {
    switch (method) {
    case PatchMethod::Attribution:
        return QStringLiteral("attribution patching");
    case PatchMethod::Exact:
        return QStringLiteral("exact patching");
    case PatchMethod::AtpStar:
        return QStringLiteral("AtP* (magnitude)");
    case PatchMethod::IntegratedGradients:
        return QStringLiteral("integrated gradients");
    case PatchMethod::Eap:
        return QStringLiteral("EAP");
    case PatchMethod::EapIg:
        return QStringLiteral("EAP-IG");
    default:
        return QString::fromStdString(name(method));
    }
}

QString patchUnit(const PatchResult& result, const PatchView& view) {
    return view.normalised ? QStringLiteral("of the gap")
                           : QString::fromStdString(unitOf(result.request.metric));
}

QString gapText(const PatchResult& result, std::size_t prompt) {
    const auto problem = taskProblem(result, prompt);
    return QStringLiteral("gap %1 %2")
               .arg(threeDigits(result.gap(prompt)),
                    QString::fromStdString(unitOf(result.request.metric))) +
           (problem.empty() ? QString() : QStringLiteral(": ") + QString::fromStdString(problem));
}

QString patchConventions(const PatchRequest& request) {
    const auto metric = [&] {
        switch (request.metric) {
        case PatchMetric::LogitDiff:
            return QStringLiteral("logit difference");
        case PatchMetric::Prob:
            return QStringLiteral("probability");
        case PatchMetric::LogProb:
            return QStringLiteral("log-probability");
        case PatchMetric::Kl:
            return QStringLiteral("KL to the clean run");
        }
        return QString();
    }();
    return (request.direction == PatchDirection::CleanIntoCorrupt
                ? QStringLiteral("clean into corrupted, ")
                : QStringLiteral("corrupted into clean, ")) +
           metric;
}

QString pairText(const QString& clean, const QString& corrupt) {
    return QStringLiteral("Clean: “%1”. Corrupted: “%2”.").arg(clean, corrupt);
}

QString siteTitle(PatchSite site, const QString& position) {
    const auto axes = axesOf(site);
    const auto text = QString::fromStdString(name(site));
    if (axes.neuron)
        return text + QStringLiteral(", top neurons");
    if (axes.head && axes.pos)
        return text + (position.isEmpty()
                           ? QStringLiteral(", heads at one position")
                           : QStringLiteral(", layer × head at position ") + position);
    return text +
           (axes.head ? QStringLiteral(", layer × head") : QStringLiteral(", layer × position"));
}

} // namespace residuum
