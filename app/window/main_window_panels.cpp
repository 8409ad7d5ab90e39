// The panels, and what menus and files do with the one in front.
#include "app/window/main_window.h"
#include "widgets/panels/attribution_figures.h"
#include "widgets/panels/attribution_panel.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_figures.h"
#include "widgets/panels/patching_panel.h"

#include <QTabWidget>

namespace residuum {

void MainWindow::makePanels() {
    attribution_ = new AttributionPanel(*workspace_);
    patching_ = new PatchingPanel(*workspace_);
    neurons_ = new NeuronPanel(*workspace_);
    connect(neurons_, &NeuronPanel::datasetWanted, this, &MainWindow::chooseNeuronDataset);
    auto& document = *workspace_;
    doors_ = {
        {.name = QStringLiteral("attribution"),
         .title = tr("&Attribution"),
         .stem = QStringLiteral("dla"),
         .widget = attribution_,
         .views = attributionKind().views,
         .shownView = [this] { return attribution_->shownView(); },
         .figure = [&](FigureRequest& request) { return attributionFigure(document, request); },
         .command = [&] { return document.board<AttributionBoard>().command(); },
         .recompute = [&] { document.board<AttributionBoard>().recompute(); },
         .toggleError =
             [&] {
                 document.setMode(document.mode() == ViewMode::Error ? ViewMode::Dla
                                                                     : ViewMode::Error);
             },
         .save = [&](const QString& file) { document.board<AttributionBoard>().save(file); }},
        {.name = QStringLiteral("patching"),
         .title = tr("&Patching"),
         .stem = QStringLiteral("patch"),
         .widget = patching_,
         .views = patchingKind().views,
         .shownView = [this] { return patching_->shownView(); },
         .figure = [this](FigureRequest& request) { return patching_->figure(request); },
         .command = [&] { return document.board<PatchingBoard>().command(); },
         .recompute = [&] { document.board<PatchingBoard>().recompute(); },
         .toggleError = [this] { patching_->toggleErrors(); },
         .save = [&](const QString& file) { document.board<PatchingBoard>().save(file); }},
        {.name = QStringLiteral("neurons"),
         .title = tr("&Confidence neurons"),
         .stem = QStringLiteral("neurons"),
         .widget = neurons_,
         .views = neuronKind().views,
         .shownView = [this] { return neurons_->shownView(); },
         .figure = [this](FigureRequest& request) { return neurons_->figure(request); },
         .command = [&] { return document.board<NeuronBoard>().command(); },
         .recompute = [&] { document.board<NeuronBoard>().recompute(); },
         .toggleError = [this] { neurons_->toggleEffect(); },
         .save = [&](const QString& file) { document.board<NeuronBoard>().save(file); }},
    };
    panels_ = new QTabWidget;
    panels_->setDocumentMode(true);
    panels_->setAccessibleName(tr("panels"));
    for (const auto& door : doors_)
        panels_->addTab(door.widget, QString(door.title).remove(QLatin1Char('&')));
}

} // namespace residuum
