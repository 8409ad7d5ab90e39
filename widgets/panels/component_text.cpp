#include "widgets/panels/component_text.h"

#include "widgets/plots/colour_scale.h"

#include <QObject>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr int mostSources = 5;
constexpr double negligible = 0.01; ///< of the strongest one
constexpr int barLength = 8;        ///< of all attention, in blocks

QString inColour(const QString& text, const QColor& colour) {
    return QStringLiteral("<span style='color:%1'>%2</span>").arg(colour.name(), text);
}

/// Long ones are cut: a line holds two numbers beside them.
QString chipOf(TokenId token, const DetailNames& names) {
    constexpr int longest = 12;
    const auto chip = chipText(names.tokenizer.get(), token);
    return chip.size() > longest ? chip.left(longest - 1) + QChar(0x2026) : chip;
}

/// Positions by the largest share that any model has from them.
std::vector<std::size_t> strongestSources(const std::vector<DetailColumn>& columns) {
    std::vector<double> sizes;
    for (const auto& column : columns)
        if (column.detail) {
            const auto& shares = column.detail->bySource;
            sizes.resize(std::max(sizes.size(), shares.size()), 0.0);
            for (std::size_t j = 0; j < shares.size(); ++j)
                sizes[j] = std::max(sizes[j], std::abs(shares[j]));
        }
    std::vector<std::size_t> order(sizes.size());
    for (std::size_t j = 0; j < order.size(); ++j)
        order[j] = j;
    const auto count = std::min<std::size_t>(mostSources, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                      order.end(), [&](std::size_t a, std::size_t b) {
                          return sizes[a] > sizes[b] || (sizes[a] == sizes[b] && a < b);
                      });
    order.resize(count);
    const double least = order.empty() ? 0.0 : negligible * sizes[order.front()];
    std::erase_if(order, [&](std::size_t j) { return sizes[j] < least; });
    return order;
}

QString bar(double share, const DetailNames& names) {
    const int blocks = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * barLength));
    return inColour(QString(blocks, QChar(0x2587)), names.bar); // ▇
}

QString sourceTable(const ComponentDetail& detail, const std::vector<std::size_t>& sources,
                    const DetailNames& names) {
    auto text = QStringLiteral("<table cellspacing='0' cellpadding='1' width='100%'>");
    double rest = detail.dla;
    for (const auto j : sources) {
        if (j >= detail.bySource.size())
            continue;
        rest -= detail.bySource[j];
        text += QStringLiteral("<tr><td style='white-space:nowrap'>%1</td><td>%2</td>"
                               "<td align='right'>%3</td><td align='right'>%4</td></tr>")
                    .arg(sourceName(static_cast<int>(j), names).toHtmlEscaped(),
                         bar(detail.attention[j], names), threeDigits(detail.attention[j]),
                         threeDigits(detail.bySource[j]));
    }
    if (detail.bySource.size() > sources.size())
        text +=
            QObject::tr("<tr><td>the others</td><td></td><td></td><td align='right'>%1</td></tr>")
                .arg(threeDigits(rest));
    return text + QStringLiteral("</table>");
}

QString neuronLine(const Component& mlp, const ComponentDetail& detail) {
    QStringList parts;
    for (const auto& [neuron, logits] : detail.neurons)
        parts << QStringLiteral("<a href='L%1N%2'>N%2</a>&nbsp;%3")
                     .arg(mlp.layer.value)
                     .arg(neuron.value)
                     .arg(threeDigits(logits));
    return parts.join(QStringLiteral(", "));
}

QString tokenLine(const std::vector<TokenShare>& tokens, const DetailNames& names) {
    QStringList parts;
    for (const auto& [token, logits] : tokens)
        parts << QStringLiteral("%1&nbsp;%2")
                     .arg(chipOf(token, names).toHtmlEscaped(), threeDigits(logits));
    return parts.join(QStringLiteral(", "));
}

/// A section over all columns: `of` says what there is of one model's.
template <class Of>
QString section(const QString& title, const QString& domain,
                const std::vector<DetailColumn>& columns, const DetailNames& names, const Of& of) {
    auto text = QStringLiteral("<p><b>%1</b> <small>%2</small></p>").arg(title, domain);
    for (const auto& column : columns) {
        auto part = QStringLiteral("<b>%1</b>").arg(column.name.toHtmlEscaped());
        part += column.detail
                    ? of(*column.detail)
                    : QStringLiteral(" <small>%1</small>").arg(column.why.toHtmlEscaped());
        text += QStringLiteral("<div style='margin-left:6px'>%1</div>")
                    .arg(column.stale ? inColour(part, names.dim) : part);
    }
    return text;
}

} // namespace

QString sourceName(int position, const DetailNames& names) {
    const auto at = static_cast<std::size_t>(position);
    return at < names.prompt.size()
               ? QStringLiteral("%1 %2").arg(position).arg(chipOf(names.prompt[at], names))
               : QString::number(position);
}

QString detailText(const Component& component, const std::vector<DetailColumn>& columns,
                   const DetailNames& names) {
    QString text;
    if (component.kind == ComponentKind::Head) {
        const auto sources = strongestSources(columns);
        text += section(QObject::tr("From where"),
                        QObject::tr("attention α from here, and α·(v W<sub>O</sub>)·u in logits"),
                        columns, names, [&](const ComponentDetail& detail) {
                            return sourceTable(detail, sources, names);
                        });
    }
    if (component.kind == ComponentKind::Mlp)
        text +=
            section(QObject::tr("Strongest neurons"), QObject::tr("their part of the DLA, logits"),
                    columns, names, [&](const ComponentDetail& detail) {
                        return QStringLiteral("<br>") + neuronLine(component, detail);
                    });
    return text + section(QObject::tr("Promotes and suppresses"),
                          QObject::tr("logits above the vocabulary's mean, final gate frozen"),
                          columns, names, [&](const ComponentDetail& detail) {
                              return QStringLiteral("<br>↑ %1<br>↓ %2")
                                  .arg(tokenLine(detail.promoted, names),
                                       tokenLine(detail.suppressed, names));
                          });
}

} // namespace residuum
