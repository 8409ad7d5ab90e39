#include "widgets/panels/settings_bar.h"

#include "core/task/error.h"
#include "widgets/panels/flow_layout.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>

#include <algorithm>
#include <limits>

namespace residuum {

namespace {

/// Where a number's description has no bound: enough for a start, in a box that is not too wide.
constexpr int usualMost = 100;
/// Characters of a choice that are always seen.
constexpr int leastContents = 6;

QString toQString(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// Those that the look has, else all there are; none: they cannot be listed.
std::vector<ViewSetting::Value> valuesOf(const Setting& setting, const SettingLook& look) {
    auto values = look.values;
    if (values.empty())
        for (const auto& name : setting.choices)
            values.push_back({toQString(name), toQString(name)});
    return values;
}

/// "top k" of "top_k".
QString wordsOf(QString name) {
    return name.replace(QLatin1Char('_'), QLatin1Char(' '));
}

bool isBound(std::int64_t described) {
    return described >= std::numeric_limits<int>::min() &&
           described <= std::numeric_limits<int>::max();
}

/// A bound as described, else the usual one, but so that `value` is within.
int least(const Setting& setting, int value) {
    return isBound(setting.least) ? static_cast<int>(setting.least) : std::min(value, -usualMost);
}
int most(const Setting& setting, int value) {
    return isBound(setting.most) ? static_cast<int>(setting.most) : std::max(value, usualMost);
}

QString titleOf(const Setting& setting, const SettingLook& look) {
    if (!look.title.isEmpty())
        return look.title;
    return toQString(setting.help.empty() ? setting.name : setting.help);
}

} // namespace

SettingsBar::SettingsBar(std::vector<Setting> settings, const std::vector<SettingLook>& looks,
                         QWidget* parent)
    : QWidget(parent), settings_(std::move(settings)) {
    auto* row = new FlowLayout(this);
    row->setContentsMargins(6, 1, 6, 1);
    row->setSpacing(4);
    for (const auto& look : looks)
        add(look);
    for (const auto& setting : settings_)
        if (looks.empty() && setting.text && !setting.needsTokens)
            add({std::string(setting.name),
                 {},
                 {},
                 setting.isSwitch ? QString()
                                  : wordsOf(toQString(setting.name)) + QLatin1Char(' ')});
}

void SettingsBar::add(const SettingLook& look) {
    const auto& setting = *std::find_if(settings_.begin(), settings_.end(),
                                        [&](const auto& each) { return each.name == look.name; });
    const auto values = valuesOf(setting, look);
    const auto name = toQString(setting.name);
    auto control = [&] {
        if (!values.empty())
            return choice(setting, values);
        if (setting.isSwitch)
            return checkBox(setting, look.label.isEmpty() ? name : look.label);
        const auto label = look.label.isEmpty() ? wordsOf(name) + QLatin1Char(' ') : look.label;
        if (setting.isFraction)
            return fraction(setting, label);
        return setting.isNumber ? number(setting, label) : line(setting);
    }();
    const auto title = titleOf(setting, look);
    control.widget->setToolTip(title);
    if (qobject_cast<QCheckBox*>(control.widget) == nullptr) // whose label says what it is
        control.widget->setAccessibleName(title);
    const bool isLabelled = qobject_cast<QLineEdit*>(control.widget) != nullptr ||
                            qobject_cast<QComboBox*>(control.widget) != nullptr;
    addControl(control.widget, isLabelled ? look.label : QString());
    controls_.push_back(std::move(control));
    refresh();
}

void SettingsBar::addControl(QWidget* control, const QString& label) {
    if (label.isEmpty())
        return layout()->addWidget(control);
    auto* both = new QWidget; // so that no row breaks between them
    auto* row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    auto* name = new QLabel(label);
    name->setBuddy(control);
    row->addWidget(name);
    row->addWidget(control);
    layout()->addWidget(both);
}

SettingsBar::Control SettingsBar::choice(const Setting& setting,
                                         const std::vector<ViewSetting::Value>& values) {
    auto* box = new QComboBox;
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMinimumContentsLength(leastContents); // where there is too little room for all
    for (const auto& value : values)
        box->addItem(value.title, value.name);
    connect(box, &QComboBox::activated, this,
            [this, box, &setting] { set(setting, box->currentData().toString()); });
    return {setting, box, [box](const QString& text) {
                const int place = box->findData(text);
                box->setPlaceholderText(place < 0 ? text : QString()); // it is not offered
                box->setCurrentIndex(place);
            }};
}

SettingsBar::Control SettingsBar::checkBox(const Setting& setting, const QString& label) {
    auto* box = new QCheckBox(label);
    connect(box, &QCheckBox::clicked, this, [this, &setting](bool on) {
        set(setting, on ? QStringLiteral("true") : QStringLiteral("false"));
    });
    return {setting, box,
            [box](const QString& text) { box->setChecked(text == QLatin1String("true")); }};
}

SettingsBar::Control SettingsBar::number(const Setting& setting, const QString& prefix) {
    auto* box = new QSpinBox;
    box->setPrefix(prefix);
    box->setKeyboardTracking(false);
    connect(box, &QSpinBox::valueChanged, this,
            [this, &setting](int value) { set(setting, QString::number(value)); });
    return {setting, box, [box, &setting](const QString& text) {
                const int value = text.toInt();
                const QSignalBlocker blocker(box);
                box->setRange(least(setting, value), most(setting, value));
                if (box->value() != value) // else what is being typed would be lost
                    box->setValue(value);
            }};
}

/// Shows three decimals; more that a session has asked for stay until the user changes the number.
SettingsBar::Control SettingsBar::fraction(const Setting& setting, const QString& prefix) {
    auto* box = new QDoubleSpinBox;
    box->setPrefix(prefix);
    box->setDecimals(3);
    box->setSingleStep(0.1);
    box->setKeyboardTracking(false);
    connect(box, &QDoubleSpinBox::valueChanged, this,
            [this, &setting](double value) { set(setting, QString::number(value)); });
    return {setting, box, [box, &setting](const QString& text) {
                const double value = text.toDouble();
                const QSignalBlocker blocker(box);
                box->setRange(least(setting, 0), most(setting, static_cast<int>(value)));
                if (box->value() != value)
                    box->setValue(value);
            }};
}

SettingsBar::Control SettingsBar::line(const Setting& setting) {
    auto* edit = new QLineEdit;
    edit->setPlaceholderText(toQString(setting.name));
    connect(edit, &QLineEdit::editingFinished, this, [this, edit, &setting] {
        edit->setModified(false);
        set(setting, edit->text());
    });
    return {setting, edit, [edit](const QString& text) {
                if (!edit->isModified()) // else it is being typed
                    edit->setText(text);
            }};
}

void SettingsBar::set(const Setting& setting, const QString& text) {
    const auto before = setting.text();
    QString refusal;
    try {
        setting.parse(text.toStdString(), {});
    } catch (const UsageError& error) {
        refusal = QString::fromUtf8(error.what());
    }
    if (setting.text() != before)
        Q_EMIT edited();
    else // what was written is gone before anybody is told
        for (const auto& control : controls_)
            if (&control.setting == &setting)
                control.show(toQString(before));
    if (!refusal.isEmpty())
        Q_EMIT refused(refusal);
}

FlowLayout* SettingsBar::row() const {
    return static_cast<FlowLayout*>(layout());
}

QWidget* SettingsBar::control(const std::string& name) const {
    const auto found = std::find_if(controls_.begin(), controls_.end(), [&](const auto& control) {
        return control.setting.name == name;
    });
    return found == controls_.end() ? nullptr : found->widget;
}

void SettingsBar::refresh() {
    for (const auto& control : controls_) {
        control.show(toQString(control.setting.text()));
        control.widget->setEnabled(control.setting.counts());
    }
}

} // namespace residuum
