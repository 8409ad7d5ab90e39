// Attribution in the document: of the prompt, and over datasets.
#pragma once

#include "analysis/attribution/dla_analysis.h"
#include "widgets/panels/attribution_figures.h"
#include "widgets/workspace/board.h"

#include <map>

namespace residuum {

/// NMAE of a model over a dataset.
struct DatasetNmae {
    DlaSettings of;
    std::shared_ptr<const DlaResult> result; ///< without what is of single rows' components
    std::shared_ptr<const PromptInput> input;
    Misjudgement misjudged; ///< over all rows
    QString token;          ///< the target's text where it is a token
    bool isStale = false;   ///< something else was asked for since
};

/// "stories.txt: 200 sequences, last position, next token".
QString datasetDomain(const DatasetNmae& measured);

/// GUI thread only. What a model makes of a prompt is always computed, at all positions; before
/// that of every model at the one that is looked at.
class AttributionBoard : public Board<DlaAnalysis> {
  public:
    explicit AttributionBoard(Workspace& workspace)
        : Board(workspace, Wish::Always, Lane::Prompt, Lane::Detail) {}

    QString obstacle() const override;
    /// Of a set that is asked as a whole: at the end of each prompt, of its own answers.
    std::optional<DlaRequest> request() const override;
    std::shared_ptr<const PromptInput> input() const override { return workspace().askedPrompts(); }
    ViewMode mode() const { return mode_; }
    void setMode(ViewMode mode);
    /// How many components of each sign the ranked view shows.
    int top() const { return top_; }
    void setTop(int top);
    /// Whether what is shown along the prompt is of MLPs, else of heads.
    bool mlpsAlong() const { return mlpsAlong_; }
    void setMlpsAlong(bool mlps);
    /// The row of a column's result that belongs to the prompt and position; -1 where it is still
    /// to come, or a saved result is of other prompts or positions, or of another kind; allRows
    /// where a set is asked as a whole.
    int rowOf(const ModelColumn& column) const;
    /// What NMAE was, or is, measured over, as a session remembers it.
    const DlaSettings& dataset() const { return dataset_; }
    /// NMAE of every open model over a dataset, which `wanted` names.
    void measureNmae(const DlaSettings& wanted);
    /// Of a column where it was asked for; null: it was not, or is not there yet.
    const DatasetNmae* datasetNmae(int columnId) const;
    std::vector<TokenGuess> guesses(const ModelColumn& column) const override;
    std::optional<PromptAnswer> promptAnswer(const ModelColumn& column) const override;
    bool adopt(const ModelColumn& column, int sample, WorkspaceState& next) const override;

  protected:
    bool remembers() const override { return true; }
    /// The dataset is remembered, not what was measured: that takes too long to begin by itself.
    std::optional<DlaSettings> kept() const override;
    void restored(const DlaSettings& there, WorkspaceState&) override;
    QString sessionView() const override { return viewOf(mode_); }
    void showSessionView(const QString& view) override;
    void columnsChanged() override;
    void describe(const ResultReader& reader, const DlaResult& result,
                  SavedSource& source) const override;

  private:
    bool isOfSet(const ModelColumn& column, const DlaResult& shown) const;

    ViewMode mode_ = ViewMode::Dla;
    int top_ = usualTop;
    bool mlpsAlong_ = false;
    DlaSettings dataset_;
    std::map<int, DatasetNmae> datasetNmae_; ///< by column
    const Purpose overDataset_{Lane::Sweep};
};

} // namespace residuum
