#include "widgets/panels/figure_source.h"
#include "widgets/figure/nothing_to_draw.h"

namespace residuum {

namespace {

/// The line that makes a saved file again, or says that none can.
std::string fileCommand(const SavedSource& saved, const RequestCommand& command) {
    const std::filesystem::path file = saved.file.toStdString();
    try {
        return command(saved.request, file) + " -o " + shellQuoted(file.filename().string());
    } catch (const Error&) {
        return "# " + file.string() + ": no command makes it again";
    }
}

} // namespace

FigurePanel namedPanel(const QString& name, const ModelInfo& model) {
    FigurePanel panel;
    panel.title = name;
    panel.subtitle = QString::fromStdString(model.normalization.label());
    return panel;
}

Provenance shownProvenance(const std::string& kind, const std::vector<ShownColumn>& shown,
                           const std::string& request, const std::string& key,
                           const RequestCommand& command) {
    Provenance provenance;
    provenance.kind = kind;
    provenance.version = RESIDUUM_VERSION;
    provenance.request = request;
    provenance.key = key;
    std::vector<const SavedSource*> files;
    for (const auto& [column, place, model, created] : shown) {
        auto entry = residuum::provenanceOf(model);
        if (const auto* saved = column->saved.get()) {
            entry.source += " (" + saved->file.toStdString() + ")";
            entry.created = created;
            entry.file = saved->file.toStdString();
            if (std::none_of(files.begin(), files.end(),
                             [&](const SavedSource* other) { return other->file == saved->file; }))
                files.push_back(saved);
        } else {
            provenance.created = std::max(provenance.created, created);
        }
        provenance.models.push_back(std::move(entry));
    }
    if (!request.empty()) {
        provenance.commands.push_back(command(request, "the window") + " -o " + kind + ".h5");
        if (files.empty())
            provenance.result = kind + ".h5";
        else
            for (auto& entry : provenance.models)
                if (entry.file.empty())
                    entry.created = provenance.created;
    } else if (files.size() == 1) { // the figure is the file's
        provenance.request = files.front()->request;
        provenance.key = files.front()->key;
        provenance.result =
            std::filesystem::path(files.front()->file.toStdString()).filename().string();
    }
    if (request.empty())
        for (const auto& each : shown)
            provenance.created = std::max(provenance.created, each.created);
    for (const auto* file : files)
        provenance.commands.push_back(fileCommand(*file, command));
    return provenance;
}

std::vector<ModelInfo> liveModels(const std::vector<ShownColumn>& shown) {
    std::vector<ModelInfo> models;
    for (const auto& each : shown)
        if (!each.column->saved)
            models.push_back(each.model);
    return models;
}

void requireAny(const std::vector<ShownColumn>& shown, const QuestionBoard& board) {
    if (shown.empty())
        throw NothingToDraw(board.obstacle().isEmpty() ? "there is no complete result to draw yet"
                                                       : board.obstacle().toStdString());
}

void askAsShown(const Workspace& workspace, FigureRequest& request) {
    request.settings = {};
    request.fullRange = workspace.fullRange();
    request.difference = workspace.difference();
    request.pins = workspace.state().pins;
}

FigureRequest amongShown(const FigureRequest& request, const std::vector<ShownColumn>& shown) {
    auto among = request;
    const auto placeOf = [&](int column) {
        return std::find_if(shown.begin(), shown.end(),
                            [&](const ShownColumn& each) { return each.place == column; }) -
               shown.begin();
    };
    if (request.difference) {
        const auto first = placeOf(request.difference->first);
        const auto second = placeOf(request.difference->second);
        among.difference.reset();
        if (std::max(first, second) < static_cast<std::ptrdiff_t>(shown.size()))
            among.difference = std::pair(static_cast<int>(first), static_cast<int>(second));
    }
    return among;
}

Figure withSavedText(Figure figure, const std::vector<ShownColumn>& shown) {
    QStringList saved;
    for (const auto& each : shown)
        if (each.column->saved)
            saved << QStringLiteral("%1 of %2, computed %3")
                         .arg(each.column->name, each.column->saved->file,
                              QString::fromStdString(each.created));
    if (!saved.isEmpty())
        figure.caption +=
            QStringLiteral(" Saved results: %1.").arg(saved.join(QStringLiteral("; ")));
    QStringList aliases; // commands know the models by what they are
    for (const auto& each : shown)
        if (!each.column->alias.isEmpty())
            aliases << QStringLiteral("“%1” is %2").arg(each.column->alias, each.column->source);
    if (!aliases.isEmpty())
        figure.caption += QStringLiteral(" %1.").arg(aliases.join(QStringLiteral(", ")));
    return figure;
}

} // namespace residuum
