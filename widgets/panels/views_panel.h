// The panel of a question whose views are described (result_views.h): nothing of it is wired by
// hand.
#pragma once

#include "widgets/panels/elided_label.h"
#include "widgets/panels/question_panel.h"
#include "widgets/panels/result_views.h"
#include "widgets/panels/settings_bar.h"

#include <vector>

namespace residuum {

/// The first view above, the others in tabs below it, the settings' controls on top. GUI thread
/// only.
template <Question Q, ResultViews<Q> (*viewsOf)()>
class ViewsPanel : public QuestionPanel {
  public:
    explicit ViewsPanel(Workspace& workspace, QWidget* parent = nullptr)
        : QuestionPanel(workspace, workspace.board<Board<Q>>(), parent), shown_(viewsOf()),
          settings_(answers().settings()), bar_(new SettingsBar(settingsOf(settings_))) {
        connect(bar_, &SettingsBar::edited, this, [this] { answers().setSettings(settings_); });
        connect(bar_, &SettingsBar::refused, &workspace, &Workspace::message);
        for (const auto& view : shown_.views)
            addView(view);
        layOut(QString::fromLatin1(Q::kind), {bar_}, {300, 220});
        rebuild();
    }

    SettingsBar& settingsBar() const { return *bar_; }
    QString shownView() const override {
        const int tab = details()->currentIndex();
        return shown_.views[static_cast<std::size_t>(details()->hasFocus() ? tab + 1 : 0)].name;
    }
    Figure figure(FigureRequest& request) const override {
        askAsShown(workspace(), request);
        request.limit = lockedLimit(request.view);
        std::vector<NamedResult<typename Q::Result>> columns;
        ShownAnswers<Q> picked(workspace());
        picked.pick(answers(), [&](const ModelColumn& column, const auto& answer) {
            columns.push_back({column.name, answer.result});
            return true;
        });
        request = amongShown(request, picked.columns());
        return withSavedText(
            viewFigure<Q>(shown_, columns, request, workspace().state().prompt.text,
                          picked.provenance(answers().input(), answers().request())),
            picked.columns());
    }
    void toggleError() override {}

  private:
    Board<Q>& answers() const { return workspace().template board<Board<Q>>(); }

    void addView(const ResultView<typename Q::Result>& view) {
        std::vector<PlotPage::Row> rows{
            {view.plot, tr("%1 of %2").arg(view.description, QStringLiteral("%1")), view.name}};
        using Kind = PlotPage::Kind;
        const bool isTexts = view.plot == Kind::Texts, isFirst = &view == &shown_.views.front();
        const bool hasColours = isTexts || view.plot == Kind::Heatmap;
        if (isFirst && !isTexts) // which have names of their own
            rows.insert(rows.begin(), {Kind::Name});
        auto* page = addPage(std::move(rows), isFirst      ? Bar::Shown
                                              : hasColours ? Bar::Own
                                                           : Bar::Room);
        if (isFirst && !isTexts)
            heads_ = page;
        if (!isFirst)
            details()->addTab(page, view.tab.isEmpty() ? view.description : view.tab);
        details()->setVisible(details()->count() > 0);
    }

    bool has(const ModelColumn& column) const override {
        return answers().result(column.id) != nullptr;
    }
    std::vector<FigurePanel> panelsOf(const QString& view) const override {
        std::vector<NamedResult<typename Q::Result>> columns;
        for (const auto* column : shown())
            if (const auto result = answers().result(column->id))
                columns.push_back({column->name, result});
        return viewPanels(shown_.view(view), columns);
    }
    ColourScale usualScale() const override { return shown_.views.front().scale; }
    ColourScale usualScaleOf(const QString& view) const override { return shown_.view(view).scale; }
    QString differenceText(const ColourScale&) const override {
        return shown_.views.front().description.toHtmlEscaped();
    }
    void refreshChoices() override {
        settings_ = answers().settings();
        bar_->refresh();
    }
    void refreshRest() override {
        int place = 0;
        if (heads_ == nullptr)
            return;
        for (const auto* column : shown()) {
            const auto* info = column->info();
            const auto norm = info == nullptr ? QString()
                                              : QStringLiteral(" (%1)").arg(QString::fromStdString(
                                                    info->normalization.label()));
            heads_->line(0, place++)->setFullText(column->name + norm);
        }
    }

    ResultViews<Q> shown_;
    typename Q::Settings settings_; ///< as the controls have them
    SettingsBar* bar_;
    PlotPage* heads_ = nullptr; ///< null: texts have names of their own
};

} // namespace residuum
