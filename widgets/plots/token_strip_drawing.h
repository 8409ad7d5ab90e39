// How tokens on the colours of values are laid out and drawn, on screen and on paper alike.
#pragma once

#include "widgets/plots/pin.h"
#include "widgets/plots/plot_theme.h"
#include "widgets/plots/token_strip_data.h"

#include <QPainter>
#include <QRectF>

#include <cstddef>
#include <optional>
#include <vector>

namespace residuum {

/// Where everything stands. Lines break between tokens, at the same ones in every row.
struct TokenStripLayout {
    struct Cell {
        QRectF rect;
        std::size_t block = 0, row = 0, token = 0;
    };
    struct Name {
        QRectF rect;
        QString text; ///< elided where there is no room
        std::size_t block = 0;
    };
    std::vector<Cell> cells;
    std::vector<Name> rowNames;
    std::vector<Name> labels; ///< of blocks, one each; an empty one takes no room
    double height = 0.0;

    /// The cell, or any of the block's cells or names, under a point.
    const Cell* cellAt(const QPointF& point) const;
    std::optional<std::size_t> blockAt(const QPointF& point) const;
};

TokenStripLayout layOutTokenStrips(const TokenStrips& strips, double width, const PlotTheme& theme);

/// `visible`: what need not be drawn outside of; null: everything is. `hovered`: a block's thing.
void drawTokenStrips(QPainter& painter, const TokenStrips& strips, const TokenStripLayout& layout,
                     const PlotTheme& theme, const std::vector<Pin>& pins,
                     const QRectF& visible = {}, std::optional<Thing> hovered = std::nullopt);

} // namespace residuum
