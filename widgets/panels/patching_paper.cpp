// Patching results as figures.
#include "widgets/panels/patching_figures.h"

#include "analysis/patching/patch_analysis.h"
#include "analysis/prompts/input_command.h"
#include "core/task/error.h"
#include "widgets/plots/colour_scale.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

const QString bothView = QStringLiteral("patching");
const QString exactView = QStringLiteral("exact");
const QString estimateView = QStringLiteral("estimate");
const QString errorView = QStringLiteral("patching-error");
const QString agreementView = QStringLiteral("agreement");
const QString layersView = QStringLiteral("layer-error");

/// Builds one figure.
class Paper {
  public:
    Paper(const std::vector<PatchColumn>& columns, const PatchView& view,
          const FigureRequest& request, const QStringList& tokens, const Provenance& provenance)
        : columns_(columns), view_(view), request_(request), tokens_(tokens) {
        for (const auto& pin : request.pins)
            if (const auto thing = parseThing(pin.name.toStdString()))
                pins_.push_back({*thing, pin.colour});
        figure_.view = request.view;
        figure_.provenance = provenance;
    }

    Figure make(const QString& prompt) {
        if (request_.view == agreementView)
            addScatters();
        else if (request_.view == layersView)
            addLayers();
        else
            addHeatmaps();
        if (figure_.panels.empty())
            throw Error("the figure", "there is no result of this site and method to draw");
        describe(prompt);
        return std::move(figure_);
    }

  private:
    std::vector<std::pair<PatchMethod, bool>> parts() const { // second: as an error
        if (request_.view == bothView)
            return {{PatchMethod::Exact, false}, {view_.estimate, false}};
        if (request_.view == errorView)
            return {{view_.estimate, true}};
        return {{request_.view == exactView ? PatchMethod::Exact : view_.estimate, false}};
    }

    std::vector<double> values(const PatchResult& result, PatchMethod method, bool error) const {
        return error ? errorValues(result, view_) : patchValues(result, method, view_);
    }

    FigurePanel panelOf(const PatchColumn& column) const {
        FigurePanel panel;
        panel.title = column.name;
        panel.subtitle = QString::fromStdString(column.result->model.normalization.label());
        if (const auto flat = withoutGap(column); !flat.isEmpty())
            panel.notes << QStringLiteral("%1 of %2 pairs undefined")
                               .arg(flat.size())
                               .arg(column.result->cleanMetric.size());
        return panel;
    }

    /// Places of the pairs shown, from 0, whose values cannot be divided by their gap.
    QStringList withoutGap(const PatchColumn& column) const {
        QStringList places;
        if (view_.normalised)
            for (const auto prompt : promptsWithoutGap(*column.result))
                if (!view_.prompt || static_cast<std::size_t>(*view_.prompt) == prompt)
                    places << QString::number(prompt);
        return places;
    }

    /// A sentence for the caption; empty where every gap is there.
    QString gapsMissing() const {
        QStringList models;
        for (const auto& column : columns_)
            if (auto places = withoutGap(column); !places.isEmpty()) {
                const auto count = places.size();
                if (count > 20)
                    places = places.mid(0, 20) << QStringLiteral("…");
                models << QStringLiteral("%1: %2 of %3 (sample %4)")
                              .arg(column.name, QString::number(count),
                                   QString::number(column.result->cleanMetric.size()),
                                   places.join(QStringLiteral(", ")));
            }
        return models.isEmpty()
                   ? QString()
                   : QStringLiteral(" Undefined and left out, because m(clean) and m(corrupted) "
                                    "differ by no more than rounding: %1.")
                         .arg(models.join(QStringLiteral("; ")));
    }

    void addHeatmaps() {
        std::vector<double> all;
        for (const auto& column : columns_)
            for (const auto& [method, error] : parts()) {
                const auto some = values(*column.result, method, error);
                all.insert(all.end(), some.begin(), some.end());
            }
        ColourScale scale;
        scale.unit = patchUnit(*columns_.front().result, view_);
        fitScale(scale, all, {request_.limit, request_.fullRange});
        clipped_ = clippedText(scale);
        for (const auto& [method, error] : parts())
            for (const auto& column : columns_) {
                auto panel = panelOf(column);
                panel.notes << (error ? methodTitle(method) + QStringLiteral(" − exact")
                                      : methodTitle(method));
                add(panel, *column.result, values(*column.result, method, error), scale);
            }
        if (request_.difference)
            addDifference(scale);
    }

    void add(FigurePanel& panel, const PatchResult& result, std::vector<double> shown,
             const ColourScale& scale) {
        if (shown.empty())
            return;
        HeatmapFigure heatmap{{patchGrid(result, view_, tokens_), std::move(shown), scale}, pins_};
        if (const auto beyond = beyondText(heatmap.data); !beyond.isEmpty())
            panel.notes << beyond;
        panel.content = std::move(heatmap);
        figure_.panels.push_back(std::move(panel));
    }

    void addDifference(const ColourScale& scale) {
        const auto& a = columns_.at(static_cast<std::size_t>(request_.difference->first));
        const auto& b = columns_.at(static_cast<std::size_t>(request_.difference->second));
        const auto [method, error] = parts().front();
        auto difference = patchDifference(a, b, view_, method, error, tokens_);
        differenceNote_ = difference.obstacle;
        if (!difference.obstacle.isEmpty())
            return;
        FigurePanel panel;
        panel.title = QStringLiteral("%1 − %2").arg(a.name, b.name);
        panel.subtitle = QStringLiteral("difference");
        panel.notes << (error ? methodTitle(method) + QStringLiteral(" − exact")
                              : methodTitle(method));
        if (const auto note = difference.cells.note(a.name, b.name); !note.isEmpty()) {
            panel.notes << note;
            differenceNote_ = QStringLiteral("In the difference %1.").arg(note);
        }
        panel.content = HeatmapFigure{
            {std::move(difference.cells.grid), std::move(difference.cells.values), scale}, pins_};
        figure_.panels.push_back(std::move(panel));
    }

    void addScatters() {
        double limit = 0.0;
        for (const auto& column : columns_)
            for (const auto& point : agreementScatter(*column.result, view_, tokens_).points)
                limit = std::max({limit, std::abs(point.x), std::abs(point.y)});
        limit = request_.limit.value_or(limit > 0.0 ? limit * 1.05 : 1.0);
        for (const auto& column : columns_) {
            const auto agreement = residuum::agreementOf(*column.result, view_);
            if (!agreement)
                continue;
            auto panel = panelOf(column);
            panel.notes << agreementText(*agreement);
            if (figure_.panels.empty()) // once: it is the same for all
                panel.notes << QString::fromStdString(name(view_.site))
                            << patchConventions(column.result->request);
            panel.content =
                ScatterFigure{agreementScatter(*column.result, view_, tokens_), limit, pins_};
            figure_.panels.push_back(std::move(panel));
        }
    }

    /// Σ |exact − estimate| per layer, mean and standard deviation over pairs.
    void addLayers() {
        TableFigure table;
        table.rowTitle = QStringLiteral("layer");
        for (const auto& column : columns_) {
            const auto agreement = residuum::agreementOf(*column.result, view_);
            if (!agreement || agreement->layerError.empty())
                continue;
            const auto unit = patchUnit(*column.result, view_);
            table.rows.clear();
            for (std::size_t layer = 0; layer < agreement->layerError.size(); ++layer)
                table.rows << QString::number(layer);
            table.columns.push_back(
                {column.name, QStringLiteral("Σ |error|"), unit, agreement->layerError, false});
            if (column.result->cleanMetric.size() > 1)
                table.columns.push_back({column.name, QStringLiteral("sd"), unit,
                                         agreement->layerErrorDeviation, false});
        }
        if (table.columns.empty())
            return;
        FigurePanel panel;
        panel.notes << QStringLiteral("%1 against exact patching, %2; %3")
                           .arg(methodTitle(view_.estimate), siteTitle(view_.site),
                                patchConventions(columns_.front().result->request));
        panel.content = std::move(table);
        figure_.panels.push_back(std::move(panel));
    }

    void describe(const QString& prompt) {
        const auto& result = *columns_.front().result;
        auto where = siteTitle(view_.site);
        if (axesOf(view_.site).head && axesOf(view_.site).pos)
            where += QStringLiteral(" (%1)").arg(view_.position);
        const auto what =
            request_.view == exactView      ? methodTitle(PatchMethod::Exact)
            : request_.view == estimateView ? methodTitle(view_.estimate)
            : request_.view == errorView
                ? methodTitle(view_.estimate) + QStringLiteral(" minus exact patching")
                : methodTitle(view_.estimate) + QStringLiteral(" and exact patching");
        figure_.quantity = patchConventions(result.request);
        figure_.title =
            QStringLiteral("%1 of %2, %3").arg(what, where, patchConventions(result.request));
        const auto pairs = result.cleanMetric.size();
        QStringList models;
        for (const auto& column : columns_)
            models << QStringLiteral("%1 (%2)").arg(
                column.name, QString::fromStdString(column.result->model.normalization.label()));
        figure_.caption =
            QStringLiteral("%1 of %2 for %3. Direction and metric: %4; values are m(patched) − "
                           "m(base)%5. %6%7")
                .arg(what.left(1).toUpper() + what.mid(1), where, models.join(QStringLiteral(", ")),
                     patchConventions(result.request),
                     view_.normalised ? QStringLiteral(" divided by m(clean) − m(corrupted)")
                                      : QString(),
                     pairs > 1 && !view_.prompt
                         ? QStringLiteral("Mean over %1 pairs of prompts.").arg(pairs)
                         : prompt,
                     gapsMissing());
        if (!clipped_.isEmpty())
            figure_.caption += QStringLiteral(" Cells with a corner cut off are beyond the scale: "
                                              "%1.")
                                   .arg(clipped_);
        if (!differenceNote_.isEmpty())
            figure_.caption += QLatin1Char(' ') + differenceNote_;
    }

    const std::vector<PatchColumn>& columns_;
    const PatchView& view_;
    const FigureRequest& request_;
    const QStringList& tokens_;
    QString clipped_;        ///< what the colour scale leaves out
    QString differenceNote_; ///< what a difference leaves out, or why there is none
    std::vector<Pin> pins_;
    Figure figure_;
};

/// The site and estimate asked for, or the file's first.
PatchView viewOfFile(const PatchResult& result, const FigureRequest& request,
                     const std::filesystem::path& file) {
    PatchView view;
    if (result.grids.empty())
        throw Error(file.string(), "holds edges or paths only, which have no figures");
    view.site = request.site.isEmpty() ? result.grids.front().site
                                       : parseName<PatchSite>(request.site.toStdString(), "--site");
    if (!request.method.isEmpty())
        view.estimate = parseName<PatchMethod>(request.method.toStdString(), "--method");
    else
        for (const auto& grid : result.grids)
            if (grid.method != PatchMethod::Exact) {
                view.estimate = grid.method;
                break;
            }
    const auto pairs = static_cast<int>(result.cleanMetric.size());
    if (request.sample && *request.sample >= pairs)
        throw UsageError("--sample " + std::to_string(*request.sample),
                         file.string() + " holds " + std::to_string(pairs) +
                             " pairs, numbered from 0");
    view.prompt = pairs == 1 ? std::optional(0) : request.sample;
    view.normalised = request.normalised;
    return view;
}

Figure figureOfFile(const ResultReader& reader, const FigureRequest& request) {
    const auto results = readResults<PatchAnalysis>(reader);
    if (results.empty())
        throw Error(reader.path().string(), "holds no model's result");
    std::vector<PatchColumn> columns;
    for (std::size_t i = 0; i < results.size(); ++i)
        columns.push_back({QString::fromStdString(
                               reader.modelGroup(i).substr(std::string_view("/models/").size())),
                           results[i]});
    if (request.difference && std::max(request.difference->first, request.difference->second) >=
                                  static_cast<int>(columns.size()))
        throw UsageError("--difference", reader.path().string() + " holds only " +
                                             std::to_string(columns.size()) + " models");
    auto view = viewOfFile(*results.front(), request, reader.path());
    QStringList tokens;
    QString prompt;
    if (view.prompt) {
        const auto place = static_cast<std::size_t>(*view.prompt);
        const auto clean = reader.tokens("clean"), corrupt = reader.tokens("corrupt");
        QString cleanText, corruptText;
        for (const auto& text : clean.texts.at(place)) {
            tokens << QStringLiteral("“%1”").arg(QString::fromStdString(text));
            cleanText += QString::fromStdString(text);
        }
        for (const auto& text : corrupt.texts.at(place))
            corruptText += QString::fromStdString(text);
        prompt = QStringLiteral("Clean: “%1”. Corrupted: “%2”.").arg(cleanText, corruptText);
    }
    const int length = tokens.isEmpty() ? static_cast<int>(reader.file().shape("/clean").back())
                                        : static_cast<int>(tokens.size());
    const int wanted = request.position.value_or(-1);
    view.position = wanted < 0 ? length + wanted : wanted;
    if (view.position < 0 || view.position >= length)
        throw UsageError("--position " + std::to_string(wanted),
                         "positions run from 0 to " + std::to_string(length - 1));
    auto provenance = provenanceOf(reader);
    provenance.commands = {PatchAnalysis::command(reader.request(), reader.path()) + " -o " +
                           shellQuoted(reader.path().filename().string())};
    return patchingFigure(columns, view, request, tokens, prompt, provenance);
}

} // namespace

Figure patchingFigure(const std::vector<PatchColumn>& columns, const PatchView& view,
                      const FigureRequest& request, const QStringList& tokens,
                      const QString& prompt, const Provenance& provenance) {
    return Paper(columns, view, request, tokens, provenance).make(prompt);
}

bool isHeatmapView(const QString& view) {
    return view != agreementView && view != layersView;
}

FigureKind patchingKind() {
    return {QString::fromLatin1(PatchAnalysis::kind),
            {{bothView, QStringLiteral("heatmaps of exact patching and its estimate")},
             {exactView, QStringLiteral("heatmap of exact patching")},
             {estimateView, QStringLiteral("heatmap of the estimate")},
             {errorView, QStringLiteral("heatmap of estimate minus exact")},
             {agreementView, QStringLiteral("scatter of estimate against exact")},
             {layersView, QStringLiteral("table of Σ |error| per layer")}},
            figureOfFile};
}

} // namespace residuum
