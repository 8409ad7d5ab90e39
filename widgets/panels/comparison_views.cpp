#include "widgets/panels/comparison_views.h"

#include "widgets/panels/comparison_figures.h"
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
        apart << threeDigits(distance.numbers->meanJsd.mean);
    if (!apart.isEmpty())
        text += QObject::tr("; JSD from %1 %2 nats").arg(columns.front().name, ofEach(apart));
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
         chartView("residual-norm", QStringLiteral("norm of the residual stream by layer"),
                   QStringLiteral("Norms"), normChart, massiveNotes, stream),
         headView("sinks", QStringLiteral("sinks: queries with attention to position 0 above 0.3"),
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
         chartView(
             "calibration",
             QStringLiteral("how often the likeliest token is right, by its probability"),
             QStringLiteral("Calibration"), calibrationChart,
             [](const Result& result) {
                 return QStringList{
                     QStringLiteral("ECE %1; %2").arg(threeDigits(result.ece), domainOf(result))};
             }),
         chartView("loss-by-position", QStringLiteral("loss by position"),
                   QStringLiteral("By position"), positionChart, lossNotes),
         chartView(
             "kurtosis",
             QStringLiteral("kurtosis of the residual stream by layer, centred over the "
                            "width"),
             QStringLiteral("kurtosis"),
             [](const Result& result) {
                 return scoreChart(result, StreamScore::Kurtosis, QStringLiteral("kurtosis"));
             },
             {}, stream),
         chartView(
             "max-median",
             QStringLiteral("largest over median feature of the residual stream by layer"),
             QStringLiteral("max / median"),
             [](const Result& result) {
                 return scoreChart(result, StreamScore::MaxMedianRatio,
                                   QStringLiteral("max / median"));
             },
             massiveNotes, stream)},
        verdictOf};
}

} // namespace residuum
