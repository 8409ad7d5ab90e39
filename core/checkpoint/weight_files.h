// The files behind a checkpoint's tensors.
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace residuum::checkpoint {

class MappedFile;

/// Keeps the tensors' bytes mapped, and tells whether they still are those that were hashed.
class WeightFiles {
  public:
    /// `files`: those that are mapped; `copies`: tensors that do not lie in them as they are.
    WeightFiles(std::vector<std::shared_ptr<const MappedFile>> files,
                std::vector<std::shared_ptr<const void>> copies);

    const std::vector<std::shared_ptr<const MappedFile>>& files() const { return files_; }
    /// What the bytes were found to be; call once, before the object is shared.
    void remember(std::map<std::string, StoredTensor, std::less<>> tensors,
                  std::string tensorsHash);

    /// Throws Error where a file's content was changed or cannot be read any more since it was
    /// opened. Costs a system call per file; where only properties of a file were changed (its
    /// name, its rights, or a time that was put back), the weights are hashed again.
    void requireUnchanged() const;

  private:
    std::vector<std::shared_ptr<const MappedFile>> files_;
    std::vector<std::shared_ptr<const void>> copies_;
    std::map<std::string, StoredTensor, std::less<>> tensors_;
    std::string tensorsHash_;
    mutable std::mutex mutex_;
    mutable std::vector<std::int64_t> changed_; ///< per file, the time up to which it is known
};

} // namespace residuum::checkpoint
