// The system calls of atomic files and folders, with errors that name what is being written.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace residuum {

/// Throws Error: `action`, and what errno says of it.
[[noreturn]] void failWriting(const std::filesystem::path& target, const std::string& action);

/// A name for a temporary file or folder that hardly any has: ".residuum-" and eight letters. A
/// fixed prefix instead of the target's name, which may be as long as a name can be.
std::string temporaryName();
bool isTemporaryName(const std::string& name);

/// fsync of a file or, with O_DIRECTORY among `flags`, of a folder.
void synchronise(const std::filesystem::path& path, int flags, const std::filesystem::path& target);

/// All of `bytes` to an open file. Throws Error naming `target`; closes nothing.
void writeAll(int descriptor, std::span<const std::byte> bytes,
              const std::filesystem::path& target);

} // namespace residuum
