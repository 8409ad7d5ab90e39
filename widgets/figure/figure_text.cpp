// Figures as text: CSV and LaTeX.
#include "widgets/figure/figure_characters.h"
#include "widgets/figure/figure_export.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace residuum {

namespace {

/// The shortest text that reads back as the same number; nothing for a missing one.
QString number(double value) {
    if (std::isnan(value))
        return {};
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return QString::fromLatin1(text, static_cast<int>(end - text));
}

QString withUnit(const QString& name, const QString& unit) {
    return unit.isEmpty() ? name : name + QStringLiteral(" [%1]").arg(unit);
}

/// One line per point of each panel. Panels of one figure may have other columns than each other:
/// the table has them all, and a line leaves empty what its panel does not have.
class CsvTable {
  public:
    explicit CsvTable(const Figure& figure) : figure_(figure) {
        for (const auto& panel : figure_.panels) {
            panel_ = panel.title;
            std::visit([this](const auto& content) { add(content); }, panel.content);
        }
    }

    QString text() const {
        QString csv = line(columns_);
        for (const auto& row : rows_)
            csv += line(row);
        return csv;
    }

  private:
    QString line(QStringList fields) const {
        fields.resize(columns_.size()); // lines from before a later panel's columns are shorter
        for (auto& field : fields)
            field = csvField(field);
        return fields.join(QLatin1Char(',')) + QLatin1Char('\n');
    }

    /// The columns that the lines to come have.
    void head(const QStringList& names) {
        places_.clear();
        for (const auto& name : names) {
            auto place = columns_.indexOf(name);
            while (places_.contains(place)) // a name that a panel has twice is two columns
                place = columns_.indexOf(name, place + 1);
            if (place < 0) {
                place = columns_.size();
                columns_ << name;
            }
            places_ << place;
        }
    }

    void addLine(const QStringList& fields) {
        QStringList row(columns_.size());
        for (qsizetype i = 0; i < fields.size(); ++i)
            row[places_[i]] = fields[i];
        rows_ << row;
    }

    void add(const HeatmapFigure& heatmap) {
        const auto& cells = heatmap.data.grid.cells;
        const bool hasTexts = !cells.empty() && !cells.front().text.isEmpty();
        QStringList names{QStringLiteral("panel"), QStringLiteral("cell"),
                          withUnit(figure_.quantity, heatmap.data.scale.unit)};
        const auto* means = heatmap.data.means.get();
        if (means != nullptr)
            names << QStringLiteral("lo") << QStringLiteral("hi") << QStringLiteral("p")
                  << QStringLiteral("q") << QStringLiteral("pairs");
        if (hasTexts)
            names << QStringLiteral("text");
        head(names);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            QStringList fields{panel_, cells[i].label, number(heatmap.data.valueOf(i))};
            if (means != nullptr) {
                const auto& of = means->statistics;
                fields << number(of.low[i]) << number(of.high[i]) << number(of.p[i])
                       << number(of.q[i]) << QString::number(of.count[i]);
            }
            if (hasTexts)
                fields << cells[i].text;
            addLine(fields);
        }
    }

    static void addIntervals(QStringList& fields,
                             std::initializer_list<std::optional<AxisRange>> intervals) {
        for (const auto& interval : intervals)
            fields << number(interval ? interval->first : unknownValue)
                   << number(interval ? interval->last : unknownValue);
    }

    void add(const ScatterFigure& scatter) {
        QStringList titles{QStringLiteral("panel"), QStringLiteral("point"),
                           QStringLiteral("group"), scatter.data.xTitle,
                           (scatter.data.logarithmic ? QStringLiteral("log10 ") : QString()) +
                               scatter.data.yTitle};
        const auto& points = scatter.data.points;
        const bool hasIntervals = std::any_of(points.begin(), points.end(), [](const auto& each) {
            return each.xInterval || each.yInterval;
        });
        if (hasIntervals)
            for (const int axis : {3, 4})
                titles << titles[axis] + QStringLiteral(", 2.5 %")
                       << titles[axis] + QStringLiteral(", 97.5 %");
        head(titles);
        for (const auto& point : points) {
            QStringList fields{panel_, point.label,
                               scatter.data.groups.at(static_cast<std::size_t>(point.group)),
                               number(point.x), number(scatter.data.along(point))};
            if (hasIntervals)
                addIntervals(fields, {point.xInterval, point.yInterval});
            addLine(fields);
        }
    }

    void add(const ChartFigure& chart) {
        const auto& data = chart.data;
        if (data.hasRows())
            return addRows(data);
        if (data.categories.empty()) {
            head({QStringLiteral("panel"), QStringLiteral("series"), data.xTitle, data.yTitle});
            for (const auto& series : data.series)
                for (const auto& point : series.curve)
                    addLine({panel_, seriesName(data, series), placeName(data, point.x()),
                             number(point.y())});
            addBands(data);
            return;
        }
        head({QStringLiteral("panel"), QStringLiteral("series"), data.xTitle,
              QStringLiteral("mean ") + data.yTitle, QStringLiteral("5 %"), QStringLiteral("25 %"),
              QStringLiteral("median"), QStringLiteral("75 %"), QStringLiteral("95 %")});
        for (const auto& series : data.series)
            for (std::size_t i = 0; i < series.boxes.size(); ++i)
                if (const auto& box = series.boxes[i])
                    addLine({panel_, series.name, data.categories[i].label, number(box->mean),
                             number(box->low), number(box->quarter), number(box->median),
                             number(box->threeQuarters), number(box->high)});
    }

    /// With what solid and dashed curves are, where that is said of all.
    static QString seriesName(const ChartData& data, const ChartSeries& series) {
        return data.filled.isEmpty() ? series.name
                                     : QStringLiteral("%1: %2").arg(
                                           series.name, series.hollow ? data.hollow : data.filled);
    }

    static QString placeName(const ChartData& data, double x) {
        return data.stops.empty() ? number(x) : data.stops[static_cast<std::size_t>(x)].label;
    }

    void addBands(const ChartData& data) {
        const bool any = std::any_of(data.series.begin(), data.series.end(),
                                     [](const auto& series) { return !series.band.empty(); });
        if (!any)
            return;
        head({QStringLiteral("panel"), QStringLiteral("series"), data.xTitle,
              QStringLiteral("least"), QStringLiteral("most")});
        for (const auto& series : data.series)
            for (const auto& point : series.band)
                addLine({panel_, seriesName(data, series), placeName(data, point.x),
                         number(point.low), number(point.high)});
    }

    void addRows(const ChartData& data) {
        const bool isPair = !data.hollow.isEmpty();
        QStringList titles{QStringLiteral("panel"), QStringLiteral("series"), data.xTitle,
                           withUnit(data.filled, data.yTitle)};
        if (isPair)
            titles << withUnit(data.hollow, data.yTitle);
        const bool hasIntervals =
            std::any_of(data.series.begin(), data.series.end(), [](const ChartSeries& each) {
                return std::any_of(each.marks.begin(), each.marks.end(), [](const auto& marks) {
                    return marks.filledInterval || marks.hollowInterval;
                });
            });
        if (hasIntervals)
            for (const auto& of : {data.filled, data.hollow})
                titles << of + QStringLiteral(", 2.5 %") << of + QStringLiteral(", 97.5 %");
        head(titles);
        for (const auto& series : data.series)
            for (std::size_t i = 0; i < series.marks.size(); ++i) {
                const auto& marks = series.marks[i];
                QStringList line{panel_, series.name, data.categories[i].label,
                                 number(marks.filled)};
                if (isPair)
                    line << number(marks.hollow);
                if (hasIntervals)
                    addIntervals(line, {marks.filledInterval, marks.hollowInterval});
                addLine(line);
            }
    }

    void add(const TokenStripFigure& figure) {
        head({QStringLiteral("thing"), QStringLiteral("panel"), QStringLiteral("pos"),
              QStringLiteral("token"), withUnit(figure_.quantity, figure.strips.scale.unit)});
        for (const auto& block : figure.strips.blocks)
            for (const auto& row : block.rows)
                for (std::size_t t = 0; t < row.values.size(); ++t)
                    addLine({block.label, row.name.isEmpty() ? panel_ : row.name,
                             QString::number(t),
                             figure.strips.tokens.value(static_cast<qsizetype>(t)),
                             number(row.values[t])});
    }

    void add(const GraphFigure& graph) {
        head({QStringLiteral("panel"), QStringLiteral("edge"),
              withUnit(QStringLiteral("score"), graph.data.unit),
              withUnit(QStringLiteral("patched exactly"), graph.data.unit)});
        for (const auto& edge : graph.data.edges)
            addLine({panel_, edge.label, number(edge.value), number(edge.exact)});
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
            addLine(fields);
        }
    }

    const Figure& figure_;
    QString panel_;
    QStringList columns_;
    QList<qsizetype> places_; ///< in columns_, of the panel's own
    QList<QStringList> rows_;
};

/// Characters that file names may have and labels may not.
QString labelOf(const QString& fileName) {
    QString label;
    for (const QChar c : fileName.section(QLatin1Char('.'), 0, -2))
        label += c.unicode() < 128 && c.isLetterOrNumber() ? c : QChar(u'-');
    return label;
}

} // namespace

QByteArray figureCsv(const Figure& figure) {
    return CsvTable(figure).text().toUtf8();
}

QByteArray figureLatex(const Figure& figure, const FigureStyle& style, const QString& fileName) {
    int replaced = 0;
    const auto caption = latexText(figure.caption, &replaced);
    QString latex = QStringLiteral("% Made by residuum %1 from a result of %2.\n")
                        .arg(QString::fromStdString(figure.provenance.version),
                             QString::fromStdString(figure.provenance.created));
    for (const auto& command : figure.provenance.commands)
        latex += latexComment(QString::fromStdString(command));
    if (replaced > 0)
        latex += QStringLiteral("% [U+...] in the caption: characters that LaTeX sets only with "
                                "further packages or another engine.\n");
    static const QRegularExpression special(QStringLiteral("[%#{}~^$\\\\\\x00-\\x1F]"));
    if (fileName.contains(special))
        latex += QStringLiteral("% LaTeX cannot include a file of this name: rename it to letters, "
                                "digits and dashes.\n");
    latex +=
        QStringLiteral("\\begin{figure}[t]\n  \\centering\n"
                       "  \\includegraphics[width=%1in]{\\detokenize{%2}}\n"
                       "  \\caption{%3}\n  \\label{fig:%4}\n\\end{figure}\n")
            .arg(QString::number(style.width / 72.0, 'g', 6), fileName, caption, labelOf(fileName));
    return latex.toUtf8();
}

} // namespace residuum
