// SHA-256 of input files, for the record of what a result was computed from.
#pragma once

#include "core/task/progress.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace residuum {

/// A digest being made of bytes in their order. Throws Error where the library refuses.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::string_view bytes);
    /// 64 lower-case hexadecimal digits; call once, at the end.
    std::string hex();

  private:
    struct Private;
    std::unique_ptr<Private> d_;
};

/// Of a whole file, read in pieces. Throws Error where it cannot be read, Cancelled.
std::string sha256OfFile(const std::filesystem::path& file, Progress& progress);

} // namespace residuum
