// An opened GPT-2: weights on a device, its tokenizer, its report. Torch-free: what a tensor is
// stays behind `weights()`.
#pragma once

#include "core/checkpoint/hash_memory.h"
#include "core/checkpoint/hub.h"
#include "core/model/model_info.h"
#include "core/task/progress.h"
#include "core/tokenizer/tokenizer.h"

#include <memory>

namespace residuum {

namespace checkpoint {
class WeightFiles;
}

struct Weights; // core/model/weights.h, with tensors in it

/// Immutable once opened. May be shared between threads, but computing with it belongs to the
/// engine thread (DESIGN, "Threads").
class Model : public std::enable_shared_from_this<Model> {
  public:
    /// Opens the checkpoint at `location`, checks and hashes it in one pass and puts its weights on
    /// the device; float32 safetensors stay memory-mapped on the CPU. `tokenizerFolder` overrides
    /// where the tokenizer is looked for; `memory` spares the pass where the files are unchanged.
    /// Throws Error, Cancelled.
    static std::shared_ptr<const Model> open(const ModelLocation& location,
                                             const NumericSettings& numeric, Progress& progress,
                                             const std::filesystem::path& tokenizerFolder = {},
                                             const HashMemory* memory = nullptr);
    ~Model();
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    const ModelInfo& info() const { return info_; }
    /// Null when there is none that can be used; the model then works with token ids.
    const std::shared_ptr<const Tokenizer>& tokenizer() const { return tokenizer_; }
    /// The same or, where the reason why there is none is known, one that refuses every text with
    /// it.
    const std::shared_ptr<const Tokenizer>& textEncoder() const { return textEncoder_; }
    const Weights& weights() const { return *weights_; }
    /// Throws Error where the files behind the weights no longer are those that `info` has the hash
    /// of: what was computed with them is to be thrown away. Cheap; ask after computing, before a
    /// result is kept. Weights that were copied when they were opened cannot change.
    void requireUnchanged() const;

  private:
    Model();
    ModelInfo info_;
    std::shared_ptr<const Tokenizer> tokenizer_;
    std::shared_ptr<const Tokenizer> textEncoder_;
    std::unique_ptr<Weights> weights_;
    /// Gone where no tensor is a view of a file.
    std::weak_ptr<const checkpoint::WeightFiles> files_;
};

/// Throws Error naming both models unless token ids mean the same to both (equal vocabulary sizes
/// and, where both have a tokenizer, equal tokenizers): models side by side share one prompt.
void requireSameVocabulary(const Model& first, const Model& second);

/// Sets the number of threads of LibTorch and of its BLAS; call once, early, before any computing.
/// 0: all cores. Returns a warning sentence when LibTorch runs on the slow reference BLAS, else "".
std::string configureThreads(int threads);

} // namespace residuum
