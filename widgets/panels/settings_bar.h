// Controls of settings, made from their descriptions.
#pragma once

#include "analysis/question/settings.h"
#include "widgets/figure/view_settings.h"
#include "widgets/panels/flow_layout.h"

#include <QString>
#include <QWidget>

#include <functional>
#include <string>
#include <vector>

namespace residuum {

/// A named value's name, as settings have it.
template <Named Enum>
QString nameOf(Enum value) {
    return QString::fromStdString(name(value));
}

/// How a setting looks where its name and its values' names are not enough.
struct SettingLook {
    std::string name;
    QString title{};                          ///< tooltip; "": the setting's help, else its name
    std::vector<ViewSetting::Value> values{}; ///< offered; a switch's: "true" and "false"
    QString label{};                          ///< before a number, text or choice, beside a switch
};

/// Only what the user touched changes: a control may show less than a session has asked for. A
/// setting that does not count is disabled. GUI thread only.
class SettingsBar : public QWidget {
    Q_OBJECT

  public:
    /// Those that `looks` has, in its order; without looks all that a text says and that name no
    /// token (the document has these). What they are bound to must outlive this.
    explicit SettingsBar(std::vector<Setting> settings, const std::vector<SettingLook>& looks = {},
                         QWidget* parent = nullptr);

    /// One more, after what is there. The setting must be one of those given.
    void add(const SettingLook& look);
    /// Another control, after what is there; `label` before it unless "".
    void addControl(QWidget* control, const QString& label = {});
    /// The controls from left to right and from line to line, for others among them.
    FlowLayout* row() const;
    /// Null: there is none.
    QWidget* control(const std::string& name) const;
    /// Shows what is set; leaves alone a text that is being edited.
    void refresh();

  Q_SIGNALS:
    void edited(); ///< the user gave one setting another value; the owner refreshes
    /// Of a text that says no value, in a sentence; the setting is as before.
    void refused(const QString& sentence);

  private:
    struct Control {
        const Setting& setting;
        QWidget* widget;
        std::function<void(const QString& text)> show; ///< tells nobody
    };

    Control choice(const Setting& setting, const std::vector<ViewSetting::Value>& values);
    Control checkBox(const Setting& setting, const QString& label);
    Control number(const Setting& setting, const QString& prefix);
    Control fraction(const Setting& setting, const QString& prefix);
    Control line(const Setting& setting);
    /// By the user.
    void set(const Setting& setting, const QString& text);

    const std::vector<Setting> settings_;
    std::vector<Control> controls_;
};

} // namespace residuum
