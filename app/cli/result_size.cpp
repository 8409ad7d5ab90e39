#include "app/cli/result_size.h"

#include "analysis/question/answer.h"
#include "analysis/question/result_file.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace residuum {

namespace fs = std::filesystem;

std::uint64_t memoryOfMachine() {
    const auto pages = ::sysconf(_SC_PHYS_PAGES), bytes = ::sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0
               ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes)
               : 0;
}

void checkSize(std::uint64_t bytes, const std::string& output, const std::string& less,
               bool quiet) {
    std::error_code error;
    auto path = fs::absolute(output, error);
    while (path.has_relative_path() && !fs::exists(path, error))
        path = path.parent_path();
    const auto space = fs::space(path, error);
    if (!error && bytes > space.available)
        throw Error(output, "needs " + bytesText(bytes) + ", but the disk has only " +
                                bytesText(space.available) + " left; use " + less +
                                " or another disk");
    if (bytes > announcedBytes && !quiet)
        std::printf("%s will take %s\n", output.c_str(), bytesText(bytes).c_str());
}

std::uint64_t heldBytes(std::uint64_t bytes, const ModelInfo& model) {
    return bytes / byteSize(storedNumber(model.numeric)) * sizeof(double) / 4 * 5;
}

void checkMemory(std::uint64_t bytes, const std::string& subject, const std::string& less,
                 bool quiet) {
    const auto memory = memoryOfMachine();
    if (memory != 0 && bytes > memory)
        throw Error(subject, "needs " + bytesText(bytes) + " of memory, but this machine has " +
                                 bytesText(memory) + "; use " + less);
    if (bytes > announcedBytes && !quiet)
        std::printf("%s will hold %s in memory\n", subject.c_str(), bytesText(bytes).c_str());
}

} // namespace residuum
