#include "app/window/process_identity.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include <unistd.h>

namespace residuum {

namespace {

constexpr std::size_t bootDigits = 8;
constexpr const char* ownCommand = "residuum";

std::string wholeFile(const std::string& path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// Field 22 of /proc/PID/stat; the second, the command's name, may hold spaces and brackets.
std::string startOf(pid_t process) {
    const auto stat = wholeFile("/proc/" + std::to_string(process) + "/stat");
    const auto command = stat.rfind(')');
    if (command == std::string::npos)
        return {};
    std::istringstream fields(stat.substr(command + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number)
        if (!(fields >> field))
            return {};
    return field;
}

std::string bootId() {
    return wholeFile("/proc/sys/kernel/random/boot_id").substr(0, bootDigits);
}

std::string commandOf(pid_t process) {
    auto name = wholeFile("/proc/" + std::to_string(process) + "/comm");
    return name.substr(0, name.find('\n'));
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, '-');)
        parts.push_back(part);
    return parts;
}

} // namespace

ProcessIdentity ProcessIdentity::own() {
    return {::getpid(), startOf(::getpid()), bootId()};
}

std::string ProcessIdentity::text() const {
    return std::to_string(process) + "-" + start + "-" + boot;
}

ProcessIdentity ProcessIdentity::parse(const std::string& text) {
    const auto parts = split(text);
    if (parts.size() != 1 && parts.size() != 3)
        return {};
    ProcessIdentity identity;
    const auto& number = parts.front();
    const auto read =
        std::from_chars(number.data(), number.data() + number.size(), identity.process);
    if (read.ec != std::errc() || read.ptr != number.data() + number.size() ||
        identity.process <= 0)
        return {};
    if (parts.size() == 3) {
        identity.start = parts[1];
        identity.boot = parts[2];
    }
    return identity;
}

bool ProcessIdentity::isAlive() const {
    if (start.empty()) // what names its start is another's, also where the number is ours
        return process != ::getpid() && commandOf(process) == ownCommand;
    return boot == bootId() && start == startOf(process);
}

} // namespace residuum
