#include "support/sanitizer_reports.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace residuum::test {

namespace {

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

std::string textOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> textsOf(const std::filesystem::path& folder) {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        all.push_back(textOf(entry.path()));
    return all;
}

} // namespace

std::optional<std::string> ownFault(const std::string& report) {
    std::istringstream lines(report);
    for (std::string line; std::getline(lines, line);) {
        // Only what we compile is instrumented for undefined behaviour.
        if (contains(line, "runtime error: "))
            return line;
        const auto frame = line.find_first_not_of(' ');
        if (frame == std::string::npos || line[frame] != '#' || contains(line, "sanitizer") ||
            contains(line, " in __interceptor_") || contains(line, " in __asan_"))
            continue;
        // The first stack is the fault's; those of who allocated and freed follow.
        return contains(line, "residuum") ? std::optional(line) : std::nullopt;
    }
    return std::nullopt;
}

SanitizerReports::SanitizerReports() {
    if (const char* set = std::getenv("ASAN_OPTIONS"))
        before_ = set;
    const auto options = before_.value_or("") + ":log_path=" + (folder_.path() / "report").string();
    ::setenv("ASAN_OPTIONS", options.c_str(), 1);
}

SanitizerReports::~SanitizerReports() {
    if (before_)
        ::setenv("ASAN_OPTIONS", before_->c_str(), 1);
    else
        ::unsetenv("ASAN_OPTIONS");
}

int SanitizerReports::count() const {
    return static_cast<int>(textsOf(folder_.path()).size());
}

std::vector<std::string> SanitizerReports::ownFaults() const {
    std::vector<std::string> faults;
    for (const auto& text : textsOf(folder_.path()))
        if (const auto fault = ownFault(text))
            faults.push_back(*fault);
    return faults;
}

} // namespace residuum::test
