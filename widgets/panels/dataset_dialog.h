// Asks for a dataset to measure something over, and says how much that is before it starts.
#pragma once

#include "analysis/inputs/dataset.h"
#include "analysis/inputs/input_request.h"
#include "analysis/question/target_choice.h"
#include "core/task/progress.h"
#include "widgets/workspace/background_work.h"

#include <QDialog>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace residuum {

class Workspace;

/// What is measured over, of which token and where.
struct DatasetChoice {
    std::optional<DatasetRequest> dataset; ///< empty: none was chosen yet
    TargetChoice target{TargetRule::Next};
    PositionChoice position{};
};

/// Not modal: the window goes on working, and the file is read on another thread. GUI thread only.
class DatasetDialog : public QDialog {
    Q_OBJECT

  public:
    struct Asking {
        QString title;
        DatasetChoice initial; ///< what was chosen last
        int contextLength = 0; ///< the longest sequence the open models take
        /// The target that is set in the window, as it is shown.
        QString target{};
        std::optional<TokenId> targetToken{}; ///< the same
        bool targets = true;                  ///< whether targets and positions are asked for
        /// What is measured over, in the end: throws Error. Any thread.
        std::function<PromptInput(const DatasetChoice&, Progress&)> read;
        std::function<void(const DatasetChoice&)> chosen;
    };
    explicit DatasetDialog(Asking asking, QWidget* parent = nullptr);
    ~DatasetDialog() override;

    /// As the controls have it.
    DatasetChoice choice() const;
    /// "200 sequences, 12,800 tokens", or why there are none.
    QString preview() const;
    void setFile(const QString& file);

  private:
    void makeForm();
    QWidget* makeFileLine();
    void addTargets(QFormLayout& form);
    void showInitial();
    void browse();
    void edited();
    void lookAgain();
    void showFound(int look, const std::shared_ptr<const PromptInput>& found,
                   const QString& problem);

    Asking asking_;
    QLineEdit* file_;
    QComboBox* split_;
    QSpinBox* sequences_;
    QCheckBox* sampled_;
    QSpinBox* seed_;
    QSpinBox* length_;
    QComboBox* target_;
    QComboBox* position_;
    QSpinBox* at_;
    QLabel* preview_;
    QPushButton* measure_ = nullptr;
    QTimer pause_; ///< until the user stops typing
    int looks_ = 0;
    std::stop_source reading_;
    BackgroundWork work_; ///< last: ended before what it uses goes
};

/// Asks over which dataset something is to be measured in all open models, of all its tokens; says
/// so where none is open. The dialog is `window`'s. GUI thread only.
void chooseDataset(Workspace& workspace, QWidget* window, const QString& title,
                   const std::optional<DatasetRequest>& initial,
                   const std::function<void(const DatasetRequest&)>& chosen);

/// "1 sequence, 14 tokens"; with what was left out.
QString extentText(const PromptInput& input);

} // namespace residuum
