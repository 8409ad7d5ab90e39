// Datasets of any size: sequences and texts one after the other, none of them kept.
#pragma once

#include "analysis/inputs/dataset.h"

#include <filesystem>
#include <functional>
#include <string>

namespace residuum {

/// The sequences that readDataset gives, handed over in their order. Returns what is to be said of
/// them, without their source lines. Throws Error, Cancelled.
InputAccount forEachSequence(const DatasetRequest& request, const Tokenizer* tokenizer, int n_ctx,
                             int d_vocab, const std::function<void(const TokenSequence&)>& take,
                             Progress& progress);

/// The documents of a .txt and the texts of a .jsonl, as they are. Throws Error as readDataset
/// does, and for a file of ids.
void forEachText(const std::filesystem::path& file,
                 const std::function<void(const std::string& text)>& take, Progress& progress);

} // namespace residuum
