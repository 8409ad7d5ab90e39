#include "core/model/model.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <dlfcn.h>

#include <algorithm>
#include <string>
#include <thread>

namespace residuum {

namespace {

/// A function of the BLAS in this process, if it has it: LibTorch may come with OpenBLAS, MKL or
/// the reference BLAS, so none of them is linked by name.
template <class Function>
Function* blasFunction(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

} // namespace

std::string configureThreads(int threads) {
    if (threads <= 0)
        threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    at::set_num_threads(threads);
    // `applyWeights` and attention hand OpenBLAS one share per ATen thread.
    if (auto* setBlasThreads = blasFunction<void(int)>("openblas_set_num_threads")) {
        setBlasThreads(1);
        return {};
    }
    if (at::hasMKL())
        return {};
    return "LibTorch runs on a BLAS that is neither OpenBLAS nor MKL, matrix products may be fifty "
           "times slower: install libopenblas0 (Debian) and start again";
}

} // namespace residuum
