// Shapes a figure for a paper: size, type, colours, with a preview at true size.
#pragma once

#include "widgets/figure/figure_export.h"
#include "widgets/figure/figure_kind.h"

#include <QDialog>

#include <functional>
#include <vector>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPlainTextEdit;
class QScrollArea;
class QSpinBox;

namespace residuum {

/// Not modal: the window goes on working, and `refresh` shows what it shows now. GUI thread only.
class ExportDialog : public QDialog {
    Q_OBJECT

  public:
    /// Makes the figure of `request.view` as the window has it now and fills in the rest of the
    /// request; may throw Error.
    using Make = std::function<Figure(FigureRequest& request)>;

    ExportDialog(std::vector<FigureView> views, const QString& firstView, Make make,
                 QWidget* parent = nullptr);

    const Figure& figure() const { return figure_; }
    FigureStyle style() const;
    /// The lines that make the figure again.
    QString command() const;
    void choosePreset(const QString& name);
    void chooseView(const QString& name);

  public Q_SLOTS:
    void refresh();
    void copyFigure() const;
    void copyNumbers() const;
    void copyCommand() const;

  Q_SIGNALS:
    /// Figure and style as they are shown. Rendering and writing is work for another thread.
    void exportRequested(const residuum::Figure& figure, const residuum::FigureStyle& style,
                         const QString& file, const residuum::FigureExtras& extras);

  private:
    QWidget* makeControls();
    void chooseFile();
    void applyPreset();
    void drawPreview();

    std::vector<FigureView> views_;
    FigureRequest request_;
    Make make_;
    Figure figure_;
    QComboBox* view_;
    QComboBox* preset_;
    QDoubleSpinBox* width_;
    QDoubleSpinBox* fontSize_;
    QComboBox* font_;
    QComboBox* colours_;
    QSpinBox* dpi_;
    QSpinBox* rows_;
    QCheckBox* letters_;
    QCheckBox* csv_;
    QCheckBox* latex_;
    QPlainTextEdit* command_;
    QLabel* size_;
    QLabel* preview_;
    QScrollArea* scroll_;
};

} // namespace residuum
