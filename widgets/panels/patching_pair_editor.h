// The pair of prompts that patching compares.
#pragma once

#include "widgets/panels/aligned_pair.h"
#include "widgets/prompt/prompt_reader.h"
#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <cstdint>

class QLabel;
class QStackedWidget;
class QToolButton;

namespace residuum {

class PairScroll;
class PromptEditor;

/// Shows both prompts; edits the corrupted one (the clean one is the document's prompt), which
/// Enter gives to the document as one step to undo; offers example pairs of the generators.
class PairEditor : public QWidget {
    Q_OBJECT

  public:
    explicit PairEditor(Workspace& workspace, QWidget* parent = nullptr);

    PromptEditor* corruptEdit() const { return edit_; }
    AlignedPair* aligned() const { return aligned_; }
    /// Where there is little room for more.
    void setOneLine(bool one);
    bool isEditing() const;
    /// What stands in the way of patching, a hint at it, or what is being typed, as shown; "":
    /// nothing.
    QString message() const;
    /// `typed`: instead of what is there; "": that.
    void startEditing(const QString& typed = {});
    /// A pair of that task that the models' tokenizer can express.
    void useExample(const QString& task);

  private:
    QToolButton* makeExamples();
    void commit();
    void leave();
    void preview();
    void say(const QString& sentence);
    void refresh();
    QString hint() const;

    Workspace& workspace_;
    PromptReader reader_;
    QString edited_;      ///< as the editor was given it
    int shownHeight_ = 0; ///< of the pair
    QStackedWidget* stack_ = nullptr;
    PairScroll* scroll_ = nullptr;
    PromptEditor* edit_ = nullptr;
    AlignedPair* aligned_ = nullptr;
    QLabel* message_ = nullptr;
    std::uint64_t example_ = 0; ///< seed of the next one
};

} // namespace residuum
