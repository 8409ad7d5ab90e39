// Mapped memory whose file may be cut short under it.
#pragma once

#include <cstddef>
#include <span>

namespace residuum::checkpoint {

/// While it lives, reading a page of `bytes` that the file no longer has (it was truncated, its
/// disk or server is gone) gives zeros instead of ending the program by SIGBUS, and is remembered.
/// What was computed from such bytes must be thrown away: ask `missing` before using it. Faults
/// elsewhere take the course they took before.
class MissingPages {
  public:
    /// `bytes` begins on a page.
    explicit MissingPages(std::span<const std::byte> bytes);
    ~MissingPages();
    MissingPages(const MissingPages&) = delete;
    MissingPages& operator=(const MissingPages&) = delete;

    /// Whether a page was missing when it was read, by any thread.
    bool missing() const;

    struct Watch;

  private:
    Watch* watch_;
};

} // namespace residuum::checkpoint
