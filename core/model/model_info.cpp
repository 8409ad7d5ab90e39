#include "core/model/model_info.h"

#include "core/checkpoint/checkpoint.h"
#include "core/task/error.h"

namespace residuum {

std::string name(DType dtype) {
    switch (dtype) {
    case DType::Float32:
        return name(StoredType::Float32);
    case DType::Float64:
        return name(StoredType::Float64);
    case DType::BFloat16:
        return name(StoredType::BFloat16);
    }
    return {};
}

DType parseDType(const std::string& text) {
    for (const DType dtype : {DType::Float32, DType::Float64, DType::BFloat16}) {
        if (name(dtype) == text)
            return dtype;
    }
    if (text == "float16") {
        throw UsageError("--dtype float16",
                         "not offered, because epsilon-trick models overflow in it; use float32, "
                         "float64 or bfloat16");
    }
    throw UsageError("--dtype " + text, "unknown; use float32, float64 or bfloat16");
}

} // namespace residuum
