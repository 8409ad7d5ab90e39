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

constexpr int contexts = 3;     ///< shown per neuron and model
constexpr int tokensBefore = 8; ///< of a context

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
    for (Eigen::Index i = 0; i < std::min<Eigen::Index>(tokens.cols(), 5); ++i)
        list << QStringLiteral("%1&nbsp;%2")
                    .arg(names.quoted(TokenId(static_cast<std::int64_t>(tokens(row, i))))
                             .toHtmlEscaped(),
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

/// What one model knows of the neuron.
class Known {
  public:
    Known(const NeuronTextColumn& shown, const Neuron& neuron) : column(shown) {
        const auto at = static_cast<std::size_t>(neuron.index.value);
        if (shown.answer == nullptr || !shown.answer->result ||
            shown.answer->result->layer != neuron.layer ||
            at >= shown.answer->result->weights.norm.size())
            return;
        result = shown.answer->result.get();
        place = static_cast<Eigen::Index>(at);
        row = placeOf(result->chosen.neurons, neuron.index);
    }

    const NeuronTextColumn& column;
    const NeuronResult* result = nullptr; ///< null: it knows nothing
    Eigen::Index place = 0;               ///< of the neuron in its layer
    std::ptrdiff_t row = -1;              ///< among those that are followed; -1: it is not
};

QString none() {
    return QStringLiteral("–");
}

/// A row for every model: `of` makes its cells.
template <class Of>
QString numbers(const QString& title, const QString& domain, const QStringList& heads,
                const std::vector<Known>& all, const QColor& dim, const Of& of) {
    const auto cell = QStringLiteral("<td align='right'>%1</td>");
    auto text = QStringLiteral("<p><b>%1</b> <small>%2</small></p>"
                               "<table cellspacing='0' cellpadding='2' width='100%'><tr><td></td>")
                    .arg(title, domain);
    for (const auto& head : heads)
        text += cell.arg(QStringLiteral("<small>%1</small>").arg(head));
    text += QStringLiteral("</tr>");
    for (const auto& known : all) {
        auto cells = known.result == nullptr ? QStringList() : of(known);
        while (cells.size() < heads.size())
            cells << none();
        text += QStringLiteral("<tr><td><b>%1</b></td>").arg(known.column.name.toHtmlEscaped());
        for (const auto& each : cells)
            text += cell.arg(
                known.column.answer != nullptr && known.column.answer->stale()
                    ? QStringLiteral("<span style='color:%1'>%2</span>").arg(dim.name(), each)
                    : each);
        text += QStringLiteral("</tr>");
    }
    return text + QStringLiteral("</table>");
}

/// Under every model's name what `of` says.
template <class Of>
QString words(const QString& title, const QString& domain, const std::vector<Known>& all,
              const Of& of) {
    auto text = QStringLiteral("<p><b>%1</b> <small>%2</small></p>").arg(title, domain);
    for (const auto& known : all)
        text += QStringLiteral("<div style='margin-left:6px'><b>%1</b>%2</div>")
                    .arg(known.column.name.toHtmlEscaped(),
                         known.result == nullptr
                             ? QObject::tr(" <small>nothing is known of it yet</small>")
                             : of(known));
    return text;
}

/// Why its effects are not there.
QString missing(const Known& known, bool pinned) {
    const auto& column = known.column;
    return column.saved ? QObject::tr("its effects are not in this saved result")
           : !pinned    ? QObject::tr("pin it to have its effects computed")
           : column.answer->sentence.isEmpty() ? QObject::tr("effects: computing …")
                                               : column.answer->sentence.toHtmlEscaped();
}

QString effectName(bool entropy) {
    return entropy ? QObject::tr("|Δ entropy|") : QObject::tr("|Δ loss|");
}

QString contextsOf(const Known& known, bool dark) {
    const auto& activations = known.result->activations;
    ColourScale scale;
    scale.limit = std::max(1e-12, std::abs(activations.topActivation(known.place, 0)));
    QString text;
    for (int rank = 0; rank < contexts; ++rank) {
        const auto token = static_cast<std::ptrdiff_t>(activations.topToken(known.place, rank));
        if (token < 0 || known.column.answer->input == nullptr)
            break;
        text += QStringLiteral("<br>") +
                contextOf(*known.column.answer->input,
                          known.result->tokens[static_cast<std::size_t>(token)],
                          activations.topActivation(known.place, rank), scale, known.column.tokens,
                          dark);
    }
    return text;
}

} // namespace

QString neuronText(const std::vector<NeuronTextColumn>& columns, const Neuron& neuron, bool pinned,
                   const NeuronView& view, const QPalette& palette) {
    std::vector<Known> all;
    for (const auto& column : columns)
        all.emplace_back(column, neuron);
    const auto first = std::find_if(all.begin(), all.end(),
                                    [](const Known& known) { return known.result != nullptr; });
    if (first == all.end())
        return {};
    const bool dark = isDark(palette);
    const auto dim = palette.color(QPalette::Disabled, QPalette::Text);
    Treatment treatment;
    for (const auto& known : all)
        if (known.result != nullptr)
            treatment.add(known.result->model.normalization, neuron.layer.value);
    const auto mediated = QString::fromStdString(treatment.mediated());
    const auto share = [](const Known& known, bool entropy) {
        return shareText(
            known.result->chosen.lnMediated(static_cast<std::size_t>(known.row), entropy));
    };
    auto text =
        numbers(QObject::tr("Activation"),
                QObject::tr("over the scored tokens; null space: k = %1; of %2")
                    .arg(view.nullSpace)
                    .arg(effectName(view.entropy)),
                {QObject::tr("mean"), QObject::tr("sd"), QObject::tr("null space"), mediated}, all,
                dim, [&](const Known& known) {
                    const auto& result = *known.result;
                    const auto at = static_cast<std::size_t>(known.place);
                    return QStringList{threeDigits(result.activations.mean[at]),
                                       threeDigits(result.activations.deviation[at]),
                                       threeDigits(result.weights.nullFraction(at, view.nullSpace)),
                                       known.row < 0 ? none() : share(known, view.entropy)};
                });
    text +=
        numbers(effectName(!view.entropy), QObject::tr("mean per token, nats"),
                {QObject::tr("total<br>%1").arg(QString::fromStdString(treatment.recomputed())),
                 QString::fromStdString(treatment.frozen()), mediated},
                all, dim, [&](const Known& known) {
                    if (known.row < 0)
                        return QStringList();
                    const auto effect = [&](bool frozen) {
                        return threeDigits(known.result->chosen.meanAbs(
                            known.row, effectColumn(frozen, !view.entropy)));
                    };
                    return QStringList{effect(false), effect(true), share(known, !view.entropy)};
                });
    text += words(QObject::tr("Promotes and suppresses"),
                  QObject::tr("logits per unit of activation, %1")
                      .arg(QString::fromStdString(treatment.unitScale())),
                  all, [&](const Known& known) {
                      const auto& written = known.result->written;
                      return known.row < 0
                                 ? QStringLiteral(" <small>%1</small>").arg(missing(known, pinned))
                                 : QStringLiteral("<br>↑ %1<br>↓ %2")
                                       .arg(writtenLine(written.promoted, written.promotedBy,
                                                        known.row, known.column.tokens),
                                            writtenLine(written.suppressed, written.suppressedBy,
                                                        known.row, known.column.tokens));
                  });
    return text +
           words(QObject::tr("Most active on"), QObject::tr("activation, the token in its context"),
                 all, [&](const Known& known) {
                     const auto at = static_cast<std::size_t>(known.place);
                     return known.result->activations.deviation[at] == 0.0
                                ? QObject::tr(" <small>constant over these tokens: mean ablation "
                                              "changes nothing</small>")
                                : contextsOf(known, dark);
                 });
}

QString strongestNeurons(const std::vector<NeuronTextColumn>& columns, const NeuronView& view) {
    constexpr std::size_t named = 5;
    std::vector<std::pair<double, Neuron>> sized;
    QStringList names;
    for (const auto& column : columns) {
        if (column.answer == nullptr || !column.answer->result)
            continue;
        names << column.name;
        const auto& result = *column.answer->result;
        for (std::size_t i = 0; i < result.chosen.neurons.size(); ++i) {
            const Neuron neuron{result.layer, result.chosen.neurons[i]};
            const double size = result.chosen.meanAbs(static_cast<Eigen::Index>(i),
                                                      effectColumn(false, view.entropy));
            const auto found = std::find_if(sized.begin(), sized.end(), [&](const auto& each) {
                return each.second == neuron;
            });
            if (found == sized.end())
                sized.emplace_back(size, neuron);
            else
                found->first = std::max(found->first, size);
        }
    }
    if (sized.empty())
        return {};
    std::stable_sort(sized.begin(), sized.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    sized.resize(std::min(named, sized.size()));
    auto text =
        QObject::tr("<b>Largest</b> %1 of the followed neurons, nats a token: %2<br>")
            .arg(effectName(view.entropy), names.join(QStringLiteral(" | ")).toHtmlEscaped());
    for (const auto& [size, neuron] : sized) {
        QStringList values;
        for (const auto& column : columns)
            if (column.answer != nullptr && column.answer->result) {
                const Known known(column, neuron);
                values << (known.row < 0 ? none()
                                         : threeDigits(known.result->chosen.meanAbs(
                                               known.row, effectColumn(false, view.entropy))));
            }
        text += QStringLiteral("<a href='%1'>%1</a> %2<br>")
                    .arg(QString::fromStdString(label(Thing(neuron))),
                         values.join(QStringLiteral(" | ")));
    }
    return text;
}

} // namespace residuum
