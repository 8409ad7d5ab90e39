#include "core/checkpoint/treatment.h"

#include <algorithm>

namespace residuum {

namespace {

/// Of a kind's name; result files of older versions, which tell no sites, have "mixed" for
/// LayerNorm and removed ones.
std::string wordOf(const std::string& kind) {
    if (kind == "RMSNorm")
        return kind;
    return kind == "DyT" ? "DyT gate" : "LN";
}

std::string oneWord(const std::set<std::string>& words) {
    return words.size() == 1 ? *words.begin() : "normalisation";
}

} // namespace

void Treatment::add(const Normalization& model, std::optional<int> layer) {
    const auto final = wordOf(model.summaryOnly.empty() ? kindName(model.ln_f) : model.summaryOnly);
    frozen_.insert(final);
    recomputed_.insert(final);
    const auto& blocks = model.blocks;
    for (auto l = layer ? static_cast<std::size_t>(*layer) + 1 : blocks.size(); l < blocks.size();
         ++l)
        for (const auto& site : {blocks[l].ln1_qk, blocks[l].ln1_v, blocks[l].ln2})
            recomputed_.insert(wordOf(kindName(site)));
}

std::string Treatment::frozen() const {
    return oneWord(frozen_) + " frozen";
}

std::string Treatment::recomputed() const {
    return oneWord(recomputed_) + " recomputed";
}

std::string Treatment::mediated() const {
    auto word = oneWord(frozen_);
    std::replace(word.begin(), word.end(), ' ', '-');
    return word + "-mediated";
}

std::string Treatment::unitScale() const {
    const auto word = oneWord(frozen_);
    return word + (word == "DyT gate" ? " 1" : " scale 1");
}

} // namespace residuum
