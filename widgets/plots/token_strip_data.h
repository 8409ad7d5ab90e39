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
    QString name;               ///< e.g. the model's
    std::vector<double> values; ///< per token; NaN: not known
};

struct TokenStripBlock {
    std::optional<Thing> thing; ///< as in GridCell
    QString label;              ///< e.g. "L11N584"
    std::vector<TokenStripRow> rows;
};

struct TokenStrips {
    QStringList tokens; ///< as they are shown, spaces visible
    std::vector<TokenStripBlock> blocks;
    ColourScale scale; ///< shared by all

    bool empty() const { return tokens.empty() || blocks.empty(); }
};

} // namespace residuum
