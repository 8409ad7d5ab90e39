// Neuron results as figures.
#include "widgets/panels/neuron_figures.h"

#include "analysis/neurons/neuron_analysis.h"
#include "analysis/prompts/input_command.h"
#include "core/task/error.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/token_display.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

const QString wholeView = QStringLiteral("neurons");
const QString logitVarView = QStringLiteral("norm-logitvar");
const QString nullSpaceView = QStringLiteral("norm-nullspace");
const QString entropyView = QStringLiteral("neuron-entropy");
const QString lossView = QStringLiteral("neuron-loss");
const QString cumulativeView = QStringLiteral("cumulative");
const QString activationView = neuronActivationView.toString();
const QString tableView = QStringLiteral("neuron-table");

/// Models of one figure may have layers of different widths.
double valueAt(const std::vector<double>& values, int neuron) {
    const auto at = static_cast<std::size_t>(neuron);
    return at < values.size() ? values[at] : std::nan("");
}

/// Builds one figure.
class Paper {
  public:
    Paper(const std::vector<NeuronColumn>& columns, const NeuronActivationLines& lines,
          NeuronView view, const FigureRequest& request, const Provenance& provenance)
        : columns_(columns), lines_(lines), view_(view), request_(request) {
        for (const auto& pin : request.pins)
            if (const auto thing = parseThing(pin.name.toStdString()))
                pins_.push_back({*thing, pin.colour});
        figure_.view = request.view;
        figure_.provenance = provenance;
    }

    Figure make() {
        const auto& wanted = request_.view;
        if (wanted == entropyView || wanted == lossView)
            view_.entropy = wanted == entropyView;
        if (wanted == logitVarView || wanted == nullSpaceView)
            view_.plane = wanted == logitVarView ? NeuronPlane::LogitVar : NeuronPlane::NullSpace;
        if (wanted == activationView)
            addActivations();
        if (wanted == tableView)
            addTable();
        if (wanted == logitVarView || wanted == nullSpaceView || wanted == wholeView)
            addScatters();
        if (wanted == entropyView || wanted == lossView || wanted == wholeView)
            addCharts([this](const auto& result,
                             const auto& shown) { return effectBoxes(result, shown, pins_); },
                      true);
        if (wanted == cumulativeView || wanted == wholeView)
            addCharts(cumulativeCurves, wanted == cumulativeView);
        figure_.columns =
            static_cast<int>(wanted == tableView || wanted == activationView ? 1 : columns_.size());
        describe();
        if (wanted == activationView)
            describeActivations();
        return std::move(figure_);
    }

  private:
    FigurePanel panelOf(const NeuronColumn& column) const {
        FigurePanel panel;
        panel.title = column.name;
        panel.subtitle = QString::fromStdString(column.result->model.normalization.label());
        // Saved results may be of another layer or other tokens.
        if (const auto own = neuronConventions(*column.result);
            own != neuronConventions(*columns_.front().result))
            panel.subtitle += QStringLiteral("; ") + own;
        return panel;
    }

    void addScatters() {
        std::vector<ScatterData> scatters;
        for (const auto& column : columns_)
            scatters.push_back(weightsScatter(*column.result, view_));
        shareAxes(scatters);
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            auto panel = panelOf(columns_[i]);
            panel.content = ScatterFigure{std::move(scatters[i]), 1.0, pins_};
            figure_.panels.push_back(std::move(panel));
        }
    }

    template <class Make>
    void addCharts(const Make& make, bool summaries) {
        std::vector<ChartData> charts;
        for (const auto& column : columns_)
            charts.push_back(make(*column.result, view_));
        auto range = sharedRange(charts);
        if (request_.limit && *request_.limit > 0.0)
            range.last = charts.front().logarithmic
                             ? std::max(std::log10(*request_.limit), range.first + 1.0)
                             : *request_.limit;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            auto panel = panelOf(columns_[i]);
            if (summaries)
                panel.notes << effectSummary(*columns_[i].result, view_);
            panel.content = ChartFigure{std::move(charts[i]), range, pins_};
            figure_.panels.push_back(std::move(panel));
        }
    }

    void addActivations() {
        const auto fixed = request_.limit && *request_.limit > 0.0 ? request_.limit : std::nullopt;
        TokenStripFigure figure{activationStrips(columns_.front().result->layer, lines_, pins_,
                                                 {fixed, request_.fullRange}),
                                pins_};
        clipped_ = clippedText(figure.strips.scale);
        FigurePanel panel;
        panel.content = std::move(figure);
        figure_.panels.push_back(std::move(panel));
    }

    void describeActivations() {
        const auto layer = columns_.front().result->layer;
        figure_.quantity = activationTitle(layer);
        figure_.title = QStringLiteral("%1 along a sequence").arg(figure_.quantity);
        figure_.caption = QStringLiteral("Activations (%1) of neurons along a sequence in %2, on "
                                         "one colour scale.")
                              .arg(figure_.quantity, models());
        if (!clipped_.isEmpty())
            figure_.caption += QStringLiteral(" Tokens with a corner cut off are beyond the scale: "
                                              "%1.")
                                   .arg(clipped_);
    }

    /// Neurons that any model has chosen, in the order of the first.
    std::vector<int> tableNeurons() const {
        std::vector<int> neurons;
        for (const auto& column : columns_)
            for (const auto neuron : column.result->chosen.neurons)
                if (std::find(neurons.begin(), neurons.end(), neuron.value) == neurons.end())
                    neurons.push_back(neuron.value);
        return neurons;
    }

    void addTable() {
        const auto neurons = tableNeurons();
        TableFigure table;
        table.rowTitle = QStringLiteral("neuron");
        for (const int neuron : neurons)
            table.rows << QString::number(neuron);
        const auto add = [&](const NeuronColumn& column, const QString& title, const QString& unit,
                             const auto& get) {
            TableFigure::Column numbers{column.name, title, unit, {}, false};
            for (const int neuron : neurons)
                numbers.values.push_back(get(*column.result, neuron));
            table.columns.push_back(std::move(numbers));
        };
        const auto effect = [&](bool frozen) {
            return [column = effectColumn(frozen, view_.entropy)](const NeuronResult& result,
                                                                  int neuron) {
                const auto& list = result.chosen.neurons;
                const auto found = std::find(list.begin(), list.end(), NeuronIndex(neuron));
                return found == list.end() ? std::nan("")
                                           : result.chosen.meanAbs(found - list.begin(), column);
            };
        };
        for (const auto& column : columns_) {
            add(column, QStringLiteral("norm"), {}, [](const NeuronResult& result, int neuron) {
                return valueAt(result.weights.norm, neuron);
            });
            add(column, QStringLiteral("LogitVar"), {}, [](const NeuronResult& result, int neuron) {
                return valueAt(result.weights.logitVar, neuron);
            });
            add(column, QStringLiteral("total"), QStringLiteral("nats"), effect(false));
            add(column, QStringLiteral("LN frozen"), QStringLiteral("nats"), effect(true));
        }
        FigurePanel panel;
        panel.notes << QStringLiteral("total (LN recomputed) and LN frozen: mean %1; %2")
                           .arg(effectTitle(view_), neuronConventions(*columns_.front().result));
        panel.content = std::move(table);
        figure_.panels.push_back(std::move(panel));
    }

    QString models() const {
        QStringList models;
        for (const auto& column : columns_)
            models << QStringLiteral("%1 (%2)").arg(
                column.name, QString::fromStdString(column.result->model.normalization.label()));
        return models.join(QStringLiteral(", "));
    }

    void describe() {
        const auto& result = *columns_.front().result;
        figure_.quantity = neuronConventions(result);
        figure_.title = QStringLiteral("Confidence neurons: %1").arg(neuronConventions(result));
        figure_.caption =
            QStringLiteral(
                "Neurons of layer %1 in %2: norm and LogitVar (or null-space fraction, "
                "k = %3) of their output vectors, and the change of %4 per token when "
                "they are ablated (%5): total effect (LN recomputed) and effect with "
                "LN frozen (open boxes, dashed lines). Boxes: 25 to 75 %, whiskers: 5 to "
                "95 %, dots and the numbers below: means. Random neurons, all their tokens "
                "together, as baseline.")
                .arg(result.layer.value)
                .arg(models())
                .arg(view_.nullSpace)
                .arg(view_.entropy ? QStringLiteral("entropy") : QStringLiteral("loss"),
                     neuronConventions(result));
    }

    const std::vector<NeuronColumn>& columns_;
    const NeuronActivationLines& lines_;
    NeuronView view_;
    const FigureRequest& request_;
    std::vector<Pin> pins_;
    QString clipped_; ///< what the colour scale leaves out
    Figure figure_;
};

bool hasActivations(const std::vector<NeuronColumn>& columns) {
    return std::all_of(columns.begin(), columns.end(), [](const NeuronColumn& column) {
        return column.result->activation.size() > 0;
    });
}

/// Of one sequence of a file's.
NeuronActivationLines linesOf(const ResultReader& reader, const std::vector<NeuronColumn>& columns,
                              int sample) {
    if (!hasActivations(columns))
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
    const auto results = readResults<NeuronAnalysis>(reader);
    if (results.empty())
        throw Error(reader.path().string(), "holds no model's result");
    std::vector<NeuronColumn> columns;
    for (std::size_t i = 0; i < results.size(); ++i)
        columns.push_back({QString::fromStdString(
                               reader.modelGroup(i).substr(std::string_view("/models/").size())),
                           results[i]});
    NeuronView view;
    view.nullSpace = results.front()->request.nullSpace;
    view.entropy = request.effect != QLatin1String("loss");
    if (request.against == QLatin1String("null-space"))
        view.plane = NeuronPlane::NullSpace;
    NeuronActivationLines lines;
    if (request.view == activationView)
        lines = linesOf(reader, columns, request.sample.value_or(0));
    auto provenance = provenanceOf(reader);
    provenance.commands = {NeuronAnalysis::command(reader.request(), reader.path()) + " -o " +
                           shellQuoted(reader.path().filename().string())};
    return neuronFigure(columns, lines, view, request, provenance);
}

bool fileHas(const ResultReader& reader, const FigureView& view) {
    return view.name != activationView ||
           reader.file().contains(reader.modelGroup(0) + "/activation");
}

} // namespace

Figure neuronFigure(const std::vector<NeuronColumn>& columns, const NeuronActivationLines& lines,
                    const NeuronView& view, const FigureRequest& request,
                    const Provenance& provenance) {
    return Paper(columns, lines, view, request, provenance).make();
}

FigureKind neuronKind() {
    return {QString::fromLatin1(NeuronAnalysis::kind),
            {{wholeView, QStringLiteral("weights, effects and cumulative ablation of neurons")},
             {logitVarView, QStringLiteral("scatter of norm against LogitVar")},
             {nullSpaceView, QStringLiteral("scatter of norm against null-space fraction")},
             {entropyView, QStringLiteral("boxes of |Δ entropy| per token, total and LN frozen")},
             {lossView, QStringLiteral("boxes of |Δ loss| per token, total and LN frozen")},
             {cumulativeView, QStringLiteral("curves of cumulative ablation")},
             {activationView, QStringLiteral("tokens of a sequence coloured by activation")},
             {tableView, QStringLiteral("table of the chosen neurons")}},
            figureOfFile,
            fileHas};
}

} // namespace residuum
