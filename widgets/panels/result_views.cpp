#include "widgets/panels/result_views.h"

namespace residuum {

Figure describedFigure(const QString& view, const QString& description, const QString& models,
                       const QString& prompt, const Provenance& provenance) {
    Figure figure;
    figure.view = view;
    figure.title = description;
    figure.quantity = description;
    const auto of = prompt.isEmpty() ? QString() : QStringLiteral(" of “%1”").arg(prompt);
    figure.caption = QStringLiteral("%1%2, for %3.").arg(description, of, models);
    figure.provenance = provenance;
    return figure;
}

QString onlyPrompt(const ResultReader& reader, const ResultTokens& names) {
    const auto stored = reader.tokens(names.front().first);
    QString prompt;
    if (stored.texts.size() == 1)
        for (const auto& text : stored.texts.front())
            prompt += QString::fromStdString(text);
    return prompt;
}

} // namespace residuum
