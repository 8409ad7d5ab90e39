#include "widgets/panels/neuron_views.h"

#include "widgets/figure/nothing_to_draw.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/neuron_board.h"
#include "widgets/panels/verdict.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/token_display.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

FigurePanel panelOf(const std::vector<NeuronColumn>& columns, const NeuronColumn& column) {
    auto panel = namedPanel(column.name, column.result->model);
    // Saved results may be of another layer or other tokens.
    if (const auto own = neuronConventions(*column.result);
        own != neuronConventions(*columns.front().result))
        panel.subtitle += QStringLiteral("; ") + own;
    return panel;
}

void describe(Figure& figure, const std::vector<NeuronColumn>& columns, const NeuronView& view) {
    const auto& result = *columns.front().result;
    if (figure.view == NeuronViews::activations) {
        figure.quantity = activationTitle(result.layer);
        figure.title = QStringLiteral("%1 along a sequence").arg(figure.quantity);
        figure.caption = QStringLiteral("Activations (%1) of neurons along a sequence in %2, on "
                                        "one colour scale.")
                             .arg(figure.quantity, modelsText(columns));
        return;
    }
    const auto treatment = treatmentOf(columns);
    figure.quantity = neuronConventions(result);
    figure.title = QStringLiteral("Confidence neurons: %1").arg(figure.quantity);
    figure.caption =
        QStringLiteral("Neurons of layer %1 in %2: norm and LogitVar (or null-space fraction, "
                       "k = %3) of their output vectors, and the change of %4 per token when "
                       "they are ablated (%5): total effect (%6) and effect with %7 (open boxes, "
                       "dashed lines). Boxes: 25 to 75 %, whiskers: 5 to 95 %, dots and the "
                       "numbers below: means. Random neurons, all their tokens together, as "
                       "baseline.")
            .arg(result.layer.value)
            .arg(modelsText(columns))
            .arg(view.nullSpace)
            .arg(view.entropy ? QStringLiteral("entropy") : QStringLiteral("loss"), figure.quantity,
                 QString::fromStdString(treatment.recomputed()),
                 QString::fromStdString(treatment.frozen()));
}

/// Of one sequence of a file's.
NeuronActivationLines linesOf(const ResultReader& reader, const std::vector<NeuronColumn>& columns,
                              int sample) {
    if (!std::all_of(columns.begin(), columns.end(), [](const NeuronColumn& column) {
            return column.result->activation.size() > 0;
        }))
        throw Error(reader.path().string(),
                    "holds no activations along sequences; compute it with --per-token");
    const auto stored = reader.tokens();
    if (sample < 0 || static_cast<std::size_t>(sample) >= stored.texts.size())
        throw Error("--sample " + std::to_string(sample),
                    "is out of range; " + reader.path().string() + " has the sequences 0 to " +
                        std::to_string(stored.texts.size() - 1));
    NeuronActivationLines lines;
    for (const auto& text : stored.texts[static_cast<std::size_t>(sample)])
        lines.tokens << chipText(text);
    const auto width = static_cast<Eigen::Index>(reader.tokenWidth());
    for (const auto& column : columns)
        lines.models.push_back(
            {column.name, column.result->chosen.neurons,
             column.result->activation.middleCols(sample * width,
                                                  static_cast<Eigen::Index>(lines.tokens.size()))});
    return lines;
}

Figure figureOfFile(const ResultReader& reader, const FigureRequest& request) {
    const auto columns = resultsOf<NeuronAnalysis>(reader, request);
    NeuronView view;
    view.nullSpace = columns.front().result->request.nullSpace;
    view.entropy = request.settings.text(QStringLiteral("effect")) != QLatin1String("loss");
    view.allBoxes = request.settings.flag(NeuronViews::allSetting);
    if (request.settings.text(QStringLiteral("against")) == QLatin1String("null-space"))
        view.plane = NeuronPlane::NullSpace;
    NeuronViews::Shown shown{view, request.pins};
    if (request.view == NeuronViews::activations)
        shown.lines = std::make_shared<const NeuronActivationLines>(linesOf(
            reader, columns, request.settings.number(QStringLiteral("sample")).value_or(0)));
    return NeuronViews::figure(columns, shown, request, fileProvenance<NeuronAnalysis>(reader));
}

/// What a view fixes itself: `shown` with the view's own effect and plane.
NeuronView asViewed(const QString& view, NeuronView shown) {
    if (view == NeuronViews::entropy || view == NeuronViews::loss)
        shown.entropy = view == NeuronViews::entropy;
    if (view == NeuronViews::logitVar || view == NeuronViews::nullSpace)
        shown.plane =
            view == NeuronViews::logitVar ? NeuronPlane::LogitVar : NeuronPlane::NullSpace;
    return shown;
}

bool fileHas(const ResultReader& reader, const FigureView& view) {
    return view.name != NeuronViews::activations ||
           reader.file().contains(reader.modelGroup(0) + "/activation");
}

/// One panel of all models.
std::vector<FigurePanel> mediatedPanels(const std::vector<NeuronColumn>& columns,
                                        const NeuronView& view) {
    if (columns.empty())
        return {};
    std::vector<std::pair<QString, const NeuronResult*>> models;
    for (const auto& column : columns)
        models.emplace_back(column.name, column.result.get());
    const auto treatment = treatmentOf(columns);
    FigurePanel panel;
    panel.content = ChartFigure{mediatedChart(models, view, treatment), {}, {}};
    panel.notes << mediatedMeaning(QString::fromStdString(treatment.mediated()));
    return {panel};
}

} // namespace

QStringList partsOf(const NeuronView& shown) {
    return {shown.plane == NeuronPlane::NullSpace ? NeuronViews::nullSpace : NeuronViews::logitVar,
            shown.entropy ? NeuronViews::entropy : NeuronViews::loss, NeuronViews::cumulative};
}

std::vector<FigurePanel>
NeuronViews::panels(const QString& view, const std::vector<Column>& columns, const Shown& shown) {
    if (view == activations)
        return activationPanels(columns.front().result->layer, *shown.lines, shown.pins);
    if (view == mediated)
        return mediatedPanels(columns, shown.view);
    std::vector<FigurePanel> panels;
    const bool boxes = view == entropy || view == loss;
    const auto looked = asViewed(view, shown.view);
    for (const auto& column : columns) {
        auto panel = panelOf(columns, column);
        const auto& result = *column.result;
        if (boxes)
            panel.content = ChartFigure{effectBoxes(result, looked, shown.pins), {}, {}};
        else if (view == cumulative)
            panel.content = ChartFigure{cumulativeCurves(result, looked), {}, {}};
        else
            panel.content = ScatterFigure{weightsScatter(result, looked), 1.0, {}};
        if (std::holds_alternative<ChartFigure>(panel.content))
            panel.notes << effectSummary(result, looked);
        panels.push_back(std::move(panel));
    }
    if (view == logitVar || view == nullSpace)
        shareAxes(panels);
    return panels;
}

std::vector<FigurePanel> activationPanels(LayerIndex layer, const NeuronActivationLines& lines,
                                          const std::vector<Pin>& pins) {
    FigurePanel panel;
    panel.content = TokenStripFigure{activationStrips(layer, lines, pins), {}};
    return {panel};
}

Figure NeuronViews::figure(const std::vector<Column>& columns, const Shown& shown,
                           const FigureRequest& request, const Provenance& provenance) {
    if (request.view == activations && shown.lines->models.empty())
        throw NothingToDraw("there are no activations to draw yet");
    Figure figure;
    figure.view = request.view;
    figure.provenance = provenance;
    auto looked = shown;
    looked.view = asViewed(request.view, shown.view);
    describe(figure, columns, looked.view);
    figure.columns = static_cast<int>(columns.size());
    if (request.view == table) {
        figure.panels.push_back(chosenTable(columns, looked.view));
        figure.columns = 1;
    } else if (request.view == whole) {
        for (const auto& part : partsOf(looked.view)) {
            auto drawn = panels(part, columns, looked);
            if (part == cumulative) // what it notes stands above
                for (auto& panel : drawn)
                    panel.notes.clear();
            addCompared(figure, std::move(drawn), {}, request);
        }
    } else {
        addCompared(figure, panels(request.view, columns, looked), {}, request);
        if (request.view == activations || request.view == mediated)
            figure.columns = 1;
    }
    setPins(figure, request.pins);
    return figure;
}

NeuronView neuronViewOf(const Workspace& workspace) {
    const auto& board = workspace.board<NeuronBoard>();
    const auto& settings = board.settings();
    return {settings.againstNullSpace ? NeuronPlane::NullSpace : NeuronPlane::LogitVar,
            settings.entropy, settings.nullSpace, settings.allNeurons};
}

NeuronActivationLines shownActivations(const Workspace& workspace) {
    NeuronActivationLines lines;
    const auto tokenizer = workspace.tokenizer();
    for (const auto token : workspace.state().prompt.tokens)
        lines.tokens << chipText(tokenizer.get(), token);
    for (const auto& column : workspace.columns())
        if (const auto there = workspace.board<NeuronBoard>().activations(column.id))
            lines.models.push_back({column.name, there->neurons, there->values});
    return lines;
}

NeuronViews::Shown NeuronViews::shown(const Workspace& workspace, const QString& view) {
    Shown shown{neuronViewOf(workspace), workspace.state().pins};
    if (view == activations)
        shown.lines = std::make_shared<const NeuronActivationLines>(shownActivations(workspace));
    const auto& board = workspace.board<NeuronBoard>();
    if (const auto result = board.result(board.choosingColumn()))
        shown.layer = result->layer;
    return shown;
}

TableFigure NeuronViews::tableOf(const QString&, const std::vector<Column>& columns,
                                 const Shown& shown, const std::optional<std::pair<int, int>>&) {
    return columns.empty() ? TableFigure()
                           : layerTable(shown.layer.value_or(columns.front().result->layer),
                                        columns, shown.view);
}

QString NeuronViews::verdict(const std::vector<Column>& columns, const Shown& shown) {
    const auto effect = [&](bool frozen, std::size_t which) {
        return ofEach(columns, [&](const Column& column) {
            return chosenEffect(*column.result, shown.view, frozen)[which];
        });
    };
    return QObject::tr("%1ablating the %2 chosen neurons of layer %3 changes %4 by %5 nats a token "
                       "(%6 times random neurons), with %7 by %8 (%9 times)")
        .arg(whose(columns),
             ofAll(columns, [](const Column& c) { return QString::number(c.result->chosenOnes); }),
             ofAll(columns, [](const Column& c) { return QString::number(c.result->layer.value); }),
             shown.view.entropy ? QObject::tr("entropy") : QObject::tr("loss"), effect(false, 0),
             effect(false, 1), QString::fromStdString(treatmentOf(columns).frozen()),
             effect(true, 0), effect(true, 1));
}

void NeuronViews::ask(const Workspace& workspace, FigureRequest& request) {
    request.difference.reset(); // none is shown
    if (request.view != activations)
        request.limit.reset();
    const auto view = neuronViewOf(workspace);
    if (!view.entropy)
        request.settings.set(QStringLiteral("effect"), QStringLiteral("loss"));
    if (view.plane == NeuronPlane::NullSpace)
        request.settings.set(QStringLiteral("against"), QStringLiteral("null-space"));
    if (view.allBoxes)
        request.settings.setFlag(allSetting);
    request.settings.keepOnly(neuronKind().view(request.view).settings);
}

FigureOrigin<NeuronAnalysis> NeuronViews::origin(const Workspace& workspace, const QString& view) {
    auto origin = ViewsOf::origin(workspace, view);
    if (view == activations) { // whatever the effects are measured over
        origin.input = workspace.promptInput();
        origin.request->perToken = true;
    }
    return origin;
}

FigureKind neuronKind(const Treatment& treatment) {
    using V = NeuronViews;
    ViewSetting effect{QStringLiteral("effect"), ViewSetting::Type::Choice,
                       QStringLiteral("of neurons: entropy (default) or loss")};
    effect.title = QStringLiteral("what is shown of an ablation");
    effect.values = {{QStringLiteral("entropy"), QStringLiteral("|Δ entropy|")},
                     {QStringLiteral("loss"), QStringLiteral("|Δ loss|")}};
    ViewSetting against{
        QStringLiteral("against"), ViewSetting::Type::Choice,
        QStringLiteral("what neurons' norm is drawn against: logitvar (default) or null-space")};
    against.title = QStringLiteral("what the norm is drawn against");
    against.values = {{QStringLiteral("logitvar"), QStringLiteral("norm – LogitVar")},
                      {QStringLiteral("null-space"), QStringLiteral("norm – null space")}};
    const ViewSetting all{
        V::allSetting, ViewSetting::Type::Flag,
        QStringLiteral("boxes of all chosen neurons, not of the first %1 only").arg(boxedNeurons)};
    const QStringList ofEffect{effect.name};
    const auto boxes = QStringLiteral("boxes of %1 per token, total and ") +
                       QString::fromStdString(treatment.frozen());
    return {
        QString::fromLatin1(NeuronAnalysis::kind),
        QObject::tr("&Confidence neurons"),
        {{V::whole,
          QStringLiteral("weights, effects and cumulative ablation of neurons"),
          {effect.name, against.name, all.name}},
         {V::logitVar, QStringLiteral("scatter of norm against LogitVar"), ofEffect},
         {V::nullSpace, QStringLiteral("scatter of norm against null-space fraction"), ofEffect},
         {V::entropy, boxes.arg(QStringLiteral("|Δ entropy|")), {all.name}},
         {V::loss, boxes.arg(QStringLiteral("|Δ loss|")), {all.name}},
         {V::cumulative, QStringLiteral("curves of cumulative ablation"), ofEffect},
         {V::activations,
          QStringLiteral("tokens of a sequence coloured by activation"),
          {sampleSetting().name}},
         {V::table, QStringLiteral("table of the chosen neurons"), ofEffect},
         {V::mediated,
          QStringLiteral("total and direct effect of the chosen neurons, and what is between them"),
          ofEffect}},
        {sampleSetting(), effect, against, all},
        figureOfFile,
        fileHas};
}

} // namespace residuum
