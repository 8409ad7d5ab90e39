#include "analysis/tensor/eigen_adaptor.h"

#include <ATen/core/Tensor.h>

#include <stdexcept>

namespace residuum {

Table toTable(const at::Tensor& tensor) {
    if (!tensor.device().is_cpu() || tensor.scalar_type() != at::kDouble || tensor.dim() != 2)
        throw std::logic_error("toTable wants a float64 CPU matrix");
    const auto dense = tensor.contiguous();
    return Eigen::Map<const Table>(dense.data_ptr<double>(), dense.size(0), dense.size(1));
}

} // namespace residuum
