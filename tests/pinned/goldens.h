// Texts that must not change, and how a change is accepted.
#pragma once

#include "support/paths.h"

#include <filesystem>
#include <string>
#include <vector>

namespace residuum::test {

/// A folder in which the pinned models, datasets and results lie under names that do not depend on
/// the checkout's place, and where tests write. Goldens that hold paths are made in a fixed folder.
class Workplace {
  public:
    Workplace();
    ~Workplace();
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;

    const std::filesystem::path& root() const { return root_; }
    std::string model(const std::string& name) const { return root_ / "models" / name; }
    std::string data(const std::string& name) const { return root_ / "data" / name; }
    std::string output(const std::string& name) const { return root_ / "out" / name; }
    /// `text` with the folder's path, and the one in which goldens are made, as "PINNED".
    std::string normalised(std::string text) const;

  private:
    TemporaryFolder folder_;
    std::filesystem::path root_;
};

std::string replaced(std::string text, const std::string& what, const std::string& with);

std::filesystem::path goldenFile(const std::string& name);
/// RESIDUUM_ACCEPT_GOLDEN=1: what differs becomes the golden.
bool accepting();
/// Where the actual file of a golden is left.
std::filesystem::path actualFile(const std::string& name);

/// Fails where `actual` is not the golden file of this name; leaves it at `actualFile` then. Where
/// changes are accepted the golden is written instead.
void expectGolden(const std::string& name, const std::string& actual);

/// Fails where a golden in `folder` is none of `expected`, e.g. of a case that is no more; where
/// changes are accepted it is removed.
void expectNoOthers(const std::string& folder, const std::vector<std::string>& expected);

/// "line 3:\n- golden\n+ actual" of the first difference.
std::string firstDifference(const std::string& golden, const std::string& actual);
std::string howToAccept();

std::string textOf(const std::filesystem::path& file);
void writeFile(const std::filesystem::path& file, const std::string& text);

} // namespace residuum::test
