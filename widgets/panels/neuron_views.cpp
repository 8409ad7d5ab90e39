#include "widgets/panels/neuron_views.h"

#include "widgets/figure/shared_axes.h"
#include "widgets/panels/neuron_board.h"
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
    if (figure.view == neuronViews::activations) {
        figure.quantity = activationTitle(result.layer);
        figure.title = QStringLiteral("%1 along a sequence").arg(figure.quantity);
        figure.caption = QStringLiteral("Activations (%1) of neurons along a sequence in %2, on "
                                        "one colour scale.")
                             .arg(figure.quantity, modelsText(columns));
        return;
    }
    figure.quantity = neuronConventions(result);
    figure.title = QStringLiteral("Confidence neurons: %1").arg(figure.quantity);
    figure.caption =
        QStringLiteral("Neurons of layer %1 in %2: norm and LogitVar (or null-space fraction, "
                       "k = %3) of their output vectors, and the change of %4 per token when "
                       "they are ablated (%5): total effect (LN recomputed) and effect with "
                       "LN frozen (open boxes, dashed lines). Boxes: 25 to 75 %, whiskers: 5 to "
                       "95 %, dots and the numbers below: means. Random neurons, all their tokens "
                       "together, as baseline.")
            .arg(result.layer.value)
            .arg(modelsText(columns))
            .arg(view.nullSpace)
            .arg(view.entropy ? QStringLiteral("entropy") : QStringLiteral("loss"),
                 figure.quantity);
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
    if (request.settings.text(QStringLiteral("against")) == QLatin1String("null-space"))
        view.plane = NeuronPlane::NullSpace;
    NeuronActivationLines lines;
    if (request.view == neuronViews::activations)
        lines =
            linesOf(reader, columns, request.settings.number(QStringLiteral("sample")).value_or(0));
    return neuronFigure(columns, lines, view, request, fileProvenance<NeuronAnalysis>(reader));
}

bool fileHas(const ResultReader& reader, const FigureView& view) {
    return view.name != neuronViews::activations ||
           reader.file().contains(reader.modelGroup(0) + "/activation");
}

} // namespace

QStringList partsOf(const NeuronView& shown) {
    return {shown.plane == NeuronPlane::NullSpace ? neuronViews::nullSpace : neuronViews::logitVar,
            shown.entropy ? neuronViews::entropy : neuronViews::loss, neuronViews::cumulative};
}

NeuronView asViewed(const QString& view, NeuronView shown) {
    if (view == neuronViews::entropy || view == neuronViews::loss)
        shown.entropy = view == neuronViews::entropy;
    if (view == neuronViews::logitVar || view == neuronViews::nullSpace)
        shown.plane =
            view == neuronViews::logitVar ? NeuronPlane::LogitVar : NeuronPlane::NullSpace;
    return shown;
}

std::vector<FigurePanel> neuronPanels(const QString& view, const std::vector<NeuronColumn>& columns,
                                      const NeuronView& shown, const std::vector<Pin>& pins) {
    std::vector<FigurePanel> panels;
    const bool boxes = view == neuronViews::entropy || view == neuronViews::loss;
    for (const auto& column : columns) {
        auto panel = panelOf(columns, column);
        const auto& result = *column.result;
        if (boxes)
            panel.content = ChartFigure{effectBoxes(result, shown, pins), {}, {}};
        else if (view == neuronViews::cumulative)
            panel.content = ChartFigure{cumulativeCurves(result, shown), {}, {}};
        else
            panel.content = ScatterFigure{weightsScatter(result, shown), 1.0, {}};
        if (std::holds_alternative<ChartFigure>(panel.content))
            panel.notes << effectSummary(result, shown);
        panels.push_back(std::move(panel));
    }
    if (view == neuronViews::logitVar || view == neuronViews::nullSpace)
        shareAxes(panels);
    return panels;
}

std::vector<FigurePanel> activationPanels(LayerIndex layer, const NeuronActivationLines& lines,
                                          const std::vector<Pin>& pins) {
    FigurePanel panel;
    panel.content = TokenStripFigure{activationStrips(layer, lines, pins), {}};
    return {panel};
}

Figure neuronFigure(const std::vector<NeuronColumn>& columns, const NeuronActivationLines& lines,
                    const NeuronView& shown, const FigureRequest& request,
                    const Provenance& provenance) {
    Figure figure;
    figure.view = request.view;
    figure.provenance = provenance;
    const auto view = asViewed(request.view, shown);
    describe(figure, columns, view);
    figure.columns = static_cast<int>(columns.size());
    if (request.view == neuronViews::table) {
        figure.panels.push_back(chosenTable(columns, view));
        figure.columns = 1;
    } else if (request.view == neuronViews::activations) {
        addCompared(figure, activationPanels(columns.front().result->layer, lines, request.pins),
                    {}, request);
        figure.columns = 1;
    } else if (request.view == neuronViews::whole) {
        for (const auto& part : partsOf(view)) {
            auto panels = neuronPanels(part, columns, view, request.pins);
            if (part == neuronViews::cumulative) // what it notes stands above
                for (auto& panel : panels)
                    panel.notes.clear();
            addCompared(figure, std::move(panels), {}, request);
        }
    } else {
        addCompared(figure, neuronPanels(request.view, columns, view, request.pins), {}, request);
    }
    setPins(figure, request.pins);
    return figure;
}

NeuronView neuronViewOf(const Workspace& workspace) {
    const auto& settings = workspace.board<NeuronBoard>().settings();
    return {settings.againstNullSpace ? NeuronPlane::NullSpace : NeuronPlane::LogitVar,
            settings.entropy, settings.nullSpace};
}

NeuronActivationLines shownActivations(const Workspace& workspace) {
    NeuronActivationLines lines;
    const auto tokenizer = workspace.tokenizer();
    for (const auto token : workspace.state().prompt.tokens)
        lines.tokens << chipText(tokenizer.get(), token);
    for (const auto& column : workspace.columns())
        if (const auto* there = workspace.board<NeuronBoard>().activations(column.id))
            lines.models.push_back({column.name, there->neurons, there->values});
    return lines;
}

Figure neuronFigure(const Workspace& workspace, FigureRequest& request) {
    askAsShown(workspace, request);
    request.difference.reset(); // none is shown
    const auto& board = workspace.board<NeuronBoard>();
    const bool alongPrompt = request.view == neuronViews::activations;
    const auto view = neuronViewOf(workspace);
    if (!view.entropy)
        request.settings.set(QStringLiteral("effect"), QStringLiteral("loss"));
    if (view.plane == NeuronPlane::NullSpace)
        request.settings.set(QStringLiteral("against"), QStringLiteral("null-space"));
    request.settings.keepOnly(neuronKind().view(request.view).settings);
    std::vector<NeuronColumn> columns;
    auto input = workspace.promptInput();
    ShownAnswers<NeuronAnalysis> shown(workspace);
    shown.takePartial(); // what is there is whole; pinned neurons may be to come
    shown.pick(board, [&](const ModelColumn& column, const auto& answer) {
        columns.push_back({column.name, answer.result});
        if (!column.saved && !alongPrompt)
            input = answer.input;
        return true;
    });
    const auto lines = alongPrompt ? shownActivations(workspace) : NeuronActivationLines();
    if (alongPrompt && lines.models.empty())
        throw Error("the figure", "there are no activations to draw yet");
    auto asked = board.request().value_or(columns.front().result->request);
    asked.nullSpace = view.nullSpace; // as it is drawn
    if (alongPrompt)                  // whatever the effects are measured over
        asked.perToken = true;
    return withSavedText(
        neuronFigure(columns, lines, view, request, shown.provenance(input, asked)),
        shown.columns());
}

FigureKind neuronKind() {
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
    const QStringList ofEffect{effect.name};
    namespace views = neuronViews;
    return {QString::fromLatin1(NeuronAnalysis::kind),
            QObject::tr("&Confidence neurons"),
            {{views::whole,
              QStringLiteral("weights, effects and cumulative ablation of neurons"),
              {effect.name, against.name}},
             {views::logitVar, QStringLiteral("scatter of norm against LogitVar"), ofEffect},
             {views::nullSpace, QStringLiteral("scatter of norm against null-space fraction"),
              ofEffect},
             {views::entropy,
              QStringLiteral("boxes of |Δ entropy| per token, total and LN frozen"),
              {}},
             {views::loss, QStringLiteral("boxes of |Δ loss| per token, total and LN frozen"), {}},
             {views::cumulative, QStringLiteral("curves of cumulative ablation"), ofEffect},
             {views::activations,
              QStringLiteral("tokens of a sequence coloured by activation"),
              {sampleSetting().name}},
             {views::table, QStringLiteral("table of the chosen neurons"), ofEffect}},
            {sampleSetting(), effect, against},
            figureOfFile,
            fileHas};
}

} // namespace residuum
