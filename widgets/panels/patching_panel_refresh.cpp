// How the patching panel shows what there is: the half of the panel that runs at every change.
#include "widgets/panels/elided_label.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/prompt/token_display.h"

#include <QComboBox>
#include <QLabel>
#include <QTabWidget>

#include <algorithm>
#include <cmath>

namespace residuum {

PatchView PatchingPanel::view() const {
    const auto& settings = workspace_.board<PatchingBoard>().settings();
    return {settings.site, settings.estimate, workspace_.state().position, 0, settings.normalised};
}

QStringList PatchingPanel::tokenTexts() const {
    QStringList texts;
    const auto tokenizer = workspace_.tokenizer();
    for (const auto token : workspace_.state().prompt.tokens)
        texts << quotedToken(tokenizer.get(), token);
    return texts;
}

std::vector<double> PatchingPanel::lowerValues(const PatchResult& result) const {
    return lower_->currentIndex() == 1 ? errorValues(result, view())
                                       : patchValues(result, view().estimate, view());
}

void PatchingPanel::refresh() {
    std::vector<double> all;
    double scatterLimit = 0.0;
    QString unit;
    for (auto& views : views_) {
        const auto& columns = workspace_.columns();
        const auto column = std::find_if(columns.begin(), columns.end(),
                                         [&](const auto& each) { return each.id == views.id; });
        if (column == columns.end())
            continue;
        refreshColumn(*column, views);
        const auto* answer = workspace_.board<PatchingBoard>().answer(views.id);
        if (answer == nullptr || !answer->result ||
            !workspace_.board<PatchingBoard>().whyOther(*column).isEmpty())
            continue;
        for (const auto& values : {patchValues(*answer->result, PatchMethod::Exact, view()),
                                   patchValues(*answer->result, view().estimate, view())})
            all.insert(all.end(), values.begin(), values.end());
        for (const auto& point : views.scatter->data().points)
            scatterLimit = std::max({scatterLimit, std::abs(point.x), std::abs(point.y)});
        unit = patchUnit(*answer->result, view());
    }
    ColourScale scale;
    scale.unit = unit;
    fitScale(scale, all, {lockedLimit_, workspace_.fullRange()});
    bar_->setScale(scale);
    for (auto& views : views_) {
        views.exact->setScale(scale);
        views.estimate->setScale(scale);
        views.scatter->setLimit(scatterLimit > 0.0 ? scatterLimit * 1.05 : 1.0);
    }
    const auto& settings = workspace_.board<PatchingBoard>().settings();
    const auto conventions = patchConventions(*workspace_.board<PatchingBoard>().request());
    auto where = siteTitle(settings.site);
    if (axesOf(settings.site).head && axesOf(settings.site).pos)
        where += tr(" %1").arg(workspace_.state().position);
    upperTitle_->setText(tr("exact patching, %1 · %2").arg(where, conventions));
    lowerTitle_->setText((lower_->currentIndex() == 1
                              ? tr("%1 − exact").arg(methodTitle(settings.estimate))
                              : methodTitle(settings.estimate)) +
                         QStringLiteral(", ") + where);
    refreshDifference(scale);
    refreshPatterns();
    refreshMarks();
}

void PatchingPanel::refreshPatterns() {
    const auto head = workspace_.board<PatchingBoard>().shownHead();
    if (head != shownHead_ && head && isVisible())
        tabs_->setCurrentIndex(1); // pinning a head opens its pattern
    shownHead_ = head;
    const bool difference = patternRun_->currentIndex() == 2;
    patternTitle_->setText(
        !head ? tr("Pin a head (a click in a layer × head map) to see what it attends to.")
              : tr("%1: attention of each query (row) to each key, %2")
                    .arg(QString::fromStdString(label(*head)),
                         difference ? tr("blue −1 … red 1") : tr("0 … 1")));
    ColourScale scale;
    scale.map = difference ? ColourMap::Diverging : ColourMap::Sequential;
    scale.limit = 1.0;
    for (auto& views : views_) {
        const auto* patterns = workspace_.board<PatchingBoard>().patterns(views.id);
        if (patterns == nullptr) {
            const auto& problem = workspace_.board<PatchingBoard>().patternsProblem();
            const auto* column = workspace_.column(views.id);
            views.pattern->setEmptyText(!head ? QString()
                                        : column != nullptr && column->saved
                                            ? tr("A saved result has no attention patterns.")
                                        : problem.isEmpty() ? tr("computing …")
                                                            : problem);
            continue;
        }
        const Table shown = patternRun_->currentIndex() == 0 ? patterns->clean
                            : patternRun_->currentIndex() == 1
                                ? patterns->corrupt
                                : patterns->clean - patterns->corrupt;
        views.pattern->setGrid(patternGrid(static_cast<int>(shown.rows()), tokenTexts()));
        views.pattern->setValues({shown.data(), shown.data() + shown.size()});
        views.pattern->setScale(scale);
    }
}

QString PatchingPanel::missingText(const ModelColumn& column, const PatchAnswer* answer) const {
    if (!column.answers(PatchAnalysis::kind))
        return tr("%1 is a saved result of another kind; only open models are patched. Choose two "
                  "of them to compare.")
            .arg(column.name);
    if (!column.model && !column.problem.isEmpty())
        return column.problem;
    if (answer != nullptr && !answer->sentence.isEmpty())
        return answer->sentence;
    const auto obstacle = workspace_.board<PatchingBoard>().obstacle();
    return obstacle.isEmpty() ? tr("computing …") : obstacle;
}

void PatchingPanel::refreshColumn(const ModelColumn& column, ColumnViews& views) {
    views.title->setFullText(
        column.info() != nullptr
            ? tr("%1 (%2)").arg(column.name,
                                QString::fromStdString(column.info()->normalization.label()))
            : column.name);
    const auto* answer = workspace_.board<PatchingBoard>().answer(column.id);
    const auto other = workspace_.board<PatchingBoard>().whyOther(column);
    if (answer == nullptr || !answer->result || answer->result->grids.empty() || !other.isEmpty()) {
        views.exact->setEmptyText(other.isEmpty() ? missingText(column, answer) : other);
        views.estimate->setEmptyText(QString());
        views.scatter->setEmptyText(QString());
        views.metric->setFullText(QString());
        views.agreement->setFullText(QString());
        views.worst->setFullText(QString());
        return;
    }
    const auto& result = *answer->result;
    auto shown = view();
    // A stale answer may be of another site; it stays until its successor is there.
    const bool sameSite = result.find(PatchMethod::Exact, shown.site) != nullptr;
    if (!sameSite) {
        views.exact->setStale(true);
        views.estimate->setStale(true);
        views.scatter->setStale(true);
        return;
    }
    const auto tokens = tokenTexts();
    const auto grid = patchGrid(result, shown, tokens);
    for (auto* map : {views.exact, views.estimate}) {
        map->setGrid(grid);
        map->setStale(answer->stale());
    }
    views.exact->setValues(patchValues(result, PatchMethod::Exact, shown));
    views.estimate->setValues(lowerValues(result));
    views.scatter->setData(agreementScatter(result, shown, tokens));
    views.scatter->setStale(answer->stale());
    auto metric =
        tr("clean %1, corrupted %2 %3")
            .arg(threeDigits(result.cleanMetric.front()), threeDigits(result.corruptMetric.front()),
                 QString::fromStdString(unitOf(result.request.metric)));
    if (!promptsWithoutGap(result).empty())
        metric += tr(" · equal but for rounding, so normalised values are undefined");
    if (answer->fromCache)
        metric += tr(" · cached");
    if (!answer->sentence.isEmpty())
        metric = answer->sentence;
    views.metric->setFullText(metric);
    const auto agreement = residuum::agreementOf(result, shown);
    views.agreement->setFullText(!agreement ? QString()
                                            : (answer->complete() ? QString() : tr("so far: ")) +
                                                  agreementText(*agreement));
    views.worst->setFullText(agreement ? worstText(*agreement, result, shown, false) : QString());
    views.agreement->setToolTip(agreement ? worstText(*agreement, result, shown, true) : QString());
}

void PatchingPanel::refreshDifference(const ColourScale& scale) {
    const auto pair = workspace_.difference();
    if (!pair || difference_ == nullptr)
        return;
    const auto& a = workspace_.columns()[static_cast<std::size_t>(pair->first)];
    const auto& b = workspace_.columns()[static_cast<std::size_t>(pair->second)];
    differenceTitle_->setText(
        tr("<b>%1 − %2</b><br>exact patching").arg(a.name.toHtmlEscaped(), b.name.toHtmlEscaped()));
    const auto* first = workspace_.board<PatchingBoard>().answer(a.id);
    const auto* second = workspace_.board<PatchingBoard>().answer(b.id);
    for (const auto& [column, answer] : {std::pair(&a, first), std::pair(&b, second)}) {
        const auto other = workspace_.board<PatchingBoard>().whyOther(*column);
        if (answer == nullptr || !answer->result || !other.isEmpty())
            return difference_->setEmptyText(other.isEmpty() ? missingText(*column, answer)
                                                             : other);
    }
    // A stale answer may be of another site; it stays until its successor is there.
    for (const auto* answer : {first, second})
        if (answer->result->find(PatchMethod::Exact, view().site) == nullptr)
            return difference_->setStale(true);
    auto difference = patchDifference({a.name, first->result}, {b.name, second->result}, view(),
                                      PatchMethod::Exact, false, tokenTexts());
    if (!difference.obstacle.isEmpty()) {
        difference_->setGrid({});
        return difference_->setEmptyText(difference.obstacle);
    }
    if (const auto note = difference.cells.note(a.name, b.name); !note.isEmpty())
        differenceTitle_->setText(differenceTitle_->text() + QStringLiteral("<br>") +
                                  note.toHtmlEscaped());
    difference_->setGrid(difference.cells.grid);
    difference_->setValues(difference.cells.values);
    difference_->setScale(scale);
    difference_->setStale(first->stale() || second->stale());
}

void PatchingPanel::setHovered(std::optional<Thing> thing) {
    // Heads are hovered in every panel; other cells in this one only.
    const bool component = thing && std::holds_alternative<Component>(*thing);
    hovered_ = component ? std::nullopt : thing;
    workspace_.setHovered(component ? thing : std::nullopt);
    refreshMarks();
}

void PatchingPanel::refreshMarks() {
    const auto hovered = hovered_ ? hovered_ : workspace_.hovered();
    const auto& pins = workspace_.state().pins;
    std::optional<double> value;
    const auto mark = [&](auto* view) {
        view->setHovered(hovered);
        view->setPins(pins);
    };
    for (const auto& views : views_) {
        mark(views.exact);
        mark(views.estimate);
        mark(views.scatter);
        const auto& points = views.scatter->data().points;
        const auto point = std::find_if(points.begin(), points.end(), [&](const auto& each) {
            return hovered && each.thing == hovered;
        });
        if (!value && point != points.end())
            value = point->x;
    }
    if (difference_ != nullptr)
        mark(difference_);
    bar_->setMarker(value);
}

} // namespace residuum
