// What the process holds in memory.
#pragma once

#include <fstream>
#include <string>
#include <unistd.h>

namespace residuum::bench {

/// Now.
inline double residentBytes() {
    std::ifstream statm("/proc/self/statm");
    double total = 0.0, resident = 0.0;
    statm >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// At most since resetPeak.
inline double peakBytes() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:" && status >> word)
            return 1024.0 * std::stod(word);
    return 0.0;
}
inline void resetPeak() {
    std::ofstream("/proc/self/clear_refs") << '5';
}

} // namespace residuum::bench
