#include "core/digest/sha256.h"

#include "core/task/error.h"
#include "support/paths.h"

#include <gtest/gtest.h>

#include <fstream>

namespace residuum::test {
namespace {

// FIPS 180-2, appendix B.
constexpr const char* ofAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* ofMillionAs =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, AgreesWithTheStandard) {
    Sha256 digest;
    digest.add("a");
    digest.add("bc");
    EXPECT_EQ(digest.hex(), ofAbc);
}

TEST(Sha256, OfAFileInPieces) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "a";
    std::ofstream(file, std::ios::binary) << std::string(1'000'000, 'a');
    Progress progress;
    EXPECT_EQ(sha256OfFile(file, progress), ofMillionAs);
    EXPECT_THROW(sha256OfFile(folder.path() / "missing", progress), Error);
}

} // namespace
} // namespace residuum::test
