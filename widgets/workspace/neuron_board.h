// Confidence neurons in the document: what is asked, and each model's answer.
#pragma once

#include "analysis/neurons/neuron_analysis.h"
#include "analysis/session/session.h"

#include <QObject>
#include <QString>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace residuum {

class Workspace;

/// One model's answer; stale while its successor is computed.
struct NeuronAnswer {
    std::shared_ptr<const NeuronResult> result;
    std::shared_ptr<const PromptInput> input; ///< what it was computed over
    bool stale = false;
    bool fromCache = false;
    std::string created;
    QString problem;         ///< one sentence
    std::uint64_t asked = 0; ///< number of the request that is under way
};

/// mlp.hook_post of the followed neurons along the prompt, [neuron, pos].
struct PromptActivations {
    std::vector<NeuronIndex> neurons;
    Table values;
};

/// GUI thread only. One model chooses the neurons, all models follow them; pinned neurons of the
/// layer are followed too. Computes only while somebody looks (`setActive`).
class NeuronBoard : public QObject {
    Q_OBJECT

  public:
    explicit NeuronBoard(Workspace& workspace);

    /// View settings, not steps to undo.
    const SessionNeurons& settings() const { return settings_; }
    void setSettings(const SessionNeurons& settings);
    void setActive(bool active);

    /// Of a column; null: nothing was computed.
    const NeuronAnswer* answer(int columnId) const;
    /// Null while they are not there.
    const PromptActivations* activations(int columnId) const;
    /// Why nothing can be computed, in a sentence with what to do; "": it can.
    QString obstacle() const;
    /// The column whose model chooses the neurons; -1: none is open.
    int choosingColumn() const;
    /// The layer looked at in the choosing model; empty while there is none.
    std::optional<LayerIndex> layer() const;
    /// The request that all models' answers are of; empty while none was chosen.
    std::optional<NeuronRequest> followed() const { return followed_; }
    /// The input as it is asked for; a dataset is read when it is computed on.
    InputRequest inputRequest() const;
    void recompute();
    /// Writes the models' answers into one file.
    void save(const QString& file);

  Q_SIGNALS:
    void changed(); ///< answers or activations came or became stale
    void settingsChanged();

  private:
    using Deliver = void (NeuronBoard::*)(int columnId, NeuronAnswer answer);

    void outdate();
    void requestAll(CacheUse use = CacheUse::ReadAndWrite);
    void request(int columnId, const NeuronRequest& wanted, CacheUse use, Deliver deliver);
    void chosen(int columnId, NeuronAnswer answer);
    void receive(int columnId, NeuronAnswer answer);
    void follow();
    void requestActivations();
    std::vector<NeuronIndex> pinned() const;

    Workspace& workspace_;
    SessionNeurons settings_;
    bool active_ = false;
    bool outdated_ = true; ///< something changed while nobody looked
    std::map<int, NeuronAnswer> answers_;
    std::map<int, PromptActivations> activations_;
    std::shared_ptr<const NeuronResult> choice_; ///< the choosing model's, before pins are added
    std::optional<NeuronRequest> followed_;
    CacheUse use_ = CacheUse::ReadAndWrite; ///< of the request under way
    std::uint64_t lastAsked_ = 0;
};

} // namespace residuum
