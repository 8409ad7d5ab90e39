// Attribution in the document: of the prompt, and over datasets.
#pragma once

#include "analysis/attribution/dla_analysis.h"
#include "widgets/panels/attribution_figures.h"
#include "widgets/workspace/board.h"

#include <map>

namespace residuum {

/// GUI thread only. What a model makes of a prompt is always computed, at all positions; before
/// that of every model at the one that is looked at.
class AttributionBoard : public Board<DlaAnalysis> {
  public:
    explicit AttributionBoard(Workspace& workspace)
        : Board(workspace, Wish::Always, Lane::Prompt, Lane::Detail) {}

    std::optional<DlaRequest> request() const override;
    ViewMode mode() const { return mode_; }
    void setMode(ViewMode mode);
    /// The row of a column's result that belongs to the prompt and position; -1 where it is still
    /// to come, or a saved result is of other prompts or positions, or of another kind.
    int rowOf(const ModelColumn& column) const;
    /// NMAE of every open model over a dataset, target next, last position.
    void measureNmae(const DatasetRequest& dataset);
    /// "NMAE over FILE, …" of a column where it was asked for; else "".
    QString datasetNmae(int columnId) const;
    std::vector<TokenGuess> guesses(const ModelColumn& column) const override;
    bool adopt(const ModelColumn& column, int sample, WorkspaceState& next) const override;

  protected:
    QString sessionView() const override { return viewOf(mode_); }
    void showSessionView(const QString& view) override;
    void columnsChanged() override;
    void describe(const ResultReader& reader, const DlaResult& result,
                  SavedSource& source) const override;

  private:
    ViewMode mode_ = ViewMode::Dla;
    std::map<int, QString> datasetNmae_; ///< by column
    const Purpose overDataset_{Lane::Sweep};
};

} // namespace residuum
