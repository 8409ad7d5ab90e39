#include "core/checkpoint/normalization.h"

namespace residuum {

std::size_t Normalization::removedCount() const {
    std::size_t count = ln_f.removed ? 1 : 0;
    for (const BlockNorms& block : blocks) {
        for (const NormSite* site : {&block.ln1_qk, &block.ln1_v, &block.ln2})
            count += site->removed ? 1 : 0;
    }
    return count;
}

std::string Normalization::summary() const {
    if (!summaryOnly.empty())
        return summaryOnly;
    const std::size_t removed = removedCount();
    if (removed == 0)
        return "LayerNorm";
    return removed == siteCount() ? "removed" : "mixed";
}

std::string Normalization::label() const {
    if (!summaryOnly.empty())
        return summaryOnly;
    const std::string fraction = std::to_string(removedCount()) + "/" + std::to_string(siteCount());
    if (summary() == "removed")
        return "removed (" + fraction + ")";
    return summary() == "mixed" ? "mixed (" + fraction + " removed)" : "LayerNorm";
}

} // namespace residuum
