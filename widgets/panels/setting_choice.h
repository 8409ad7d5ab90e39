// A setting as a control of the window.
#pragma once

#include "widgets/figure/view_settings.h"

#include <QComboBox>

namespace residuum {

/// The titles of a setting's values; each item's data is the value's name.
QComboBox* settingChoice(const ViewSetting& setting);
/// Shows a value; tells nobody.
void showChoice(QComboBox* choice, const QString& name);

} // namespace residuum
