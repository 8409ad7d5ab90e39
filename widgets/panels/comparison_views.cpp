#include "widgets/panels/comparison_views.h"

#include "widgets/panels/comparison_figures.h"
#include "widgets/panels/comparison_tables.h"
#include "widgets/panels/verdict.h"
#include "widgets/plots/colour_scale.h"

#include <functional>

namespace residuum {

namespace {

using Result = ComparisonResult;
using Column = NamedResult<Result>;
using Kind = PlotPage::Kind;

QString nats() {
    return QStringLiteral("nats");
}

QString verdictOf(const std::vector<Column>& columns) {
    auto text =
        QObject::tr("%1mean loss %2 nats, entropy %3 nats over %4")
            .arg(whose(columns),
                 ofEach(columns,
                        [](const Column& c) { return threeDigits(c.result->meanLoss.mean); }),
                 ofEach(columns,
                        [](const Column& c) { return threeDigits(c.result->meanEntropy.mean); }),
                 ofAll(columns, [](const Column& c) { return domainOf(*c.result); }));
    const auto& first = *columns.front().result;
    QStringList apart;
    for (const auto& distance : first.distances)
        apart << QStringLiteral("%1 %2").arg(QString::fromStdString(distance.name),
                                             threeDigits(distance.numbers->meanJsd.mean));
    if (!apart.isEmpty())
        text += QObject::tr("; JSD from %1 in nats: %2")
                    .arg(columns.front().name, apart.join(QStringLiteral(", ")));
    return text;
}

using View = ResultView<Result>;

View headView(const char* name, const QString& description, const QString& tab, HeadScore score,
              const QString& unit) {
    return {QString::fromLatin1(name),
            description,
            Kind::Heatmap,
            [score](const Result& result) { return headMap(result, score); },
            {.map = ColourMap::Sequential, .unit = unit},
            {},
            [score](const Result& result) { return headNotes(result, score); },
            tab,
            QStringLiteral("Heads")};
}

View chartView(const char* name, const QString& description, const QString& tab,
               std::function<FigureContent(const Result&)> content,
               std::function<QStringList(const Result&)> notes, const QString& group = {}) {
    return {QString::fromLatin1(name), description, Kind::Chart, std::move(content), {}, {},
            std::move(notes),          tab,         group};
}

View distributionView(const char* name, const QString& of, const QString& tab,
                      std::function<FigureContent(const Result&)> content,
                      std::function<QStringList(const Result&)> notes) {
    return chartView(name, QStringLiteral("distribution of %1 over scored tokens").arg(of), tab,
                     std::move(content), std::move(notes), QStringLiteral("Distributions"));
}

View streamView(const char* name, const QString& description, const QString& tab, StreamScore score,
                std::function<QStringList(const Result&)> notes = {}) {
    return chartView(
        name, description, tab,
        [score, tab](const Result& result) { return scoreChart(result, score, tab); },
        std::move(notes), QStringLiteral("Stream"));
}

std::vector<ResultTable<Result>> tables() {
    const auto tokens = QStringLiteral("Tokens"), stream = QStringLiteral("Stream");
    return {{QStringLiteral("comparison-table"),
             QStringLiteral("table of the models' means"),
             meansTable,
             domainNotes,
             QStringLiteral("Means"),
             {},
             {},
             {}},
            {QStringLiteral("head-finder"),
             QStringLiteral("heads by what they attend to, means over queries"),
             headTable,
             domainNotes,
             QStringLiteral("Head finder"),
             {},
             headTitles(),
             {}},
            {QStringLiteral("apart"),
             QStringLiteral("tokens after which the models' predictions differ most"),
             apartTable,
             domainNotes,
             QStringLiteral("furthest apart"),
             tokens,
             {},
             QStringLiteral("Make it the &prompt")},
            {QStringLiteral("high-loss"),
             QStringLiteral("tokens after which losses above 50 nats follow"),
             highLossTable,
             highLossNotes,
             QStringLiteral("before losses above 50 nats"),
             tokens,
             {},
             {}},
            {QStringLiteral("massive"),
             QStringLiteral("massive activations: above 100 and 1000 times their token's median"),
             massiveTable,
             domainNotes,
             QStringLiteral("massive activations"),
             stream,
             {},
             {}}};
}

} // namespace

ResultViews<ComparisonAnalysis> comparisonViews() {
    const ColourScale inNats{.map = ColourMap::Sequential, .unit = nats()};
    const auto share = QStringLiteral("share"), stream = QStringLiteral("Stream");
    return {
        QStringLiteral("D&ifferences"),
        {{QStringLiteral("token-loss"),
          QStringLiteral("loss of each token given those before it, −log p"),
          Kind::Texts,
          lossStrip,
          inNats,
          {},
          lossNotes,
          QStringLiteral("Loss")},
         {QStringLiteral("token-entropy"),
          QStringLiteral("entropy of the prediction after each token"),
          Kind::Texts,
          entropyStrip,
          inNats,
          {},
          entropyNotes,
          QStringLiteral("Entropy")},
         {QStringLiteral("token-jsd"),
          QStringLiteral("JSD of the prediction after each token, from other models"),
          Kind::Texts,
          [](const Result& result) { return distanceStrip(result, true); },
          inNats,
          {},
          [](const Result& result) { return distanceNotes(result, true); },
          QStringLiteral("JSD")},
         {QStringLiteral("token-kl"),
          QStringLiteral("KL of the prediction after each token, to other models"),
          Kind::Texts,
          [](const Result& result) { return distanceStrip(result, false); },
          inNats,
          {},
          [](const Result& result) { return distanceNotes(result, false); },
          QStringLiteral("KL")},
         distributionView("loss-distribution", QStringLiteral("losses"), QStringLiteral("loss"),
                          lossDistribution, lossNotes),
         distributionView("entropy-distribution", QStringLiteral("entropies"),
                          QStringLiteral("entropy"), entropyDistribution, entropyNotes),
         distributionView(
             "jsd-distribution", QStringLiteral("JSD from other models"), QStringLiteral("JSD"),
             [](const Result& result) { return distanceDistribution(result, true); },
             [](const Result& result) { return distanceNotes(result, true); }),
         distributionView(
             "kl-distribution", QStringLiteral("KL to other models"), QStringLiteral("KL"),
             [](const Result& result) { return distanceDistribution(result, false); },
             [](const Result& result) { return distanceNotes(result, false); }),
         chartView("residual-norm", QStringLiteral("norm of the residual stream by layer"),
                   QStringLiteral("Norms"), normChart, massiveNotes, stream),
         headView("sinks",
                  QStringLiteral("sinks: queries (the first ones too) with attention to position "
                                 "0 above 0.3"),
                  QStringLiteral("sinks"), HeadScore::SinkRate, share),
         headView("previous-token", QStringLiteral("attention to the previous token, by head"),
                  QStringLiteral("previous token"), HeadScore::PreviousToken, share),
         headView("self-attention", QStringLiteral("attention to the query's own token, by head"),
                  QStringLiteral("self"), HeadScore::Self, share),
         headView("induction",
                  QStringLiteral("induction: attention to what followed the token before"),
                  QStringLiteral("induction"), HeadScore::Induction, share),
         headView("duplicate", QStringLiteral("duplicate: attention to the token's earlier places"),
                  QStringLiteral("duplicate"), HeadScore::Duplicate, share),
         headView("attention-entropy", QStringLiteral("entropy of attention, by head"),
                  QStringLiteral("attention entropy"), HeadScore::Entropy, nats()),
         chartView("calibration",
                   QStringLiteral("how often the likeliest token is right, by its probability"),
                   QStringLiteral("Calibration"), calibrationChart,
                   [](const Result& result) {
                       return QStringList{eceText(result), domainOf(result)};
                   }),
         chartView("loss-by-position", QStringLiteral("loss by position"),
                   QStringLiteral("By position"), positionChart, lossNotes),
         streamView("kurtosis",
                    QStringLiteral("kurtosis of the residual stream by layer, centred over the "
                                   "width"),
                    QStringLiteral("kurtosis"), StreamScore::Kurtosis),
         streamView("max-median",
                    QStringLiteral("largest over median feature of the residual stream by layer"),
                    QStringLiteral("max / median"), StreamScore::MaxMedianRatio, massiveNotes),
         streamView("growth",
                    QStringLiteral("norm of the residual stream over that a layer before"),
                    QStringLiteral("growth"), StreamScore::Growth),
         streamView("cosine",
                    QStringLiteral("cosine of the residual stream with that a layer before"),
                    QStringLiteral("cosine"), StreamScore::Cosine),
         streamView("signal-propagation",
                    QStringLiteral("mean product of two tokens' streams over their mean square"),
                    QStringLiteral("signal propagation"), StreamScore::SignalPropagation)},
        verdictOf,
        tables()};
}

} // namespace residuum
