// File ▸ Export all figures: every figure that the window can draw now, into one folder.
#pragma once

#include "widgets/figure/figure_export.h"
#include "widgets/figure/figure_kind.h"

#include <QDialog>
#include <QStringList>

#include <functional>
#include <vector>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace residuum {

class BackgroundWork;

/// One of them. `make` fills in the request of `view` as the window has it; throws Error where
/// there is nothing to draw.
struct FigureToExport {
    QString stem; ///< of its files
    QString view;
    std::function<Figure(FigureRequest& request)> make;
};

/// Not modal. Figures are drawn and written by `files`, one after the other. GUI thread only.
class ExportAll : public QDialog {
    Q_OBJECT

  public:
    /// `files` must outlive this.
    ExportAll(std::vector<FigureToExport> figures, BackgroundWork& files,
              QWidget* parent = nullptr);

    void setFolder(const QString& folder);
    /// "pdf", "svg", "png" or "csv".
    void setFormat(const QString& ending);
    void start();
    bool isRunning() const { return isRunning_; }
    /// How it went, in sentences.
    QString report() const;

  private:
    void chooseFolder();
    void stop();
    void next();
    void written(const QString& file, const QString& problem);
    void finish(const QString& sentence);
    FigureStyle style() const;

    std::vector<FigureToExport> figures_;
    BackgroundWork& files_;
    QLineEdit* folder_;
    QComboBox* format_;
    QComboBox* preset_;
    QCheckBox* numbers_;
    QCheckBox* latex_;
    QProgressBar* progress_;
    QLabel* report_;
    QPushButton* start_ = nullptr;
    QPushButton* stop_ = nullptr;
    std::size_t place_ = 0;
    int written_ = 0;
    QStringList leftOut_; ///< why some were not drawn, each reason once
    bool isRunning_ = false;
};

} // namespace residuum
