// What every result file has in common: root attributes, tokens, one group per model
// (CONTRACT, "Result files", schema_version 1).
#pragma once

#include "analysis/prompts/token_input.h"
#include "core/model/model_info.h"
#include "core/store/hdf5_writer.h"
#include "core/tokenizer/tokenizer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace residuum {

inline constexpr int resultSchemaVersion = 1;

/// How a result came about.
struct ResultOrigin {
    std::string kind;        ///< "run", "dla", …
    int analysisVersion = 1; ///< raised when the kind's numbers change
    std::string request;     ///< JSON that reproduces the result
    std::vector<ModelInfo> models;
    bool centerUnembed = false; ///< noted per model
};

/// A result file being written. Axes "sample" and "pos" and the tokens are there from the start.
class ResultFile {
  public:
    /// `tokenizer` may be null: token_text then holds "#1234".
    ResultFile(const std::filesystem::path& target, const ResultOrigin& origin,
               const TokenInput& input, const Tokenizer* tokenizer);

    Hdf5Writer& writer() { return writer_; }
    const AxisRef& sampleAxis() const { return sample_; }
    const AxisRef& posAxis() const { return pos_; }
    /// "/models/{unique name}" of the i-th model of the origin.
    const std::string& modelGroup(std::size_t i) const { return groups_.at(i); }

    void commit() { writer_.commit(); }

  private:
    void writeTokens(const TokenInput& input, const Tokenizer* tokenizer);

    Hdf5Writer writer_;
    AxisRef sample_;
    AxisRef pos_;
    std::vector<std::string> groups_;
};

/// The stored type of a model's numbers: float32 unless computed in float64.
StoredNumber storedNumber(const NumericSettings& numeric);

/// The models' names made unique by a number where several are equal; "/" does not occur in them.
std::vector<std::string> uniqueNames(const std::vector<ModelInfo>& models);

/// Hash of everything that determines a result.
std::string resultKey(const ResultOrigin& origin, const TokenInput& input);

} // namespace residuum
