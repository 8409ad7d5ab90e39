// Where tests find their input and put their output.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace residuum::test {

inline std::filesystem::path golden() {
    return RESIDUUM_GOLDEN_DIR;
}
inline std::filesystem::path resources() {
    return RESIDUUM_RESOURCES_DIR;
}
/// Beside the checkout in CI, not on a user's machine: check that it exists.
inline std::filesystem::path shared() {
    return RESIDUUM_SHARED_DIR;
}

/// A fresh folder that is deleted with the object.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        auto pattern = (std::filesystem::temp_directory_path() / "residuum-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            ADD_FAILURE() << "cannot make a temporary folder";
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace residuum::test
