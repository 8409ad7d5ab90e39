#include "core/digest/sha256.h"

#include "core/task/error.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <string>

namespace residuum {

namespace {

constexpr std::size_t pieceBytes = std::size_t{4} << 20;

void require(int success) {
    if (success != 1)
        throw Error("SHA-256", "cannot be computed by this machine's OpenSSL");
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

} // namespace

struct Sha256::Private {
    std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : d_(std::make_unique<Private>()) {
    require(d_->context != nullptr ? 1 : 0);
    require(EVP_DigestInit_ex(d_->context.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
    require(EVP_DigestUpdate(d_->context.get(), bytes.data(), bytes.size()));
}

std::string Sha256::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    require(EVP_DigestFinal_ex(d_->context.get(), digest.data(), &size));
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
        text += digits[digest[i] >> 4U];
        text += digits[digest[i] & 15U];
    }
    return text;
}

std::string sha256OfFile(const std::filesystem::path& file, Progress& progress) {
    std::ifstream stream(file, std::ios::binary);
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    if (!stream || error)
        throw Error(file.string(), "cannot be read; is the path right?");
    progress.begin("checking " + file.filename().string(),
                   static_cast<std::int64_t>(bytes / pieceBytes) + 1);
    Sha256 digest;
    std::string piece(pieceBytes, '\0');
    while (stream) {
        stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        digest.add(std::string_view(piece).substr(0, static_cast<std::size_t>(stream.gcount())));
        progress.advance();
    }
    if (stream.bad())
        throw Error(file.string(), "cannot be read to its end");
    return digest.hex();
}

} // namespace residuum
