// The proof that a question costs its request, its result, its function and its view: everything
// else comes from their descriptions.
#include "window_fixture.h"

#include "app/run_program.h"
#include "app/window_entry.h"
#include "toy_question.h"
#include "widgets/panels/views_panel.h"

#include <QSpinBox>
#include <QTabWidget>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

using ToyPanel = ViewsPanel<ToyQuestion, toyViews>;

std::string textOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

class ToyWindow : public WindowTest {
  protected:
    ToyWindow() {
        cache = CacheSettings{folder.path() / "cache"};
        ::setenv("RESIDUUM_CACHE", cache->folder.c_str(), 1);
        list.push_back(entryOf<ToyQuestion, Board<ToyQuestion>, ToyPanel>(toyKind));
    }
    ~ToyWindow() override { ::unsetenv("RESIDUUM_CACHE"); }

    fs::path path(const std::string& name) const { return folder.path() / name; }

    /// Runs the program; its exit status.
    int run(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "residuum");
        arguments.emplace_back("--quiet");
        std::vector<char*> raw;
        for (auto& each : arguments)
            raw.push_back(each.data());
        return runProgram(static_cast<int>(raw.size()), raw.data(), list);
    }

    /// A result file of ids 0, 512 and 256 of 1024.
    fs::path makeResult(const std::string& name, std::vector<std::string> more = {}) {
        const auto file = path(name);
        std::vector<std::string> arguments{
            "toy", "demo:original", "demo:ln-free", "--ids", "0,512,256", "--power", "2",
            "-o",  file.string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        EXPECT_EQ(run(arguments), 0);
        return file;
    }

    void openToy() {
        openDemo();
        window->showPanel("toy");
        ASSERT_TRUE(settle());
    }
    Board<ToyQuestion>& board() { return workspace().board<Board<ToyQuestion>>(); }
    ToyPanel& toy() { return window->panel<ToyPanel>(); }
    const ToyResult& result(int column) {
        return *board().result(columns()[static_cast<std::size_t>(column)].id);
    }
};

TEST_F(ToyWindow, HasASubcommandWithCheckedOptionsAFileAndAKey) {
    const auto file = makeResult("toy.h5");
    const ResultReader reader(file);
    EXPECT_EQ(reader.kind(), "toy");
    EXPECT_EQ(reader.modelCount(), 2U);
    const auto results = readResults<ToyQuestion>(reader);
    EXPECT_EQ(results[0]->request, (ToyRequest{.power = 2}));
    EXPECT_EQ(results[0]->shares(0, 1), 0.25);
    const auto again = readResults<ToyQuestion>(ResultReader(makeResult("again.h5")));
    EXPECT_TRUE((again[0]->shares == results[0]->shares).all());
    EXPECT_NE(ResultReader(makeResult("percent.h5", {"--unit", "percent"})).key(), reader.key());
    EXPECT_EQ(run({"toy", "demo:original", "--ids", "1", "--power", "9", "-o", path("no.h5")}), 2);
    EXPECT_EQ(run({"toy", "demo:original", "--ids", "1", "--unit", "m", "-o", path("no.h5")}), 2);
    EXPECT_FALSE(fs::exists(path("no.h5")));
    const auto command = ToyQuestion::command(reader.request(), file);
    EXPECT_NE(command.find("--power 2"), std::string::npos) << command;
    EXPECT_EQ(command.find("--unit"), std::string::npos) << "as usual: " << command;
}

TEST_F(ToyWindow, IsReadFromTheCache) {
    makeResult("toy.h5");
    Progress progress;
    ResultCache store(*cache);
    const auto model =
        Model::open(resolveModel("demo:original", resources() / "demo"), {}, progress);
    PromptInput input;
    input.tokens.sequences.push_back({{TokenId(0), TokenId(512), TokenId(256)}, std::nullopt});
    const auto found = answer<ToyQuestion>(&store, CacheUse::ReadAndWrite, *model, input,
                                           ToyRequest{.power = 2}, progress);
    EXPECT_TRUE(found.fromCache);
    EXPECT_EQ(found.result->shares(0, 2), 0.0625);
}

TEST_F(ToyWindow, HasFiguresAndTheirNumbers) {
    const auto file = makeResult("toy.h5");
    EXPECT_EQ(run({"figure", file, "--kind", "toy-row", "--difference", "0,1", "--csv", "-o",
                   path("toy.svg")}),
              0);
    EXPECT_NE(textOf(path("toy.svg")).find("share of the vocabulary"), std::string::npos);
    EXPECT_NE(textOf(path("toy.csv")).find("0.25"), std::string::npos) << textOf(path("toy.csv"));
    EXPECT_EQ(run({"figure", file, "--site", "z", "-o", path("no.svg")}), 2)
        << "a setting of another question";
}

TEST_F(ToyWindow, HasATabWithItsControls) {
    openToy();
    const auto* tabs = window->findChild<QTabWidget*>();
    EXPECT_EQ(tabs->tabText(tabs->count() - 1), QStringLiteral("Toy"));
    ASSERT_TRUE(board().status(columns()[0].id)->complete());
    EXPECT_EQ(result(0).request, ToyRequest{});
    auto* power = dynamic_cast<QSpinBox*>(toy().settingsBar().control("power"));
    ASSERT_NE(power, nullptr);
    EXPECT_EQ(power->maximum(), 4);
    power->setValue(3);
    ASSERT_TRUE(settle());
    EXPECT_EQ(result(0).request.power, 3);
    EXPECT_TRUE(board().command().contains(QStringLiteral("--power 3")))
        << board().command().toStdString();
    workspace().setDifference(std::pair(0, 2));
    ASSERT_TRUE(settle());
    ASSERT_NE(toy().differenceHeatmap(), nullptr);
    const auto differences = toy().differenceHeatmap()->values();
    EXPECT_TRUE(std::all_of(differences.begin(), differences.end(),
                            [](double value) { return value == 0.0; }));
    FigureRequest request;
    request.view = toy().shownView();
    const auto figure = toy().figure(request);
    EXPECT_EQ(figure.panels.size(), 4U) << "three models and a difference";
    EXPECT_EQ(figure.provenance.models.size(), 3U);
}

TEST_F(ToyWindow, HasAnEntryInSessions) {
    openToy();
    board().setSettings({.power = 4, .unit = ToyUnit::Percent});
    ASSERT_TRUE(settle());
    const auto kept = workspace().session();
    board().setSettings({});
    workspace().restore(parseSession(toText(kept), "toy.residuum"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(board().settings(), (ToyRequest{.power = 4, .unit = ToyUnit::Percent}));

    std::ofstream(path("toy.residuum")) << toText(kept);
    ASSERT_EQ(run({"run-session", path("toy.residuum"), "-o", path("out"), "--format", "svg"}), 0);
    const auto results = readResults<ToyQuestion>(ResultReader(path("out") / "toy.h5"));
    EXPECT_EQ(results.front()->request, board().settings());
    EXPECT_TRUE(fs::exists(path("out") / "toy-row.svg"));

    auto damaged = toText(kept);
    damaged.replace(damaged.find("\"power\": 4"), 10, "\"power\": 7");
    std::ofstream(path("bad.residuum")) << damaged;
    EXPECT_EQ(run({"run-session", path("bad.residuum"), "-o", path("none")}), 1);
    EXPECT_THROW(workspace().restore(parseSession(damaged, "bad.residuum")), Error);
    EXPECT_EQ(columns().size(), 3U) << "nothing has changed";
}

TEST_F(ToyWindow, SavedResultsOpenAsColumns) {
    openToy();
    const auto file = QString::fromStdString(path("saved.h5"));
    board().save(file);
    ASSERT_TRUE(settle());
    workspace().openResult(file);
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 6U);
    EXPECT_EQ(columns()[5].saved->kind, "toy");
    EXPECT_TRUE((result(5).shares == result(2).shares).all());
}

} // namespace
} // namespace residuum::test
