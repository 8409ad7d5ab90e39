#include "widgets/panels/edge_views.h"

#include "analysis/patching/faithfulness.h"
#include "analysis/patching/patch_analysis.h"
#include "core/task/error.h"
#include "widgets/figure/nothing_to_draw.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/patching_figures.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/text/counts.h"

#include <algorithm>

namespace residuum {

namespace {

QString unitOf(const std::vector<PatchColumn>& columns) {
    return QString::fromStdString(residuum::unitOf(columns.front().result->request.metric));
}

FigurePanel graphPanel(const PatchColumn& column, GraphData graph) {
    auto panel = namedPanel(column.name, column.result->model);
    if (!graph.empty())
        panel.notes << QStringLiteral("%1, thickest %2 %3")
                           .arg(countText(std::ssize(graph.edges), QStringLiteral("edge")),
                                threeDigits(graph.limit), graph.unit);
    panel.content = GraphFigure{std::move(graph), {}};
    return panel;
}

FigurePanel scatterPanel(const PatchColumn& column, PatchMethod method) {
    auto panel = namedPanel(column.name, column.result->model);
    const auto* edges = edgesOf(*column.result, method);
    const auto checked = edges == nullptr ? std::vector<CheckedEdge>() : checkedEdges(*edges);
    const auto agreement = edgeAgreement(checked);
    if (agreement) {
        const auto domain = checkedText(*edges);
        panel.notes << agreementText(*agreement) << domain;
        panel.key << correlationText(agreement->pearson) << correlationText(agreement->spearman)
                  << threeDigits(agreement->meanError) << domain;
        for (const bool numbers : {false, true}) {
            QStringList worst;
            for (const auto& each : agreement->worst) {
                if (worst.size() == 3)
                    break;
                auto text =
                    QString::fromStdString(checked[static_cast<std::size_t>(each.cell)].label);
                if (numbers)
                    text += QStringLiteral(" (exact %1, estimate %2)")
                                .arg(threeDigits(each.exact), threeDigits(each.estimate));
                worst << text;
            }
            panel.remarks << QStringLiteral("worst ") + worst.join(QStringLiteral(", "));
        }
    }
    panel.content =
        ScatterFigure{agreement ? edgeScatter(*column.result, *edges) : ScatterData(), 1.0, {}};
    return panel;
}

/// The notes say once what is the same for all.
QStringList conventions(const std::vector<PatchColumn>& columns, const EdgeView& shown) {
    QStringList notes{methodTitle(shown.method), patchConventions(columns.front().result->request)};
    if (const auto* edges = edgesOf(*columns.front().result, shown.method);
        edges != nullptr && !pairsText(*edges).isEmpty())
        notes << pairsText(*edges);
    return notes;
}

/// Of a file of one pair; else "".
QString onlyPair(const ResultReader& reader) {
    const auto clean = reader.tokens("clean").texts, corrupt = reader.tokens("corrupt").texts;
    const auto joined = [](const std::vector<std::string>& texts) {
        QString text;
        for (const auto& each : texts)
            text += QString::fromStdString(each);
        return text;
    };
    return clean.size() == 1 ? pairText(joined(clean.front()), joined(corrupt.front())) : QString();
}

QString whatIs(const QString& view) {
    if (view == EdgeViews::graph)
        return QStringLiteral("The edges with the largest scores. Layers go from bottom to top, "
                              "MLPs stand at the right; thickness is the score's magnitude on one "
                              "scale, blue is negative, red positive; edges into a head's queries, "
                              "keys and values end left, in the middle and right");
    if (view == EdgeViews::ranked)
        return QStringLiteral("The edges with the largest scores of any model (filled), and what "
                              "patching each alone does (hollow)");
    if (view == EdgeViews::checked)
        return QStringLiteral("Scores of the best edges against what patching each alone does");
    return QStringLiteral("The metric with the best edges kept and every other edge carrying the "
                          "corrupted run's value, (m(kept) − m(corrupted)) / (m(clean) − "
                          "m(corrupted)); dashed: as many random edges, mean and range of the "
                          "draws");
}

} // namespace

std::vector<FigureView> EdgeViews::list(const QStringList& settings) {
    const auto withTop = settings + QStringList{QString(topSetting)};
    return {{graph, QStringLiteral("graph of the edges with the largest scores"), withTop},
            {ranked, QStringLiteral("ranked edges, scores beside exact effects"), withTop},
            {checked, QStringLiteral("scatter of edges' scores against exact effects"), settings},
            {faithfulness, QStringLiteral("faithfulness over the number of edges kept"), settings}};
}

ViewSetting EdgeViews::top() {
    return {QString(topSetting), ViewSetting::Type::Count,
            QStringLiteral("patching: how many edges are shown (20)")};
}

std::vector<FigurePanel> EdgeViews::panels(const QString& view,
                                           const std::vector<PatchColumn>& columns,
                                           const EdgeView& shown) {
    std::vector<FigurePanel> panels;
    if (columns.empty())
        return panels;
    if (view == ranked || view == faithfulness) {
        FigurePanel panel;
        panel.content = ChartFigure{view == ranked ? edgeRanking(columns, shown)
                                                   : faithfulnessChart(columns, shown.method),
                                    {},
                                    {}};
        panel.notes = conventions(columns, shown);
        panels.push_back(std::move(panel));
        return panels;
    }
    if (view == checked) {
        for (const auto& column : columns)
            panels.push_back(scatterPanel(column, shown.method));
        return panels;
    }
    auto graphs = edgeGraphs(columns, shown);
    for (std::size_t c = 0; c < columns.size(); ++c)
        panels.push_back(graphPanel(columns[c], std::move(graphs[c])));
    return panels;
}

bool EdgeViews::isIn(const ResultReader& reader, const QString& view) {
    const auto any = [&](const std::vector<PatchMethod>& methods, const std::string& what) {
        return std::any_of(methods.begin(), methods.end(), [&](PatchMethod method) {
            return reader.file().contains(reader.modelGroup(0) + "/" + groupName(method) + what);
        });
    };
    using enum PatchMethod;
    const std::vector edges{Eap, EapIg};
    if (view == faithfulness)
        return any(edges, "/kept");
    if (has(view))
        return any(edges, view == checked ? "/exact" : "/mean");
    return any({Exact, Attribution, AtpStar, IntegratedGradients}, "");
}

bool EdgeViews::areOf(const PatchResult& result, const FigureRequest& request) {
    const auto method = request.settings.text(QStringLiteral("method")).toStdString();
    return has(request.view) ||
           (!method.empty() && isOfEdges(parseName<PatchMethod>(method, "--method"))) ||
           (result.grids.empty() && !result.edges.empty());
}

Figure EdgeViews::figureOfFile(const std::vector<PatchColumn>& columns, const ResultReader& reader,
                               const FigureRequest& request) {
    const auto& result = *columns.front().result;
    if (result.edges.empty())
        throw Error(reader.path().string(),
                    "holds no edges; they are scored by --method eap or eap-ig");
    EdgeView view{result.edges.front().method};
    if (const auto method = request.settings.text(QStringLiteral("method")); !method.isEmpty())
        view.method = parseName<PatchMethod>(method.toStdString(), "--method");
    view.top = request.settings.number(QString(topSetting)).value_or(view.top);
    if (view.top < 1)
        throw UsageError("--top", "at least one edge is expected");
    auto asked = request;
    if (!has(asked.view)) // what other views show of cells these show of edges
        asked.view = asked.view == QLatin1String("agreement") ? QString(checked) : QString(graph);
    return figure(columns, view, onlyPair(reader), asked, fileProvenance<PatchAnalysis>(reader));
}

Figure EdgeViews::figure(const std::vector<PatchColumn>& columns, const EdgeView& shown,
                         const QString& prompt, const FigureRequest& request,
                         const Provenance& provenance) {
    Figure figure;
    figure.view = request.view;
    figure.provenance = provenance;
    const auto notes = conventions(columns, shown).join(QStringLiteral(", "));
    figure.quantity = unitOf(columns);
    figure.title = QStringLiteral("%1: %2").arg(request.view, notes);
    const auto* edges = edgesOf(*columns.front().result, shown.method);
    figure.caption =
        QStringLiteral("%1. %2, %3.%4")
            .arg(whatIs(request.view), modelsText(columns), notes,
                 edges != nullptr && edges->pairs > 1 ? QString() : QLatin1Char(' ') + prompt);
    addCompared(figure, panels(request.view, columns, shown), {}, request);
    const auto isBlank = [](const FigurePanel& panel) {
        const auto* chart = std::get_if<ChartFigure>(&panel.content);
        const auto* graph = std::get_if<GraphFigure>(&panel.content);
        return (chart != nullptr && chart->data.empty()) ||
               (graph != nullptr && graph->data.empty());
    };
    std::erase_if(figure.panels, isBlank);
    if (figure.panels.empty())
        throw NothingToDraw(
            request.view == faithfulness ? "no circuits were run; ask for them with --faithfulness"
            : request.view == checked ? "no edge was patched exactly; ask for it with --check-edges"
                                      : "there are no edges by this method to draw");
    if (request.view == graph || request.view == checked)
        figure.panels.front().notes << conventions(columns, shown);
    setPins(figure, request.pins);
    return figure;
}

} // namespace residuum
