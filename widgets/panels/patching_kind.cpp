// Patching results' door to figures: of files, and what their settings are called.
#include "analysis/patching/pair_columns.h"
#include "widgets/panels/edge_views.h"
#include "widgets/panels/patching_views.h"
#include "widgets/prompt/token_display.h"

#include <algorithm>

namespace residuum {

namespace {

/// The site and estimate asked for, or the file's first.
PatchView viewOfFile(const PatchResult& result, const ViewSettings& settings,
                     const std::filesystem::path& file) {
    if (result.grids.empty())
        throw Error(file.string(), "holds paths only, which have no figures");
    PatchView view;
    const auto site = settings.text(QStringLiteral("site"));
    const auto method = settings.text(QStringLiteral("method"));
    view.site = site.isEmpty() ? result.grids.front().site
                               : parseName<PatchSite>(site.toStdString(), "--site");
    if (!method.isEmpty())
        view.estimate = parseName<PatchMethod>(method.toStdString(), "--method");
    else if (const auto found =
                 std::find_if(result.grids.begin(), result.grids.end(),
                              [](const auto& grid) { return grid.method != PatchMethod::Exact; });
             found != result.grids.end())
        view.estimate = found->method;
    const auto pairs = static_cast<int>(result.cleanMetric.size());
    const auto sample = settings.number(QStringLiteral("sample"));
    if (sample && *sample >= pairs)
        throw UsageError("--sample " + std::to_string(*sample), file.string() + " holds " +
                                                                    std::to_string(pairs) +
                                                                    " pairs, numbered from 0");
    view.prompt = pairs == 1 ? std::optional(0) : sample;
    view.normalised = settings.flag(QStringLiteral("normalised"));
    return view;
}

/// How many there are to choose from: of a mean over pairs of unequal length its columns.
int positionsOf(const PatchResult& result, const PatchView& view, const ResultReader& reader) {
    if (view.prompt)
        return result.lengths.at(static_cast<std::size_t>(*view.prompt));
    const auto columns = columnsOf(result);
    return static_cast<int>(columns.by == ColumnsBy::Position
                                ? reader.file().shape("/clean").back()
                                : static_cast<std::int64_t>(columns.labels.size()));
}

/// What compares two models needs two, and what is over pairs several.
bool hasView(const ResultReader& reader, const FigureView& view) {
    if (view.name != PatchingViews::improvement)
        return EdgeViews::isIn(reader, view.name);
    const auto has = [&](PatchMethod method) {
        return reader.file().hasAttribute(reader.modelGroup(0), groupName(method));
    };
    return reader.modelCount() > 1 && reader.file().shape("/clean").front() > 1 &&
           has(PatchMethod::Exact) &&
           (has(PatchMethod::Attribution) || has(PatchMethod::IntegratedGradients) ||
            has(PatchMethod::AtpStar));
}

Figure figureOfFile(const ResultReader& reader, const FigureRequest& request) {
    const auto columns = resultsOf<PatchAnalysis>(reader, request);
    if (EdgeViews::areOf(*columns.front().result, request))
        return EdgeViews::figureOfFile(columns, reader, request);
    auto view = viewOfFile(*columns.front().result, request.settings, reader.path());
    QStringList tokens;
    QString prompt;
    if (request.settings.flag(PatchingViews::fold) && !view.prompt)
        throw UsageError("--fold", "the mean over pairs has no prefix that is equal in both "
                                   "prompts; choose one pair with --sample");
    if (view.prompt) {
        const auto place = static_cast<std::size_t>(*view.prompt);
        QString clean, corrupt;
        const auto cleanTokens = reader.tokens("clean"), corruptTokens = reader.tokens("corrupt");
        for (const auto& text : cleanTokens.texts.at(place)) {
            tokens << QStringLiteral("“%1”").arg(QString::fromStdString(text));
            clean += QString::fromStdString(text);
        }
        for (const auto& text : corruptTokens.texts.at(place))
            corrupt += QString::fromStdString(text);
        if (request.settings.flag(PatchingViews::fold))
            view.folded = equalPrefix(cleanTokens.input.sequences.at(place).tokens,
                                      corruptTokens.input.sequences.at(place).tokens);
        prompt = pairText(clean, corrupt);
    } else {
        const auto clean = reader.tokens("clean");
        tokens = commonTokens(clean.input.sequences, [&](std::size_t at) {
            return inQuotes(QString::fromStdString(clean.texts.front().at(at)));
        });
    }
    const int length = positionsOf(*columns.front().result, view, reader);
    const int wanted = request.settings.number(QStringLiteral("position")).value_or(-1);
    view.position = wanted < 0 ? length + wanted : wanted;
    if (view.position < 0 || view.position >= length)
        throw UsageError("--position " + std::to_string(wanted),
                         "positions run from 0 to " + std::to_string(length - 1));
    return PatchingViews::figure(columns, {view, tokens, prompt}, request,
                                 fileProvenance<PatchAnalysis>(reader));
}

} // namespace

FigureKind patchingKind() {
    ViewSetting site{QStringLiteral("site"), ViewSetting::Type::Text,
                     QStringLiteral("of a patch result, e.g. z_all_pos")};
    site.title = QStringLiteral("site that is patched");
    for (const auto each : allPatchSites())
        site.values.push_back({QString::fromStdString(name(each)), siteTitle(each)});
    ViewSetting method{QStringLiteral("method"), ViewSetting::Type::Text,
                       QStringLiteral("the estimate shown beside a patch result's exact values")};
    method.title = QStringLiteral("estimate shown beside exact patching");
    for (const auto each : {PatchMethod::Attribution, PatchMethod::IntegratedGradients,
                            PatchMethod::AtpStar, PatchMethod::Eap, PatchMethod::EapIg})
        method.values.push_back({QString::fromStdString(name(each)), methodTitle(each)});
    ViewSetting normalised{
        QStringLiteral("normalised"), ViewSetting::Type::Flag,
        QStringLiteral("patching: divided by metric(clean) - metric(corrupted)")};
    normalised.title = QStringLiteral("&normalised");
    normalised.otherName = QStringLiteral("normalized");
    const ViewSetting fold{QString(PatchingViews::fold), ViewSetting::Type::Flag,
                           QStringLiteral("patching: the positions before the first in which the "
                                          "prompts of a pair differ as one column")};
    const std::vector<ViewSetting> settings{sampleSetting(), site, method, normalised,
                                            positionSetting()};
    QStringList names;
    for (const auto& setting : settings)
        names << setting.name;
    const auto ofMaps = names + QStringList{fold.name};
    auto all = settings;
    all.push_back(fold);
    all.push_back(EdgeViews::top());
    using V = PatchingViews;
    FigureKind kind{
        QString::fromLatin1(PatchAnalysis::kind),
        QObject::tr("&Patching"),
        {{V::both, QStringLiteral("heatmaps of exact patching and its estimate"), ofMaps},
         {V::exact, QStringLiteral("heatmap of exact patching"), ofMaps},
         {V::estimate, QStringLiteral("heatmap of the estimate"), ofMaps},
         {V::error, QStringLiteral("heatmap of estimate minus exact"), ofMaps},
         {V::agreement, QStringLiteral("scatter of estimate against exact"), names},
         {V::layers, QStringLiteral("table of Σ |error| per layer"), names},
         {V::improvement,
          QStringLiteral("Σ |error| per layer over pairs, a model's minus another's"), names}},
        all,
        figureOfFile,
        hasView};
    for (auto& view : EdgeViews::list({method.name}))
        kind.views.push_back(std::move(view));
    return kind;
}

} // namespace residuum
