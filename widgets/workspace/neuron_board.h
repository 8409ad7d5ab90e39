// Confidence neurons in the document: what is asked, and each model's answer.
#pragma once

#include "analysis/neurons/neuron_analysis.h"
#include "analysis/session/session.h"
#include "widgets/workspace/engine.h"

#include <QObject>
#include <QString>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

class Workspace;

/// One model's answer; stale while its successor is computed.
struct NeuronAnswer {
    /// Of the followed neurons, and of those pinned beside them as far as they are computed.
    std::shared_ptr<const NeuronResult> result;
    std::shared_ptr<const PromptInput> input; ///< what it was computed over
    bool stale = false;
    std::string created;
    QString problem; ///< one sentence
};

/// mlp.hook_post of the followed and pinned neurons along the prompt, [neuron, pos].
struct PromptActivations {
    std::vector<NeuronIndex> neurons;
    Table values;
};

/// GUI thread only. One model chooses the neurons, all models follow them; pinned neurons of the
/// layer are studied beside them. Work begins only while somebody looks (`setActive`); what has
/// begun goes on until it is done, cancelled or outdated.
class NeuronBoard : public QObject {
    Q_OBJECT

  public:
    explicit NeuronBoard(Workspace& workspace);

    /// View settings, not steps to undo.
    const SessionNeurons& settings() const { return settings_; }
    void setSettings(const SessionNeurons& settings);
    /// A session's; empty: it never looked at neurons.
    void restore(const std::optional<SessionNeurons>& settings);
    void setActive(bool active);
    /// Whether anybody has looked yet: a session keeps what was used.
    bool used() const { return used_; }

    /// Of a column; null: nothing was computed.
    const NeuronAnswer* answer(int columnId) const;
    /// Null while they are not there.
    const PromptActivations* activations(int columnId) const;
    /// Why those that are not there do not come, in a sentence; "": they are computed.
    const QString& activationsProblem() const { return activationsProblem_; }
    /// Why nothing can be computed, in a sentence with what to do; "": it can.
    QString obstacle() const;
    /// The column whose model chooses the neurons; -1: none is open.
    int choosingColumn() const;
    /// The layer looked at in the choosing model, else in the first saved result; empty while there
    /// is neither.
    std::optional<LayerIndex> layer() const;
    /// The request that all models' answers are of, pins included; empty while none was chosen.
    std::optional<NeuronRequest> followed() const;
    /// The input as it is asked for; a dataset is read when it is computed on.
    InputRequest inputRequest() const;
    /// Computes again, whatever the cache holds.
    void recompute();
    /// Writes the models' answers into one file.
    void save(const QString& file);

  Q_SIGNALS:
    void changed(); ///< answers or activations came or became stale
    void settingsChanged();

  private:
    /// What all answers depend on.
    struct Asked {
        NeuronRequest request; ///< of the choosing model
        int chooser = -1;
        const Model* model = nullptr;
        std::optional<DatasetRequest> dataset;
        std::vector<TokenId> prompt; ///< without a dataset
        int contextLength = 0;

        friend bool operator==(const Asked&, const Asked&) = default;
    };
    /// One column's work and what came of it.
    struct Slot {
        NeuronAnswer shown;
        std::optional<NeuronRequest> asked;       ///< what `main` is, or is to be, of
        std::shared_ptr<const NeuronResult> main; ///< without pins
        std::vector<NeuronIndex> askedPins;       ///< under way
        std::vector<std::shared_ptr<const NeuronResult>> pins;
        std::shared_ptr<NeuronGround> ground; ///< for further pins; used on the engine thread only
        std::shared_ptr<const PromptActivations> activations;
        std::vector<NeuronIndex> askedActivations;
    };
    /// What a job brings.
    struct Found {
        std::shared_ptr<const NeuronResult> result;
        std::shared_ptr<const PromptInput> input;
        std::shared_ptr<NeuronGround> ground;
        std::string created;
        QString warning; ///< why it could not be kept
    };
    using Deliver = void (NeuronBoard::*)(int columnId, const Found& found);

    std::optional<Asked> asking() const;
    void columnsChanged();
    void takeSaved();
    void cancelled();
    void forget(Slot& slot, int columnId);
    void cancel(int columnId);
    /// Begins what is not there of what is asked.
    void update();
    void begin(const Asked& asked, CacheUse use);
    void submit(const Purpose& purpose, int columnId, const NeuronRequest& wanted, CacheUse use,
                Deliver deliver);
    void failed(int columnId, const QString& sentence);
    void chosen(int columnId, const Found& found);
    void received(int columnId, const Found& found);
    void receivedPins(int columnId, const Found& found);
    void follow();
    void followPins(int columnId, Slot& slot);
    void show(Slot& slot);
    void requestActivations(int columnId, Slot& slot);
    std::shared_ptr<const Model> modelOf(int columnId) const;
    /// The pinned neurons of the layer that the choosing model has and has not chosen.
    std::vector<NeuronIndex> pinned() const;

    Workspace& workspace_;
    /// Pins use what the main study has prepared, so both are of one lane.
    const Purpose main_{Lane::Sweep}, pins_{Lane::Sweep}, prompt_{Lane::Detail};
    SessionNeurons settings_;
    bool active_ = false;
    bool used_ = false;
    std::optional<Asked> asked_;
    CacheUse use_ = CacheUse::ReadAndWrite;      ///< of what is under way
    std::shared_ptr<const PromptInput> input_;   ///< of what is asked; a dataset once it was read
    std::shared_ptr<const NeuronResult> choice_; ///< the choosing model's
    std::map<int, Slot> slots_;
    QString activationsProblem_;
};

} // namespace residuum
