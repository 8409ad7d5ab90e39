#include "widgets/panels/lens_views.h"

#include "widgets/figure/shared_axes.h"
#include "widgets/panels/lens_board.h"
#include "widgets/panels/verdict.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

QString toText(const std::string& words) {
    return QString::fromStdString(words);
}

using V = LensViews;

bool isMap(const QString& view) {
    return view == V::map || view == V::midMap || view == V::jacobianMap;
}

bool isOfJacobian(const QString& view) {
    return view == V::jacobianMap || view == V::jacobianLogProb || view == V::jacobianRank ||
           view == V::jacobianEntropy;
}

LensNumber numberOf(const QString& view) {
    return view == V::rank || view == V::jacobianRank         ? LensNumber::Rank
           : view == V::entropy || view == V::jacobianEntropy ? LensNumber::Entropy
                                                              : LensNumber::LogProb;
}

LensPoints pointsOf(const QString& view) {
    return view == V::midMap        ? LensPoints::Mid
           : view == V::jacobianMap ? LensPoints::Post
                                    : LensPoints::Pre;
}

FigurePanel panelOf(const QString& view, const LensColumn& column, const ShownLens& shown) {
    auto panel = namedPanel(column.name, column.result->model);
    panel.notes << treatmentText(*column.result);
    if (view == V::jacobianMap)
        panel.notes << jacobianText(column);
    if (isMap(view)) {
        panel.content = lensMap(column, shown, pointsOf(view));
    } else {
        panel.notes << lensComponentsText(column, shown.position);
        panel.content = componentMap(column, shown);
    }
    return panel;
}

QString descriptionOf(const QString& view) {
    if (view == V::map)
        return QStringLiteral("top token of the logit lens and its probability, before each layer");
    if (view == V::midMap)
        return QStringLiteral("top token of the logit lens and its probability, after each "
                              "layer's attention");
    if (view == V::jacobianMap)
        return QStringLiteral("top token of the Jacobian lens and its probability, after each "
                              "layer");
    if (view == V::jacobianLogProb)
        return QStringLiteral("log-probability of the tracked token, logit lens and Jacobian lens");
    if (view == V::jacobianRank)
        return QStringLiteral("rank of the tracked token, logit lens and Jacobian lens");
    if (view == V::jacobianEntropy)
        return QStringLiteral("entropy of the logit lens and the Jacobian lens, point by point");
    if (view == V::logProb)
        return QStringLiteral("log-probability of tracked tokens, point by point");
    if (view == V::rank)
        return QStringLiteral("rank of tracked tokens, point by point");
    if (view == V::entropy)
        return QStringLiteral("entropy of the logit lens, point by point");
    return QStringLiteral("what each component adds to the tracked token's lens logit, where the "
                          "lens is affine");
}

/// From a point on: "from layer 2 on", "from the attention of layer 2 on", "at the end only".
QString pointWords(Eigen::Index point, Eigen::Index points) {
    const auto layer = static_cast<int>(point / 2);
    if (point + 1 == points)
        return QObject::tr("at the end only");
    return point % 2 == 0 ? QObject::tr("from before layer %1 on").arg(layer)
                          : QObject::tr("from after the attention of layer %1 on").arg(layer);
}

int sampleIn(const ResultReader& reader, const ViewSettings& settings) {
    const int sample = settings.number(QStringLiteral("sample")).value_or(0);
    const auto samples = static_cast<int>(reader.tokens().texts.size());
    if (sample >= samples)
        throw UsageError("--sample " + std::to_string(sample),
                         "is not in " + reader.path().string());
    return sample;
}

/// The prompt's place among those that were asked about; -1: what is there is of others, but stale.
int sampleOf(const PromptInput& input, const PromptState& prompt) {
    const auto& sequences = input.tokens.sequences;
    if (sequences.size() == 1)
        return 0;
    const auto found = std::find_if(sequences.begin(), sequences.end(), [&](const auto& sequence) {
        return sequence.tokens == prompt.tokens;
    });
    return found == sequences.end() ? -1 : static_cast<int>(found - sequences.begin());
}

Figure figureOfFile(const ResultReader& reader, const FigureRequest& request) {
    if (isOfJacobian(request.view) &&
        !LensAnalysis::requestOf(reader.request(), reader.path()).jacobian)
        throw Error(reader.path().string(), "has no Jacobian lens; compute it with --jacobian");
    const int sample = sampleIn(reader, request.settings);
    std::vector<LensColumn> columns;
    for (const auto& [name, result] : resultsOf<LensAnalysis>(reader, request))
        columns.push_back({name, result, sample});
    ShownLens shown;
    const auto stored = reader.tokens();
    for (const auto& text : stored.texts.at(static_cast<std::size_t>(sample))) {
        shown.prompt += toText(text);
        shown.tokens << chipText(text);
    }
    const auto& rows = columns.front().result->rows;
    const auto last = std::find_if(rows.rbegin(), rows.rend(),
                                   [&](const auto& row) { return row.sample == sample; });
    if (last == rows.rend())
        throw UsageError("--sample " + std::to_string(sample),
                         "is not in " + reader.path().string());
    const int end = last->position.value;
    const int wanted = request.settings.number(QStringLiteral("position")).value_or(-1);
    const bool whole = columns.front().result->request.position.all;
    shown.position = wanted >= 0 ? wanted : whole ? end + 1 + wanted : end;
    if (columns.front().result->rowOf(sample, shown.position) < 0)
        throw UsageError("--position " + std::to_string(wanted),
                         reader.path().string() + " has no result at this position of sample " +
                             std::to_string(sample));
    return LensViews::figure(columns, shown, request, fileProvenance<LensAnalysis>(reader));
}

} // namespace

QString lensComponentsText(const LensColumn& column, int position) {
    const auto& result = *column.result;
    const auto row = result.rowOf(column.sample, position);
    if (result.contribution.size() == 0)
        return result.request.components || !isAffine(result.model, result.request)
                   ? toText(whyNoComponents(result))
                   : QStringLiteral("the file has none; compute it with --components");
    if (row < 0)
        return {};
    const auto last = (static_cast<Eigen::Index>(result.points.size()) - 1) * result.tracks();
    return QStringLiteral("%1: logit %2 at first, %3 at the end")
        .arg(tokenOf(result, result.tracked(0, row)), threeDigits(result.logit(0, row)),
             threeDigits(result.logit(last, row)));
}

QString jacobianText(const LensColumn& column) {
    const auto& result = *column.result;
    if (result.jacobian.points.empty())
        return QObject::tr("tick “jacobian” above to have it");
    const auto prompts = result.rows.empty() ? 0 : result.rows.back().sample + 1;
    return QObject::tr("mean Jacobian of %1").arg(countText(prompts, QObject::tr("prompt")));
}

LensViews::Shown LensViews::shown(const Workspace& workspace, const QString&) {
    const auto& prompt = workspace.state().prompt;
    ShownLens shown{prompt.text, {}, workspace.state().position};
    const auto tokenizer = workspace.tokenizer();
    for (const auto token : prompt.tokens)
        shown.tokens << chipText(tokenizer.get(), token);
    return shown;
}

std::optional<LensColumn> LensViews::column(const Workspace& workspace, const ModelColumn& column,
                                            const Board<LensAnalysis>::ColumnAnswer& answer) {
    const int sample = column.saved ? workspace.board<LensBoard>().sampleOf(column)
                                    : sampleOf(*answer.input, workspace.state().prompt);
    return sample < 0 ? std::nullopt
                      : std::optional(LensColumn{column.name, answer.result, sample});
}

void LensViews::ask(const Workspace& workspace, FigureRequest& request) {
    if (isMap(request.view))
        return;
    request.settings.set(QStringLiteral("position"), workspace.state().position);
    if (request.view != components)
        request.limit.reset(); // the lock is of a scale of colours
}

ColourScale LensViews::scale(const QString& view, const std::vector<Column>&, const Shown&) {
    ColourScale scale;
    scale.map = isMap(view) ? ColourMap::Sequential : ColourMap::Diverging;
    scale.unit = isMap(view) ? QStringLiteral("%") : QStringLiteral("logits");
    return scale;
}

std::vector<FigurePanel> LensViews::panels(const QString& view, const std::vector<Column>& columns,
                                           const Shown& shown) {
    std::vector<FigurePanel> panels;
    if (columns.empty())
        return panels;
    if (isMap(view) || view == components) {
        for (const auto& column : columns)
            panels.push_back(panelOf(view, column, shown));
        return panels;
    }
    FigurePanel panel; // of all models
    panel.notes << QStringLiteral("position %1").arg(placeText(shown));
    if (isOfJacobian(view))
        panel.notes << jacobianText(columns.front());
    panel.content = ChartFigure{isOfJacobian(view) ? jacobianChart(columns, shown, numberOf(view))
                                                   : lensChart(columns, shown, numberOf(view)),
                                {},
                                {}};
    return {std::move(panel)};
}

Figure LensViews::figure(const std::vector<Column>& columns, const Shown& shown,
                         const FigureRequest& request, const Provenance& provenance) {
    Figure figure;
    figure.view = request.view;
    figure.provenance = provenance;
    const auto& result = *columns.front().result;
    const auto treatment = treatmentText(result);
    figure.title = QStringLiteral("%1 (%2)").arg(descriptionOf(request.view), treatment);
    figure.quantity = QStringLiteral("%1 (%2)").arg(
        request.view == components ? QStringLiteral("added to the lens logit")
                                   : QStringLiteral("probability of the top token"),
        treatment);
    const auto first = descriptionOf(request.view);
    figure.caption = QStringLiteral("%1 of “%2”, for %3: ln_f (%4) and the unembedding on the "
                                    "residual stream at each point.")
                         .arg(first.left(1).toUpper() + first.mid(1), shown.prompt,
                              modelsText(columns), treatment);
    if (isOfJacobian(request.view))
        figure.caption +=
            QStringLiteral(" Jacobian lens: the stream after a layer times the %1, the "
                           "first 16 positions (of short prompts the first quarter) "
                           "and the last left out.")
                .arg(jacobianText(columns.front()));
    if (!isMap(request.view))
        figure.caption += QStringLiteral(" At position %1.").arg(placeText(shown));
    if (result.request.track.ids.empty() && !isMap(request.view) && request.view != entropy &&
        request.view != jacobianEntropy)
        figure.caption +=
            QStringLiteral(" The token is each model's own top prediction at the last point.");
    addCompared(figure, panels(request.view, columns, shown), scale(request.view, columns, shown),
                request);
    setPins(figure, request.pins);
    return figure;
}

QString LensViews::verdict(const std::vector<Column>& columns, const Shown& shown) {
    std::vector<Column> there;
    for (const auto& column : columns)
        if (rowOf(column, shown) >= 0)
            there.push_back(column);
    if (there.empty())
        return {};
    const auto tokens = ofAll(there, [&](const Column& column) {
        return tokenOf(*column.result, column.result->tracked(0, rowOf(column, shown)));
    });
    const auto from = [&](const Column& column) {
        const auto& result = *column.result;
        const auto row = rowOf(column, shown);
        const auto end = static_cast<Eigen::Index>(result.points.size());
        auto first = end;
        while (first > 0 && result.rank((first - 1) * result.tracks(), row) == 0.0)
            --first;
        return first == end ? QObject::tr("never") : pointWords(first, end);
    };
    return QObject::tr("%1at position %2, %3 stays on top of the lens: %4")
        .arg(whose(there), placeText(shown), tokens, ofAll(there, from));
}

FigureKind lensKind() {
    const auto sample = sampleSetting(), position = positionSetting();
    FigureKind kind;
    kind.kind = QString::fromLatin1(LensAnalysis::kind);
    kind.title = QObject::tr("&Logit lens");
    for (const auto view :
         {V::map, V::midMap, V::logProb, V::rank, V::entropy, V::components, V::jacobianMap,
          V::jacobianLogProb, V::jacobianRank, V::jacobianEntropy}) {
        QStringList settings{sample.name};
        if (!isMap(view))
            settings << position.name;
        kind.views.push_back({view, descriptionOf(view), settings});
    }
    kind.settings = {sample, position};
    kind.make = figureOfFile;
    kind.has = [](const ResultReader& reader, const FigureView& view) {
        const auto asked = LensAnalysis::requestOf(reader.request(), reader.path());
        return isOfJacobian(view.name) ? asked.jacobian
                                       : view.name != V::components || asked.components;
    };
    return kind;
}

} // namespace residuum
