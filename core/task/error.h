// The one family of exceptions of core and analysis. They are caught once, where a job or a
// subcommand ends, and shown as one sentence.
#pragma once

#include <stdexcept>
#include <string>

namespace residuum {

/// Something the user gave could not be used. `what()` is "SUBJECT: REASON".
/// subject: the file, key, tensor or token at fault; reason: what was found, what was expected and,
/// where it is not obvious, what to do. Both are one line (control characters are escaped).
class Error : public std::runtime_error {
  public:
    Error(std::string subject, std::string reason);

    const std::string& subject() const noexcept { return subject_; }
    const std::string& reason() const noexcept { return reason_; }

  private:
    std::string subject_;
    std::string reason_;
};

/// The command line or a request was malformed (exit status 2).
class UsageError : public Error {
  public:
    using Error::Error;
};

/// The user or a newer request cancelled the work. Not an Error: nothing is wrong.
class Cancelled : public std::exception {
  public:
    const char* what() const noexcept override { return "cancelled"; }
};

/// The work was broken off to be gone on with, in its turn.
class Paused : public Cancelled {
  public:
    const char* what() const noexcept override { return "paused"; }
};

/// `text` with line breaks and control characters escaped, so that a message stays one line;
/// cut in the middle to at most `maxBytes`.
std::string oneLine(const std::string& text, std::size_t maxBytes = 400);

} // namespace residuum
