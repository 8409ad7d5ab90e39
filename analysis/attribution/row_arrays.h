// What attribution knows of each row, in a result file: arrays [leading…, sample(, pos), (rank)].
#pragma once

#include "analysis/attribution/dla_result.h"
#include "analysis/results/result_file.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

/// Writes in blocks: neither a whole array nor its padding is held in memory.
class RowArrays {
  public:
    using Axes = std::vector<std::pair<AxisRef, std::int64_t>>; ///< with their lengths
    /// The number of a row. line: the leading axes flattened; rank: 0 without such an axis.
    using Get = std::function<double(std::int64_t line, std::size_t row, std::size_t rank)>;

    /// `rows`, sample-major, and `input` must outlive this. allPositions: there is a pos axis.
    RowArrays(ResultFile& file, const std::vector<AttributionRow>& rows, const TokenInput& input,
              bool allPositions);

    /// Places without a row (padding) hold NaN, in integers -1. `trailing`: at most one axis.
    void write(const std::string& path, StoredNumber type, const Axes& leading,
               const Axes& trailing, const Get& get);
    void writeTexts(const std::string& path, const std::function<std::string(std::size_t)>& get);

  private:
    struct Group {
        RowGroup samples;
        std::size_t first = 0, end = 0; ///< its rows
    };

    std::size_t place(const Group& group, std::size_t row) const;
    /// [leading…, a, (b,) trailing…] where b is a length along pos.
    std::vector<std::int64_t> around(std::vector<std::int64_t> leading, std::int64_t a,
                                     std::int64_t b, const std::vector<std::int64_t>& rest) const;
    /// Of what is hardly padded: compressed where that pays, tried on some of its `lines`.
    StorageLayout layout(const std::vector<std::int64_t>& shape, StoredNumber type,
                         std::int64_t lines, std::size_t ranks, const Get& get) const;
    std::vector<AxisRef> axes(const Axes& leading, const Axes& trailing) const;
    void writeLines(const std::string& path, StoredNumber type, const Group& group,
                    std::vector<std::int64_t> at, std::int64_t lines, std::int64_t firstLine,
                    const Axes& trailing, const Get& get);

    ResultFile& file_;
    const std::vector<AttributionRow>& rows_;
    bool allPositions_, padded_;  ///< padded: mostly, so that it is left out
    std::int64_t samples_, mean_; ///< sequences, tokens of one in the mean
    std::vector<Group> groups_;
};

} // namespace residuum
