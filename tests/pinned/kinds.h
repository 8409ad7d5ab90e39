// What these tests use of each kind of result beyond the program itself: the one file to adapt
// where its interfaces change.
#pragma once

#include <filesystem>
#include <string>

namespace residuum::test {

/// Reads a result by its kind's reader and writes it again. Token texts are those of the pinned
/// models' tokenizer.
void saveAgain(const std::filesystem::path& from, const std::filesystem::path& to);
/// The shell command that computes the result again.
std::string commandOf(const std::filesystem::path& result);
/// What a session file is written as once it was read. Throws Error.
std::string sessionAgain(const std::string& text);

} // namespace residuum::test
