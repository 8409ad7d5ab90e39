// Asks for a dataset to measure something over.
#pragma once

#include "analysis/inputs/dataset.h"

#include <QDialog>

#include <functional>

class QLineEdit;
class QSpinBox;

namespace residuum {

/// Not modal: the window goes on working. GUI thread only.
class DatasetDialog : public QDialog {
    Q_OBJECT

  public:
    /// `contextLength`: the longest sequence the open models take.
    DatasetDialog(const QString& title, int contextLength,
                  std::function<void(const DatasetRequest&)> chosen, QWidget* parent = nullptr);

  private:
    void browse();
    void acceptRequest();

    QLineEdit* file_;
    QSpinBox* sequences_;
    QSpinBox* length_;
    std::function<void(const DatasetRequest&)> chosen_;
};

} // namespace residuum
