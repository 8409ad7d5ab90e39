#include "core/task/wording.h"

#include <cstdarg>
#include <cstdio>

namespace residuum {

std::string withNumbers(const char* format, ...) {
    char text[512];
    va_list numbers;
    va_start(numbers, format);
    std::vsnprintf(text, sizeof text, format, numbers);
    va_end(numbers);
    return text;
}

} // namespace residuum
