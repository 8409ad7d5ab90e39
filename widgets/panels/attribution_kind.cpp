// Attribution results' door to figures.
#include "widgets/panels/attribution_views.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/counts.h"

#include <algorithm>

namespace residuum {

namespace {

/// Of a sample, at a position from the start or, when negative, from the end.
int findRow(const ResultReader& reader, const DlaResult& result, const ViewSettings& settings) {
    const int sample = settings.number(QStringLiteral("sample")).value_or(0);
    const auto position = settings.number(QStringLiteral("position"));
    const auto& rows = result.rows;
    const auto last = std::find_if(rows.rbegin(), rows.rend(),
                                   [&](const auto& row) { return row.sample == sample; });
    if (last == rows.rend())
        throw UsageError("--sample " + std::to_string(sample),
                         "is not in " + reader.path().string());
    const int end = last->position.value;
    const int wanted = !position ? end : *position >= 0 ? *position : end + 1 + *position;
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
        return row.sample == sample && row.position.value == wanted;
    });
    if (found == rows.end())
        throw UsageError("--position " + std::to_string(position.value_or(0)),
                         reader.path().string() + " has no result at this position of sample " +
                             std::to_string(sample));
    return static_cast<int>(found - rows.begin());
}

/// Prompts that are all asked their own answers at their ends have a mean.
void requireMean(const ResultReader& reader, const DlaResult& result) {
    if (result.request.target.rule != TargetRule::Correct || result.request.position.all)
        throw UsageError("--mean", "goes with pairs of prompts that were asked their own answers "
                                   "at one position each (dla --target correct); " +
                                       reader.path().string() + " holds something else");
}

bool hasPositions(const ResultReader& reader) {
    return DlaAnalysis::requestOf(reader.request(), reader.path()).position.all;
}

Figure figureOfFile(const ResultReader& reader, const FigureRequest& request) {
    std::vector<AttributionColumn> columns;
    const bool isMean = request.settings.flag(QString(AttributionViews::meanSetting));
    for (const auto& [name, result] : resultsOf<DlaAnalysis>(reader, request)) {
        AttributionColumn column{
            name, result, isMean ? allRows : findRow(reader, *result, request.settings), {}, {}};
        const auto place = columns.size();
        const auto textOfRow = [&](const std::vector<std::string>& texts) {
            return texts.empty()
                       ? QString()
                       : QString::fromStdString(texts[static_cast<std::size_t>(column.row)]);
        };
        if (isMean) {
            requireMean(reader, *result);
            column.target = ownTarget();
            column.versus = ownVersus();
        } else {
            column.target = textOfRow(DlaAnalysis::targetTexts(reader, place, *result));
            column.versus = textOfRow(DlaAnalysis::versusTexts(reader, place, *result));
        }
        if (const auto& versus = result->request.versus)
            column.versus = QString::fromStdString(
                reader.file().hasAttribute(reader.modelGroup(place), "versus_text")
                    ? reader.file().textAttribute(reader.modelGroup(place), "versus_text")
                    : label(*versus));
        columns.push_back(std::move(column));
    }
    const auto stored = reader.tokens();
    const int sample = request.settings.number(QStringLiteral("sample")).value_or(0);
    ShownAttribution shown;
    if (isMean)
        shown.prompt =
            QObject::tr("mean of %1")
                .arg(countText(std::ssize(stored.input.sequences), QObject::tr("prompt")));
    for (const auto& text : stored.texts.at(static_cast<std::size_t>(sample))) {
        if (!isMean)
            shown.prompt += QString::fromStdString(text);
        shown.tokens << chipText(text);
    }
    shown.top = request.settings.number(QString(AttributionViews::topSetting)).value_or(usualTop);
    if (shown.top < 1)
        throw UsageError("--top", "at least one component is expected");
    shown.mlps =
        request.settings.text(QString(AttributionViews::errorOfSetting)) == QLatin1String("mlps");
    if (request.view == AttributionViews::byPosition && !hasPositions(reader))
        throw UsageError("--kind by-position",
                         reader.path().string() +
                             " has one position of each prompt; compute it with --position all");
    return AttributionViews::figure(columns, shown, request, fileProvenance<DlaAnalysis>(reader));
}

} // namespace

QString ownTarget() {
    return QStringLiteral("each prompt's correct answer");
}

QString ownVersus() {
    return QStringLiteral("its incorrect one");
}

FigureKind attributionKind(const Treatment& treatment) {
    const auto sample = sampleSetting(), position = positionSetting();
    const ViewSetting top{AttributionViews::topSetting, ViewSetting::Type::Count,
                          QStringLiteral("of the ranked view: how many components of each sign "
                                         "(default: %1)")
                              .arg(usualTop)};
    const ViewSetting mean{AttributionViews::meanSetting, ViewSetting::Type::Flag,
                           QStringLiteral("of a dla result of pairs (--target correct): the mean "
                                          "over all prompts")};
    ViewSetting errorOf{AttributionViews::errorOfSetting, ViewSetting::Type::Choice,
                        QStringLiteral("of the view by position: heads (default) or mlps")};
    errorOf.title = QStringLiteral("whose error is shown along the prompt");
    errorOf.values = {{QStringLiteral("heads"), QStringLiteral("heads")},
                      {QStringLiteral("mlps"), QStringLiteral("MLPs")}};
    const QStringList both{sample.name, position.name, mean.name};
    const auto dla = modeTitle(ViewMode::Dla, treatment),
               direct = modeTitle(ViewMode::DirectEffect, treatment);
    return {
        QString::fromLatin1(DlaAnalysis::kind),
        QObject::tr("&Attribution"),
        {{viewOf(ViewMode::Dla), QStringLiteral("heatmap of %1").arg(dla), both},
         {viewOf(ViewMode::DirectEffect), QStringLiteral("heatmap of the %1").arg(direct), both},
         {viewOf(ViewMode::Error), QStringLiteral("heatmap of |DLA − direct effect|, with NMAE"),
          both},
         {AttributionViews::scatter, QStringLiteral("DLA against direct effect"), both},
         {AttributionViews::contributors, QStringLiteral("table of the largest contributors"),
          both},
         {AttributionViews::ranked,
          QStringLiteral("largest components of all models, %1 and %2 on one line")
              .arg(dla, direct),
          both + QStringList{top.name}},
         {AttributionViews::byLayer,
          QStringLiteral("%1 summed layer by layer, up to the logit").arg(dla), both},
         {AttributionViews::byPosition,
          QStringLiteral("error of heads, or of MLPs, at every position of the prompt"),
          both + QStringList{errorOf.name}},
         {AttributionViews::nmaeHeads,
          QStringLiteral("NMAE of every head, over all that the result is of"),
          {}}},
        {sample, position, mean, top, errorOf},
        figureOfFile,
        [](const ResultReader& reader, const FigureView& view) {
            return view.name != AttributionViews::byPosition || hasPositions(reader);
        }};
}

} // namespace residuum
