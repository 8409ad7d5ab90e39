// What `run-session` draws: which files, and their numbers but for the last digits, which depend on
// the processor.
#include "pinned/session_cases.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <set>
#include <sstream>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

using Cells = std::vector<std::string>;

std::vector<Cells> cellsOf(const std::string& csv) {
    std::istringstream lines(csv);
    std::string line, cell;
    std::vector<Cells> rows;
    while (std::getline(lines, line)) {
        std::istringstream cells(line);
        rows.emplace_back();
        while (std::getline(cells, cell, ','))
            rows.back().push_back(cell);
    }
    return rows;
}

bool isNumber(const std::string& cell, double& value) {
    char* end = nullptr;
    value = std::strtod(cell.c_str(), &end);
    return !cell.empty() && *end == '\0';
}

Cells namesIn(const Cells& row) {
    Cells names;
    double ignored = 0.0;
    std::copy_if(row.begin(), row.end(), std::back_inserter(names),
                 [&](const std::string& cell) { return !isNumber(cell, ignored); });
    return names;
}

/// By names alone: last digits of numbers must not decide which rows are compared.
bool earlier(const Cells& a, const Cells& b) {
    return namesIn(a) < namesIn(b);
}

/// "" where two tables say the same but for rounding; the order of rows is pinned elsewhere.
std::string tablesDiffer(const std::string& golden, const std::string& actual) {
    auto was = cellsOf(golden), is = cellsOf(actual);
    if (was.size() != is.size())
        return std::to_string(is.size()) + " rows instead of " + std::to_string(was.size());
    std::stable_sort(was.begin(), was.end(), earlier);
    std::stable_sort(is.begin(), is.end(), earlier);
    double largest = 0.0, before = 0.0, after = 0.0;
    for (const auto& row : was)
        for (const auto& cell : row)
            if (isNumber(cell, before) && std::isfinite(before))
                largest = std::max(largest, std::abs(before));
    for (std::size_t r = 0; r < was.size(); ++r) {
        if (was[r].size() != is[r].size())
            return "another number of cells in the row of " + is[r].front();
        for (std::size_t c = 0; c < was[r].size(); ++c) {
            const bool numbers = isNumber(was[r][c], before) && isNumber(is[r][c], after);
            const bool same = numbers && std::isfinite(before)
                                  ? std::abs(before - after) <= 1e-5 + 1e-4 * largest
                                  : was[r][c] == is[r][c];
            if (!same)
                return is[r][c] + " instead of " + was[r][c] + " in the row of " + is[r].front();
        }
    }
    return {};
}

/// As `expectGolden`; numbers may differ in their last digits.
void expectTable(const std::string& name, const std::string& actual) {
    const auto why = fs::exists(goldenFile(name)) ? tablesDiffer(textOf(goldenFile(name)), actual)
                                                  : "there is no golden";
    if (why.empty())
        return;
    SCOPED_TRACE(why);
    expectGolden(name, actual);
}

TEST(PinnedSessions, FiguresOfRunSession) {
    const Workplace place;
    for (const auto& name : sessionNames()) {
        SCOPED_TRACE(name);
        const auto said = runSession(name, place);
        std::set<std::string> files;
        for (const auto& entry : fs::directory_iterator(place.output(name))) {
            const auto file = entry.path().filename().string();
            files.insert(file);
            if (entry.path().extension() == ".csv")
                expectTable("sessions/" + name + "/" + file, textOf(entry.path()));
        }
        std::string text = "status " + std::to_string(said.status) + "\nfiles\n";
        for (const auto& file : files)
            text += "  " + file + "\n";
        text += "says\n" + said.out + said.err;
        expectGolden("sessions/" + name + ".files.txt", place.normalised(text));
        expectNoOthers("sessions/" + name, {files.begin(), files.end()});
    }
}

} // namespace
} // namespace residuum::test
