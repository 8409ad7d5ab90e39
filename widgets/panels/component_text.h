// The parts of one component in every model, in words and bars.
#pragma once

#include "analysis/parts/component_detail.h"
#include "widgets/prompt/token_display.h"

#include <QColor>
#include <QString>

#include <memory>
#include <vector>

namespace residuum {

/// One model's.
struct DetailColumn {
    QString name;
    std::shared_ptr<const ComponentDetail> detail; ///< null: it is not there
    bool stale = false;
    QString why{}; ///< it is not there: a sentence
};

/// What the parts are named and coloured by.
struct DetailNames {
    std::vector<TokenId> prompt;
    std::shared_ptr<const Tokenizer> tokenizer; ///< null: tokens have no texts
    QColor bar, dim;
};

/// HTML whose links name things: of heads the positions that they read from (the same in all
/// models: those with the largest share in any), of MLPs their neurons; promoted and suppressed
/// tokens of both.
QString detailText(const Component& component, const std::vector<DetailColumn>& columns,
                   const DetailNames& names);
/// "pos 4 ·Mary".
QString sourceName(int position, const DetailNames& names);

} // namespace residuum
