// Patching in the document: the corrupted prompt, what is asked, and each model's answer.
#pragma once

#include "analysis/patching/patch_analysis.h"
#include "widgets/workspace/board.h"

#include <map>
#include <optional>
#include <utility>

namespace residuum {

using PatchAnswer = Board<PatchAnalysis>::ColumnAnswer;

/// GUI thread only. The clean prompt is the document's prompt, correct and incorrect answer its
/// target and versus. Of a saved column the answer is about the document's pair, where the file has
/// it. Sweeps hand over their cells as they come (NaN where they are still missing).
class PatchingBoard : public Board<PatchAnalysis> {
  public:
    explicit PatchingBoard(Workspace& workspace) : Board(workspace) {}

    QString obstacle() const override;
    std::optional<PatchRequest> request() const override;
    std::shared_ptr<const PairInput> input() const override;
    /// The pair's place in a saved column; -1: the file has others.
    int sampleOf(const ModelColumn& column) const override;
    bool adopt(const ModelColumn& column, int sample, WorkspaceState& next) const override;

    void follow(const ModelColumn& column) override;
    /// Why a saved column's result is no answer to what is asked, in a sentence; "": it is.
    QString whyOther(const ModelColumn& column) const;

  protected:
    /// The corrupted prompt is the document's; the settings have none.
    std::optional<PatchSettings> kept() const override;
    void restored(const PatchSettings& there, WorkspaceState& next) override;
    void update() override;
    void columnsChanged() override;
    std::shared_ptr<const PairInput> inputOf(const SavedSource& source) const override;
    void entered(int columnId) override;

  private:
    /// A file's result of all its pairs.
    struct Whole {
        std::shared_ptr<const PatchResult> result;
        std::shared_ptr<const PairInput> input;
        int shown = -1; ///< the pair that the answer is about
    };

    bool showSaved(int columnId, Whole& whole);
    bool updateSaved();

    std::map<int, Whole> saved_;   ///< by column
    mutable WorkspaceState asked_; ///< what `input_` was made of
    mutable std::shared_ptr<const Tokenizer> spelling_;
    mutable std::shared_ptr<const PairInput> input_;
};

} // namespace residuum
