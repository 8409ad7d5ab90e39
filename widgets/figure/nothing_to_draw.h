// A figure of what a result does not hold.
#pragma once

#include "core/task/error.h"

#include <string>
#include <utility>

namespace residuum {

/// Nothing is wrong or damaged, but what is to be drawn was not asked for, or is not there yet.
class NothingToDraw : public Error {
  public:
    explicit NothingToDraw(std::string why) : Error("the figure", std::move(why)) {}
};

} // namespace residuum
