#include "stand_in_device.h"

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/NativeFunctions.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

namespace residuum::test {

namespace {

constexpr auto device = c10::DeviceType::PrivateUse1;
/// No processor has addresses like this.
constexpr std::uintptr_t elsewhere = std::uintptr_t{1} << 62U;

std::atomic<std::int64_t> waits{0};

bool isThere(const at::Tensor& t) {
    return t.defined() && t.device().type() == device;
}

at::Tensor make(at::IntArrayRef sizes, at::IntArrayRef strides, at::ScalarType type) {
    const auto meta = c10::scalarTypeToTypeMeta(type);
    const auto bytes = at::detail::computeStorageNbytes(sizes, strides, meta.itemsize());
    void* memory = std::malloc(bytes + 1);
    void* address = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(memory) + elsewhere);
    c10::Storage storage(c10::Storage::use_byte_size_t(), bytes,
                         c10::DataPtr(address, memory, &std::free, c10::Device(device, 0)), nullptr,
                         /*resizable=*/false);
    auto made = at::detail::make_tensor<c10::TensorImpl>(
        std::move(storage), c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), meta);
    made.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
    return made;
}

std::vector<std::int64_t> contiguous(at::IntArrayRef sizes) {
    std::vector<std::int64_t> strides(sizes.size(), 1);
    for (std::size_t i = sizes.size(); i-- > 1;)
        strides[i - 1] = strides[i] * std::max<std::int64_t>(sizes[i], 1);
    return strides;
}

/// The same memory as the CPU sees it.
at::Tensor onHost(const at::Tensor& t) {
    const auto options = at::TensorOptions().dtype(t.scalar_type());
    if (t.numel() == 0)
        return at::empty(t.sizes(), options); // an output yet to be given its size
    auto* address =
        reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(t.data_ptr()) - elsewhere);
    return at::from_blob(address, t.sizes(), t.strides(), options);
}

at::Tensor moved(const at::Tensor& host) {
    auto there = make(host.sizes(), contiguous(host.sizes()), host.scalar_type());
    if (host.numel() > 0)
        onHost(there).copy_(host);
    return there;
}

/// An operation's tensors: there, and as the CPU sees them.
class Operands {
  public:
    explicit Operands(std::string operation) : operation_(std::move(operation)) {}

    c10::IValue asHost(const c10::IValue& value) {
        if (value.isTensor())
            return asHost(value.toTensor());
        if (value.isDevice() && value.toDevice().type() == device)
            return c10::Device(at::kCPU);
        if (!value.isList())
            return value;
        auto list = value.toList().copy();
        for (std::size_t i = 0; i < list.size(); ++i)
            if (const c10::IValue each = list.get(i); each.isTensor())
                list.set(i, asHost(each.toTensor()));
        return list;
    }

    void requireOnePlace() const {
        TORCH_CHECK(there_.empty() || !elsewhere_, operation_, " has operands in two places");
    }

    c10::IValue asThere(const c10::IValue& value) const {
        if (!value.isTensor() || !value.toTensor().defined())
            return value;
        for (std::size_t i = 0; i < host_.size(); ++i)
            if (host_[i].is_same(value.toTensor()))
                return there_[i];
        return moved(value.toTensor());
    }

    /// Outputs that had no size before.
    void takeSizes() const {
        for (std::size_t i = 0; i < host_.size(); ++i)
            if (there_[i].numel() == 0 && host_[i].numel() > 0) {
                const auto made = moved(host_[i]);
                auto* into = there_[i].unsafeGetTensorImpl();
                into->set_storage_keep_dtype(made.storage());
                into->set_sizes_and_strides(made.sizes(), made.strides());
            }
    }

  private:
    at::Tensor asHost(const at::Tensor& t) {
        if (!t.defined())
            return t;
        if (!isThere(t)) {
            elsewhere_ = elsewhere_ || t.dim() > 0;
            return t;
        }
        there_.push_back(t);
        host_.push_back(onHost(t));
        return host_.back();
    }

    std::string operation_;
    std::vector<at::Tensor> there_, host_;
    bool elsewhere_ = false;
};

void compute(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
    const auto count = operation.schema().arguments().size();
    Operands operands(operation.schema().name());
    for (std::size_t i = stack->size() - count; i < stack->size(); ++i)
        (*stack)[i] = operands.asHost((*stack)[i]);
    operands.requireOnePlace();
    operation.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), stack);
    const auto results = operation.schema().returns().size();
    operands.takeSizes();
    for (std::size_t i = stack->size() - results; i < stack->size(); ++i)
        (*stack)[i] = operands.asThere((*stack)[i]);
}

at::Tensor copied(const at::Tensor& from, const at::Tensor& to) {
    waits += isThere(from) && !isThere(to) ? 1 : 0;
    auto target = isThere(to) ? onHost(to) : to;
    target.copy_(isThere(from) ? onHost(from) : from);
    return to;
}

/// Everything that the device does.
void doIt(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
    const auto& name = operation.schema().name();
    const auto count = operation.schema().arguments().size();
    const auto argument = [&](std::size_t i) { return (*stack)[stack->size() - count + i]; };
    const auto numbers = [&](std::size_t i) { return argument(i).toIntVector(); };
    const auto typeOf = [&](std::size_t i) {
        return argument(i).isNone() ? at::kFloat : argument(i).toScalarType();
    };
    at::Tensor result;
    if (name == "aten::empty")
        result = make(numbers(0), contiguous(numbers(0)), typeOf(1));
    else if (name == "aten::empty_strided")
        result = make(numbers(0), numbers(1), typeOf(2));
    else if (name == "aten::view")
        result = at::native::view(argument(0).toTensor(), numbers(1));
    else if (name == "aten::as_strided") {
        const auto self = argument(0).toTensor();
        const auto offset = argument(3).isNone() ? self.storage_offset() : argument(3).toInt();
        result = at::native::as_strided_tensorimpl(self, numbers(1), numbers(2), offset);
    } else if (name == "aten::_reshape_alias")
        result = at::native::_reshape_alias(argument(0).toTensor(), numbers(1), numbers(2));
    else if (name == "aten::_copy_from")
        result = copied(argument(0).toTensor(), argument(1).toTensor());
    else {
        waits += name == "aten::_local_scalar_dense" || name == "aten::nonzero" ||
                         name == "aten::masked_select"
                     ? 1
                     : 0;
        return compute(operation, stack);
    }
    torch::jit::drop(*stack, count);
    torch::jit::push(*stack, std::move(result));
}

} // namespace

std::int64_t timesWaitedFor() {
    return waits;
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
    library.fallback(torch::CppFunction::makeFromBoxedFunction<&doIt>());
}

} // namespace residuum::test

namespace at::detail {
C10_REGISTER_GUARD_IMPL(PrivateUse1, c10::impl::NoOpDeviceGuardImpl<c10::DeviceType::PrivateUse1>)
} // namespace at::detail
