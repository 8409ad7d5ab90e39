#include "widgets/panels/lens_panel.h"

#include "widgets/panels/elided_label.h"
#include "widgets/panels/settings_bar.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"

#include <cmath>

namespace residuum {

LensPanel::LensPanel(Workspace& workspace, QWidget* parent)
    : AnswersPanel(workspace, parent), edited_(answers().settings()),
      bar_(new SettingsBar(settingsOf(edited_))) {
    using Kind = PlotPage::Kind;
    using V = LensViews;
    connect(bar_, &SettingsBar::edited, this, [this] {
        if (edited_.jacobian && !answers().settings().jacobian)
            announceJacobian();
        answers().setSettings(edited_);
    });
    maps_ = addPage({{Kind::Name},
                     {Kind::Answer},
                     {Kind::Heatmap, tr("top tokens before each layer of %1"), V::map}},
                    Bar::Shown);
    const auto add = [this](QLatin1StringView view, const QString& name, const QString& tab) {
        charts_.push_back(addPage({{Kind::Chart, name, view, true}}, Bar::Room));
        details()->addTab(charts_.back(), tab);
    };
    add(V::logProb, tr("log-probability of tracked tokens in %1"), tr("Log-probability"));
    add(V::rank, tr("rank of tracked tokens in %1"), tr("Rank"));
    add(V::entropy, tr("entropy point by point in %1"), tr("Entropy"));
    components_ =
        addPage({{Kind::Line},
                 {Kind::Heatmap, tr("what components add to the lens logit in %1"), V::components}},
                Bar::Own);
    details()->addTab(components_, tr("Components"));
    details()->addTab(
        addPage(
            {{Kind::Heatmap, tr("top tokens after the attention of each layer of %1"), V::midMap}},
            Bar::Own),
        tr("After attention"));
    jacobian_ =
        addPage({{Kind::Line},
                 {Kind::Heatmap, tr("top tokens of the Jacobian lens in %1"), V::jacobianMap}},
                Bar::Own);
    details()->addTab(jacobian_, tr("Jacobian lens"));
    add(V::jacobianLogProb, tr("tracked token by both lenses in %1"), tr("Both lenses"));
    layOut(QStringLiteral("lens"), {bar_}, {330, 230});
    rebuild();
}

QString LensPanel::missingText(const ModelColumn& column) const {
    const auto* answer = answers().answer(column.id);
    return column.saved && answer != nullptr && answer->result
               ? tr("The file of %1 is of other prompts than the one above.").arg(column.name)
               : AnswersPanel::missingText(column);
}

QString LensPanel::verdictText() const {
    const auto text = AnswersPanel::verdictText();
    return text.isEmpty() ? text : onePromptText<LensAnalysis>(workspace()) + text;
}

/// What it takes, before it starts: of the model that takes longest.
void LensPanel::announceJacobian() {
    QString longest;
    std::int64_t most = 0;
    for (const auto& [id, model] : workspace().openModels()) {
        const auto& config = model->info().config;
        const auto work = std::int64_t{config.d_model} * config.d_model * config.n_layers;
        const auto input = workspace().askedPrompts();
        if (work <= most || !input || input->tokens.sequences.empty())
            continue;
        most = work;
        longest = QString::fromStdString(
            LensAnalysis::cost(*model, *input, edited_.request({}, {}), workspace().memory()).text);
    }
    if (!longest.isEmpty())
        Q_EMIT workspace().message(longest);
}

HeatmapView* LensPanel::map(int column) const {
    return maps_->plot<HeatmapView>(maps_->firstPlot(), column);
}

HeatmapView* LensPanel::componentMap(int column) const {
    return components_->plot<HeatmapView>(components_->firstPlot(), column);
}

ChartView* LensPanel::chart(const QString& view) const {
    for (auto* page : charts_)
        if (page->view() == view)
            return page->plot<ChartView>(page->firstPlot(), 0);
    return nullptr;
}

QString LensPanel::shownView() const {
    const auto* focus = focusWidget();
    const auto* tab = details()->currentWidget();
    if (focus == nullptr || !focus->hasFocus() || (focus != tab && !tab->isAncestorOf(focus)))
        return LensViews::map;
    return static_cast<const PlotPage*>(tab)->view();
}

std::optional<double> LensPanel::numberOf(const ModelColumn& column, const Thing& thing) const {
    const auto* place = std::get_if<Position>(&thing);
    const auto there = answered(column);
    if (place == nullptr || !there)
        return std::nullopt;
    const auto& result = *there->result;
    const auto row = result.rowOf(there->sample, place->at.value);
    const auto point = Eigen::Index{2} * place->layer.value;
    return row < 0 || point >= static_cast<Eigen::Index>(result.points.size())
               ? std::nullopt
               : std::optional(100.0 *
                               std::exp(result.topLogProb(point * result.request.top, row)));
}

QString LensPanel::numberText() const {
    return tr("probability of the logit lens's top token, %");
}

void LensPanel::refreshChoices() {
    edited_ = answers().settings();
    bar_->refresh();
}

void LensPanel::refreshRest() {
    int place = 0;
    for (const auto* column : shown()) {
        const auto* info = column->info();
        const auto norm =
            info == nullptr
                ? QString()
                : QStringLiteral(" (%1)").arg(QString::fromStdString(info->normalization.label()));
        maps_->line(0, place)->setFullText(column->head + norm, column->name, {column->head});
        const auto there = answered(*column);
        jacobian_->line(0, place)->setFullText(there ? jacobianText(*there) : QString());
        const auto text =
            there ? lensComponentsText(*there, workspace().state().position) : QString();
        const bool isLong = text.size() > 40; // why there are none
        components_->line(0, place)->setFullText(
            isLong ? tr("no components: point here for why") : text, text);
        ++place;
    }
}

} // namespace residuum
