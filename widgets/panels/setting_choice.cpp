#include "widgets/panels/setting_choice.h"

#include <algorithm>

namespace residuum {

QComboBox* settingChoice(const ViewSetting& setting) {
    auto* choice = new QComboBox;
    for (const auto& value : setting.values)
        choice->addItem(value.title, value.name);
    choice->setAccessibleName(setting.title);
    choice->setToolTip(setting.title);
    return choice;
}

void showChoice(QComboBox* choice, const QString& name) {
    choice->setCurrentIndex(std::max(0, choice->findData(name)));
}

} // namespace residuum
