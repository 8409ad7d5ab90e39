// Figures without a window. The only door from the command line into Qt's drawing.
#pragma once

#include "app/questions.h"
#include "widgets/figure/nothing_to_draw.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

/// A figure as the command line asks for it; texts are checked by `drawFigure`.
struct FigureArguments {
    std::filesystem::path result;
    std::filesystem::path output;
    std::string view;                            ///< --kind; empty: the result's first
    std::map<std::string, std::string> settings; ///< by their names; flags have no text
    std::optional<double> limit;
    bool fullRange = false;
    std::string difference;        ///< "A,B": places of two models
    std::vector<std::string> pins; ///< NAME[=#rrggbb][=LETTER]
    std::string preset, width, height, font, colours;
    std::optional<double> fontSize, dpi;
    std::optional<int> rows;
    bool noLetters = false;
    bool csv = false;
    bool latex = false;
};

/// A view of a result.
struct HeadlessView {
    std::string name;
    std::string stem;                  ///< of its files among those of all kinds
    std::vector<std::string> settings; ///< names of those that it has
};

/// Draws without a display. At most one at a time.
class HeadlessFigures {
  public:
    explicit HeadlessFigures(const Questions& questions);
    ~HeadlessFigures();
    HeadlessFigures(const HeadlessFigures&) = delete;
    HeadlessFigures& operator=(const HeadlessFigures&) = delete;

    /// Draws the figure and writes it with its sidecar. Throws UsageError, Error and, where
    /// it shows what the result does not hold, NothingToDraw.
    void draw(const FigureArguments& arguments) const;
    /// The views that a result has the numbers for. Throws Error where its kind has no figures.
    std::vector<HeadlessView> views(const std::filesystem::path& result) const;

  private:
    struct Private;
    std::unique_ptr<Private> d_;
};

/// "attribution, direct-effect, …" of every kind of result, for help texts.
std::string figureViewNames(const Questions& questions);

/// A setting of any kind's views, as an option.
struct FigureOption {
    std::string name;      ///< "site" of --site
    std::string otherName; ///< another spelling; "": there is none
    std::string help;
    bool flag = false;
};
/// Each once, whatever kinds have it.
std::vector<FigureOption> figureOptions(const Questions& questions);

} // namespace residuum
