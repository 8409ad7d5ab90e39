// The pair of prompts that patching compares: token under token, differing ones marked.
#pragma once

#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <functional>
#include <utility>

class QLabel;
class QLineEdit;

namespace residuum {

/// Two rows of tokens in common columns. A click picks the position. GUI thread only.
class AlignedPair : public QWidget {
    Q_OBJECT

  public:
    explicit AlignedPair(QWidget* parent = nullptr);
    /// `clean`, `corrupt`: texts of the tokens; `position`: marked.
    void setTokens(const QStringList& clean, const QStringList& corrupt, int position);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }
    /// Columns whose tokens differ, for tests.
    std::vector<int> differing() const;

  Q_SIGNALS:
    void positionPicked(int position);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

  private:
    int columns() const;
    int columnWidth(int column) const;
    int headWidth() const;

    QStringList clean_, corrupt_;
    int position_ = 0;
};

/// Edits the corrupted prompt (the clean one is the document's prompt) and offers example pairs of
/// the generators.
class PairEditor : public QWidget {
    Q_OBJECT

  public:
    explicit PairEditor(Workspace& workspace, QWidget* parent = nullptr);

    QLineEdit* corruptEdit() const { return edit_; }
    AlignedPair* aligned() const { return aligned_; }
    /// What stands in the way of patching, or a hint at it, as shown; "": nothing.
    QString message() const;
    /// A pair of that task that the models' tokenizer can express.
    void useExample(const QString& task);

  private:
    void commit();
    void refresh();
    QString hint() const;
    void measureLongest();

    Workspace& workspace_;
    /// What the edit's greatest length was measured for.
    std::pair<const Tokenizer*, int> measured_{nullptr, 0};
    std::function<void()> fitScroll_; ///< after the tokens have changed their width
    QLineEdit* edit_ = nullptr;
    AlignedPair* aligned_ = nullptr;
    QLabel* message_ = nullptr;
    std::uint64_t example_ = 0; ///< seed of the next one
};

} // namespace residuum
