// The panels, and what menus and files do with the one in front.
#include "app/window/main_window.h"
#include "widgets/panels/attribution_panel.h"
#include "widgets/panels/attribution_views.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/panels/patching_views.h"

#include <QTabWidget>

namespace residuum {

void MainWindow::makePanels() {
    attribution_ = new AttributionPanel(*workspace_);
    patching_ = new PatchingPanel(*workspace_);
    neurons_ = new NeuronPanel(*workspace_);
    connect(neurons_, &NeuronPanel::datasetWanted, this, &MainWindow::chooseNeuronDataset);
    doors_ = {{QStringLiteral("attribution"), tr("&Attribution"), QStringLiteral("dla"),
               attribution_, attributionKind().views},
              {QStringLiteral("patching"), tr("&Patching"), QStringLiteral("patch"), patching_,
               patchingKind().views},
              {QStringLiteral("neurons"), tr("&Confidence neurons"), QStringLiteral("neurons"),
               neurons_, neuronKind().views}};
    panels_ = new QTabWidget;
    panels_->setDocumentMode(true);
    panels_->setAccessibleName(tr("panels"));
    for (const auto& door : doors_)
        panels_->addTab(door.panel, QString(door.title).remove(QLatin1Char('&')));
}

} // namespace residuum
