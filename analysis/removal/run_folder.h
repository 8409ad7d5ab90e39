// The folder of a run: run.h5, checkpoints/step-N/, model/. Torch-free.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace residuum {

/// Held by one process at a time.
class RunFolder {
  public:
    /// Makes the folder where it is missing, and removes it again where no run came about.
    /// Throws Error where another process is at it, where it has a checkpoint although `resume` is
    /// not asked for, and where it has none to resume. A run.h5 without any is of a run that came
    /// to nothing.
    RunFolder(const std::filesystem::path& folder, bool resume);
    ~RunFolder();
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;

    const std::filesystem::path& path() const { return folder_; }
    std::filesystem::path record() const { return folder_ / "run.h5"; }
    /// The model that a run from scratch began with.
    std::filesystem::path start() const { return folder_ / "start"; }
    std::filesystem::path model() const { return folder_ / "model"; }
    std::filesystem::path checkpoint(int step) const;
    /// The steps that have a checkpoint, ascending.
    std::vector<int> checkpointSteps() const;

  private:
    void leave();

    std::filesystem::path folder_;
    bool made_ = false;
    int lock_ = -1;
};

} // namespace residuum
