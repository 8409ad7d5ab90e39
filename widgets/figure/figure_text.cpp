// Figures as text: CSV and LaTeX.
#include "widgets/figure/figure_export.h"

#include <QStringList>

#include <charconv>
#include <cmath>

namespace residuum {

namespace {

QString field(const QString& text) {
    if (!text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('"')) &&
        !text.contains(QLatin1Char('\n')))
        return text;
    return QLatin1Char('"') + QString(text).replace(QLatin1Char('"'), QStringLiteral("\"\"")) +
           QLatin1Char('"');
}

/// The shortest text that reads back as the same number; nothing for a missing one.
QString number(double value) {
    if (std::isnan(value))
        return {};
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return QString::fromLatin1(text, static_cast<int>(end - text));
}

void addLine(QString& csv, const QStringList& fields) {
    QStringList quoted;
    for (const auto& each : fields)
        quoted << field(each);
    csv += quoted.join(QLatin1Char(',')) + QLatin1Char('\n');
}

QString withUnit(const QString& name, const QString& unit) {
    return unit.isEmpty() ? name : name + QStringLiteral(" [%1]").arg(unit);
}

/// One line per point of each panel; heatmaps and scatters of one figure have the same columns.
class CsvLines {
  public:
    explicit CsvLines(const Figure& figure) : figure_(figure) {}

    QString text() {
        for (const auto& panel : figure_.panels) {
            panel_ = panel.title;
            std::visit([this](const auto& content) { add(content); }, panel.content);
        }
        return csv_;
    }

  private:
    void head(const QStringList& fields) {
        if (csv_.isEmpty())
            addLine(csv_, fields);
    }

    void add(const HeatmapFigure& heatmap) {
        head({QStringLiteral("panel"), QStringLiteral("cell"),
              withUnit(figure_.quantity, heatmap.data.scale.unit)});
        for (std::size_t i = 0; i < heatmap.data.grid.cells.size(); ++i)
            addLine(csv_,
                    {panel_, heatmap.data.grid.cells[i].label, number(heatmap.data.valueOf(i))});
    }

    void add(const ScatterFigure& scatter) {
        head({QStringLiteral("panel"), QStringLiteral("point"), QStringLiteral("group"),
              scatter.data.xTitle, scatter.data.yTitle});
        for (const auto& point : scatter.data.points)
            addLine(csv_, {panel_, point.label,
                           scatter.data.groups.at(static_cast<std::size_t>(point.group)),
                           number(point.x), number(point.y)});
    }

    void add(const ChartFigure& chart) {
        const auto& data = chart.data;
        if (data.categories.empty()) {
            head({QStringLiteral("panel"), QStringLiteral("series"), data.xTitle, data.yTitle});
            for (const auto& series : data.series)
                for (const auto& point : series.curve)
                    addLine(csv_, {panel_, series.name, number(point.x()), number(point.y())});
            return;
        }
        head({QStringLiteral("panel"), QStringLiteral("series"), data.xTitle,
              QStringLiteral("mean ") + data.yTitle, QStringLiteral("5 %"), QStringLiteral("25 %"),
              QStringLiteral("median"), QStringLiteral("75 %"), QStringLiteral("95 %")});
        for (const auto& series : data.series)
            for (std::size_t i = 0; i < series.boxes.size(); ++i)
                if (const auto& box = series.boxes[i])
                    addLine(csv_, {panel_, series.name, data.categories[i].label, number(box->mean),
                                   number(box->low), number(box->quarter), number(box->median),
                                   number(box->threeQuarters), number(box->high)});
    }

    void add(const TokenStripFigure& figure) {
        head({QStringLiteral("thing"), QStringLiteral("panel"), QStringLiteral("pos"),
              QStringLiteral("token"), withUnit(figure_.quantity, figure.strips.scale.unit)});
        for (const auto& block : figure.strips.blocks)
            for (const auto& row : block.rows)
                for (std::size_t t = 0; t < row.values.size(); ++t)
                    addLine(csv_, {block.label, row.name, QString::number(t),
                                   figure.strips.tokens.value(static_cast<qsizetype>(t)),
                                   number(row.values[t])});
    }

    void add(const TableFigure& table) {
        QStringList names{table.rowTitle};
        for (const auto& column : table.columns)
            names << withUnit(column.group + QLatin1Char(' ') + column.title, column.unit);
        head(names);
        for (int r = 0; r < table.rows.size(); ++r) {
            QStringList fields{table.rows[r]};
            for (const auto& column : table.columns)
                fields << number(column.values[static_cast<std::size_t>(r)]);
            addLine(csv_, fields);
        }
    }

    const Figure& figure_;
    QString panel_;
    QString csv_;
};

QString latexText(const QString& text) {
    QString escaped;
    for (const QChar c : text) {
        if (c == QLatin1Char('\\'))
            escaped += QStringLiteral("\\textbackslash{}");
        else if (c == QLatin1Char('~'))
            escaped += QStringLiteral("\\textasciitilde{}");
        else if (c == QLatin1Char('^'))
            escaped += QStringLiteral("\\textasciicircum{}");
        else if (c == QLatin1Char('|'))
            escaped += QStringLiteral("\\textbar{}");
        else if (c == QChar(0x2212))
            escaped += QStringLiteral("$-$");
        else if (c == QChar(0x00D7))
            escaped += QStringLiteral("$\\times$");
        else if (QStringLiteral("#$%&_{}").contains(c))
            escaped += QLatin1Char('\\') + QString(c);
        else
            escaped += c;
    }
    return escaped;
}

/// Characters that file names may have and labels may not.
QString labelOf(const QString& fileName) {
    QString label;
    for (const QChar c : fileName.section(QLatin1Char('.'), 0, -2))
        label += c.unicode() < 128 && c.isLetterOrNumber() ? c : QChar(u'-');
    return label;
}

} // namespace

QByteArray figureCsv(const Figure& figure) {
    return CsvLines(figure).text().toUtf8();
}

QByteArray figureLatex(const Figure& figure, const FigureStyle& style, const QString& fileName) {
    QString latex = QStringLiteral("% Made by residuum %1 from a result of %2.\n")
                        .arg(QString::fromStdString(figure.provenance.version),
                             QString::fromStdString(figure.provenance.created));
    for (const auto& command : figure.provenance.commands)
        latex += QStringLiteral("%   ") +
                 QString::fromStdString(command).replace(QLatin1Char('\n'), QLatin1Char(' ')) +
                 QLatin1Char('\n');
    latex += QStringLiteral("\\begin{figure}[t]\n  \\centering\n"
                            "  \\includegraphics[width=%1in]{\\detokenize{%2}}\n"
                            "  \\caption{%3}\n  \\label{fig:%4}\n\\end{figure}\n")
                 .arg(QString::number(style.width / 72.0, 'g', 6), fileName,
                      latexText(figure.caption), labelOf(fileName));
    return latex.toUtf8();
}

} // namespace residuum
