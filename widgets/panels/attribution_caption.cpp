#include "widgets/panels/attribution_caption.h"

#include <algorithm>

namespace residuum {

namespace {

QString quoted(const QString& text) {
    return QStringLiteral("“%1”").arg(text);
}

/// A figure's title as far as it does not depend on the target.
QString titleOf(const QString& view, const Treatment& treatment) {
    const auto frozen = QString::fromStdString(treatment.frozen());
    const auto recomputed = QString::fromStdString(treatment.recomputed());
    const auto against = QStringLiteral("irect logit attribution (%1) against the direct effect "
                                        "(%2)")
                             .arg(frozen, recomputed);
    if (view == AttributionViews::scatter)
        return QLatin1Char('D') + against;
    if (view == AttributionViews::ranked)
        return QStringLiteral("Largest components: d") + against;
    if (view == AttributionViews::byLayer)
        return QStringLiteral("Attribution summed layer by layer: d") + against;
    if (view == AttributionViews::byPosition)
        return QStringLiteral("Error of heads along the prompt: d") + against;
    if (view == AttributionViews::nmaeHeads)
        return QStringLiteral("NMAE of every head: d") + against;
    switch (modeOf(view).value_or(ViewMode::Dla)) {
    case ViewMode::Error:
        return QStringLiteral("Error of d") + against;
    case ViewMode::DirectEffect:
        return QStringLiteral("Direct effect on the logit (%1)").arg(recomputed);
    case ViewMode::Dla:
        break;
    }
    return view == AttributionViews::contributors
               ? QStringLiteral("Largest contributors to the logit")
               : QStringLiteral("Direct logit attribution (%1)").arg(frozen);
}

QString quantityOf(const QString& view, const Treatment& treatment) {
    if (const auto mode = modeOf(view))
        return modeTitle(*mode, treatment);
    if (view == AttributionViews::contributors)
        return QStringLiteral("contributors");
    if (view == AttributionViews::nmaeHeads)
        return QStringLiteral("NMAE of each head");
    return QStringLiteral("%1 against %2")
        .arg(modeTitle(ViewMode::Dla, treatment), modeTitle(ViewMode::DirectEffect, treatment));
}

/// Of a figure's caption: what of the prompt it shows.
QString whereText(const QString& view, const AttributionColumn& column,
                  const ShownAttribution& shown) {
    if (column.row == allRows)
        return QStringLiteral("at the end, %1").arg(shown.prompt);
    const auto at = column.result->rows[static_cast<std::size_t>(column.row)].position.value;
    return (view == AttributionViews::byPosition ? QStringLiteral("at every position")
                                                 : QStringLiteral("at position %1").arg(at)) +
           QStringLiteral(" of ") + quoted(shown.prompt);
}

/// What is to be known of a view beside its title, in its caption.
QString legendOf(const QString& view, const ShownAttribution& shown) {
    if (modeOf(view))
        return QStringLiteral(" E|P: token and position embeddings; rightmost "
                              "columns: MLP, attention bias and MLP bias.");
    if (view == AttributionViews::ranked)
        return QStringLiteral(" The %1 components of each sign whose DLA is largest in any model; "
                              "the line between a model's two marks is the error.")
            .arg(shown.top);
    if (view == AttributionViews::byLayer)
        return QStringLiteral(" Sums over embeddings, heads, MLPs and biases up to each layer, "
                              "with the final site's gate of the whole residual throughout: they "
                              "end at the logit. Direct effects summed likewise do not where the "
                              "final site normalises.");
    if (view == AttributionViews::byPosition)
        return QStringLiteral(" Σ |DLA − direct effect| / Σ |direct effect| over the heads.");
    return {};
}

} // namespace

QString targetText(const AttributionColumn& column) {
    if (column.row == allRows)
        return QStringLiteral("%1 versus %2").arg(column.target, column.versus);
    return column.versus.isEmpty()
               ? quoted(column.target)
               : QStringLiteral("%1 versus %2").arg(quoted(column.target), quoted(column.versus));
}

bool sameTargets(const std::vector<AttributionColumn>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](const AttributionColumn& column) {
        return column.target == columns.front().target && column.versus == columns.front().versus;
    });
}

namespace {

/// Of each model, with what it is over where that is not the same of all.
struct Errors {
    QString domain; ///< of all; "": each has its own
    QString text;
};

template <class Number, class Domain>
Errors errorsOf(const std::vector<AttributionColumn>& columns, const Number& nmae,
                const Domain& domain) {
    QStringList errors, domains;
    for (const auto& column : columns) {
        errors << QStringLiteral("%1 %2").arg(column.name, nmae(column));
        domains << domain(column);
    }
    const bool isOne = domains.count(domains.front()) == domains.size();
    for (qsizetype i = 0; i < errors.size() && !isOne; ++i)
        errors[i] += QStringLiteral(" (over %1)").arg(domains[i]);
    return {isOne ? domains.front() : QString(), errors.join(QStringLiteral(", "))};
}

/// Of heads over all that a result is of, or the dataset.
void describeHeads(Figure& figure, const std::vector<AttributionColumn>& columns) {
    const auto errors = errorsOf(
        columns,
        [&](const AttributionColumn& column) {
            const auto* result = measured(column, columns);
            return result == nullptr ? QStringLiteral("–") : nmaeText(result->nmae).mid(5);
        },
        measuredDomain);
    figure.title = titleOf(figure.view, treatmentOf(columns));
    figure.caption =
        QStringLiteral("%1, for %2. Of all heads%3: %4.")
            .arg(figure.title, modelsText(columns),
                 errors.domain.isEmpty() ? QString() : QStringLiteral(", over ") + errors.domain,
                 errors.text);
}

} // namespace

void describe(Figure& figure, const std::vector<AttributionColumn>& columns,
              const ShownAttribution& shown) {
    const auto treatment = treatmentOf(columns);
    figure.quantity = quantityOf(figure.view, treatment);
    if (figure.view == AttributionViews::nmaeHeads)
        return describeHeads(figure, columns);
    const auto errors = errorsOf(
        columns,
        [](const AttributionColumn& column) { return nmaeText(column.result->nmae).mid(5); },
        [](const AttributionColumn& column) { return nmaeDomain(*column.result); });
    const auto& first = columns.front();
    const auto of = sameTargets(columns) ? QStringLiteral(" of %1").arg(targetText(first))
                                         : QStringLiteral(" of each model's target");
    figure.title = titleOf(figure.view, treatment) + of;
    figure.caption =
        QStringLiteral("%1 %2, for %3.%5 NMAE%6: %4.")
            .arg(figure.title, whereText(figure.view, first, shown), modelsText(columns),
                 errors.text, legendOf(figure.view, shown),
                 errors.domain.isEmpty() ? QString() : QStringLiteral(" over ") + errors.domain);
}

} // namespace residuum
