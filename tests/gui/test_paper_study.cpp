// The paper's study of attribution patching (arXiv 2507.02559) in the real window, by clicks, and
// by the one command that the window names: the same numbers, figures of the same bytes.
#include "app/run_program.h"
#include "app/window/set_band.h"
#include "app/window/set_dialogs.h"
#include "core/store/hdf5_reader.h"
#include "widgets/figure/figure_export.h"
#include "widgets/panels/patching_panel.h"
#include "window_fixture.h"

#include <QAction>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QMenuBar>
#include <QPushButton>
#include <QSpinBox>

#include <cmath>
#include <fstream>
#include <iterator>

namespace residuum::test {
namespace {

/// Numbers of which NaN equals NaN.
std::vector<std::string> exactly(const std::vector<double>& values) {
    std::vector<std::string> texts;
    for (const double value : values) {
        char text[40];
        std::snprintf(text, sizeof text, "%a", value);
        texts.emplace_back(text);
    }
    return texts;
}

class PaperStudy : public WindowTest {
  protected:
    PatchingBoard& board() { return workspace().board<PatchingBoard>(); }

    QAction* action(const QString& text) {
        for (auto* each : window->findChildren<QAction*>())
            if (QString(each->text()).remove(QLatin1Char('&')) == text)
                return each;
        throw std::out_of_range(text.toStdString());
    }

    void makeSet(int pairs) {
        action(QStringLiteral("Make a set of prompts …"))->trigger();
        auto* dialog = window->findChild<MakeSetDialog*>();
        ASSERT_NE(dialog, nullptr);
        dialog->findChildren<QSpinBox*>().front()->setValue(pairs);
        dialog->findChild<QCheckBox*>()->setChecked(true);
        ASSERT_EQ(dialog->choice().generated->count, pairs);
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok),
                          Qt::LeftButton);
        ASSERT_TRUE(settle());
        ASSERT_TRUE(workspace().askedSet());
        ASSERT_EQ(workspace().askedSet()->size(), pairs);
    }

    bool complete() {
        return waitFor(
            [this] {
                if (workspace().busy())
                    return false;
                for (const auto& column : columns())
                    if (const auto* there = board().answer(column.id);
                        there == nullptr || !there->complete())
                        return false;
                return true;
            },
            120'000);
    }

    /// Runs the window's command with its result somewhere else; the exit status.
    int run(const QString& command, const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments;
        for (const auto& word : command.split(QLatin1Char(' ')))
            arguments.push_back(word.toStdString());
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.emplace_back("--quiet");
        std::vector<char*> raw;
        for (auto& each : arguments)
            raw.push_back(each.data());
        return runProgram(static_cast<int>(raw.size()), raw.data(), list);
    }

    std::string file(const char* name) const { return (folder.path() / name).string(); }
};

TEST_F(PaperStudy, WindowAndCommandGiveTheSameNumbersAndFigures) {
    openDemo();
    makeSet(RESIDUUM_STUDY_PAIRS);
    auto& patching = window->panel<PatchingPanel>();
    window->showPanel(patching);
    ASSERT_TRUE(complete());
    board().save(QString::fromStdString(file("window.h5")));
    ASSERT_TRUE(settle());

    auto command = board().command();
    EXPECT_TRUE(command.contains(QStringLiteral("--task ioi-paper"))) << command.toStdString();
    EXPECT_TRUE(command.contains(QStringLiteral("--bos"))) << command.toStdString();
    ASSERT_TRUE(command.endsWith(QStringLiteral(" -o patch.h5"))) << command.toStdString();
    command.chop(8);
    ASSERT_EQ(run(command + QString::fromStdString(file("command.h5")), {"--no-cache"}), 0);

    const Hdf5Reader ofWindow(file("window.h5")), ofCommand(file("command.h5"));
    EXPECT_EQ(ofWindow.textAttribute("/", "key"), ofCommand.textAttribute("/", "key"));
    EXPECT_EQ(ofWindow.textAttribute("/", "request"), ofCommand.textAttribute("/", "request"));
    for (const std::string model : {"original", "vanilla", "ln-free"})
        for (const std::string what :
             {"/clean_metric", "/corrupt_metric", "/exact/resid_pre", "/attribution/resid_pre",
              "/statistics/exact/resid_pre/mean", "/statistics/exact/resid_pre/ci95",
              "/statistics/exact/resid_pre/p", "/statistics/attribution/resid_pre/q"}) {
            const auto place = "/models/" + model + what;
            EXPECT_EQ(exactly(ofWindow.numbers(place).values),
                      exactly(ofCommand.numbers(place).values))
                << place;
        }
    for (const auto& view : {PatchingViews::exact, PatchingViews::agreement, PatchingViews::layers,
                             PatchingViews::improvement}) {
        FigureRequest request;
        request.view = view;
        const auto csv = figureCsv(patching.figure(request));
        const auto name = file("figure.csv");
        ASSERT_EQ(run(QStringLiteral("residuum figure %1 --kind %2 -o %3")
                          .arg(QString::fromStdString(file("command.h5")), view,
                               QString::fromStdString(name))),
                  0);
        std::ifstream written(name, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(written), {}};
        EXPECT_FALSE(bytes.empty());
        EXPECT_EQ(csv.toStdString(), bytes) << view.data();
    }
}

} // namespace
} // namespace residuum::test
