#include "core/task/utc.h"

namespace residuum {

std::string utcNow() {
    return utcText(std::time(nullptr));
}

std::string utcText(std::time_t time) {
    std::tm utc{};
    if (::gmtime_r(&time, &utc) == nullptr)
        return "a time out of range";
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

} // namespace residuum
