// Attribution results as figures.
#include "widgets/panels/attribution_figures.h"

#include "analysis/attribution/dla_analysis.h"
#include "analysis/prompts/input_command.h"
#include "core/task/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace residuum {

namespace {

QString quoted(const QString& text) {
    return QStringLiteral("“%1”").arg(text);
}

QString targetText(const AttributionColumn& column) {
    return column.versus.isEmpty()
               ? quoted(column.target)
               : QStringLiteral("%1 versus %2").arg(quoted(column.target), quoted(column.versus));
}

bool sameTargets(const std::vector<AttributionColumn>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](const AttributionColumn& column) {
        return column.target == columns.front().target && column.versus == columns.front().versus;
    });
}

/// Builds one figure.
class Paper {
  public:
    Paper(const std::vector<AttributionColumn>& columns, const FigureRequest& request,
          const QString& prompt, const Provenance& provenance)
        : columns_(columns), request_(request) {
        for (const auto& pin : request.pins)
            if (const auto thing = parseThing(pin.name.toStdString()))
                pins_.push_back({*thing, pin.colour});
        figure_.view = request.view;
        figure_.provenance = provenance;
        if (const auto mode = modeOf(request.view))
            addHeatmaps(*mode);
        else if (request.view == QLatin1String("scatter"))
            addScatters();
        else
            addTable();
        describe(prompt);
    }

    Figure take() { return std::move(figure_); }

  private:
    FigurePanel panelOf(const AttributionColumn& column) const {
        FigurePanel panel;
        panel.title = column.name;
        panel.subtitle = QString::fromStdString(column.result->model.normalization.label());
        if (!sameTargets(columns_))
            panel.notes << QStringLiteral("target %1").arg(targetText(column));
        return panel;
    }

    void addHeatmaps(ViewMode mode) {
        figure_.quantity = modeTitle(mode);
        std::vector<double> all;
        for (const auto& column : columns_) {
            const auto values = cellValues(*column.result, column.row, mode);
            all.insert(all.end(), values.begin(), values.end());
        }
        const auto scale = attributionScale(all, mode, {request_.limit, request_.fullRange});
        clipped_ = clippedText(scale);
        for (const auto& column : columns_) {
            auto panel = panelOf(column);
            if (mode == ViewMode::Error)
                panel.notes << QString(nmaeText(column.result->nmae) + QLatin1Char(' ') +
                                       nmaeInterval(column.result->nmae))
                                   .trimmed()
                            << nmaeExtent(*column.result);
            auto heatmap =
                heatmapOf(*column.result, cellValues(*column.result, column.row, mode), scale);
            if (const auto beyond = beyondText(heatmap.data); !beyond.isEmpty())
                panel.notes << beyond;
            panel.content = std::move(heatmap);
            figure_.panels.push_back(std::move(panel));
        }
        if (request_.difference)
            addDifference(mode, scale);
    }

    HeatmapFigure heatmapOf(const DlaResult& result, std::vector<double> values,
                            const ColourScale& scale) const {
        return {{attributionGrid(result.components, result.model.config.n_layers,
                                 result.model.config.n_heads),
                 std::move(values), scale},
                pins_};
    }

    void addDifference(ViewMode mode, ColourScale scale) {
        const auto& a = columns_.at(static_cast<std::size_t>(request_.difference->first));
        const auto& b = columns_.at(static_cast<std::size_t>(request_.difference->second));
        auto difference = attributionDifference(a, b, mode);
        differenceObstacle_ = difference.obstacle;
        if (!difference.obstacle.isEmpty())
            return;
        FigurePanel panel;
        panel.title = QStringLiteral("%1 − %2").arg(a.name, b.name);
        panel.subtitle = QStringLiteral("difference");
        if (mode == ViewMode::Error) // whose bar is of another map
            panel.notes << QStringLiteral("blue %1, red %2 %3")
                               .arg(threeDigits(-scale.limit), threeDigits(scale.limit),
                                    scale.unit);
        scale.map = ColourMap::Diverging;
        panel.content = heatmapOf(*a.result, std::move(difference.cells.values), scale);
        figure_.panels.push_back(std::move(panel));
    }

    void addScatters() {
        figure_.quantity = QStringLiteral("DLA (LN frozen) against direct effect (LN recomputed)");
        double limit = 0.0;
        for (const auto& column : columns_)
            for (const auto& point : attributionScatter(*column.result, column.row).points)
                limit = std::max({limit, std::abs(point.x), std::abs(point.y)});
        limit = request_.limit.value_or(limit > 0.0 ? limit * 1.05 : 1.0);
        for (const auto& column : columns_) {
            auto panel = panelOf(column);
            auto data = attributionScatter(*column.result, column.row);
            panel.notes << nmaeText(column.result->nmae);
            panel.content = ScatterFigure{std::move(data), limit, pins_};
            figure_.panels.push_back(std::move(panel));
        }
    }

    /// The largest contributors of any model first.
    void addTable() {
        figure_.quantity = QStringLiteral("contributors");
        const auto& components = columns_.front().result->components;
        std::vector<double> largest(components.size(), 0.0);
        for (const auto& column : columns_)
            for (std::size_t c = 0; c < components.size(); ++c)
                if (const auto numbers = numbersOf(*column.result, column.row, components[c]))
                    largest[c] = std::max(largest[c], std::abs(numbers->dla));
        std::vector<std::size_t> order(components.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return largest[a] > largest[b]; });
        TableFigure table;
        table.rowTitle = QStringLiteral("component");
        for (const auto c : order)
            table.rows << QString::fromStdString(label(components[c]));
        for (const auto& column : columns_)
            addColumns(table, column, components, order);
        FigurePanel panel;
        panel.notes << QStringLiteral("DLA: LN frozen · direct effect: LN recomputed · error: |DLA "
                                      "− direct effect| · all in logits");
        panel.content = std::move(table);
        figure_.panels.push_back(std::move(panel));
    }

    static void addColumns(TableFigure& table, const AttributionColumn& column,
                           const std::vector<Component>& components,
                           const std::vector<std::size_t>& order) {
        const QString logits = QStringLiteral("logits");
        TableFigure::Column dla{column.name, QStringLiteral("DLA"), logits, {}, false};
        TableFigure::Column effect{column.name, QStringLiteral("direct effect"), logits, {}, false};
        TableFigure::Column error{column.name, QStringLiteral("error"), logits, {}, true};
        for (const auto c : order) {
            const auto numbers = numbersOf(*column.result, column.row, components[c]);
            dla.values.push_back(numbers ? numbers->dla : unknownValue);
            effect.values.push_back(numbers ? numbers->directEffect : unknownValue);
            error.values.push_back(numbers ? numbers->error() : unknownValue);
        }
        for (auto* each : {&dla, &effect, &error})
            table.columns.push_back(std::move(*each));
    }

    void describe(const QString& prompt) {
        const auto what = [&] {
            if (const auto mode = modeOf(request_.view))
                return *mode == ViewMode::Error
                           ? QStringLiteral("Error of direct logit attribution (LN frozen) against "
                                            "the direct effect (LN recomputed)")
                       : *mode == ViewMode::Dla
                           ? QStringLiteral("Direct logit attribution (LN frozen)")
                           : QStringLiteral("Direct effect on the logit (LN recomputed)");
            return request_.view == QLatin1String("scatter")
                       ? QStringLiteral("Direct logit attribution (LN frozen) against the direct "
                                        "effect (LN recomputed)")
                       : QStringLiteral("Largest contributors to the logit");
        }();
        const auto domain = nmaeDomain(*columns_.front().result);
        const bool oneDomain =
            std::all_of(columns_.begin(), columns_.end(), [&](const AttributionColumn& column) {
                return nmaeDomain(*column.result) == domain;
            });
        QStringList models, errors;
        for (const auto& column : columns_) {
            models << QStringLiteral("%1 (%2)").arg(
                column.name, QString::fromStdString(column.result->model.normalization.label()));
            errors << QStringLiteral("%1 %2").arg(column.name,
                                                  nmaeText(column.result->nmae).mid(5));
            if (!oneDomain) // one caption, several definitions: each number has its own
                errors.back() += QStringLiteral(" (over %1)").arg(nmaeDomain(*column.result));
        }
        const auto& first = columns_.front();
        const auto& row = first.result->rows[static_cast<std::size_t>(first.row)];
        const auto of = sameTargets(columns_) ? QStringLiteral(" of %1").arg(targetText(first))
                                              : QStringLiteral(" of each model's target");
        figure_.title = what + of;
        const auto legend = modeOf(request_.view)
                                ? QStringLiteral(" E|P: token and position embeddings; rightmost "
                                                 "columns: MLP, attention bias and MLP bias.")
                                : QString();
        figure_.caption =
            QStringLiteral("%1%2 at position %3 of %4, for %5.%7 NMAE%8: %6.")
                .arg(what, of, QString::number(row.position.value), quoted(prompt),
                     models.join(QStringLiteral(", ")), errors.join(QStringLiteral(", ")), legend,
                     oneDomain ? QStringLiteral(" over ") + domain : QString());
        if (!clipped_.isEmpty())
            figure_.caption += QStringLiteral(" Cells with a corner cut off are beyond the scale: "
                                              "%1.")
                                   .arg(clipped_);
        if (!differenceObstacle_.isEmpty())
            figure_.caption += QLatin1Char(' ') + differenceObstacle_;
    }

    const std::vector<AttributionColumn>& columns_;
    const FigureRequest& request_;
    std::vector<Pin> pins_;
    QString clipped_;            ///< what the colour scale leaves out
    QString differenceObstacle_; ///< why there is no difference that was asked for
    Figure figure_;
};

/// Of a sample, at a position from the start or, when negative, from the end.
int findRow(const ResultReader& reader, const DlaResult& result, const FigureRequest& request) {
    int found = -1, last = -1;
    for (std::size_t i = 0; i < result.rows.size(); ++i)
        if (result.rows[i].sample == request.sample.value_or(0))
            last = static_cast<int>(i);
    if (last < 0)
        throw UsageError("--sample " + std::to_string(request.sample.value_or(0)),
                         "is not in " + reader.path().string());
    const int end = result.rows[static_cast<std::size_t>(last)].position.value;
    const int wanted = !request.position        ? end
                       : *request.position >= 0 ? *request.position
                                                : end + 1 + *request.position;
    for (std::size_t i = 0; i < result.rows.size(); ++i)
        if (result.rows[i].sample == request.sample.value_or(0) &&
            result.rows[i].position.value == wanted)
            found = static_cast<int>(i);
    if (found < 0)
        throw UsageError("--position " + std::to_string(request.position.value_or(0)),
                         reader.path().string() + " has no result at this position of sample " +
                             std::to_string(request.sample.value_or(0)));
    return found;
}

Figure figureOfFile(const ResultReader& reader, const FigureRequest& request) {
    const auto results = readResults<DlaAnalysis>(reader);
    if (results.empty())
        throw Error(reader.path().string(), "holds no model's result");
    std::vector<AttributionColumn> columns;
    for (std::size_t i = 0; i < results.size(); ++i) {
        AttributionColumn column;
        column.name = QString::fromStdString(
            reader.modelGroup(i).substr(std::string_view("/models/").size()));
        column.result = results[i];
        column.row = findRow(reader, *results[i], request);
        column.target = QString::fromStdString(
            DlaAnalysis::targetTexts(reader, i, *results[i])[static_cast<std::size_t>(column.row)]);
        if (results[i]->request.versus)
            column.versus = reader.file().hasAttribute(reader.modelGroup(i), "versus_text")
                                ? QString::fromStdString(reader.file().textAttribute(
                                      reader.modelGroup(i), "versus_text"))
                                : QString::fromStdString(label(*results[i]->request.versus));
        columns.push_back(std::move(column));
    }
    if (request.difference && std::max(request.difference->first, request.difference->second) >=
                                  static_cast<int>(columns.size()))
        throw UsageError("--difference", reader.path().string() + " holds only " +
                                             std::to_string(columns.size()) + " models");
    const auto tokens = reader.tokens();
    QString prompt;
    for (const auto& text : tokens.texts.at(static_cast<std::size_t>(request.sample.value_or(0))))
        prompt += QString::fromStdString(text);
    auto provenance = provenanceOf(reader);
    provenance.commands = {DlaAnalysis::command(reader.request(), reader.path()) + " -o " +
                           shellQuoted(reader.path().filename().string())};
    return attributionFigure(columns, request, prompt, provenance);
}

} // namespace

ColourScale attributionScale(const std::vector<double>& values, ViewMode mode,
                             const ScaleEnd& end) {
    ColourScale scale;
    scale.map = mode == ViewMode::Error ? ColourMap::Sequential : ColourMap::Diverging;
    scale.unit = QStringLiteral("logits");
    fitScale(scale, values, end);
    return scale;
}

Figure attributionFigure(const std::vector<AttributionColumn>& columns,
                         const FigureRequest& request, const QString& prompt,
                         const Provenance& provenance) {
    return Paper(columns, request, prompt, provenance).take();
}

FigureKind attributionKind() {
    return {
        QString::fromLatin1(DlaAnalysis::kind),
        {{viewOf(ViewMode::Dla), QStringLiteral("heatmap of DLA (LN frozen)")},
         {viewOf(ViewMode::DirectEffect),
          QStringLiteral("heatmap of the direct effect (LN recomputed)")},
         {viewOf(ViewMode::Error), QStringLiteral("heatmap of |DLA − direct effect|, with NMAE")},
         {QStringLiteral("scatter"), QStringLiteral("DLA against direct effect")},
         {QStringLiteral("contributors"), QStringLiteral("table of the largest contributors")}},
        figureOfFile};
}

} // namespace residuum
