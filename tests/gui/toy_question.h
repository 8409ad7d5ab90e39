// A question that no other file of the program knows: what the next one costs.
#pragma once

#include "analysis/attribution/dla_result.h" // Table
#include "analysis/question/answer.h"
#include "analysis/question/question.h"
#include "widgets/panels/result_views.h"

#include <array>
#include <cmath>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

namespace residuum {

enum class ToyUnit { Share, Percent };
template <>
struct NamesOf<ToyUnit> {
    static constexpr std::array<std::pair<ToyUnit, std::string_view>, 2> list{
        {{ToyUnit::Share, "share"}, {ToyUnit::Percent, "percent"}}};
};

struct ToyRequest {
    int power = 1;
    ToyUnit unit = ToyUnit::Share;
    bool rest = false;

    static constexpr auto fields() {
        using R = ToyRequest;
        return std::tuple{field(&R::power, "power", "--power", "of the share").within(1, 4),
                          field(&R::unit, "unit", "--unit", "share or percent"),
                          field(&R::rest, "rest", "--rest", "what is missing to the whole")};
    }
    friend bool operator==(const ToyRequest&, const ToyRequest&) = default;
};

struct ToyResult {
    ModelInfo model;
    ToyRequest request;
    Table shares; ///< [sample, pos]: how far through the vocabulary each token lies
};

struct ToyQuestion : QuestionOf<ToyQuestion, ToyRequest, PromptInput, ToyResult, ToyRequest> {
    static constexpr const char* kind = "toy";
    static constexpr const char* panel = "toy";
    static constexpr const char* description = "how far through the vocabulary each token lies";

    static std::shared_ptr<const ToyResult> compute(const Model& model, const PromptInput& input,
                                                    const ToyRequest& request, Job<ToyResult>&) {
        auto result = std::make_shared<ToyResult>(ToyResult{model.info(), request, {}});
        const auto& sequences = input.tokens.sequences;
        const auto samples = static_cast<Eigen::Index>(sequences.size());
        const auto width = static_cast<Eigen::Index>(longestSequence(input.tokens));
        result->shares = Table::Constant(samples, width, std::nan(""));
        for (Eigen::Index s = 0; s < samples; ++s)
            for (std::size_t p = 0; p < sequences[static_cast<std::size_t>(s)].tokens.size(); ++p) {
                const int id = sequences[static_cast<std::size_t>(s)].tokens[p].value;
                const double share =
                    std::pow(id / static_cast<double>(model.info().config.d_vocab), request.power);
                result->shares(s, static_cast<Eigen::Index>(p)) =
                    (request.rest ? 1.0 - share : share) *
                    (request.unit == ToyUnit::Percent ? 100.0 : 1.0);
            }
        roundAsStored(*result);
        return result;
    }
    static std::uint64_t bytes(const ModelInfo& model, const PromptInput& input,
                               const ToyRequest&) {
        return input.tokens.sequences.size() * longestSequence(input.tokens) *
               byteSize(storedNumber(model.numeric));
    }
    static void fields(FieldWalk& walk, ToyResult& result) {
        walk.numbers("shares", {walk.sample(), walk.pos()}, result.shares);
    }
};

inline ResultViews<ToyQuestion> toyViews() {
    const auto row = [](const ToyResult& result) -> FigureContent {
        HeatmapFigure map;
        map.data.grid.rows = 1;
        map.data.grid.columns = static_cast<double>(result.shares.cols());
        for (int p = 0; p < result.shares.cols(); ++p) {
            map.data.grid.cells.push_back({Position{LayerIndex(0), PositionIndex(p)}, 0,
                                           static_cast<double>(p), 1.0, QString::number(p)});
            map.data.values.push_back(result.shares(0, p));
        }
        return map;
    };
    return {QStringLiteral("&Toy"),
            {{QStringLiteral("toy-row"), QStringLiteral("share of the vocabulary (no LN)"),
              PlotPage::Kind::Heatmap, row}}};
}

inline FigureKind toyKind() {
    return kindOf(toyViews());
}

} // namespace residuum
