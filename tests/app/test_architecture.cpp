// The table of rooms and who may see whom, checked on the includes.
#include "program.h"

#include <map>
#include <regex>
#include <set>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

struct Include {
    fs::path file;
    std::string target;
};

std::vector<Include> includesBelow(const std::string& room) {
    static const std::regex pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
    std::vector<Include> includes;
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(RESIDUUM_SOURCE_DIR) / room)) {
        const auto extension = entry.path().extension();
        if (extension != ".h" && extension != ".cpp")
            continue;
        std::ifstream stream(entry.path());
        for (std::string line; std::getline(stream, line);) {
            std::smatch match;
            if (std::regex_search(line, match, pattern))
                includes.push_back({entry.path(), match[1]});
        }
    }
    return includes;
}

bool isQt(const std::string& target) {
    return target == "qcustomplot.h" || std::regex_match(target, std::regex("Q[A-Z][A-Za-z]*"));
}

bool isTorch(const std::string& target) {
    return std::regex_search(target, std::regex("^(torch|ATen|c10|caffe2)/"));
}

bool isHdf5(const std::string& target) {
    return std::regex_search(target, std::regex("^(hdf5|H5)"));
}

TEST(Architecture, IncludesPointOneWay) {
    const std::map<std::string, std::set<std::string>> forbidden{
        {"core", {"analysis/", "widgets/", "app/"}},
        {"analysis", {"widgets/", "app/"}},
        {"widgets", {"app/"}},
    };
    for (const auto& [room, others] : forbidden) {
        for (const auto& include : includesBelow(room)) {
            for (const auto& other : others)
                EXPECT_FALSE(include.target.starts_with(other))
                    << include.file << " includes " << include.target;
        }
    }
}

TEST(Architecture, NoQtBelowWidgetsNoTorchOrHdf5Above) {
    for (const std::string room : {"core", "analysis"}) {
        for (const auto& include : includesBelow(room))
            EXPECT_FALSE(isQt(include.target)) << include.file << " includes " << include.target;
    }
    for (const std::string room : {"widgets", "app"}) {
        for (const auto& include : includesBelow(room))
            EXPECT_FALSE(isTorch(include.target) || isHdf5(include.target))
                << include.file << " includes " << include.target;
    }
}

TEST(Architecture, HeavyTorchHeadersStayInSources) {
    const std::set<std::string> heavy{"torch/torch.h", "torch/script.h", "ATen/ATen.h"};
    for (const std::string room : {"core", "analysis"}) {
        for (const auto& include : includesBelow(room)) {
            const bool header = include.file.extension() == ".h";
            EXPECT_FALSE(header && heavy.contains(include.target))
                << include.file << " includes " << include.target;
        }
    }
}

/// "attribution" of "analysis/attribution/dla.h"; "" outside the room and for its own files.
std::string folderOf(const std::string& path, const std::string& room) {
    std::smatch match;
    return std::regex_search(path, match, std::regex("^" + room + "/([a-z_]+)/")) ? match[1].str()
                                                                                  : "";
}

std::string inSources(const fs::path& file) {
    return fs::relative(file, RESIDUUM_SOURCE_DIR).generic_string();
}

TEST(Architecture, FoldersSeeOnlyWhatTheyMay) {
    const std::set<std::string> forQuestions{"inputs", "question", "tensor"};
    const std::map<std::string, std::map<std::string, std::set<std::string>>> rooms{
        {"core",
         {{"", {}},
          {"task", {}},
          {"digest", {"task"}},
          {"text", {"task"}},
          {"json", {"task"}},
          {"store", {"task"}},
          {"tokenizer", {"json", "task"}},
          {"checkpoint", {"json", "store", "task"}},
          {"model", {"checkpoint", "json", "task", "tokenizer"}}}},
        {"analysis",
         {{"tensor", {}},
          {"statistics", {"tensor"}},
          {"inputs", {}},
          {"question", {"inputs"}},
          {"activations", forQuestions},
          {"attribution", forQuestions},
          {"comparison", forQuestions},
          {"generation", forQuestions},
          {"groups", {"inputs", "patching", "question", "tensor"}}, // pairs, runs and metric
          {"lens", forQuestions},
          {"neurons", forQuestions},
          {"parts", forQuestions},
          {"patching", {"inputs", "question", "statistics", "tensor"}},
          {"removal", {"inputs", "question"}}}},
        {"widgets",
         {{"text", {}},
          {"plots", {"text"}},
          {"prompt", {"text"}},
          {"figure", {"plots", "text"}},
          {"workspace", {"plots", "text"}},
          {"panels", {"figure", "plots", "prompt", "text", "workspace"}}}},
        {"app", {{"cli", {"figures"}}, {"figures", {}}, {"window", {}}, {"", {"cli", "window"}}}}};
    for (const auto& [room, folders] : rooms)
        for (const auto& include : includesBelow(room)) {
            const auto from = folderOf(inSources(include.file), room);
            const auto to = folderOf(include.target, room);
            ASSERT_TRUE(folders.contains(from)) << include.file << ": a folder without a rule";
            EXPECT_TRUE(to.empty() || to == from || folders.at(from).contains(to))
                << include.file << " includes " << include.target;
        }
}

/// Qt's own eliding cuts into numbers.
TEST(Architecture, TextIsShortenedInOnePlace) {
    const std::regex eliding(R"(\.elidedText\(|Qt::Elide(Left|Right|Middle))");
    for (const std::string room : {"widgets", "app"})
        for (const auto& entry :
             fs::recursive_directory_iterator(fs::path(RESIDUUM_SOURCE_DIR) / room)) {
            if (!entry.is_regular_file() || inSources(entry.path()) == "widgets/text/eliding.cpp")
                continue;
            std::ifstream stream(entry.path());
            const std::string text{std::istreambuf_iterator<char>(stream), {}};
            EXPECT_FALSE(std::regex_search(text, eliding)) << entry.path();
        }
}

/// A question is known to its own folder, its views and the list of questions; patching also to
/// groups, which are patched as its cells are.
TEST(Architecture, OnlyItsOwnFilesAndTheListNameAQuestion) {
    const std::map<std::string, std::string> questions{{"attribution", "attribution"},
                                                       {"comparison", "comparison"},
                                                       {"generation", "generation"},
                                                       {"groups", "groups"},
                                                       {"lens", "lens"},
                                                       {"patching", "(patching|edge_)"},
                                                       {"neurons", "neuron"}}; // and its views
    const std::regex groups("^(analysis/groups/|widgets/panels/groups)");
    for (const auto& [folder, views] : questions) {
        const std::regex own("^(analysis/" + folder + "/|widgets/panels/" + views + ")");
        for (const std::string room : {"core", "analysis", "widgets", "app"})
            for (const auto& include : includesBelow(room)) {
                const auto file = inSources(include.file);
                EXPECT_TRUE(!std::regex_search(include.target, own) ||
                            std::regex_search(file, own) || file == "app/questions.cpp" ||
                            (folder == "patching" && std::regex_search(file, groups)))
                    << file << " includes " << include.target;
            }
    }
}

} // namespace
} // namespace residuum::test
