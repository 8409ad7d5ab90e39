#include "widgets/panels/pin_list.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/plots/pin_mark.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QSignalBlocker>

#include <algorithm>

namespace residuum {

namespace {

enum Column { Name, Remove, FirstModel };

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
    setIndentation(0);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setEditTriggers(NoEditTriggers);
    setMouseTracking(true);
    setAccessibleName(tr("pinned components"));
    setToolTip(tr("Click a pin to show it, double click to name it; × or Delete unpins it"));
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
    QTreeWidget::keyPressEvent(event);
}

bool PinList::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave)
        workspace_.setHovered(std::nullopt);
    return QTreeWidget::viewportEvent(event);
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
    menu.addAction(tr("&Clear all pins"), &workspace_, &Workspace::unpinAll)
        ->setEnabled(!workspace_.state().pins.empty());
    menu.exec(event->globalPos());
}

void PinList::rebuild() {
    shown_ = workspace_.state().pins;
    clear();
    for (const auto& pin : shown_) {
        auto* item = new PinItem(workspace_, pin);
        const auto letter = pinPixmap(pin, font(), devicePixelRatioF());
        setIconSize(iconSize().expandedTo(letter.size() / letter.devicePixelRatio()));
        QIcon icon(letter);
        icon.addPixmap(letter, QIcon::Selected); // in its own colour there too
        item->setIcon(Name, icon);
        addTopLevelItem(item);
    }
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

void PinList::refresh(const PinNumbers& numbers) {
    const QSignalBlocker blocker(this);
    const auto& columns = workspace_.columns();
    QStringList heads{tr("pin"), QString()};
    for (const auto& column : columns)
        heads << column.name;
    setColumnCount(static_cast<int>(heads.size()));
    setHeaderLabels(heads);
    headerItem()->setToolTip(Name, numbers.what);
    for (int c = FirstModel; c < heads.size(); ++c)
        headerItem()->setToolTip(c, heads[c] + QStringLiteral(": ") + numbers.what);
    if (shown_ != workspace_.state().pins)
        rebuild();
    const auto none = QStringLiteral("–");
    std::vector<double> sums(columns.size(), 0.0);
    std::vector<int> counts(columns.size(), 0);
    for (int i = 0; i < static_cast<int>(shown_.size()); ++i) {
        std::size_t place = 0;
        const auto& thing = shown_[static_cast<std::size_t>(i)].thing;
        const auto textOf = [&](const ModelColumn& column) {
            const auto value = numbers.of ? numbers.of(column, thing) : std::nullopt;
            sums[place] += value.value_or(0.0);
            counts[place++] += value ? 1 : 0;
            return value ? threeDigits(*value) : none;
        };
        showNumbers(*topLevelItem(i), textOf, numbers);
    }
    delete takeTopLevelItem(static_cast<int>(shown_.size()));
    if (numbers.addUp && std::any_of(counts.begin(), counts.end(), [](int n) { return n > 1; })) {
        auto* sum = new QTreeWidgetItem({tr("sum")});
        sum->setFlags(Qt::ItemIsEnabled);
        sum->setToolTip(Name, tr("of the pins' numbers: %1").arg(numbers.what));
        addTopLevelItem(sum);
        std::size_t place = 0;
        const auto textOf = [&](const ModelColumn&) {
            const auto at = place++;
            return counts[at] > 0 ? threeDigits(sums[at]) : none;
        };
        showNumbers(*sum, textOf, numbers);
        auto bold = font();
        bold.setBold(true);
        for (int c = 0; c < columnCount(); ++c)
            sum->setFont(c, bold);
    }
    for (int c = 0; c < columnCount(); ++c)
        resizeColumnToContents(c);
    const auto selected = workspace_.selected();
    for (int i = 0; i < static_cast<int>(shown_.size()); ++i)
        if (selected == shown_[static_cast<std::size_t>(i)].thing)
            setCurrentItem(topLevelItem(i));
}

} // namespace residuum
