// Which process wrote a file, so that nobody takes another one for it.
#pragma once

#include <string>

#include <sys/types.h>

namespace residuum {

/// A process number is given again, in a container at once; with its start and the boot it is not.
struct ProcessIdentity {
    pid_t process = 0;
    std::string start; ///< in clock ticks since the boot; "": not known
    std::string boot;  ///< the boot's id, its first eight digits; "": not known

    static ProcessIdentity own();

    /// "123-45678-9abcdef0", and back; process 0 for any other text.
    std::string text() const;
    static ProcessIdentity parse(const std::string& text);

    /// Whether this very process is still there. Of version 0.1.0's names, which have the number
    /// only: whether a Residuum has that number, other than this one.
    bool isAlive() const;

    friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

} // namespace residuum
