// Patching in the document: the corrupted prompt, what is asked, and each model's answer.
#pragma once

#include "analysis/attribution/component.h"
#include "analysis/patching/head_patterns.h"
#include "analysis/patching/patch_analysis.h"
#include "widgets/workspace/engine.h"
#include "widgets/workspace/workspace_state.h"

#include <QObject>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

class Workspace;

/// What is asked about a pair of prompts; a view setting, not a step to undo.
struct PatchSettings {
    PatchSite site = PatchSite::ResidPre;
    PatchMethod estimate = PatchMethod::Attribution;
    PatchMetric metric = PatchMetric::LogitDiff;
    PatchDirection direction = PatchDirection::CleanIntoCorrupt;
    bool normalised = false;

    friend bool operator==(const PatchSettings&, const PatchSettings&) = default;
};

/// One model's answer; `result` may be incomplete (NaN where exact cells are missing) or stale.
struct PatchAnswer {
    std::shared_ptr<const PatchResult> result;
    bool stale = false;
    bool complete = false;
    bool fromCache = false;
    std::string created;
    QString problem; ///< one sentence
};

/// GUI thread only. The clean prompt is the document's prompt, correct and incorrect answer its
/// target and versus. Computes only while somebody looks (`setActive`).
class PatchingBoard : public QObject {
    Q_OBJECT

  public:
    explicit PatchingBoard(Workspace& workspace);

    const PatchSettings& settings() const { return settings_; }
    void setSettings(const PatchSettings& settings);
    void setActive(bool active);

    /// Of a column; null: nothing was computed.
    const PatchAnswer* answer(int columnId) const;
    /// Why nothing can be computed, in a sentence with what to do; "": it can.
    QString obstacle() const;
    /// The pair as the analysis takes it. Call only where there is no obstacle.
    PairInput input() const;
    PatchRequest request() const;
    /// Computes again, whatever the cache holds.
    void recompute();
    /// Writes the models' answers into one file.
    void save(const QString& file);
    /// The head pinned last, whose attention is shown; empty: none is pinned.
    std::optional<Component> shownHead() const;
    /// Its patterns in a column's model; null while they are not there.
    const HeadPatterns* patterns(int columnId) const;
    /// Why those that are not there do not come, in a sentence; "": they are computed.
    const QString& patternsProblem() const { return patternsProblem_; }

  Q_SIGNALS:
    void changed();         ///< answers came, grew or became stale
    void settingsChanged(); ///< also what `obstacle` says

  private:
    void requestAll(CacheUse use = CacheUse::ReadAndWrite);
    void request(int columnId, std::shared_ptr<const Model> model, CacheUse use);
    void receive(int columnId, PatchAnswer answer);
    void requestPatterns();

    Workspace& workspace_;
    const Purpose sweep_{Lane::Sweep}, pattern_{Lane::Detail};
    PatchSettings settings_;
    bool active_ = false;
    bool outdated_ = true;                           ///< something changed while nobody looked
    std::vector<std::pair<int, const Model*>> open_; ///< columns and models that were asked
    std::map<int, PatchAnswer> answers_;
    std::map<int, HeadPatterns> patterns_; ///< of shownHead(), by column
    QString patternsProblem_;              ///< why patterns that are not there do not come
};

} // namespace residuum
