#include "widgets/panels/neuron_text.h"

#include "analysis/neurons/neuron_words.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/plot_theme.h"
#include "widgets/prompt/token_display.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr int contexts = 4;      ///< shown per neuron and model
constexpr int tokensBefore = 10; ///< of a context

/// A token on the colour of a value, its text in whichever of black and white can be read on it.
QString colouredToken(const QString& text, double value, const ColourScale& scale, bool dark) {
    const auto colour = colourOf(value, scale, dark);
    const bool bright = colour.lightnessF() > 0.55;
    return QStringLiteral("<span style='background-color:%1;color:%2'>%3</span>")
        .arg(colour.name(), bright ? QStringLiteral("#000000") : QStringLiteral("#ffffff"),
             text.toHtmlEscaped().replace(QLatin1Char(' '), QStringLiteral("&nbsp;")));
}

std::ptrdiff_t placeOf(const std::vector<NeuronIndex>& list, NeuronIndex neuron) {
    const auto found = std::find(list.begin(), list.end(), neuron);
    return found == list.end() ? -1 : found - list.begin();
}

QString writtenLine(const Table& tokens, const Table& by, Eigen::Index row,
                    const TokenNames& names) {
    QStringList list;
    for (Eigen::Index i = 0; i < std::min<Eigen::Index>(tokens.cols(), 6); ++i)
        list << QStringLiteral("%1 %2").arg(
            names.quoted(TokenId(static_cast<std::int64_t>(tokens(row, i)))).toHtmlEscaped(),
            threeDigits(by(row, i)));
    return list.join(QStringLiteral(", "));
}

/// The tokens before and after a scored token, which is marked.
QString contextOf(const PromptInput& input, const ScoredToken& token, double activation,
                  const ColourScale& scale, const TokenNames& names, bool dark) {
    const auto sample = static_cast<std::size_t>(token.sample);
    if (token.sample < 0 || sample >= input.tokens.sequences.size())
        return {};
    const auto& tokens = input.tokens.sequences[sample].tokens;
    const int at = token.position.value;
    QString text;
    for (int p = std::max(0, at - tokensBefore);
         p < std::min(static_cast<int>(tokens.size()), at + 4); ++p) {
        const auto shown = names.chip(tokens[static_cast<std::size_t>(p)]);
        text += p == at ? colouredToken(shown, activation, scale, dark)
                        : shown.toHtmlEscaped().replace(QChar(0x00B7), QLatin1Char(' '));
    }
    return QStringLiteral("%1 <span>%2</span>").arg(threeDigits(activation), text);
}

} // namespace

QString neuronText(const std::vector<NeuronTextColumn>& columns, NeuronIndex neuron, bool pinned,
                   const NeuronView& view, const QPalette& palette) {
    const bool dark = isDark(palette);
    QString html;
    for (const auto& column : columns) {
        html += QStringLiteral("<p><b>%1</b>").arg(column.name.toHtmlEscaped());
        const auto at = static_cast<std::size_t>(neuron.value);
        if (column.answer == nullptr || !column.answer->result ||
            at >= column.answer->result->weights.norm.size()) {
            html += QObject::tr("<br>nothing is known of it yet</p>");
            continue;
        }
        const auto& result = *column.answer->result;
        const auto row = placeOf(result.chosen.neurons, neuron);
        const auto treatment = treatmentOf(result);
        html += QObject::tr(" · norm %1 · LogitVar %2 · null-space fraction %3 (k = %4) · mean "
                            "activation %5 (sd %6)")
                    .arg(threeDigits(result.weights.norm[at]),
                         std::isnan(result.weights.logitVar[at])
                             ? QObject::tr("undefined")
                             : threeDigits(result.weights.logitVar[at]),
                         threeDigits(result.weights.nullFraction(at, view.nullSpace)))
                    .arg(view.nullSpace)
                    .arg(threeDigits(result.activations.mean[at]),
                         threeDigits(result.activations.deviation[at]));
        if (result.activations.deviation[at] == 0.0)
            html += QObject::tr(" · constant over these tokens: mean ablation changes nothing");
        if (row >= 0) {
            for (const bool entropy : {true, false})
                html +=
                    QObject::tr("<br>mean |Δ %1|: %2 total (%5), %3 %6, %7 %4")
                        .arg(entropy ? QObject::tr("entropy") : QObject::tr("loss"),
                             threeDigits(result.chosen.meanAbs(row, effectColumn(false, entropy))),
                             threeDigits(result.chosen.meanAbs(row, effectColumn(true, entropy))),
                             shareText(
                                 result.chosen.lnMediated(static_cast<std::size_t>(row), entropy)),
                             QString::fromStdString(treatment.recomputed()),
                             QString::fromStdString(treatment.frozen()),
                             QString::fromStdString(treatment.mediated()));
            html += QObject::tr("<br>promotes %1<br>suppresses %2 (logits per unit of activation, "
                                "%3)")
                        .arg(writtenLine(result.written.promoted, result.written.promotedBy, row,
                                         column.tokens),
                             writtenLine(result.written.suppressed, result.written.suppressedBy,
                                         row, column.tokens),
                             QString::fromStdString(treatment.unitScale()));
        } else {
            html += QStringLiteral("<br>") +
                    (column.saved ? QObject::tr("its effects are not in this saved result")
                     : !pinned    ? QObject::tr("pin it to have its effects computed")
                     : column.answer->sentence.isEmpty() ? QObject::tr("effects: computing …")
                                                         : column.answer->sentence.toHtmlEscaped());
        }
        ColourScale scale;
        scale.limit = std::max(
            1e-12, std::abs(result.activations.topActivation(static_cast<Eigen::Index>(at), 0)));
        html += QObject::tr("<br>most active on:");
        for (int rank = 0; rank < contexts; ++rank) {
            const auto place = static_cast<std::ptrdiff_t>(
                result.activations.topToken(static_cast<Eigen::Index>(at), rank));
            if (place < 0 || column.answer->input == nullptr)
                break;
            html += QStringLiteral("<br>&nbsp;&nbsp;") +
                    contextOf(*column.answer->input, result.tokens[static_cast<std::size_t>(place)],
                              result.activations.topActivation(static_cast<Eigen::Index>(at), rank),
                              scale, column.tokens, dark);
        }
        html += QStringLiteral("</p>");
    }
    return html;
}

} // namespace residuum
