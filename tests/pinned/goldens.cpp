#include "pinned/goldens.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace residuum::test {

namespace fs = std::filesystem;

namespace {

/// Goldens that hold paths name models here, wherever they were made.
const char* const goldenRoot = "/tmp/residuum-pinned";

} // namespace

Workplace::Workplace() : root_(accepting() ? fs::path(goldenRoot) : folder_.path()) {
    const fs::path source = RESIDUUM_PINNED_DIR;
    fs::create_directories(root_ / "out");
    for (const auto& folder : {source / "models", source / "data", goldenFile("results")}) {
        const auto link = root_ / folder.filename();
        fs::remove_all(link);
        fs::create_directory_symlink(folder, link);
    }
}

Workplace::~Workplace() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string Workplace::normalised(std::string text) const {
    return replaced(replaced(std::move(text), root_.string(), "PINNED"), goldenRoot, "PINNED");
}

std::string firstDifference(const std::string& golden, const std::string& actual) {
    std::istringstream before(golden), after(actual);
    std::string was, is;
    for (int line = 1;; ++line) {
        const bool hasWas = static_cast<bool>(std::getline(before, was));
        const bool hasIs = static_cast<bool>(std::getline(after, is));
        if (!hasWas && !hasIs)
            return "they differ in their ends of line";
        if (hasWas != hasIs || was != is)
            return "line " + std::to_string(line) + ":\n- " +
                   (hasWas ? was.substr(0, 400) : "(end)") + "\n+ " +
                   (hasIs ? is.substr(0, 400) : "(end)");
    }
}

fs::path goldenFile(const std::string& name) {
    return fs::path(RESIDUUM_PINNED_GOLDENS) / name;
}

bool accepting() {
    const char* asked = std::getenv("RESIDUUM_ACCEPT_GOLDEN");
    return asked != nullptr && std::string(asked) == "1";
}

fs::path actualFile(const std::string& name) {
    return fs::path(RESIDUUM_PINNED_ACTUAL) / name;
}

std::string textOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void writeFile(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

std::string howToAccept() {
    return "if the change is meant, run this test once with RESIDUUM_ACCEPT_GOLDEN=1, look at the "
           "difference in tests/golden/pinned and say why in the commit";
}

void expectGolden(const std::string& name, const std::string& actual) {
    const auto file = goldenFile(name);
    const bool there = fs::exists(file);
    const auto golden = textOf(file);
    if (there && golden == actual)
        return;
    if (accepting()) {
        writeFile(file, actual);
        return;
    }
    writeFile(actualFile(name), actual);
    ADD_FAILURE() << "tests/golden/pinned/" << name << " differs from " << actualFile(name).string()
                  << ", "
                  << (there ? firstDifference(golden, actual) : std::string("there is no golden"))
                  << "\n"
                  << howToAccept();
}

void expectNoOthers(const std::string& folder, const std::vector<std::string>& expected) {
    const std::set<std::string> known(expected.begin(), expected.end());
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(goldenFile(folder), missing)) {
        const auto name = entry.path().filename().string();
        if (entry.is_directory() || known.contains(name))
            continue;
        if (accepting())
            fs::remove(entry.path());
        else
            ADD_FAILURE() << "tests/golden/pinned/" << folder << "/" << name
                          << " belongs to no case";
    }
}

} // namespace residuum::test
