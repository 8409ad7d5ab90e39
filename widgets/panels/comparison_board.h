// The comparison of models in the document: each model's own answer, and the distances of all pairs
// of them once both are there.
#pragma once

#include "analysis/comparison/comparison_analysis.h"
#include "widgets/workspace/board.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

/// GUI thread only. An answer is shown as soon as it is there; distances are added to it as they
/// come.
class ComparisonBoard : public Board<ComparisonAnalysis> {
  public:
    explicit ComparisonBoard(Workspace& workspace) : Board(workspace) {}

    QString obstacle() const override;
    /// Empty while a dataset was not read yet.
    std::optional<ComparisonRequest> request() const override;
    /// Null likewise.
    std::shared_ptr<const PromptInput> input() const override;
    void recompute() override;

  protected:
    std::optional<Asked> wanted(const ModelColumn& column) const override;
    void update() override;
    void outdated(int columnId) override;
    void received(int columnId) override;
    /// With its distances from those that are saved with it, by their places.
    std::shared_ptr<const ComparisonResult> saved(int columnId) const override;
    void columnsChanged() override;

  private:
    /// Columns, the one before the other in the document when they were compared.
    using Pair = std::pair<int, int>;

    /// What a dataset's sequences depend on.
    struct Choice {
        DatasetRequest dataset;
        int contextLength = 0;
        std::shared_ptr<const Tokenizer> tokenizer;

        friend bool operator==(const Choice&, const Choice&) = default;
    };

    void askPairs(int columnId);
    /// Gives every complete answer the distances that there are.
    void showDistances();
    /// Of a column from those that have a place.
    std::vector<Distance> distancesOf(int columnId, const std::map<int, std::size_t>& places) const;

    std::optional<Choice> chosen_; ///< empty: the prompt is asked about
    int times_ = 0;                ///< that another dataset was chosen
    /// What it holds, once one of the columns has read it: on the engine thread only.
    std::shared_ptr<std::shared_ptr<const PromptInput>> reading_;
    std::shared_ptr<const PromptInput> dataset_;                 ///< the same here
    std::map<int, std::shared_ptr<const ComparisonResult>> own_; ///< complete ones, by column
    std::map<Pair, std::shared_ptr<const Divergence>> pairs_;
    const Purpose pairing_{Lane::Sweep};
};

} // namespace residuum
