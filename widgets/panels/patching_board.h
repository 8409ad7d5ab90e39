// Patching in the document: the corrupted prompt, what is asked, and each model's answer.
#pragma once

#include "analysis/patching/patch_analysis.h"
#include "widgets/workspace/board.h"

#include <map>
#include <optional>
#include <utility>

namespace residuum {

using PatchAnswer = Board<PatchAnalysis>::ColumnAnswer;

/// A choice of exact cells that somebody may want, for all models together.
struct ExactOffer {
    ExactCells choice;
    std::int64_t cells = 0; ///< of each model; 0: not known
    double seconds = 0.0;   ///< of all models, as timed on them; negative: not known
    /// Of edges instead of cells: whether the best are patched exactly and circuits are run too.
    std::optional<bool> studied{};
};

/// GUI thread only. Each column's estimates come first; then each is timed on a few exact cells;
/// what takes no longer than `announcedSeconds` in all goes on by itself, columns by turns, what
/// takes longer waits for `askExact`. The clean prompt is the document's prompt, correct and
/// incorrect answer its target and versus; or all pairs of the set that is open. What is known of a
/// whole set is known of each of its pairs. Of a saved column the answer is about the document's
/// pair, where the file has it. Sweeps hand over their cells as they come (NaN where they are still
/// missing).
class PatchingBoard : public Board<PatchAnalysis> {
  public:
    explicit PatchingBoard(Workspace& workspace);

    QString obstacle() const override;
    std::optional<PatchRequest> request() const override;
    /// The set where it is asked as a whole, else the document's pair.
    std::shared_ptr<const PairInput> input() const override;
    void recompute() override;
    /// The pair's place in a saved column; -1: the file has others.
    int sampleOf(const ModelColumn& column) const override;
    bool adopt(const ModelColumn& column, int sample, WorkspaceState& next) const override;

    static constexpr double announcedSeconds = 30.0;
    /// What takes longer than these is announced instead, from the next sweep on.
    void announceFrom(double seconds) { announceFrom_ = seconds; }
    /// Patches these cells exactly, the dearest choice too where its cost is known.
    void askExact(const ExactCells& choice);
    /// The same of edges' scores, with or without what follows from them.
    void askEdges(bool studied);
    /// What else could be patched exactly; none while something is on its way.
    std::vector<ExactOffer> offers() const;
    /// How far exact patching is, of all models.
    QString exactText() const;

    void follow(const ModelColumn& column) override;
    /// Why a saved column's result is no answer to what is asked, in a sentence; "": it is.
    QString whyOther(const ModelColumn& column) const;

  protected:
    /// The corrupted prompt is the document's; the settings have none.
    std::optional<PatchSettings> kept() const override;
    void restored(const PatchSettings& there, WorkspaceState& next) override;
    void update() override;
    void columnsChanged() override;
    void cancelled() override;
    std::shared_ptr<const PairInput> inputOf(const SavedSource& source) const override;
    void entered(int columnId) override;
    Turn turn(int columnId, const Asked& asked) override;
    void outdated(int columnId) override;
    void received(int columnId) override;
    void failed(int columnId, const QString& sentence) override;

  private:
    /// A file's result of all its pairs.
    struct Whole {
        std::shared_ptr<const PatchResult> result;
        std::shared_ptr<const PairInput> input;
        int shown = -1; ///< the pair that the answer is about
    };

    /// How far a column's answer is.
    enum class Stage {
        Estimates,
        Timing, ///< on a few exact cells
        Timed,  ///< waits for the other columns, or for the user's word
        Exact   ///< in turns with the others
    };

    /// A model's answer over a whole set, kept while single pairs of it are looked at.
    struct OfSet {
        Asked asked;
        Found found;
    };

    std::optional<Found> fromSet(const OfSet& known, const Asked& asked) const;
    void answerFromSets();
    bool isPart(const ColumnAnswer& there, const Asked& asked) const;
    void paused(int columnId);
    std::vector<ExactOffer> edgeOffers() const;
    QString edgesText() const;
    bool ofEdges() const;
    bool anyIs(AnswerState state) const;
    void decide();
    bool showSaved(int columnId, Whole& whole);
    bool updateSaved();

    std::map<int, Whole> saved_;  ///< by column
    std::map<int, OfSet> sets_;   ///< by column
    std::map<int, Stage> stages_; ///< by column; of those whose answer is not whole
    double announceFrom_ = announcedSeconds;
    bool isWanted_ = false;        ///< whatever it takes
    mutable WorkspaceState asked_; ///< what `input_` was made of
    mutable std::shared_ptr<const Tokenizer> spelling_;
    mutable std::shared_ptr<const PairInput> input_;
};

} // namespace residuum
