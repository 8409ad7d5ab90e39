// Tokens on the colours of values, as data: a block per thing, a line per model. Plain data.
#pragma once

#include "analysis/question/thing.h"
#include "widgets/plots/colour_scale.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace residuum {

struct TokenStripRow {
    QString name;               ///< e.g. the model's; empty: as the block's label
    std::vector<double> values; ///< per token; NaN: not known
};

struct TokenStripBlock {
    std::optional<Thing> thing; ///< as in GridCell
    QString label;              ///< e.g. "L11N584"; empty: who shows it says what it is
    std::vector<TokenStripRow> rows;
};

struct TokenStrips {
    QStringList tokens; ///< as they are shown, spaces visible
    std::vector<TokenStripBlock> blocks;
    ColourScale scale;                   ///< shared by all
    std::optional<std::size_t> framed{}; ///< a token that is marked by a frame

    bool empty() const { return tokens.empty() || blocks.empty(); }
};

} // namespace residuum
