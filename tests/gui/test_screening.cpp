// Neurons that have no fixed direction in the logits are not offered to be screened.
#include "norm_window.h"

#include <QCheckBox>
#include <QStandardItemModel>

namespace residuum::test {
namespace {

class Screening : public NormWindow {
  protected:
    void look(const std::vector<std::string>& models) {
        open(models);
        window->showPanel(neurons());
        ASSERT_TRUE(settle());
    }
    QCheckBox& screenAll() {
        for (auto* box : neurons().findChildren<QCheckBox*>())
            if (box->text() == QStringLiteral("screen a&ll"))
                return *box;
        throw std::out_of_range("screen all");
    }
    bool offers(NeuronRank rank) {
        auto& by = called<QComboBox>(neurons(), "what the chosen neurons are ranked by");
        const auto* ranks = qobject_cast<const QStandardItemModel*>(by.model());
        return ranks->item(by.findData(QString::fromStdString(name(rank))))->isEnabled();
    }
    void set(const std::function<void(NeuronSettings&)>& change) {
        auto settings = board().settings();
        change(settings);
        board().setSettings(settings);
        ASSERT_TRUE(settle());
    }
    const AnswerStatus& status(int column) {
        return *board().status(columns()[static_cast<std::size_t>(column)].id);
    }
};

TEST_F(Screening, IsNotOfferedOfADynamicTanhAndIsAgainOfAnotherModel) {
    look({model(Sites::DynamicTanh, "dyt"), model(Sites::RmsNorm, "rms")});
    EXPECT_TRUE(status(0).complete()) << "neurons are followed all the same";
    EXPECT_FALSE(screenAll().isEnabled());
    EXPECT_TRUE(screenAll().toolTip().contains(QStringLiteral("its final site, DyT, alpha 20")))
        << screenAll().toolTip().toStdString();
    EXPECT_FALSE(offers(NeuronRank::TotalLoss));
    EXPECT_FALSE(offers(NeuronRank::TotalEntropy));
    EXPECT_TRUE(offers(NeuronRank::Norm));
    set([this](auto& settings) { settings.chosenOn = columns()[1].source.toStdString(); });
    EXPECT_TRUE(screenAll().isEnabled());
    EXPECT_TRUE(offers(NeuronRank::TotalLoss));
    EXPECT_TRUE(screenAll().toolTip().contains(QStringLiteral("with a bound")));
}

TEST_F(Screening, IsNotAskedWhereItCannotBeAndCanBeTakenBack) {
    look({model(Sites::DynamicTanh, "dyt")});
    set([](auto& settings) { settings.screen = true; }); // as a session may have it
    EXPECT_NE(status(0).state, AnswerState::Failed);
    EXPECT_TRUE(board().obstacle().contains(QStringLiteral("Take the tick from “screen all”")))
        << board().obstacle().toStdString();
    EXPECT_TRUE(screenAll().isEnabled());
    screenAll().click();
    ASSERT_TRUE(settle());
    EXPECT_FALSE(board().settings().screen);
    EXPECT_TRUE(status(0).complete());
    EXPECT_FALSE(screenAll().isEnabled());
    set([](auto& settings) { settings.by = NeuronRank::TotalLoss; });
    EXPECT_NE(status(0).state, AnswerState::Failed);
    EXPECT_TRUE(board().obstacle().contains(QStringLiteral("Rank them by another number")));
}

TEST_F(Screening, OfFollowersThatCannotIsSaidInTheirColumn) {
    look({model(Sites::RmsNorm, "rms"), model(Sites::DynamicTanh, "dyt")});
    set([](auto& settings) { settings.screen = true; });
    EXPECT_TRUE(status(0).complete());
    EXPECT_NE(status(1).state, AnswerState::Failed);
    EXPECT_TRUE(neurons().summaryShown(1).contains(QStringLiteral("dyt cannot be screened")))
        << neurons().summaryShown(1).toStdString();
}

TEST_F(Screening, IsOfTheLastLayer) {
    look({model(Sites::RmsNorm, "rms")});
    set([](auto& settings) { settings.layer = 0; });
    EXPECT_FALSE(screenAll().isEnabled());
    EXPECT_TRUE(screenAll().toolTip().contains(QStringLiteral("last layer")));
    EXPECT_FALSE(offers(NeuronRank::TotalEntropy));
}

} // namespace
} // namespace residuum::test
