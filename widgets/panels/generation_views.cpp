#include "widgets/panels/generation_views.h"

#include "widgets/panels/verdict.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <optional>

namespace residuum {

namespace {

std::vector<double> lossesOf(const GenerationResult& result) {
    std::vector<double> losses;
    for (std::size_t step = 0; step < result.tokens.size(); ++step)
        losses.push_back(result.loss(step));
    return losses;
}

FigureContent textOf(const GenerationResult& result, std::vector<double> values) {
    TokenStrips strips;
    for (const auto& text : result.texts)
        strips.tokens << chipText(text);
    strips.blocks.push_back({{}, {}, {{QString(), std::move(values)}}});
    return TokenStripFigure{std::move(strips), {}};
}

FigureContent stepsOf(const GenerationResult& result) {
    ChartData data;
    data.xTitle = QStringLiteral("token written");
    data.yTitle = QStringLiteral("nats");
    const auto add = [&](const QString& name, int group, const std::vector<double>& values) {
        ChartSeries series;
        series.name = name;
        series.group = group;
        for (std::size_t step = 0; step < values.size(); ++step)
            series.curve.emplace_back(static_cast<double>(step), values[step]);
        data.series.push_back(std::move(series));
    };
    add(QStringLiteral("loss of the token"), 1, lossesOf(result));
    add(QStringLiteral("entropy before it"), 2, result.entropy);
    return ChartFigure{std::move(data), {}, {}};
}

QStringList endOf(const GenerationResult& result) {
    return {QString::fromStdString(endText(result)),
            QStringLiteral("mean loss %1 nats").arg(threeDigits(result.meanLoss()))};
}

QStringList entropyEndOf(const GenerationResult& result) {
    double sum = 0.0;
    for (const double entropy : result.entropy)
        sum += entropy;
    auto notes = endOf(result);
    notes.last() = QStringLiteral("mean entropy %1 nats")
                       .arg(threeDigits(sum / static_cast<double>(result.entropy.size())));
    return notes;
}

/// Tokens that all texts begin with.
template <class Tokens>
std::ptrdiff_t commonLength(const std::vector<const Tokens*>& texts) {
    const auto& first = *texts.front();
    auto length = static_cast<std::ptrdiff_t>(first.size());
    for (const auto* text : texts) {
        const auto parted =
            std::mismatch(first.begin(), first.begin() + length, text->begin(), text->end());
        length = parted.first - first.begin();
    }
    return length;
}

/// Frames the first token at which the texts part.
void markParting(std::vector<FigurePanel>& panels) {
    std::vector<const decltype(TokenStrips::tokens)*> texts;
    for (const auto& panel : panels)
        texts.push_back(&std::get<TokenStripFigure>(panel.content).strips.tokens);
    if (texts.size() < 2)
        return;
    const auto common = commonLength(texts);
    const bool same = std::all_of(texts.begin(), texts.end(), [&](const auto* text) {
        return static_cast<std::ptrdiff_t>(text->size()) == common;
    });
    for (auto& panel : panels) {
        auto& strips = std::get<TokenStripFigure>(panel.content).strips;
        if (!same && common < strips.tokens.size())
            strips.framed = static_cast<std::size_t>(common);
        panel.notes
            << (same          ? QStringLiteral("the same in all models")
                : common == 0 ? QStringLiteral("the models differ from the first token on")
                : common == 1
                    ? QStringLiteral("only the first token is the same in all models")
                    : QStringLiteral("the first %1 tokens are the same in all models").arg(common));
    }
}

/// "10 | 10 tokens", "1 token".
QString writtenText(const std::vector<NamedResult<GenerationResult>>& columns) {
    if (columns.size() == 1)
        return countText(static_cast<qint64>(columns.front().result->tokens.size()),
                         QStringLiteral("token"));
    return ofEach(columns, [](const auto& c) { return QString::number(c.result->tokens.size()); }) +
           QObject::tr(" tokens");
}

/// How surprised each model is by what it wrote itself, and where the texts part.
QString verdictOf(const std::vector<NamedResult<GenerationResult>>& columns) {
    const auto text =
        QObject::tr("%1%2 written, at a mean loss of %3 nats")
            .arg(whose(columns), writtenText(columns),
                 ofEach(columns, [](const auto& c) { return threeDigits(c.result->meanLoss()); }));
    if (columns.size() < 2)
        return text;
    std::vector<const std::vector<std::string>*> texts;
    for (const auto& column : columns)
        texts.push_back(&column.result->texts);
    const auto common = static_cast<qint64>(commonLength(texts));
    return text + (common == 0 ? QObject::tr("; they differ from the first token on")
                               : QObject::tr("; the same in all models: the first %1")
                                     .arg(countText(common, QStringLiteral("token"))));
}

} // namespace

ResultViews<GenerationAnalysis> generationViews() {
    const ColourScale nats{.map = ColourMap::Sequential, .unit = QStringLiteral("nats")};
    using Kind = PlotPage::Kind;
    using Result = GenerationResult;
    return {
        QStringLiteral("&Generation"),
        {{QStringLiteral("text"), QStringLiteral("loss of each token that the model wrote, −log p"),
          Kind::Texts, [](const Result& result) { return textOf(result, lossesOf(result)); }, nats,
          markParting, endOf, QStringLiteral("Loss")},
         {QStringLiteral("text-entropy"),
          QStringLiteral("entropy of the model's prediction before each token that it wrote"),
          Kind::Texts, [](const Result& result) { return textOf(result, result.entropy); }, nats,
          markParting, entropyEndOf, QStringLiteral("Entropy of each token")},
         {QStringLiteral("steps"),
          QStringLiteral("loss and entropy of the tokens that the model wrote"),
          Kind::Chart,
          stepsOf,
          {},
          {},
          endOf,
          QStringLiteral("Token by token")}},
        verdictOf};
}

FigureKind generationKind() {
    return kindOf(generationViews());
}

} // namespace residuum
