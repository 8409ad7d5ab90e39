// Figures of the golden results: no computation takes part in them.
#include "pinned/drawings.h"
#include "pinned/figure_cases.h"
#include "pinned/goldens.h"
#include "pinned/program_inside.h"
#include <algorithm>

namespace residuum::test {
namespace {

using Strings = std::vector<std::string>;

const char* const fontsGolden = "figures/fonts.txt";

/// `residuum figure` where the golden results lie, so that nothing names their folder.
Said figure(Strings arguments) {
    arguments.insert(arguments.begin(), "figure");
    return runInside(arguments, goldenFile("results"));
}

Said figure(const FigureCase& drawn, const std::string& output) {
    Strings arguments{drawn.result + ".h5"};
    arguments.insert(arguments.end(), drawn.arguments.begin(), drawn.arguments.end());
    arguments.insert(arguments.end(), {"-o", output});
    return figure(arguments);
}

TEST(PinnedFigures, NumbersAndProvenance) {
    const Workplace place;
    for (const auto& drawn : figureCases()) {
        SCOPED_TRACE(drawn.name);
        const auto output = place.output("figure.csv");
        const auto said = figure(drawn, output);
        EXPECT_EQ(said.status, 0);
        EXPECT_EQ(said.out + said.err, "");
        expectGolden("figures/" + drawn.name + ".csv", textOf(output));
        expectGolden("figures/" + drawn.name + ".csv.json",
                     place.normalised(textOf(output + ".json")));
    }
}

TEST(PinnedFigures, Vectors) {
    const auto fonts = fontsHere();
    const auto recorded = textOf(goldenFile(fontsGolden));
    if (recorded.empty() && accepting())
        expectGolden(fontsGolden, fonts);
    else if (recorded != fonts)
        GTEST_SKIP() << "drawings are not compared: the fonts or Qt are not those of "
                     << goldenFile(fontsGolden) << "; remove it before accepting drawings with "
                     << "these:\n"
                     << fonts;
    const Workplace place;
    for (const auto& drawn : figureCases()) {
        if (!drawn.vectors)
            continue;
        SCOPED_TRACE(drawn.name);
        const auto output = place.output("figure.svg");
        const auto said = figure(drawn, output);
        EXPECT_EQ(said.status, 0) << said.err;
        expectDrawing(drawn.name, place.normalised(textOf(output)));
    }
}

/// Status and sentence of each.
std::string saidOfEach(const std::vector<Strings>& each, const Workplace& place) {
    std::string text;
    for (auto arguments : each) {
        for (const auto& argument : arguments)
            text += (text.empty() || text.back() == '\n' ? "" : " ") + argument;
        if (std::find(arguments.begin(), arguments.end(), "-o") == arguments.end())
            arguments.insert(arguments.end(), {"-o", place.output("figure.csv")});
        const auto said = figure(arguments);
        text += "\n  " + std::to_string(said.status) + " " + said.out + said.err +
                (said.err.ends_with('\n') ? "" : "\n");
    }
    return place.normalised(text);
}

TEST(PinnedFigures, Refused) {
    const Workplace place;
    expectGolden("figures/refused.txt", saidOfEach(refusedFigures(), place));
}

TEST(PinnedFigures, OptionsOfAnotherKind) {
    const Workplace place;
    expectGolden("figures/foreign.txt", saidOfEach(figuresWithForeignOptions(), place));
}

TEST(PinnedFigures, EveryGoldenHasItsCase) {
    Strings files{"fonts.txt", "refused.txt", "foreign.txt"};
    for (const auto& drawn : figureCases()) {
        files.insert(files.end(), {drawn.name + ".csv", drawn.name + ".csv.json"});
        if (drawn.vectors)
            files.push_back(drawingName(drawn.name));
    }
    expectNoOthers("figures", files);
}

} // namespace
} // namespace residuum::test
