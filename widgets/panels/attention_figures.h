// One head's attention as it is drawn: query × key, the causal triangle blank. No widgets.
#pragma once

#include "analysis/parts/component_detail.h"
#include "core/model/model_info.h"
#include "widgets/figure/figure.h"

#include <QStringList>

#include <memory>
#include <vector>

namespace residuum {

/// What is shown of a pattern.
enum class AttentionKind {
    Plain,        ///< α, rows of which add up to 1
    WithoutFirst, ///< without position 0, what is left renormalised (not of query 0)
    ValueWeighted ///< α ‖v W_O‖, v without its bias
};

/// "attention", "attention without position 0, renormalised", "attention weighted by ‖v W_O‖".
QString attentionTitle(AttentionKind kind);
/// [query, key].
Table attentionOf(const ComponentDetail& head, AttentionKind kind);
/// What a query attends to, by key; 0 where that is not defined. None: there is no such query.
std::vector<double> attentionFrom(int query, const ComponentDetail& head, AttentionKind kind);

/// Cells of every key up to its query (from position 1 on without the first). `tokens`: chips of
/// the positions. `axes`: with ticks and titles.
CellGrid attentionGrid(int length, const QStringList& tokens, AttentionKind kind, bool axes);
/// One value per cell of that grid.
std::vector<double> attentionValues(const Table& attention, AttentionKind kind);

/// Positions from 0 on; a head of one model.
struct AttentionColumn {
    QString name;
    ModelInfo model;
    std::shared_ptr<const ComponentDetail> clean;   ///< null: of the corrupted prompt alone
    std::shared_ptr<const ComponentDetail> corrupt; ///< null: of the prompt alone
};

/// A model's pattern, or the prompt's minus the corrupted prompt's where both are there.
FigurePanel attentionPanel(const AttentionColumn& column, AttentionKind kind,
                           const QStringList& tokens);
/// But for its end. `isDifference`: of two prompts.
ColourScale attentionScale(AttentionKind kind, bool isDifference);

} // namespace residuum
