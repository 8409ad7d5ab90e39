#include "core/task/message.h"

#include "core/task/error.h"

#include <filesystem>
#include <new>

namespace residuum {

std::string messageOf(const std::exception& error) {
    if (const auto* own = dynamic_cast<const Error*>(&error))
        return own->what();
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr)
        return "memory: there is not enough of it for this model and input; use a shorter input, "
               "fewer activations or a smaller dtype";
    if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&error))
        return Error(file->path1().string(), "cannot be used: " + file->code().message()).what();
    return "internal error: the program met something it was not made for; please report what was "
           "asked for and with which files";
}

} // namespace residuum
