#include "widgets/panels/settings_bar.h"

#include "core/text/names.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include <gtest/gtest.h>

#include <array>
#include <optional>

namespace residuum {

enum class Fruit { Apple, Pear, Plum };
template <>
struct NamesOf<Fruit> {
    static constexpr std::array<std::pair<Fruit, std::string_view>, 3> list{
        {{Fruit::Apple, "apple"}, {Fruit::Pear, "pear"}, {Fruit::Plum, "plum"}}};
};

namespace {

struct Asked {
    Fruit fruit = Fruit::Apple;
    bool peeled = false;
    bool cut = false;
    int count = 3;
    int extra = 0;
    PositionChoice position;
    std::vector<Fruit> others{Fruit::Pear};
    std::optional<TokenId> token;
    double ripe = 0.25;

    static constexpr auto fields() {
        using A = Asked;
        return std::tuple{
            field(&A::fruit, "fruit", "--fruit", "what is asked for"),
            field(&A::peeled, "peeled"),
            field(&A::cut, "cut"),
            field(&A::count, "count").within(1, 5),
            field(&A::extra, "extra").where([](const A& asked) { return asked.cut; }, "--cut"),
            field(&A::position, "position"),
            field(&A::others, "others"),
            field(&A::token, "token"),
            field(&A::ripe, "how_ripe").within(0, 2)};
    }

    friend bool operator==(const Asked&, const Asked&) = default;
};

class SettingsBarOf : public ::testing::Test {
  protected:
    SettingsBarOf() { QObject::connect(&bar, &SettingsBar::edited, &bar, &SettingsBar::refresh); }

    template <class Widget>
    Widget& control(const std::string& name) {
        auto* widget = qobject_cast<Widget*>(bar.control(name));
        EXPECT_NE(widget, nullptr) << name;
        return *widget;
    }
    static void choose(QComboBox& box, const char* value) {
        box.setCurrentIndex(box.findData(QString::fromLatin1(value)));
        Q_EMIT box.activated(box.currentIndex());
    }
    static void write(QLineEdit& edit, const char* text) {
        edit.clear();
        QTest::keyClicks(&edit, QString::fromLatin1(text));
        QTest::keyClick(&edit, Qt::Key_Return);
    }
    /// As a session may have it: more than controls can show.
    static Asked much() {
        Asked much;
        much.fruit = Fruit::Plum;
        much.count = 9;
        much.extra = 4000;
        much.position = {true};
        much.others = {Fruit::Plum, Fruit::Apple};
        much.token = TokenId(5);
        return much;
    }

    Asked asked;
    SettingsBar bar{settingsOf(asked)};
    QSignalSpy edited{&bar, &SettingsBar::edited};
    QSignalSpy refused{&bar, &SettingsBar::refused};
};

TEST_F(SettingsBarOf, EverySettingHasTheControlOfItsKindWithoutBeingToldMore) {
    EXPECT_EQ(control<QComboBox>("fruit").count(), 3);
    EXPECT_EQ(control<QComboBox>("fruit").toolTip(), QStringLiteral("what is asked for"));
    EXPECT_EQ(control<QComboBox>("fruit").accessibleName(), QStringLiteral("what is asked for"));
    EXPECT_EQ(control<QCheckBox>("peeled").text(), QStringLiteral("peeled"));
    EXPECT_EQ(control<QSpinBox>("count").minimum(), 1);
    EXPECT_EQ(control<QSpinBox>("count").maximum(), 5);
    EXPECT_EQ(control<QSpinBox>("count").text(), QStringLiteral("count 3"));
    EXPECT_EQ(control<QSpinBox>("extra").maximum(), 100) << "a usual bound";
    EXPECT_EQ(control<QLineEdit>("position").text(), QStringLiteral("-1"));
    EXPECT_EQ(control<QLineEdit>("others").text(), QStringLiteral("pear"));
    EXPECT_EQ(control<QDoubleSpinBox>("how_ripe").text(), QStringLiteral("how ripe 0.250"));
    EXPECT_EQ(control<QDoubleSpinBox>("how_ripe").maximum(), 2.0);
    EXPECT_EQ(bar.control("token"), nullptr) << "the document has these";
    EXPECT_EQ(bar.control("nothing"), nullptr);
}

TEST_F(SettingsBarOf, ANumberThatNeedNotBeWholeKeepsWhatItCannotShow) {
    asked.ripe = 0.123456;
    bar.refresh();
    EXPECT_EQ(asked.ripe, 0.123456);
    control<QDoubleSpinBox>("how_ripe").setValue(1.5);
    EXPECT_EQ(asked.ripe, 1.5);
    EXPECT_EQ(edited.size(), 1);
}

TEST_F(SettingsBarOf, WhatIsSetIsShownAndNobodyIsTold) {
    asked = much();
    asked.count = 4;
    asked.peeled = true;
    bar.refresh();
    EXPECT_EQ(control<QComboBox>("fruit").currentText(), QStringLiteral("plum"));
    EXPECT_TRUE(control<QCheckBox>("peeled").isChecked());
    EXPECT_EQ(control<QSpinBox>("count").value(), 4);
    EXPECT_EQ(control<QSpinBox>("extra").value(), 4000) << "what is set, though it is much";
    EXPECT_EQ(control<QLineEdit>("position").text(), QStringLiteral("all"));
    EXPECT_EQ(control<QLineEdit>("others").text(), QStringLiteral("plum,apple"));
    EXPECT_TRUE(edited.empty());
}

TEST_F(SettingsBarOf, EachControlTouchesOnlyItsOwnSetting) {
    const auto expectOnly = [&](const std::function<void()>& touch, auto change) {
        auto right = asked = much();
        bar.refresh();
        edited.clear();
        touch();
        change(right);
        EXPECT_EQ(asked, right);
        EXPECT_EQ(edited.size(), 1);
    };
    expectOnly([&] { choose(control<QComboBox>("fruit"), "pear"); },
               [](Asked& right) { right.fruit = Fruit::Pear; });
    expectOnly([&] { control<QCheckBox>("peeled").click(); },
               [](Asked& right) { right.peeled = true; });
    expectOnly([&] { control<QSpinBox>("count").stepDown(); },
               [](Asked& right) { right.count = 4; });
    expectOnly([&] { write(control<QLineEdit>("position"), "3"); },
               [](Asked& right) {
                   right.position = {false, 3};
               });
    expectOnly([&] { write(control<QLineEdit>("others"), "pear,plum"); },
               [](Asked& right) {
                   right.others = {Fruit::Pear, Fruit::Plum};
               });
    EXPECT_TRUE(refused.empty());
}

TEST_F(SettingsBarOf, TheSameValueAgainIsNoEdit) {
    choose(control<QComboBox>("fruit"), "apple");
    write(control<QLineEdit>("position"), "-01");
    EXPECT_EQ(control<QLineEdit>("position").text(), QStringLiteral("-1"));
    EXPECT_TRUE(edited.empty());
}

TEST_F(SettingsBarOf, ATextThatSaysNoValueIsRefusedAndTheOldOneComesBack) {
    auto& edit = control<QLineEdit>("others");
    QString shown;
    QObject::connect(&bar, &SettingsBar::refused, &bar, [&] { shown = edit.text(); });
    write(edit, "pear,stone");
    ASSERT_EQ(refused.size(), 1);
    const auto sentence = refused.front().front().toString();
    EXPECT_EQ(sentence, QStringLiteral("others stone: unknown; there are apple, pear, plum"));
    EXPECT_EQ(shown, QStringLiteral("pear"));
    EXPECT_EQ(asked, Asked());
    EXPECT_TRUE(edited.empty());
}

TEST_F(SettingsBarOf, WhatIsBeingTypedStaysWhenOthersRefresh) {
    auto& edit = control<QLineEdit>("position");
    edit.clear();
    QTest::keyClicks(&edit, QStringLiteral("al"));
    auto& box = control<QSpinBox>("count");
    auto& digits = *box.findChild<QLineEdit*>();
    digits.selectAll();
    QTest::keyClicks(&digits, QStringLiteral("5"));
    bar.refresh();
    QTest::keyClicks(&edit, QStringLiteral("l"));
    QTest::keyClick(&edit, Qt::Key_Return);
    QTest::keyClick(&digits, Qt::Key_Return);
    EXPECT_TRUE(asked.position.all);
    EXPECT_EQ(asked.count, 5);
}

TEST_F(SettingsBarOf, WhatDoesNotCountIsDisabled) {
    EXPECT_FALSE(control<QSpinBox>("extra").isEnabled());
    control<QCheckBox>("cut").click();
    EXPECT_TRUE(control<QSpinBox>("extra").isEnabled());
}

TEST_F(SettingsBarOf, LooksChooseOrderTitlesAndValues) {
    SettingsBar looking(settingsOf(asked),
                        {{"count", QStringLiteral("how many"), {}, QStringLiteral("n = ")},
                         {"peeled",
                          QStringLiteral("the peel"),
                          {{QStringLiteral("false"), QStringLiteral("with its peel")},
                           {QStringLiteral("true"), QStringLiteral("peeled")}}},
                         {"fruit",
                          QStringLiteral("fruit"),
                          {{QStringLiteral("pear"), QStringLiteral("a pear")},
                           {QStringLiteral("apple"), QStringLiteral("an apple")}}}});
    looking.add({"cut", QStringLiteral("in parts"), {}, QStringLiteral("&cut")});
    const auto& count = *qobject_cast<QSpinBox*>(looking.control("count"));
    EXPECT_EQ(count.text(), QStringLiteral("n = 3"));
    EXPECT_EQ(count.toolTip(), QStringLiteral("how many"));
    auto& peeled = *qobject_cast<QComboBox*>(looking.control("peeled"));
    EXPECT_EQ(peeled.currentText(), QStringLiteral("with its peel"));
    choose(peeled, "true");
    EXPECT_TRUE(asked.peeled);
    EXPECT_EQ(qobject_cast<QCheckBox*>(looking.control("cut"))->text(), QStringLiteral("&cut"));
    EXPECT_EQ(looking.control("position"), nullptr);
    const char* order[] = {"count", "peeled", "fruit", "cut"};
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(looking.row()->itemAt(i)->widget(), looking.control(order[i]));
    const auto& fruit = *qobject_cast<QComboBox*>(looking.control("fruit"));
    EXPECT_EQ(fruit.currentText(), QStringLiteral("an apple"));
    asked.fruit = Fruit::Plum;
    looking.refresh();
    EXPECT_EQ(fruit.currentIndex(), -1) << "it is not offered";
    EXPECT_EQ(fruit.placeholderText(), QStringLiteral("plum"));
}

} // namespace
} // namespace residuum
