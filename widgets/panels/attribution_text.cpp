#include "widgets/panels/attribution_text.h"

#include "widgets/plots/colour_scale.h"

#include <cmath>

namespace residuum {

QString nmaeLine(const DlaResult& result) {
    return QString(nmaeText(result.nmae) + QLatin1Char(' ') + nmaeInterval(result.nmae)).trimmed();
}

QString misjudgementExplanation(const Misjudgement& found, const DlaResult& result,
                                const QString& place) {
    const Treatment treatment(result.model.normalization);
    return QObject::tr("At %1, Σ |DLA − direct effect| / Σ |direct effect|: %2 % over the "
                       "heads, %3 % over the MLPs, of %4 against the %5. Signs count where the "
                       "direct effect is above %6 logits.")
        .arg(place, QString::number(found.heads), QString::number(found.mlps),
             modeTitle(ViewMode::Dla, treatment), modeTitle(ViewMode::DirectEffect, treatment),
             QString::number(signThreshold));
}

QString nmaeExplanation(const DlaResult& result, const QString& domain) {
    const Treatment treatment(result.model.normalization);
    return QObject::tr("%1 %: normalised mean absolute error of %2 against the %3, over %4, with "
                       "its 95 % bootstrap interval")
        .arg(QString::number(result.nmae.heads), modeTitle(ViewMode::Dla, treatment),
             modeTitle(ViewMode::DirectEffect, treatment), domain);
}

QString datasetExplanation(const DatasetNmae& measured) {
    const auto& found = measured.misjudged;
    return nmaeExplanation(*measured.result, datasetDomain(measured)) + QLatin1Char('\n') +
           mlpsText(found) + QStringLiteral(", ") + signsText(found) + QLatin1Char('\n') +
           (measured.isStale
                ? QObject::tr("Another dataset, target or position is being measured.")
                : QObject::tr("It is about the dataset: another prompt does not change it."));
}

QString checkText(const ModelColumn& column, const AttributionBoard::ColumnAnswer& answer,
                  int row) {
    if (column.saved && row == -1)
        return QObject::tr("of other prompts or positions; ▸ shows one");
    const auto& rows = answer.result->rows;
    if (row != allRows && (row < 0 || row >= static_cast<int>(rows.size())))
        return {};
    double error = 0.0; // the largest
    for (const auto& each : rows)
        if (row == allRows && std::abs(each.completenessError) > std::abs(error))
            error = each.completenessError;
    if (row != allRows)
        error = rows[static_cast<std::size_t>(row)].completenessError;
    auto text = row == allRows ? QObject::tr("|Σ − logit| ≤ %1").arg(oneDigit(std::abs(error)))
                               : QObject::tr("Σ − logit = %1").arg(oneDigit(error));
    if (column.saved && row >= 0 && row < column.saved->rowTexts.size())
        text += QObject::tr(" · target “%1”").arg(column.saved->rowTexts[row]);
    if (answer.fromCache)
        text += QObject::tr(" · cached");
    return text;
}

} // namespace residuum
