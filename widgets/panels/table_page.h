// A table of a question's results, with what its rows are searched and taken up by.
#pragma once

#include "widgets/panels/thing_table.h"

#include <QStringList>
#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QPushButton;

namespace residuum {

class ElidedLabel;

/// GUI thread only.
class TablePage : public QWidget {
    Q_OBJECT

  public:
    /// `name`: of the table. `parts`: titles of columns of which one's are shown at a time; none:
    /// all are. `offer`: what can be done with a row; "": nothing.
    TablePage(const QString& name, const QStringList& parts, const QString& offer,
              QWidget* parent = nullptr);

    ThingTable* table() const { return table_; }
    QComboBox* part() const { return part_; }     ///< null: all columns are shown
    QPushButton* offer() const { return offer_; } ///< null: there is none
    /// What the table's numbers are of.
    void setNotes(const QStringList& notes);

  Q_SIGNALS:
    void taken(int row); ///< by the user: a row of what the table shows

  private:
    void takeCurrent();

    ThingTable* table_;
    QComboBox* part_ = nullptr;
    QLineEdit* find_;
    QDoubleSpinBox* least_;
    QPushButton* offer_ = nullptr;
    ElidedLabel* notes_;
};

} // namespace residuum
