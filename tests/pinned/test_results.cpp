// What the program computes: file structure, texts, integers, key and request exactly, other
// numbers but for their last digits, which depend on the processor.
#include "pinned/dump.h"
#include "pinned/program_inside.h"
#include "pinned/result_cases.h"

#include <algorithm>
#include <cmath>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

/// Of a dataset's largest magnitude. What is rounding itself (completeness errors) is compared to
/// numbers of the size of logits.
constexpr double tolerance = 1e-4, leastMagnitude = 1.0;

/// "" where the numbers agree.
std::string difference(const std::vector<double>& golden, const std::vector<double>& actual) {
    if (golden.size() != actual.size())
        return std::to_string(actual.size()) + " numbers instead of " +
               std::to_string(golden.size());
    double largest = leastMagnitude;
    for (const double value : golden)
        largest = std::isfinite(value) ? std::max(largest, std::abs(value)) : largest;
    for (std::size_t i = 0; i < golden.size(); ++i) {
        const bool same = std::isfinite(golden[i])
                              ? std::abs(golden[i] - actual[i]) <= tolerance * largest
                          : std::isnan(golden[i]) ? std::isnan(actual[i])
                                                  : golden[i] == actual[i];
        if (!same)
            return "number " + std::to_string(i) + " is " + std::to_string(actual[i]) +
                   " instead of " + std::to_string(golden[i]);
    }
    return {};
}

/// "" where all numbers of two files agree.
std::string numbersDiffer(const fs::path& golden, const fs::path& actual) {
    if (!fs::exists(golden))
        return "there is no golden";
    const auto was = numbersIn(golden), is = numbersIn(actual);
    std::string text;
    for (const auto& [name, values] : was) {
        const auto found = is.find(name);
        const auto why = found == is.end() ? "missing" : difference(values, found->second);
        if (!why.empty())
            text += "\n" + name + ": " + why;
    }
    for (const auto& [name, values] : is)
        if (!was.contains(name))
            text += "\n" + name + ": is new";
    return text;
}

/// The golden file is what other tests read: it is replaced only where it says something else.
void expectGoldenResult(const ResultCase& tested, const Workplace& place, const fs::path& actual) {
    const auto golden = goldenResult(tested.name);
    auto why = numbersDiffer(golden, actual);
    const auto structure = place.normalised(dump(actual, Detail::WithoutNumbers));
    if (why.empty() && place.normalised(dump(golden, Detail::WithoutNumbers)) != structure)
        why = "its structure differs";
    if (!why.empty() && accepting()) {
        fs::create_directories(golden.parent_path());
        fs::copy_file(actual, golden, fs::copy_options::overwrite_existing);
    } else if (!why.empty()) {
        const auto left = actualFile("results/" + tested.name + ".h5");
        fs::create_directories(left.parent_path());
        fs::copy_file(actual, left, fs::copy_options::overwrite_existing);
        ADD_FAILURE() << golden << " differs from " << left << ": " << why << "\n" << howToAccept();
    }
    expectGolden("results/" + tested.name + ".txt", structure);
}

void compute(const std::string& kind) {
    const Workplace place;
    for (const auto& tested : resultCases(place)) {
        if (tested.kind() != kind)
            continue;
        SCOPED_TRACE(tested.name);
        auto arguments = tested.arguments;
        const auto file = place.output(tested.name + ".h5");
        arguments.insert(arguments.end(), {"--threads", "2", "--quiet", "-o", file});
        const auto said = runInside(arguments);
        ASSERT_EQ(said.status, 0) << said.err;
        EXPECT_EQ(said.out + said.err, "");
        expectGoldenResult(tested, place, file);
    }
}

TEST(PinnedResults, Attribution) {
    compute("dla");
}

TEST(PinnedResults, Patching) {
    compute("patch");
}

TEST(PinnedResults, Neurons) {
    compute("neurons");
}

TEST(PinnedResults, Activations) {
    compute("run");
}

TEST(PinnedResults, EveryGoldenHasItsCase) {
    const Workplace place;
    std::vector<std::string> files;
    for (const auto& each : resultCases(place))
        files.insert(files.end(), {each.name + ".h5", each.name + ".txt"});
    expectNoOthers("results", files);
}

} // namespace
} // namespace residuum::test
