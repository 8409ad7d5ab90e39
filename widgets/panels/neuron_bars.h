// The confidence-neuron panel's controls: what is measured over what, and how it is shown.
#pragma once

#include "widgets/panels/neuron_board.h"
#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <functional>

class QCheckBox;
class QComboBox;
class QPushButton;
class QSpinBox;

namespace residuum {

class ElidedLabel;
struct ViewSetting;

/// Two bars under each other. GUI thread only.
class NeuronBars : public QWidget {
    Q_OBJECT

  public:
    explicit NeuronBars(Workspace& workspace, QWidget* parent = nullptr);

    /// Shows what is set.
    void refresh();
    /// Says what is measured over.
    void refreshInput();
    void change(const std::function<void(NeuronSettings&)>& change);

  Q_SIGNALS:
    void datasetWanted(); ///< the user wants to name one

  private:
    using Choose = std::function<void(NeuronSettings& settings, const QString& value)>;
    using Count = std::function<void(NeuronSettings& settings, int value)>;

    QWidget* makeInputBar();
    QWidget* makeViewBar();
    QComboBox* addChoice(QWidget* bar, const ViewSetting& setting, Choose choose);
    QSpinBox* addNumber(QWidget* bar, const QString& label, const QString& prefix, int least,
                        int most, Count count);

    Workspace& workspace_;
    NeuronBoard& board_;
    QPushButton* usePrompt_ = nullptr;
    ElidedLabel* inputText_ = nullptr;
    QSpinBox* layer_ = nullptr;
    QSpinBox* top_ = nullptr;
    QSpinBox* nullSpace_ = nullptr;
    QComboBox* by_ = nullptr;
    QComboBox* chosenOn_ = nullptr;
    QComboBox* ablation_ = nullptr;
    QComboBox* plane_ = nullptr;
    QComboBox* effect_ = nullptr;
    QCheckBox* screen_ = nullptr;
};

} // namespace residuum
