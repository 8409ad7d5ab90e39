#include "widgets/panels/pin_list.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/plots/pin_mark.h"
#include "widgets/text/counts.h"
#include "widgets/text/eliding.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QInputDialog>
#include <QKeyEvent>
#include <QMenu>
#include <QSignalBlocker>

#include <algorithm>
#include <map>
#include <utility>

namespace residuum {

namespace {

enum Column { Name, Remove, FirstModel };

QString noNumber() {
    return QStringLiteral("–");
}

/// What is edited is the note, what is shown the name with it.
class PinItem : public QTreeWidgetItem {
  public:
    PinItem(Workspace& workspace, const Pin& pin) : workspace_(workspace), pin_(pin) {
        setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable);
        setText(Name, pinName(pin));
        setToolTip(Name, pinName(pin));
        setText(Remove, QStringLiteral("×"));
        setToolTip(Remove, PinList::tr("Unpin (Delete)"));
        setTextAlignment(Remove, Qt::AlignCenter);
    }
    const Thing& thing() const { return pin_.thing; }
    QVariant data(int column, int role) const override {
        return column == Name && role == Qt::EditRole ? QVariant(pin_.note)
                                                      : QTreeWidgetItem::data(column, role);
    }
    void setData(int column, int role, const QVariant& value) override {
        if (column != Name || role != Qt::EditRole)
            return QTreeWidgetItem::setData(column, role, value);
        // Later: the list is made anew, and the editor is still open.
        QMetaObject::invokeMethod(
            &workspace_,
            [&workspace = workspace_, thing = pin_.thing, note = value.toString().trimmed()] {
                workspace.setNote(thing, note);
            },
            Qt::QueuedConnection);
    }

  private:
    Workspace& workspace_;
    Pin pin_;
};

} // namespace

PinList::PinList(Workspace& workspace, QWidget* parent)
    : QTreeWidget(parent), workspace_(workspace) {
    setRootIsDecorated(false);
    setIndentation(fontMetrics().averageCharWidth());
    setItemsExpandable(false);
    setSelectionMode(ExtendedSelection);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setEditTriggers(NoEditTriggers);
    setMouseTracking(true);
    setAccessibleName(tr("pinned components"));
    setToolTip(tr("Click a pin to show it, double click to name it; × or Delete unpins it; Ctrl+G "
                  "gathers those that are selected in a group"));
    header()->setSectionsMovable(false);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(fontMetrics().averageCharWidth() * 2);
    header()->setMaximumSectionSize(fontMetrics().averageCharWidth() * 22);
    connect(this, &QTreeWidget::currentItemChanged, this, [this](const QTreeWidgetItem* item) {
        if (const auto thing = thingOf(item))
            workspace_.select(*thing);
    });
    connect(this, &QTreeWidget::itemClicked, this, [this](const QTreeWidgetItem* item, int column) {
        const auto thing = thingOf(item);
        if (thing && column == Remove)
            return unpinLater(*thing);
        if (thing)
            workspace_.select(*thing);
    });
    connect(this, &QTreeWidget::itemDoubleClicked, this, [this](QTreeWidgetItem* item, int column) {
        if (column == Name && thingOf(item))
            editItem(item, Name);
    });
    connect(this, &QTreeWidget::itemEntered, this,
            [this](const QTreeWidgetItem* item) { workspace_.setHovered(thingOf(item)); });
}

std::optional<Thing> PinList::thingOf(const QTreeWidgetItem* item) const {
    const auto* pin = dynamic_cast<const PinItem*>(item);
    return pin == nullptr ? std::nullopt : std::optional(pin->thing());
}

/// Not while the list itself handles the event that says so.
void PinList::unpinLater(const Thing& thing) {
    workspace_.setHovered(std::nullopt);
    QMetaObject::invokeMethod(
        this, [this, thing] { workspace_.unpin(thing); }, Qt::QueuedConnection);
}

QSize PinList::sizeHint() const {
    return {QTreeWidget::sizeHint().width(), 8 * fontMetrics().height()};
}

void PinList::keyPressEvent(QKeyEvent* event) {
    const auto thing = thingOf(currentItem());
    if (thing && (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace))
        return unpinLater(*thing);
    if (thing && event->key() == Qt::Key_F2)
        return editItem(currentItem(), Name);
    if (event->key() == Qt::Key_G && event->modifiers() == Qt::ControlModifier)
        return askGroup();
    QTreeWidget::keyPressEvent(event);
}

bool PinList::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave)
        workspace_.setHovered(std::nullopt);
    return QTreeWidget::viewportEvent(event);
}

std::vector<QTreeWidgetItem*> PinList::pinItems() const {
    std::vector<QTreeWidgetItem*> items;
    for (int i = 0; i < topLevelItemCount(); ++i) {
        auto* item = topLevelItem(i);
        if (thingOf(item))
            items.push_back(item);
        for (int k = 0; k < item->childCount(); ++k)
            items.push_back(item->child(k));
    }
    return items;
}

std::vector<Thing> PinList::chosen() const {
    std::vector<Thing> things;
    for (auto* item : pinItems())
        if (item->isSelected())
            things.push_back(*thingOf(item));
    return things;
}

void PinList::askGroup() {
    const auto things = chosen();
    if (things.empty())
        return;
    QString problem;
    auto name = workspace_.pinOf(things.front())->group;
    do {
        bool isGiven = false;
        name =
            QInputDialog::getText(
                this, tr("Group of pins"),
                problem.isEmpty()
                    ? tr("Name of the %1 together").arg(countText(qint64(things.size()), tr("pin")))
                    : tr("That cannot be its name: %1").arg(problem),
                QLineEdit::Normal, name, &isGiven)
                .trimmed();
        if (!isGiven)
            return;
        problem = QString::fromStdString(groupNameProblem(name.toStdString()));
    } while (!problem.isEmpty());
    workspace_.setGroup(things, name);
}

void PinList::addGroupActions(QMenu& menu) {
    const auto things = chosen();
    QStringList names;
    bool any = false;
    for (const auto& pin : workspace_.state().pins) {
        const bool isChosen = std::find(things.begin(), things.end(), pin.thing) != things.end();
        any |= isChosen && !pin.group.isEmpty();
        if (!pin.group.isEmpty() && !names.contains(pin.group))
            names << pin.group;
    }
    menu.addAction(tr("&Group …\tCtrl+G"), this, &PinList::askGroup)->setEnabled(!things.empty());
    for (const auto& name : names)
        menu.addAction(tr("Into the group %1").arg(QString(name).replace('&', "&&")), this,
                       [this, things, name] { workspace_.setGroup(things, name); })
            ->setEnabled(!things.empty());
    if (any)
        menu.addAction(tr("&Ungroup"), this, [this, things] { workspace_.setGroup(things, {}); });
    menu.addSeparator();
}

void PinList::contextMenuEvent(QContextMenuEvent* event) {
    auto* item =
        event->reason() == QContextMenuEvent::Keyboard ? currentItem() : itemAt(event->pos());
    const auto thing = thingOf(item);
    QMenu menu;
    if (thing) {
        menu.addAction(tr("&Name …"), this, [this, item] { editItem(item, Name); });
        menu.addAction(tr("&Unpin"), this, [this, thing] { unpinLater(*thing); });
        menu.addAction(tr("Copy &values"), this, [item] {
            QStringList cells{item->text(Name)};
            for (int c = FirstModel; c < item->columnCount(); ++c)
                cells << item->text(c);
            QApplication::clipboard()->setText(cells.join(QLatin1Char('\t')));
        });
        menu.addSeparator();
    }
    addGroupActions(menu);
    menu.addAction(tr("&Clear all pins"), &workspace_, &Workspace::unpinAll)
        ->setEnabled(!workspace_.state().pins.empty());
    menu.exec(event->globalPos());
}

QTreeWidgetItem* PinList::makePin(const Pin& pin) {
    auto* item = new PinItem(workspace_, pin);
    const auto letter = pinPixmap(pin, font(), devicePixelRatioF());
    setIconSize(iconSize().expandedTo(letter.size() / letter.devicePixelRatio()));
    QIcon icon(letter);
    icon.addPixmap(letter, QIcon::Selected); // in its own colour there too
    item->setIcon(Name, icon);
    return item;
}

/// Groups first, each over its pins.
void PinList::rebuild() {
    shown_ = workspace_.state().pins;
    clear();
    std::map<QString, QTreeWidgetItem*> groups;
    for (const auto& pin : shown_) {
        auto& group = groups[pin.group];
        if (pin.group.isEmpty() || group != nullptr)
            continue;
        group = new QTreeWidgetItem({pin.group});
        group->setFlags(Qt::ItemIsEnabled);
        addTopLevelItem(group);
    }
    for (const auto& pin : shown_)
        if (auto* group = groups.at(pin.group))
            group->addChild(makePin(pin));
        else
            addTopLevelItem(makePin(pin));
    expandAll();
}

void PinList::showNumbers(QTreeWidgetItem& item,
                          const std::function<QString(const ModelColumn&)>& text,
                          const PinNumbers& numbers) {
    int place = FirstModel;
    for (const auto& column : workspace_.columns()) {
        item.setText(place, text(column));
        item.setTextAlignment(place, Qt::AlignRight | Qt::AlignVCenter);
        const bool isStale = numbers.stale && numbers.stale(column);
        item.setForeground(place, palette().color(isStale ? QPalette::Disabled : QPalette::Active,
                                                  QPalette::Text));
        ++place;
    }
}

/// Of a group, or of all pins.
void PinList::showSum(QTreeWidgetItem& item, const std::vector<QTreeWidgetItem*>& of,
                      const PinNumbers& numbers) {
    item.setToolTip(Name, tr("sum of the pins' numbers: %1").arg(numbers.what));
    showNumbers(
        item,
        [&](const ModelColumn& column) {
            double sum = 0.0;
            int count = 0;
            for (const auto* pin : of)
                if (const auto value =
                        numbers.of ? numbers.of(column, *thingOf(pin)) : std::nullopt) {
                    sum += *value;
                    ++count;
                }
            return numbers.addUp && count > 0 ? threeDigits(sum) : noNumber();
        },
        numbers);
    auto bold = font();
    bold.setBold(true);
    for (int c = 0; c < columnCount(); ++c)
        item.setFont(c, bold);
}

/// All models' numbers are seen at once where they have room; names give way to them.
void PinList::fitColumns(const QStringList& heads) {
    int all = 0;
    for (int c = 0; c < columnCount(); ++c) {
        resizeColumnToContents(c);
        all += columnWidth(c);
    }
    const int models = columnCount() - FirstModel;
    if (all <= viewport()->width() || models == 0)
        return;
    const int own = columnWidth(Name) + columnWidth(Remove);
    const int most = (viewport()->width() - own) / models;
    const int margins = header()->sectionSizeHint(Remove); // of a head without a name
    for (int c = FirstModel; c < columnCount(); ++c) {
        const int readable = margins + 8 * header()->fontMetrics().averageCharWidth();
        const int width =
            std::min(columnWidth(c), std::max({most, sizeHintForColumn(c), readable}));
        headerItem()->setText(c, elided(header()->fontMetrics(), heads[c], width - margins));
        setColumnWidth(c, width);
    }
}

void PinList::refresh(const PinNumbers& numbers) {
    const QSignalBlocker blocker(this);
    const auto& columns = workspace_.columns();
    QStringList heads{tr("pin"), QString()};
    for (const auto& column : columns)
        heads << column.head;
    const bool isEmpty = shown_.empty() && workspace_.state().pins.empty();
    if (const bool isSame = heads == std::exchange(heads_, heads); isEmpty && isSame)
        return;
    setColumnCount(static_cast<int>(heads.size()));
    setHeaderLabels(heads);
    headerItem()->setToolTip(Name, numbers.what);
    for (int c = FirstModel; c < heads.size(); ++c)
        headerItem()->setToolTip(c, columns[static_cast<std::size_t>(c - FirstModel)].name +
                                        QStringLiteral(": ") + numbers.what);
    if (shown_ != workspace_.state().pins)
        rebuild();
    if (auto* last = topLevelItem(topLevelItemCount() - 1);
        last != nullptr && !thingOf(last) && last->childCount() == 0)
        delete last; // the sum of all
    for (auto* item : pinItems())
        showNumbers(
            *item,
            [&](const ModelColumn& column) {
                const auto value = numbers.of ? numbers.of(column, *thingOf(item)) : std::nullopt;
                return value ? threeDigits(*value) : noNumber();
            },
            numbers);
    for (int i = 0; i < topLevelItemCount(); ++i) {
        auto* group = topLevelItem(i);
        std::vector<QTreeWidgetItem*> members;
        for (int k = 0; k < group->childCount(); ++k)
            members.push_back(group->child(k));
        if (!members.empty())
            showSum(*group, members, numbers);
    }
    if (numbers.addUp && pinItems().size() > 1) {
        auto* sum = new QTreeWidgetItem({tr("sum")});
        sum->setFlags(Qt::ItemIsEnabled);
        addTopLevelItem(sum);
        showSum(*sum, pinItems(), numbers);
    }
    fitColumns(heads);
    if (thingOf(currentItem()) == workspace_.selected())
        return; // others may be selected beside it
    for (auto* item : pinItems())
        if (thingOf(item) == workspace_.selected())
            setCurrentItem(item);
}

} // namespace residuum
