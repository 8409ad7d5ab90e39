#include "app/resources.h"

#include <system_error>

namespace residuum {

namespace fs = std::filesystem;

fs::path resourceFolder() {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        auto installed = program.parent_path().parent_path() / "share/residuum/resources";
        if (fs::is_directory(installed, error))
            return installed;
    }
    return RESIDUUM_SOURCE_RESOURCES;
}

} // namespace residuum
