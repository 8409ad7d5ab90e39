#include "widgets/panels/shown_provenance.h"

#include "analysis/prompts/input_command.h"
#include "core/task/error.h"

#include <algorithm>

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

Provenance shownProvenance(const std::string& kind, const std::vector<ShownColumn>& shown,
                           const std::string& liveRequest, const std::string& liveKey,
                           const RequestCommand& command) {
    Provenance provenance;
    provenance.kind = kind;
    provenance.version = RESIDUUM_VERSION;
    provenance.request = liveRequest;
    provenance.key = liveKey;
    std::vector<const SavedSource*> files;
    for (const auto& [column, model, created] : shown) {
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
    if (!liveRequest.empty()) {
        provenance.commands.push_back(command(liveRequest, "the window") + " -o " + kind + ".h5");
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
    if (liveRequest.empty())
        for (const auto& each : shown)
            provenance.created = std::max(provenance.created, each.created);
    for (const auto* file : files)
        provenance.commands.push_back(fileCommand(*file, command));
    return provenance;
}

QString savedText(const std::vector<ShownColumn>& shown) {
    QStringList saved;
    for (const auto& [column, model, created] : shown)
        if (column->saved)
            saved << QStringLiteral("%1 of %2, computed %3")
                         .arg(column->name, column->saved->file, QString::fromStdString(created));
    return saved.isEmpty()
               ? QString()
               : QStringLiteral("Saved results: %1.").arg(saved.join(QStringLiteral("; ")));
}

} // namespace residuum
