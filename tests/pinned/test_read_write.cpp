// Results read by their readers and written again say the same, digit for digit: no computation
// takes part in it.
#include "pinned/dump.h"
#include "pinned/kinds.h"
#include "pinned/result_cases.h"

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

TEST(PinnedReadWrite, AResultIsWrittenAsItWasRead) {
    const Workplace place;
    for (const auto& each : resultCases(place)) {
        if (each.kind() == "run")
            continue; // is read by nothing but other programs
        SCOPED_TRACE(each.name);
        const auto again = place.output("again.h5");
        saveAgain(goldenResult(each.name), again);
        const auto golden = dump(goldenResult(each.name), Detail::Everything);
        const auto actual = dump(again, Detail::Everything);
        if (golden == actual)
            continue;
        writeFile(actualFile("read-write/" + each.name + ".golden"), golden);
        writeFile(actualFile("read-write/" + each.name + ".again"), actual);
        ADD_FAILURE() << "what is read is not what is written: see "
                      << actualFile("read-write/" + each.name + ".again") << " beside .golden";
    }
}

/// Files of the first version: what is read of them, as this version writes it.
TEST(PinnedReadWrite, ResultsOfSchemaOne) {
    const Workplace place;
    for (const std::string kind : {"dla", "patch", "neurons"}) {
        SCOPED_TRACE(kind);
        const auto again = place.output("again.h5");
        saveAgain(fs::path(RESIDUUM_FIXTURES_DIR) / "schema-1" / (kind + ".h5"), again);
        expectGolden("schema-1/" + kind + ".txt", dump(again, Detail::Everything));
    }
}

} // namespace
} // namespace residuum::test
