// Where the numbers of a figure of live and saved columns come from.
#pragma once

#include "analysis/results/provenance.h"
#include "widgets/workspace/workspace.h"

#include <QString>

#include <functional>
#include <string>
#include <vector>

namespace residuum {

/// The shell command that computes a whole request again, of the result named.
using RequestCommand =
    std::function<std::string(const std::string& request, const std::filesystem::path& file)>;

/// A column of a figure and its model.
struct ShownColumn {
    const ModelColumn* column = nullptr;
    ModelInfo model;
    std::string created;
};

/// Of what the live columns ask (`live`: their request and key; empty where there is none) and what
/// the files of the saved ones hold. Where both are shown each model has its own date and file.
Provenance shownProvenance(const std::string& kind, const std::vector<ShownColumn>& shown,
                           const std::string& liveRequest, const std::string& liveKey,
                           const RequestCommand& command);

/// "Saved results: original (saved) of r.h5, computed 2026-11-27T…": of a caption; "" where there
/// are none.
QString savedText(const std::vector<ShownColumn>& shown);

} // namespace residuum
