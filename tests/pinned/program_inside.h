// The program in a child of the test: as the real one, but its libraries are loaded already.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace residuum::test {

struct Said {
    int status = -1; ///< exit status; 128 + signal when killed
    std::string out, err;
};

/// Runs `what` in a child, whose exit status it returns; standard input is empty.
Said inChild(const std::function<int()>& what);
/// Runs `residuum arguments…` in `folder` (empty: where the test runs), with a result cache that
/// all runs of this test program share. Nothing may have computed in this process before.
Said runInside(const std::vector<std::string>& arguments, const std::string& folder = "");

} // namespace residuum::test
