#include "core/model/weights.h"

#include "core/checkpoint/checkpoint.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>

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

    bool has(const std::string& name) const { return checkpoint_.tensors.contains(name); }

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

/// Calls `visit` with a module's two tensors and, at a DyT, its alpha.
void visitNorm(NormWeights& norm, bool hasAlpha, const std::string& module,
               const TensorVisitor& visit) {
    visit(module + ".weight", norm.gain, InCheckpoint::Required);
    visit(module + ".bias", norm.bias, InCheckpoint::ZeroIfMissing);
    if (hasAlpha)
        visit(module + ".alpha", norm.alpha, InCheckpoint::Required);
}

bool isDynamicTanh(const NormWeights& norm) {
    return std::holds_alternative<DynamicTanh>(norm.site);
}

void visitBlock(BlockWeights& block, const std::string& prefix, const TensorVisitor& visit) {
    const auto linear = [&](const char* module, at::Tensor& weight, at::Tensor& bias) {
        visit(prefix + module + ".weight", weight, InCheckpoint::Required);
        visit(prefix + module + ".bias", bias, InCheckpoint::Required);
    };
    visitNorm(block.ln1_qk, isDynamicTanh(block.ln1_qk) || isDynamicTanh(block.ln1_v),
              prefix + "ln_1", visit);
    linear("attn.c_attn", block.W_QKV, block.b_QKV);
    linear("attn.c_proj", block.W_O, block.b_O);
    visitNorm(block.ln2, isDynamicTanh(block.ln2), prefix + "ln_2", visit);
    linear("mlp.c_fc", block.W_in, block.b_in);
    linear("mlp.c_proj", block.W_out, block.b_out);
}

/// Sites and constants in their places, tensors yet to come.
void describe(Weights& weights, const Checkpoint& checkpoint) {
    weights.config = checkpoint.config;
    weights.tiedHead = checkpoint.tiedHead;
    weights.ln_f.site = checkpoint.normalization.ln_f;
    weights.blocks.resize(static_cast<std::size_t>(checkpoint.config.n_layers));
    for (std::size_t l = 0; l < weights.blocks.size(); ++l) {
        const auto& norms = checkpoint.normalization.blocks.at(l);
        auto& block = weights.blocks[l];
        block.ln1_qk.site = norms.ln1_qk;
        block.ln1_v.site = norms.ln1_v;
        block.ln2.site = norms.ln2;
        block.scoreScale = checkpoint.config.scoreScale(static_cast<int>(l));
    }
}

} // namespace

void forEachTensor(WeightTensors& tensors, const TensorVisitor& visit) {
    visit("wte.weight", tensors.W_E, InCheckpoint::Required);
    visit("wpe.weight", tensors.W_pos, InCheckpoint::Required);
    for (std::size_t l = 0; l < tensors.blocks.size(); ++l)
        visitBlock(tensors.blocks[l], "h." + std::to_string(l) + ".", visit);
    visitNorm(tensors.ln_f, isDynamicTanh(tensors.ln_f), "ln_f", visit);
    if (!tensors.tiedHead)
        visit("lm_head.weight", tensors.W_U_rows, InCheckpoint::Required);
}

void shareTensors(WeightTensors& tensors) {
    for (auto& block : tensors.blocks) {
        block.ln1_v.gain = block.ln1_qk.gain;
        block.ln1_v.bias = block.ln1_qk.bias;
        block.ln1_v.alpha = block.ln1_qk.alpha;
    }
    if (tensors.tiedHead)
        tensors.W_U_rows = tensors.W_E;
}

std::unique_ptr<Weights> loadWeights(const Checkpoint& checkpoint, const NumericSettings& numeric,
                                     Progress& progress) {
    const at::NoGradGuard noGrad;
    const TensorSource stored(checkpoint, numeric);
    auto weights = std::make_unique<Weights>();
    describe(*weights, checkpoint);
    progress.begin("loading " + checkpoint.folder.filename().string(),
                   static_cast<std::int64_t>(checkpoint.tensors.size()));
    at::Tensor before; // a bias follows its gain
    forEachTensor(*weights, [&](const std::string& key, at::Tensor& tensor, InCheckpoint presence) {
        const bool missing = presence == InCheckpoint::ZeroIfMissing && !stored.has(key);
        tensor = missing ? at::zeros_like(before) : stored(key);
        before = tensor;
        progress.advance();
    });
    shareTensors(*weights);
    return weights;
}

} // namespace residuum
