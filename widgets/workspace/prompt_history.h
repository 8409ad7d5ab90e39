// What was asked before, the last question first.
#pragma once

#include "widgets/workspace/vocabulary.h"
#include "widgets/workspace/workspace_state.h"

#include <QObject>
#include <QString>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

class Workspace;

/// A question that was answered: about which prompts, and what came out.
struct AskedPrompt {
    WorkspaceState asked;                         ///< its prompts and answers
    std::shared_ptr<const Vocabulary> vocabulary; ///< of its ids; null: a session's, not known
    bool isStarred = false;
    std::vector<std::pair<QString, double>> totals; ///< by model: what attributions add up to
    std::vector<std::string> kinds;                 ///< of the questions that were answered
};

/// GUI thread only. Takes up what is asked of prompts as soon as it is answered; pairs that one
/// steps through are the set's, unless they are starred.
class PromptHistory : public QObject {
    Q_OBJECT

  public:
    /// As many are kept beside the starred ones.
    static constexpr std::size_t mostKept = 500;

    explicit PromptHistory(Workspace& workspace);

    const std::vector<AskedPrompt>& entries() const { return entries_; }
    void setStarred(std::size_t entry, bool starred);
    /// What the document asks now.
    void starShown(bool starred);
    bool isShownStarred() const;
    void forget(std::size_t entry);
    /// What `entry` asked is asked again.
    void goBackTo(std::size_t entry);
    /// The starred questions that are pairs, as a set; `left`: how many are none.
    PairRequest starredPairs(int& left) const;

    /// For sessions, and back.
    std::vector<SessionAsked> kept() const;
    void restore(const std::vector<SessionAsked>& kept);

  Q_SIGNALS:
    void changed();

  private:
    void note();
    std::size_t shownEntry() const;
    AskedPrompt shown() const;
    void take(AskedPrompt entry);

    Workspace& workspace_;
    std::vector<AskedPrompt> entries_;
};

} // namespace residuum
