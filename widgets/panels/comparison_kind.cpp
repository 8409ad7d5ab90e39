// Figures of comparisons of a file, and the table of their means.
#include "widgets/panels/comparison_figures.h"
#include "widgets/panels/comparison_views.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace residuum {

namespace {

using Result = ComparisonResult;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

QString nats() {
    return QStringLiteral("nats");
}

/// Names of what a view needs in a model's group; empty: it is always there.
const char* neededBy(const QString& view) {
    for (const char* name : {"kurtosis", "max-median"})
        if (view == QLatin1String(name))
            return "kurtosis";
    for (const char* name : {"sinks", "previous-token", "self-attention", "induction", "duplicate",
                             "attention-entropy"})
        if (view == QLatin1String(name))
            return "sink_rate";
    return "";
}

bool isOfPairs(const QString& view) {
    return view == QLatin1String("token-jsd") || view == QLatin1String("token-kl");
}

bool fileHas(const ResultReader& reader, const FigureView& view) {
    if (isOfPairs(view.name))
        return reader.file().contains("/pairs");
    const std::string needed = neededBy(view.name);
    return needed.empty() || reader.file().contains(reader.modelGroup(0) + "/" + needed);
}

void requireIn(const ResultReader& reader, const FigureView& view) {
    if (fileHas(reader, view))
        return;
    throw Error(reader.path().string(),
                "does not hold what " + view.name.toStdString() + " shows; compute it with " +
                    (isOfPairs(view.name)                             ? "two models or more"
                     : std::string(neededBy(view.name)) == "kurtosis" ? "--layers"
                                                                      : "--attention"));
}

} // namespace

Figure ComparisonTable::figure(const std::vector<Column>& columns, const Shown& shown,
                               const FigureRequest&, const Provenance& provenance) {
    auto figure = describedFigure(QString(view), QStringLiteral("means of the models"),
                                  modelsText(columns), shown.prompt, provenance);
    TableFigure table;
    table.rowTitle = QStringLiteral("model");
    const auto add = [&](const QString& group, const QString& title, const QString& unit,
                         const std::function<double(const Result&)>& value) {
        table.columns.push_back({group, title, unit, {}});
        for (const auto& column : columns)
            table.columns.back().values.push_back(value(*column.result));
    };
    for (const auto& column : columns)
        table.rows << column.name;
    const auto loss = QStringLiteral("cross-entropy"), entropy = QStringLiteral("entropy");
    const auto end = [](const TokenMean& mean, std::size_t which) {
        return mean.interval ? (*mean.interval)[which] : none;
    };
    for (const auto& [group, member] :
         {std::pair(loss, &Result::meanLoss), std::pair(entropy, &Result::meanEntropy)}) {
        add(group, QStringLiteral("mean"), nats(),
            [member = member](const Result& r) { return (r.*member).mean; });
        if (std::any_of(columns.begin(), columns.end(), [member = member](const Column& c) {
                return ((*c.result).*member).interval.has_value();
            })) {
            add(group, QStringLiteral("from"), nats(),
                [&, member = member](const Result& r) { return end(r.*member, 0); });
            add(group, QStringLiteral("to"), nats(),
                [&, member = member](const Result& r) { return end(r.*member, 1); });
        }
    }
    const auto calibration = QStringLiteral("calibration");
    add(calibration, QStringLiteral("ECE"), {}, [](const Result& r) { return r.ece; });
    add(calibration, QStringLiteral("> 50"), QStringLiteral("%"),
        [](const Result& r) { return 100.0 * r.lossAbove50; });
    for (const auto& [symmetric, group] :
         {std::pair(true, QStringLiteral("JSD from")), std::pair(false, QStringLiteral("KL to"))})
        for (std::size_t other = 0; other < columns.size() && columns.size() > 1; ++other)
            add(group, columns[other].name, nats(), [&, symmetric = symmetric](const Result& r) {
                if (&r == columns[other].result.get())
                    return 0.0;
                for (const auto& distance : r.distances)
                    if (distance.name == columns[other].name.toStdString())
                        return symmetric ? distance.numbers->meanJsd.mean : distance.meanKl().mean;
                return none;
            });
    FigurePanel panel;
    panel.notes << domainOf(*columns.front().result);
    panel.content = std::move(table);
    figure.columns = 1;
    figure.panels.push_back(std::move(panel));
    return figure;
}

FigureKind comparisonKind() {
    auto kind = kindOf(comparisonViews());
    kind.views.push_back(
        {QString(ComparisonTable::view), QStringLiteral("table of the models' means"), {}});
    kind.has = fileHas;
    kind.make = [make = kind.make](const ResultReader& reader, const FigureRequest& request) {
        if (request.view == ComparisonTable::view)
            return ComparisonTable::figure(resultsOf<ComparisonAnalysis>(reader, request),
                                           {onlyPrompt(reader, ComparisonAnalysis::tokens({}))},
                                           request, fileProvenance<ComparisonAnalysis>(reader));
        requireIn(reader, {request.view, {}, {}});
        return make(reader, request);
    };
    return kind;
}

} // namespace residuum
