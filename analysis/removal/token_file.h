// Token ids in a nameless temporary file: a text may be larger than memory. Torch-free.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace residuum {

class TokenFile {
  public:
    /// In the folder for temporary files (TMPDIR). `source`: whose tokens these are, for errors.
    /// Throws Error.
    explicit TokenFile(std::filesystem::path source);
    ~TokenFile();
    TokenFile(const TokenFile&) = delete;
    TokenFile& operator=(const TokenFile&) = delete;

    /// Throws Error where the disk is full.
    void append(std::span<const std::int32_t> tokens);
    /// To be called after the last append.
    void finish();
    std::int64_t size() const { return size_; }
    /// Fills `into` from token `first` on; they are all there. Throws Error.
    void read(std::int64_t first, std::span<std::int32_t> into) const;

  private:
    void flush();

    std::filesystem::path source_;
    int descriptor_ = -1;
    std::int64_t size_ = 0;
    std::vector<std::int32_t> waiting_;
};

} // namespace residuum
