// What LibTorch could not do, in this program's words.
#pragma once

#include <c10/util/Exception.h>

#include <string>

namespace residuum {

/// The reason of an Error about what LibTorch threw: a lack of memory, or an operation that the
/// device does not have.
std::string torchProblem(const c10::Error& error);

} // namespace residuum
