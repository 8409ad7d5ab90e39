#include "pinned/session_cases.h"

#include <regex>

namespace residuum::test {

std::vector<std::string> sessionNames() {
    return {"attribution", "patching", "neurons", "dataset", "ids", "results", "short"};
}

std::string sessionHere(const std::string& text, const Workplace& place) {
    return replaced(text, "PINNED", place.root());
}

std::string sessionPinned(const std::string& text, const Workplace& place) {
    static const std::regex version("\"residuum_version\": \"[^\"]*\"");
    return std::regex_replace(place.normalised(text), version, "\"residuum_version\": \"VERSION\"");
}

Said runSession(const std::string& name, const Workplace& place) {
    const auto file = place.root() / (name + ".residuum");
    writeFile(file, sessionHere(textOf(goldenFile("sessions/" + name + ".residuum")), place));
    return runInside(
        {"run-session", file, "-o", place.output(name), "--format", "csv", "--threads", "2"});
}

} // namespace residuum::test
