#include "app/window/history_button.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/eliding_delegate.h"
#include "widgets/workspace/prompt_history.h"
#include "widgets/workspace/workspace.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

enum { Star, Prompt, Asked, Totals, Kinds, ColumnCount };

QString askedText(const AskedPrompt& entry) {
    const auto* tokenizer = entry.vocabulary ? entry.vocabulary->tokenizer.get() : nullptr;
    const auto& [target, versus] = std::pair(entry.asked.target, entry.asked.versus);
    if (!target)
        return QObject::tr("each model's top");
    const auto text = quotedToken(tokenizer, *target);
    return versus ? QObject::tr("%1 − %2").arg(text, quotedToken(tokenizer, *versus)) : text;
}

QString totalsText(const AskedPrompt& entry) {
    QStringList totals;
    for (const auto& [model, total] : entry.totals)
        totals << QStringLiteral("%1 %2").arg(model, threeDigits(total));
    return totals.join(QStringLiteral(" · "));
}

/// The tabs that have an answer.
QString tabsText(const AskedPrompt& entry, const Workspace& workspace) {
    QStringList tabs;
    for (const auto& board : workspace.boards())
        if (std::find(entry.kinds.begin(), entry.kinds.end(), board->kind()) != entry.kinds.end())
            tabs << QString::fromStdString(board->panel());
    return tabs.join(QStringLiteral(", "));
}

std::size_t placeOf(const QTreeWidgetItem* item) {
    return item->data(Star, Qt::UserRole).toULongLong();
}

} // namespace

HistoryButton::HistoryButton(Workspace& workspace, QWidget* parent)
    : QToolButton(parent), workspace_(workspace) {
    setText(QStringLiteral("◷▾"));
    setAutoRaise(true);
    setToolTip(tr("What was asked before (Ctrl+H)"));
    setAccessibleName(tr("history: what was asked before"));
    makePopup();
    connect(this, &QToolButton::clicked, this, &HistoryButton::open);
    connect(&workspace_.history(), &PromptHistory::changed, this, [this] {
        if (popup_->isVisible())
            refresh();
    });
}

void HistoryButton::makePopup() {
    popup_ = new QFrame(this, Qt::Popup);
    popup_->setFrameShape(QFrame::StyledPanel);
    popup_->setAccessibleName(tr("history"));
    search_ = new QLineEdit;
    search_->setPlaceholderText(tr("search prompts, answers and models"));
    search_->setAccessibleName(tr("search the history"));
    search_->setClearButtonEnabled(true);
    search_->installEventFilter(this);
    tree_ = new QTreeWidget;
    tree_->setAccessibleName(tr("what was asked before"));
    tree_->setColumnCount(ColumnCount);
    tree_->setHeaderLabels({tr("★"), tr("prompt"), tr("target"), tr("logits"), tr("computed")});
    tree_->setRootIsDecorated(false);
    tree_->setUniformRowHeights(true);
    tree_->setItemDelegate(new ElidingDelegate(tree_));
    tree_->setTextElideMode(Qt::ElideNone);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setSectionResizeMode(Prompt, QHeaderView::Stretch);
    tree_->installEventFilter(this);
    starShown_ = new QPushButton;
    makeSet_ = new QPushButton(tr("Make a set of the starred"));
    for (auto* button : {starShown_, makeSet_})
        button->setAutoDefault(false);
    auto* foot = new QHBoxLayout;
    foot->addWidget(starShown_);
    foot->addWidget(makeSet_);
    foot->addStretch(1);
    auto* layout = new QVBoxLayout(popup_);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addWidget(search_);
    layout->addWidget(tree_, 1);
    layout->addLayout(foot);
    connect(search_, &QLineEdit::textChanged, this, &HistoryButton::filter);
    connect(tree_, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* item, int column) {
        if (column == Star)
            toggleStar(item);
        else
            goBack(item);
    });
    connect(starShown_, &QPushButton::clicked, this, [this] {
        workspace_.history().starShown(!workspace_.history().isShownStarred());
        refresh();
    });
    connect(makeSet_, &QPushButton::clicked, this, [this] {
        popup_->hide();
        Q_EMIT setWanted();
    });
}

void HistoryButton::open() {
    const auto letter = fontMetrics().averageCharWidth();
    popup_->resize(std::min(letter * 130, window()->width() - 40),
                   fontMetrics().lineSpacing() * 18);
    search_->clear();
    refresh();
    popup_->move(mapToGlobal(QPoint(0, height())));
    popup_->show();
    search_->setFocus();
}

void HistoryButton::refresh() {
    const auto& history = workspace_.history();
    tree_->clear();
    std::size_t place = 0;
    bool starred = false;
    for (const auto& entry : history.entries()) {
        auto* item = new QTreeWidgetItem(
            {entry.isStarred ? QStringLiteral("★") : QStringLiteral("☆"), entry.asked.prompt.text,
             askedText(entry), totalsText(entry), tabsText(entry, workspace_)});
        item->setData(Star, Qt::UserRole, static_cast<qulonglong>(place++));
        item->setData(Star, Qt::AccessibleTextRole,
                      entry.isStarred ? tr("starred") : tr("not starred"));
        item->setToolTip(Star, tr("Star it, or not (Space)"));
        for (const int column : {Totals, Kinds})
            item->setToolTip(column, item->text(column));
        if (!entry.asked.corrupt.text.isEmpty())
            item->setToolTip(Prompt, tr("corrupted: %1").arg(entry.asked.corrupt.text));
        tree_->addTopLevelItem(item);
        starred |= entry.isStarred;
    }
    for (const int column : {Star, Asked})
        tree_->resizeColumnToContents(column);
    // The prompt, which one looks for, has the rest; the tooltips have all of these.
    tree_->setColumnWidth(Totals, fontMetrics().averageCharWidth() * 24);
    tree_->setColumnWidth(Kinds, fontMetrics().averageCharWidth() * 16);
    starShown_->setText(history.isShownStarred() ? tr("Take the star from this question")
                                                 : tr("Star this question"));
    makeSet_->setEnabled(starred);
    makeSet_->setToolTip(starred ? QString() : tr("Star some questions first."));
    if (history.entries().empty()) {
        auto* none = new QTreeWidgetItem({QString(), tr("Nothing was asked yet.")});
        none->setFlags(Qt::NoItemFlags);
        tree_->addTopLevelItem(none);
    }
    filter();
}

void HistoryButton::filter() {
    const auto wanted = search_->text();
    QTreeWidgetItem* first = nullptr;
    for (int i = 0; i < tree_->topLevelItemCount(); ++i) {
        auto* item = tree_->topLevelItem(i);
        bool matches = wanted.isEmpty();
        for (int column = Prompt; column < ColumnCount && !matches; ++column)
            matches = item->text(column).contains(wanted, Qt::CaseInsensitive);
        item->setHidden(!matches);
        if (matches && first == nullptr)
            first = item;
    }
    tree_->setCurrentItem(first);
}

void HistoryButton::goBack(const QTreeWidgetItem* item) {
    if (item == nullptr || item->flags() == Qt::NoItemFlags || item->isHidden())
        return;
    popup_->hide();
    workspace_.history().goBackTo(placeOf(item));
}

void HistoryButton::toggleStar(const QTreeWidgetItem* item) {
    if (item == nullptr || item->flags() == Qt::NoItemFlags)
        return;
    const auto place = placeOf(item);
    const bool starred = workspace_.history().entries().at(place).isStarred;
    workspace_.history().setStarred(place, !starred);
    if (auto* same = tree_->topLevelItem(static_cast<int>(place)))
        tree_->setCurrentItem(same);
}

/// From the search field the arrows move in the list, Enter asks again.
bool HistoryButton::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress)
        return QToolButton::eventFilter(watched, event);
    const auto key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        goBack(tree_->currentItem());
        return true;
    }
    if (watched == search_ && (key == Qt::Key_Down || key == Qt::Key_Up)) {
        tree_->setFocus();
        return true;
    }
    if (watched == tree_ && key == Qt::Key_Space) {
        toggleStar(tree_->currentItem());
        return true;
    }
    if (watched == tree_ && key == Qt::Key_Delete && tree_->currentItem() != nullptr &&
        tree_->currentItem()->flags() != Qt::NoItemFlags) {
        workspace_.history().forget(placeOf(tree_->currentItem()));
        return true;
    }
    return QToolButton::eventFilter(watched, event);
}

} // namespace residuum
