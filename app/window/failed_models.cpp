#include "app/window/failed_models.h"

#include "app/window/flat_button.h"
#include "widgets/panels/elided_label.h"
#include "widgets/workspace/workspace.h"

#include <QHBoxLayout>
#include <QToolButton>

namespace residuum {

FailedModels::FailedModels(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace), lines_(new QVBoxLayout(this)) {
    setAccessibleName(tr("models that could not be opened"));
    lines_->setContentsMargins(0, 0, 0, 0);
    lines_->setSpacing(0);
    connect(&workspace_, &Workspace::columnsChanged, this, &FailedModels::refresh);
    refresh();
}

void FailedModels::refresh() {
    while (auto* item = lines_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // one of its buttons may just be at work
        delete item;
    }
    for (const auto& failure : workspace_.failures()) {
        auto* line = new QWidget;
        auto* sentence = new ElidedLabel;
        sentence->setFullText(tr("%1 is not open: %2").arg(failure.name, failure.problem));
        sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
        auto* retry = makeFlatButton(tr("Try again"), tr("Open %1 again").arg(failure.name));
        auto* dismiss = makeFlatButton(QStringLiteral("×"), tr("Forget %1").arg(failure.name));
        auto* layout = new QHBoxLayout(line);
        layout->setContentsMargins(4, 0, 4, 0);
        layout->addWidget(sentence, 1);
        layout->addWidget(retry);
        layout->addWidget(dismiss);
        lines_->addWidget(line);
        const int id = failure.id;
        connect(retry, &QToolButton::clicked, &workspace_, [this, id] { workspace_.retry(id); });
        connect(dismiss, &QToolButton::clicked, &workspace_,
                [this, id] { workspace_.forgetFailure(id); });
    }
    setVisible(!workspace_.failures().empty());
}

} // namespace residuum
