// The panel of a question whose views are described (result_views.h): nothing of it is wired by
// hand.
#pragma once

#include "widgets/panels/answers_panel.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/result_views.h"
#include "widgets/panels/settings_bar.h"
#include "widgets/panels/table_page.h"

#include <QComboBox>
#include <QLabel>
#include <QStackedWidget>
#include <QStringList>
#include <QVBoxLayout>

#include <algorithm>
#include <vector>

namespace residuum {

/// See ViewsOf.
template <Question Q, ResultViews<Q> (*viewsOf)()>
struct DescribedViews : ViewsOf<Q, ShownPrompt> {
    using Column = NamedResult<typename Q::Result>;
    using Shown = ShownPrompt;

    /// The prompt, unless a dataset is asked about instead.
    static Shown shown(const Workspace& workspace, const QString&) {
        if constexpr (requires(const typename Q::Settings& settings) { settings.dataset; })
            if (workspace.board<Board<Q>>().settings().dataset || workspace.asksMean())
                return {};
        return {workspace.state().prompt.text};
    }
    static QString verdict(const std::vector<Column>& columns, const Shown&) {
        const auto views = viewsOf();
        return views.verdict ? views.verdict(columns) : QString();
    }
    /// The lock is of a scale of colours.
    static void ask(const Workspace&, FigureRequest& request) {
        const auto views = viewsOf();
        if (views.table(request.view) != nullptr || !views.view(request.view).hasColours())
            request.limit.reset();
    }
    static TableFigure tableOf(const QString& view, const std::vector<Column>& columns,
                               const Shown&, const std::optional<std::pair<int, int>>&) {
        const auto views = viewsOf();
        const auto* table = views.table(view);
        return table == nullptr || columns.empty() ? TableFigure() : table->table(columns);
    }
    static std::vector<FigurePanel> panels(const QString& view, const std::vector<Column>& columns,
                                           const Shown&) {
        return viewPanels(viewsOf().view(view), columns);
    }
    static ColourScale scale(const QString& view, const std::vector<Column>&, const Shown&) {
        return viewsOf().view(view).scale;
    }
    static Figure figure(const std::vector<Column>& columns, const Shown& shown,
                         const FigureRequest& request, const Provenance& provenance) {
        return viewFigure<Q>(viewsOf(), columns, request, shown.prompt, provenance);
    }
};

/// The first view above, the others in tabs below it, the settings' controls on top. GUI thread
/// only.
template <Question Q, ResultViews<Q> (*viewsOf)()>
class ViewsPanel : public AnswersPanel<DescribedViews<Q, viewsOf>> {
    using Base = AnswersPanel<DescribedViews<Q, viewsOf>>;

  public:
    using Base::details;

    explicit ViewsPanel(Workspace& workspace, QWidget* parent = nullptr)
        : Base(workspace, parent), shown_(viewsOf()), settings_(answers().settings()),
          bar_(new SettingsBar(settingsOf(settings_))) {
        QObject::connect(bar_, &SettingsBar::edited, this,
                         [this] { answers().setSettings(settings_); });
        QObject::connect(bar_, &SettingsBar::refused, &workspace, &Workspace::message);
        for (const auto& view : shown_.views)
            addView(view);
        for (const auto& table : shown_.tables)
            addTable(table);
        this->layOut(QString::fromLatin1(Q::kind), {bar_}, {300, 220});
        this->rebuild();
    }

    SettingsBar& settingsBar() const { return *bar_; }
    QString shownView() const override {
        return details()->hasFocus() ? detailView() : shown_.views.front().name;
    }
    void toggleError() override {}
    std::optional<double> numberOf(const ModelColumn& column, const Thing& thing) const override {
        const auto there = answers().result(column.id);
        return there && shown_.number ? shown_.number(*there, thing) : std::nullopt;
    }
    QString numberText() const override {
        for (const auto& column : this->workspace().columns())
            if (const auto there = answers().result(column.id); there && shown_.numberText)
                return shown_.numberText(*there);
        return {};
    }

    /// The table of a view; null: it is none. For tests.
    ThingTable* table(const QString& view) const {
        for (const auto& shown : pages_)
            if (shown.table->name == view)
                return shown.page->table();
        return nullptr;
    }

  protected:
    /// By the user, of a table with an offer: this row of what it shows.
    virtual void takeRow(const QString& /*view*/, int /*row*/) {}
    void refreshRest() override {
        for (const auto& title : titles_) {
            auto* label = title.page->title(title.row);
            label->setText(title.text);
        }
        const auto columns = this->answered();
        for (const auto& [page, table] : pages_)
            page->setNotes(table->notes && !columns.empty() ? table->notes(columns)
                                                            : QStringList());
        int place = 0;
        for (const auto* column : this->shown()) {
            const auto* info = column->info();
            const auto norm = info == nullptr ? QString()
                                              : QStringLiteral(" (%1)").arg(QString::fromStdString(
                                                    info->normalization.label()));
            for (auto* page : named_)
                page->line(0, place)->setFullText(column->head + norm, column->name,
                                                  {column->head});
            ++place;
        }
    }

  private:
    struct Tab {
        QString group;
        QStringList views{};             ///< by name
        QComboBox* choice = nullptr;     ///< of several
        QStackedWidget* pages = nullptr; ///< likewise
    };

    Board<Q>& answers() const { return this->workspace().template board<Board<Q>>(); }

    void addView(const ResultView<typename Q::Result>& view) {
        std::vector<PlotPage::Row> rows{
            {view.plot, Base::tr("%1 of %2").arg(view.description, QStringLiteral("%1")),
             view.name}};
        const bool isTexts = view.plot == PlotPage::Kind::Texts,
                   isFirst = &view == &shown_.views.front();
        rows.insert(rows.begin(), {PlotPage::Kind::Title});
        if (isFirst)
            rows.insert(rows.begin(), {PlotPage::Kind::Answer});
        if (!isTexts) // which have names of their own
            rows.insert(rows.begin(), {PlotPage::Kind::Name});
        const int title = static_cast<int>(rows.size()) - 2;
        auto* page = this->addPage(std::move(rows), isFirst && view.hasColours() ? Base::Bar::Shown
                                                    : view.hasColours()          ? Base::Bar::Own
                                                                                 : Base::Bar::Room);
        titles_.push_back({page, title, view.description});
        if (!isTexts)
            named_.push_back(page);
        if (!isFirst)
            addTab(page, view);
        details()->setVisible(details()->count() > 0);
    }

    void addTable(const ResultTable<typename Q::Result>& table) {
        auto* page = new TablePage(table.description, table.parts, table.offer);
        Base::addTable(page->table(), table.name);
        QObject::connect(page, &TablePage::taken, this,
                         [this, name = table.name](int row) { takeRow(name, row); });
        pages_.push_back({page, &table});
        addTab(page, table);
    }

    /// Of a view or a table.
    template <class View>
    void addTab(QWidget* page, const View& view) {
        const auto title = view.tab.isEmpty() ? view.description : view.tab;
        auto found = std::find_if(tabs_.begin(), tabs_.end(), [&](const Tab& tab) {
            return !view.group.isEmpty() && tab.group == view.group;
        });
        if (found == tabs_.end()) {
            found = tabs_.insert(found, Tab{view.group});
            if (view.group.isEmpty())
                details()->addTab(page, title);
            else
                addChoice(*found);
        }
        found->views << view.name;
        if (found->choice == nullptr)
            return;
        found->pages->addWidget(page);
        found->choice->addItem(title);
    }

    /// A tab in which one of several pages is chosen.
    void addChoice(Tab& tab) {
        auto* box = new QWidget;
        tab.choice = new QComboBox;
        tab.choice->setAccessibleName(tab.group);
        tab.pages = new QStackedWidget;
        auto* layout = new QVBoxLayout(box);
        layout->setContentsMargins(0, 2, 0, 0);
        layout->setSpacing(2);
        layout->addWidget(tab.choice, 0, Qt::AlignLeft);
        layout->addWidget(tab.pages, 1);
        details()->addTab(box, tab.group);
        QObject::connect(tab.choice, &QComboBox::currentIndexChanged, tab.pages,
                         [this, pages = tab.pages](int place) {
                             pages->setCurrentIndex(place);
                             this->refresh();
                         });
    }

    /// Of the tab in front.
    QString detailView() const {
        const auto& tab = tabs_[static_cast<std::size_t>(details()->currentIndex())];
        return tab.views[tab.choice == nullptr ? 0 : tab.choice->currentIndex()];
    }

    QString verdictText() const override {
        const auto text = Base::verdictText();
        return text.isEmpty() ? text : onePromptText<Q>(this->workspace()) + text;
    }
    QString differenceText(const QString& view) const override {
        return shown_.description(view).toHtmlEscaped();
    }
    void refreshChoices() override {
        settings_ = answers().settings();
        bar_->refresh();
    }
    struct Title {
        PlotPage* page;
        int row;
        QString text;
    };

    struct ShownTable {
        TablePage* page;
        const ResultTable<typename Q::Result>* table; ///< in shown_
    };

    ResultViews<Q> shown_;
    std::vector<Title> titles_;
    std::vector<ShownTable> pages_;
    std::vector<Tab> tabs_;
    typename Q::Settings settings_; ///< as the controls have them
    SettingsBar* bar_;
    std::vector<PlotPage*> named_; ///< pages with a line of names
};

} // namespace residuum
