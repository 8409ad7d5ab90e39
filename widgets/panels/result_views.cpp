#include "widgets/panels/result_views.h"

#include <algorithm>

namespace residuum {

ViewSetting partSetting(const QStringList& parts) {
    ViewSetting setting{
        QStringLiteral("score"), ViewSetting::Type::Choice,
        QStringLiteral("of a table: which numbers it has (default: %1)").arg(parts.front())};
    setting.title = QStringLiteral("which numbers the table has");
    for (const auto& part : parts)
        setting.values.push_back({part, part});
    return setting;
}

void keepPart(TableFigure& table, const QStringList& parts, const ViewSettings& settings) {
    if (parts.isEmpty())
        return;
    const auto told = settings.text(QStringLiteral("score"));
    const auto kept = told.isEmpty() ? parts.front() : told;
    std::erase_if(table.columns, [&](const auto& column) { return column.title != kept; });
}

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
