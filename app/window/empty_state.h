// What the window shows while no model is open: how to open one.
#pragma once

#include <QStringList>
#include <QWidget>

#include <functional>

class QVBoxLayout;

namespace residuum {

class Workspace;

/// GUI thread only.
class EmptyState : public QWidget {
    Q_OBJECT

  public:
    /// `recent`: what was opened before, as it was named. `workspace` must outlive this.
    EmptyState(Workspace& workspace, std::function<QStringList()> recent,
               QWidget* parent = nullptr);

  Q_SIGNALS:
    void folderWanted();
    void resultWanted();
    void sessionWanted();
    void wanted(const QStringList& named); ///< models, to be opened side by side

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QWidget* makeButtons();
    void refresh();
    void showChoices(QVBoxLayout* list, const QStringList& named, const QString& none);

    Workspace& workspace_;
    std::function<QStringList()> recentModels_;
    QVBoxLayout* recent_;
    QVBoxLayout* hub_;
};

} // namespace residuum
