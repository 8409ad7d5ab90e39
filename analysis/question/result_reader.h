// A result file opened for reading: what every kind has in common, checked.
#pragma once

#include "analysis/inputs/token_input.h"
#include "core/model/model_info.h"
#include "core/store/hdf5_reader.h"

#include <filesystem>
#include <string>
#include <vector>

namespace residuum {

/// The token arrays of a result and their texts.
struct StoredTokens {
    TokenInput input;
    std::vector<std::vector<std::string>> texts; ///< [sample][pos]
};

/// Every method throws Error naming the file and what in it is missing or not as expected.
class ResultReader {
  public:
    /// Throws Error where the file is damaged (core/store/seal.h), is no result of this program, or
    /// has a newer schema.
    /// `origin`: what does not come from the own cache is read through a copy made by another
    /// program (core/store/safe_copy.h), which takes some hundredths of a second.
    explicit ResultReader(const std::filesystem::path& file,
                          FileOrigin origin = FileOrigin::Anywhere);

    const std::filesystem::path& path() const { return path_; }
    const std::string& kind() const { return kind_; }
    const std::string& created() const { return created_; } ///< ISO 8601, UTC
    const std::string& version() const { return version_; } ///< of the program that wrote it
    const std::string& request() const { return request_; } ///< JSON that reproduces the result
    const std::string& key() const { return key_; }
    /// Whether the content was checked against its seal; files of older versions have none.
    bool sealed() const { return file_.sealed(); }

    std::size_t modelCount() const { return groups_.size(); }
    /// "/models/NAME", in the order in which the models were named.
    const std::string& modelGroup(std::size_t i) const { return groups_.at(i); }
    ModelInfo model(std::size_t i) const;
    /// `name`: "tokens", or another array that the kind has.
    StoredTokens tokens(const std::string& name = "tokens") const;

    /// [sample, pos] of such an array.
    std::vector<std::int64_t> tokenShape(const std::string& name = "tokens") const;
    /// Length of the pos axis of `tokens`.
    std::int64_t tokenWidth() const { return tokenShape()[1]; }

    const Hdf5Reader& file() const { return file_; }
    /// Throws Error "FILE: it OBJECT PROBLEM".
    [[noreturn]] void refuse(const std::string& object, const std::string& problem) const;
    void requireShape(const std::string& dataset, const std::vector<std::int64_t>& shape) const;
    /// A dataset of exactly this shape.
    std::vector<double> numbers(const std::string& dataset,
                                const std::vector<std::int64_t>& shape) const;

  private:
    void findModels();
    ModelInfo describeFromAttributes(const std::string& group) const;

    std::filesystem::path path_;
    Hdf5Reader file_;
    std::string kind_, created_, version_, request_, key_;
    std::vector<std::string> groups_;
};

} // namespace residuum
