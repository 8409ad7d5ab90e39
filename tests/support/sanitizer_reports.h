// What AddressSanitizer and UBSan say of programs that a test starts and that may end by it: a
// fault of a library in a confined process is a damaged file, one of our own is a failure.
#pragma once

#include "support/paths.h"

#include <optional>
#include <string>
#include <vector>

namespace residuum::test {

/// The first frame of a report below the sanitizer's own, or the line of UBSan's, where that is
/// code of this project.
std::optional<std::string> ownFault(const std::string& report);

/// Programs started while this lives leave their reports in files of its own.
class SanitizerReports {
  public:
    SanitizerReports();
    ~SanitizerReports();
    SanitizerReports(const SanitizerReports&) = delete;
    SanitizerReports& operator=(const SanitizerReports&) = delete;

    int count() const; ///< of reports so far
    std::vector<std::string> ownFaults() const;

  private:
    TemporaryFolder folder_;
    std::optional<std::string> before_; ///< ASAN_OPTIONS
};

} // namespace residuum::test
