#include "widgets/panels/attention_kind.h"

#include "analysis/inputs/input_command.h"
#include "analysis/question/result_reader.h"
#include "core/task/error.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/attention_figures.h"
#include "widgets/prompt/token_display.h"

#include <string_view>

namespace residuum {

namespace {

std::string patternOf(LayerIndex layer) {
    return "blocks." + std::to_string(layer.value) + ".attn.hook_pattern";
}

Component headOf(const FigureRequest& request) {
    const auto text = request.settings.text(attentionHead).toStdString();
    const auto thing = parseThing(text);
    const auto* head = thing ? std::get_if<Component>(&*thing) : nullptr;
    if (head == nullptr || head->kind != ComponentKind::Head)
        throw UsageError(text.empty() ? "--head" : "--head " + text,
                         "the head whose attention is drawn is expected, e.g. L5H1");
    return *head;
}

/// [query, key] of a sample, without its padding.
Table patternIn(const ResultReader& reader, std::size_t model, const Component& head, int sample,
                int length) {
    const auto config = reader.model(model).config;
    if (head.layer.value >= config.n_layers || head.head.value >= config.n_heads)
        throw UsageError("--head " + label(head), "the models have heads up to L" +
                                                      std::to_string(config.n_layers - 1) + "H" +
                                                      std::to_string(config.n_heads - 1));
    const auto place = reader.modelGroup(model) + "/activations/" + patternOf(head.layer);
    if (!reader.file().contains(place))
        throw Error(reader.path().string(), "does not hold " + patternOf(head.layer) +
                                                "; ask `residuum run` for it with --activations");
    const auto shape = reader.tokenShape();
    const auto samples = shape[0], width = shape[1];
    const auto all = reader.numbers(place, {samples, config.n_heads, width, width});
    Table pattern(length, length);
    const auto from = (sample * config.n_heads + head.head.value) * width * width;
    for (int query = 0; query < length; ++query)
        for (int key = 0; key < length; ++key)
            pattern(query, key) = all[static_cast<std::size_t>(from + query * width + key)];
    return pattern;
}

Figure attentionFigure(const ResultReader& reader, const FigureRequest& request) {
    const auto head = headOf(request);
    const auto kind = request.settings.flag(attentionWithoutFirst) ? AttentionKind::WithoutFirst
                                                                   : AttentionKind::Plain;
    const auto stored = reader.tokens();
    const int sample = request.settings.number(QStringLiteral("sample")).value_or(0);
    if (sample >= static_cast<int>(stored.texts.size()))
        throw Error(reader.path().string(),
                    "has no sample " + std::to_string(sample) + "; they are counted from 0");
    const auto at = static_cast<std::size_t>(sample);
    QStringList tokens;
    QString prompt;
    for (const auto& text : stored.texts[at]) {
        tokens << chipText(text);
        prompt += QString::fromStdString(text);
    }
    std::vector<FigurePanel> panels;
    std::vector<ModelInfo> models;
    for (std::size_t m = 0; m < reader.modelCount(); ++m) {
        auto detail = std::make_shared<ComponentDetail>();
        detail->pattern = patternIn(reader, m, head, sample, static_cast<int>(tokens.size()));
        models.push_back(reader.model(m));
        const auto name = reader.modelGroup(m).substr(std::string_view("/models/").size());
        panels.push_back(attentionPanel(
            {QString::fromStdString(name), models.back(), detail, nullptr}, kind, tokens));
    }
    Figure figure;
    figure.view = request.view;
    figure.title =
        QStringLiteral("%1 of %2").arg(attentionTitle(kind), QString::fromStdString(label(head)));
    figure.quantity = figure.title;
    figure.caption =
        QStringLiteral("%1: %2 of each query (row) to each key (column). Prompt: “%3”.")
            .arg(QString::fromStdString(label(head)), attentionTitle(kind), prompt);
    figure.provenance = provenanceOf(reader);
    figure.provenance.commands = {attentionCommand(models, stored.input.sequences[at].tokens,
                                                   head.layer, reader.path().filename().string())};
    addCompared(figure, std::move(panels), attentionScale(kind, false), request);
    return figure;
}

} // namespace

std::string attentionCommand(const std::vector<ModelInfo>& models,
                             const std::vector<TokenId>& prompt, LayerIndex layer,
                             const std::string& file) {
    std::string command = "residuum run";
    for (const auto& model : models)
        command += " " + shellQuoted(model.source);
    InputRequest input;
    input.ids = {prompt};
    return command + inputArguments(input) + " --activations " + patternOf(layer) + " -o " +
           shellQuoted(file);
}

FigureKind attentionKind() {
    const QString sample = QStringLiteral("sample");
    FigureKind kind;
    kind.kind = QStringLiteral("run");
    kind.views = {{QString(attentionView),
                   QStringLiteral("attention of one head, query by key"),
                   {QString(attentionHead), sample, QString(attentionWithoutFirst)}}};
    kind.settings = {{QString(attentionHead), ViewSetting::Type::Text,
                      QStringLiteral("attention: of which head, e.g. L5H1")},
                     sampleSetting(),
                     {QString(attentionWithoutFirst), ViewSetting::Type::Flag,
                      QStringLiteral("attention: without position 0, renormalised")}};
    kind.make = attentionFigure;
    return kind;
}

} // namespace residuum
