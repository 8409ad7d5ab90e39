// Confidence neurons in the document: what is asked, and each model's answer.
#pragma once

#include "analysis/neurons/neuron_analysis.h"
#include "widgets/workspace/board.h"
#include "widgets/workspace/details.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

/// mlp.hook_post of the followed and pinned neurons along the prompt, [neuron, pos].
struct PromptActivations {
    std::vector<NeuronIndex> neurons;
    Table values;
};

using NeuronAnswer = Board<NeuronAnalysis>::ColumnAnswer;

/// GUI thread only. One model chooses the neurons, all models follow them; pinned neurons of the
/// layer are studied beside them: an answer is partial until they are there.
class NeuronBoard : public Board<NeuronAnalysis> {
  public:
    explicit NeuronBoard(Workspace& workspace);

    QString obstacle() const override;
    /// What all models' answers are of, pins included; empty while no neurons were chosen.
    std::optional<NeuronRequest> request() const override;
    /// Null while a dataset was not read yet.
    std::shared_ptr<const PromptInput> input() const override { return input_; }
    void recompute() override;

    /// Null while they are not there.
    std::shared_ptr<const PromptActivations> activations(int columnId) const {
        return activations_.of(columnId);
    }
    /// Why those that are not there do not come, in a sentence; "": they are computed.
    const QString& activationsProblem() const { return activations_.problem(); }
    /// Why the neurons of a column's model cannot be screened in the layer looked at, in a
    /// sentence; "": they can, or no model is open there.
    QString whyNotScreened(const ModelColumn& column) const;
    /// The same where what is followed is to be screened.
    QString whyNotFollowed(const ModelColumn& column) const;
    /// The column whose model chooses the neurons; -1: none is open.
    int choosingColumn() const;
    /// The layer looked at in the choosing model, else in the first saved result; empty while there
    /// is neither.
    std::optional<LayerIndex> layer() const;

  protected:
    std::optional<Asked> wanted(const ModelColumn& column) const override;
    bool awaited(const ModelColumn& column) const override;
    void outdated(int columnId) override;
    void received(int columnId) override;
    void failed(int columnId, const QString& sentence) override;
    std::shared_ptr<const NeuronResult> saved(int columnId) const override;
    void describe(const ResultReader& reader, const NeuronResult& result,
                  SavedSource& source) const override;
    /// Each model keeps activations for pins to come, so less than a single study may have.
    std::int64_t memory() const override { return workspace().memory() / 2; }
    void update() override;
    void columnsChanged() override;
    void cancelled() override;

  private:
    /// What the choice of neurons depends on.
    struct Choosing {
        NeuronRequest request;
        int column = -1;
        std::optional<DatasetRequest> dataset;
        int contextLength = 0; ///< that a dataset is cut to
        TokenInput prompts;    ///< without a dataset

        friend bool operator==(const Choosing&, const Choosing&) = default;
    };
    /// What is studied in one column.
    struct Study {
        std::shared_ptr<const NeuronResult> main; ///< without pins
        std::vector<std::shared_ptr<const NeuronResult>> pins;
        std::vector<NeuronIndex> askedPins; ///< under way
    };

    std::optional<Choosing> choosing() const;
    Asked asked(const NeuronRequest& request) const;
    std::shared_ptr<const PromptInput> prompts() const;
    void readDataset(Asked& asked) const;
    /// The pinned neurons of the layer that the choosing model has and has not chosen.
    std::vector<NeuronIndex> pinned() const;
    void updatePins(int columnId, Study& study);
    void receivedPins(int columnId, const std::shared_ptr<const NeuronResult>& result);
    void showPins(int columnId, const Study& study);
    void updateActivations();

    std::optional<Choosing> choosing_;
    int times_ = 0;                              ///< that something else was to be chosen
    CacheUse use_ = CacheUse::ReadAndWrite;      ///< of what is under way
    std::shared_ptr<const PromptInput> input_;   ///< of what is asked; a dataset once it was read
    std::shared_ptr<const NeuronResult> choice_; ///< the choosing model's
    /// A set's prompts, and the same with what cannot be scored in their account.
    mutable std::pair<std::shared_ptr<const PromptInput>, std::shared_ptr<const PromptInput>>
        setPrompts_;
    std::map<int, Study> studies_;                                             ///< by column
    std::pair<std::vector<TokenId>, std::optional<LayerIndex>> activationsOf_; ///< prompt, layer
    Details<std::vector<NeuronIndex>, PromptActivations> activations_;
    /// They use what the main study has prepared, so they are of its lane.
    const Purpose pins_{Lane::Sweep};
};

} // namespace residuum
