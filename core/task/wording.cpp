#include "core/task/wording.h"

#include <cstdarg>
#include <cstdio>
#include <iterator>

namespace residuum {

std::string withNumbers(const char* format, ...) {
    char text[512];
    va_list numbers;
    va_start(numbers, format);
    std::vsnprintf(text, sizeof text, format, numbers);
    va_end(numbers);
    return text;
}

std::string bytesText(double bytes) {
    const char* const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    for (; bytes >= 999.5 && unit + 1 < std::size(units); bytes /= 1000.0)
        ++unit;
    return withNumbers("%.3g %s", bytes, units[unit]);
}

} // namespace residuum
