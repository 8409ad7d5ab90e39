#include "core/checkpoint/weight_files.h"

#include "core/checkpoint/mapped_file.h"
#include "core/checkpoint/weights_pass.h"

#include <utility>

namespace residuum::checkpoint {

WeightFiles::WeightFiles(std::vector<std::shared_ptr<const MappedFile>> files,
                         std::vector<std::shared_ptr<const void>> copies)
    : files_(std::move(files)), copies_(std::move(copies)) {
    for (const auto& file : files_)
        changed_.push_back(file->opened().changed);
}

void WeightFiles::remember(std::map<std::string, StoredTensor, std::less<>> tensors,
                           std::string tensorsHash) {
    tensors_ = std::move(tensors);
    tensorsHash_ = std::move(tensorsHash);
}

void WeightFiles::requireUnchanged() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::int64_t> changed;
    for (const auto& file : files_) {
        auto state = file->current();
        changed.push_back(std::exchange(state.changed, file->opened().changed));
        if (state != file->opened())
            refuseChanged(file->path());
    }
    if (changed == changed_)
        return;
    Progress unseen;
    if (passOverWeights(tensors_, unseen).tensorsHash != tensorsHash_)
        refuseChanged(files_.front()->path());
    for (const auto& file : files_)
        (void)file->current(); // throws where a page was missing from what has just been hashed
    changed_ = std::move(changed);
}

} // namespace residuum::checkpoint
