// What every result file has in common: root attributes, tokens, one group per model
// (CONTRACT, "Result files", schema_version 2).
#pragma once

#include "analysis/inputs/input_account.h"
#include "analysis/inputs/token_input.h"
#include "analysis/question/row_groups.h"
#include "core/model/model_info.h"
#include "core/store/hdf5_writer.h"
#include "core/tokenizer/tokenizer.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

inline constexpr int resultSchemaVersion = 2;
/// Part of every key. How numbers are stored says nothing about them: results of schema_version 1
/// in a cache keep their keys and are read on.
inline constexpr int keySchemaVersion = 1;
inline constexpr const char* resultFormat = "residuum-result";

/// How a result came about.
struct ResultOrigin {
    std::string kind;              ///< "run", "dla", …
    int analysisVersion = 1;       ///< raised when the kind's numbers change
    std::string settings;          ///< JSON of the kind's own request
    std::string input;             ///< JSON of the input that was asked for
    std::vector<ModelInfo> models; ///< at least one, all computed with the same numeric settings
    bool centerUnembed = false;    ///< noted per model
    bool readsTokenizer = false;   ///< tokenizers decide what comes out: they are part of the key
    std::vector<std::string> outsideKey{}; ///< members of the settings that are no part of the key
};

/// The token arrays of a result, by the names of their datasets: {"tokens", …}; kinds that compare
/// two runs have {"clean", …} and {"corrupt", …}. All have as many sequences.
using ResultTokens = std::vector<std::pair<std::string, const TokenInput*>>;

/// JSON that reproduces the result from any folder: kind, models (paths are absolute), the
/// tokenizer's folder where one was named, input, settings, numeric settings.
std::string requestText(const ResultOrigin& origin);

/// Hash of everything that determines a result: weights, tokens, settings, numeric settings, the
/// analysis's version. Neither paths nor names are part of it.
std::string resultKey(const ResultOrigin& origin, const ResultTokens& tokens);

/// A result file being written. Axes "sample" and "pos" and the tokens are there from the start.
class ResultFile {
  public:
    /// `tokenizer`, which must outlive this, may be null: token texts are "#1234" then.
    /// `expectedBytes`: see Hdf5Writer.
    ResultFile(const std::filesystem::path& target, const ResultOrigin& origin,
               const ResultTokens& tokens, const Tokenizer* tokenizer,
               std::uint64_t expectedBytes = 0);

    Hdf5Writer& writer() { return writer_; }
    const AxisRef& sampleAxis() const { return sample_; }
    const AxisRef& posAxis() const { return pos_; }
    /// "#1234" without a tokenizer.
    std::string tokenText(TokenId token) const;
    /// Lengths of the sample axis, and of the pos axis: the longest sequence's.
    std::int64_t samples() const { return samples_; }
    std::int64_t width() const { return width_; }
    /// "/models/{unique name}" of the i-th model of the origin.
    const std::string& modelGroup(std::size_t i) const { return groups_.at(i); }

    /// "/source_line" of every row and "/left_out" of what has none (CONTRACT). Not for the cache:
    /// a result is of its tokens, wherever they were read.
    void describeInput(const InputAccount& account);

    void commit() { writer_.commit(); }

  private:
    void writeModels(const ResultOrigin& origin);
    void writeTokens(const std::string& name, const TokenInput& input);
    std::size_t longestText(const TokenInput& input) const;

    Hdf5Writer writer_;
    const Tokenizer* tokenizer_;
    std::int64_t samples_ = 0, width_ = 0;
    AxisRef sample_;
    AxisRef pos_;
    std::vector<std::string> groups_;
};

/// "tokens" have their texts in "token_text", other arrays in NAME_text.
std::string textsOf(const std::string& tokensName);

/// The stored type of a model's numbers: float32 unless computed in float64.
StoredNumber storedNumber(const NumericSettings& numeric);
/// `value` as a file of these settings gives it back.
double asStored(double value, const NumericSettings& numeric);

/// The models' names made unique by a number where several are equal; "/" does not occur in them.
std::vector<std::string> uniqueNames(const std::vector<ModelInfo>& models);

} // namespace residuum
