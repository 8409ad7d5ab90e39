#include "core/model/weights.h"

#include "core/checkpoint/checkpoint.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>

#include <cstdint>
#include <cstring>

namespace residuum {

namespace {

at::ScalarType scalarType(StoredType type) {
    switch (type) {
    case StoredType::Float32:
        return at::kFloat;
    case StoredType::Float64:
        return at::kDouble;
    case StoredType::Float16:
        return at::kHalf;
    case StoredType::BFloat16:
        return at::kBFloat16;
    }
    return at::kFloat;
}

at::ScalarType scalarType(DType dtype) {
    switch (dtype) {
    case DType::Float32:
        return at::kFloat;
    case DType::Float64:
        return at::kDouble;
    case DType::BFloat16:
        return at::kBFloat16;
    }
    return at::kFloat;
}

at::Device findDevice(const std::string& named) {
    try {
        const at::Device device(named);
        if (device.is_cpu())
            return device;
        if (device.is_cuda() && !at::hasCUDA())
            throw Error("--device " + named, "this LibTorch sees no CUDA device; use --device cpu "
                                             "or build with a CUDA LibTorch (README)");
        at::empty({1}, at::TensorOptions().device(device)); // fails where the device is not there
        return device;
    } catch (const c10::Error&) {
        throw Error("--device " + named, "is no device that this LibTorch has; expected cpu, cuda, "
                                         "cuda:N or mps");
    }
}

/// Tensors of one checkpoint in the dtype and on the device asked for.
class TensorSource {
  public:
    TensorSource(const Checkpoint& checkpoint, const NumericSettings& numeric)
        : checkpoint_(checkpoint), dtype_(scalarType(numeric.dtype)),
          device_(findDevice(numeric.device)) {}

    /// Zeros like `other` where there is no such tensor.
    at::Tensor find(const std::string& name, const at::Tensor& other) const {
        return checkpoint_.tensors.contains(name) ? (*this)(name) : at::zeros_like(other);
    }

    at::Tensor operator()(const std::string& name) const {
        const auto found = checkpoint_.tensors.find(name);
        if (found == checkpoint_.tensors.end())
            throw Error(checkpoint_.folder.string(), "has no tensor " + name);
        return view(found->second).to(device_, dtype_);
    }

  private:
    /// A view of the mapped bytes that keeps the mapping alive; a copy only where they are
    /// unaligned.
    at::Tensor view(const StoredTensor& stored) const {
        const auto options = at::TensorOptions().dtype(scalarType(stored.type));
        auto* data = const_cast<std::byte*>(stored.bytes.data());
        if (reinterpret_cast<std::uintptr_t>(data) % byteSize(stored.type) != 0) {
            auto copy = at::empty(stored.shape, options);
            std::memcpy(copy.data_ptr(), data, stored.bytes.size());
            return copy;
        }
        return at::from_blob(
            data, stored.shape, [keep = checkpoint_.files](void*) {}, options);
    }

    const Checkpoint& checkpoint_;
    at::ScalarType dtype_;
    at::Device device_;
};

NormWeights loadNorm(const TensorSource& tensor, const std::string& module, const NormSite& site) {
    const auto gain = tensor(module + ".weight");
    return {site, gain, tensor.find(module + ".bias", gain)};
}

BlockWeights loadBlock(const TensorSource& tensor, const std::string& prefix,
                       const BlockNorms& norms, double scoreScale) {
    BlockWeights block;
    block.ln1_qk = loadNorm(tensor, prefix + "ln_1", norms.ln1_qk);
    block.ln1_v = {norms.ln1_v, block.ln1_qk.gain, block.ln1_qk.bias};
    block.scoreScale = scoreScale;
    block.W_QKV = tensor(prefix + "attn.c_attn.weight");
    block.b_QKV = tensor(prefix + "attn.c_attn.bias");
    block.W_O = tensor(prefix + "attn.c_proj.weight");
    block.b_O = tensor(prefix + "attn.c_proj.bias");
    block.ln2 = loadNorm(tensor, prefix + "ln_2", norms.ln2);
    block.W_in = tensor(prefix + "mlp.c_fc.weight");
    block.b_in = tensor(prefix + "mlp.c_fc.bias");
    block.W_out = tensor(prefix + "mlp.c_proj.weight");
    block.b_out = tensor(prefix + "mlp.c_proj.bias");
    return block;
}

} // namespace

std::unique_ptr<Weights> loadWeights(const Checkpoint& checkpoint, const NumericSettings& numeric,
                                     Progress& progress) {
    const at::NoGradGuard noGrad;
    const TensorSource tensor(checkpoint, numeric);
    auto weights = std::make_unique<Weights>();
    weights->config = checkpoint.config;
    progress.begin("loading " + checkpoint.folder.filename().string(),
                   checkpoint.config.n_layers + 1);
    weights->W_E = tensor("wte.weight");
    weights->W_pos = tensor("wpe.weight");
    weights->ln_f = loadNorm(tensor, "ln_f", checkpoint.normalization.ln_f);
    weights->W_U_rows = checkpoint.tiedHead ? weights->W_E : tensor("lm_head.weight");
    progress.advance();
    for (int l = 0; l < checkpoint.config.n_layers; ++l) {
        weights->blocks.push_back(loadBlock(tensor, "h." + std::to_string(l) + ".",
                                            checkpoint.normalization.blocks.at(l),
                                            checkpoint.config.scoreScale(l)));
        progress.advance();
    }
    return weights;
}

} // namespace residuum
