#include "core/model/activation.h"

#include <ATen/ATen.h>

namespace residuum {

at::Tensor activate(const at::Tensor& pre, Activation activation) {
    switch (activation) {
    case Activation::GeluErf:
        return at::gelu(pre, "none");
    case Activation::Relu:
        return at::relu(pre);
    case Activation::GeluTanh:
        break;
    }
    return at::gelu(pre, "tanh");
}

at::Tensor activateBackward(const at::Tensor& gradient, const at::Tensor& pre,
                            Activation activation) {
    switch (activation) {
    case Activation::GeluErf:
        return at::gelu_backward(gradient, pre, "none");
    case Activation::Relu:
        return at::threshold_backward(gradient, pre, 0);
    case Activation::GeluTanh:
        break;
    }
    return at::gelu_backward(gradient, pre, "tanh");
}

} // namespace residuum
