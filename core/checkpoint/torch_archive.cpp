#include "core/checkpoint/torch_archive.h"

#include "core/checkpoint/foreign_file.h"
#include "core/checkpoint/legacy_archive.h"
#include "core/checkpoint/pickle.h"
#include "core/checkpoint/state_dict.h"
#include "core/checkpoint/zip_archive.h"
#include "core/task/error.h"

#include <string>
#include <string_view>

namespace residuum::checkpoint {

namespace {

std::string_view text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// torch.save puts everything into one folder, named after the file: "NAME/data.pkl".
void readZipArchive(const std::shared_ptr<const MappedFile>& file, RawCheckpoint& into) {
    const auto entries = readZip(*file);
    constexpr std::string_view pickleName = "/data.pkl";
    std::string folder;
    for (const auto& [entryName, bytes] : entries) {
        if (entryName.ends_with(pickleName) && folder.empty())
            folder = entryName.substr(0, entryName.size() - pickleName.size() + 1);
        else if (entryName.ends_with(pickleName))
            throw Error(file->path().string(), "has two data.pkl, expected one");
    }
    if (folder.empty())
        throw Error(file->path().string(),
                    "is a zip archive without a data.pkl, so not one that torch.save wrote");
    if (const auto order = entries.find(folder + "byteorder");
        order != entries.end() && text(order->second) != "little")
        throw Error(file->path().string() + ", entry byteorder",
                    "is \"" + oneLine(std::string(text(order->second)), 40) +
                        "\", expected \"little\"");
    const Pickle pickle = readPickle(file->path(), entries.at(folder + "data.pkl"));
    const auto storage = [&](const std::string& key) {
        const auto found = entries.find(folder + "data/" + key);
        if (found == entries.end())
            throw Error(file->path().string() + ", storage " + key,
                        "is missing from the archive; the file is damaged");
        return found->second;
    };
    readStateDict(file->path(), pickle, storage, into);
}

} // namespace

void readTorchArchive(const std::shared_ptr<const MappedFile>& file, RawCheckpoint& into) {
    refuseLfsPointer(*file);
    into.files.push_back(file);
    if (looksLikeZip(file->bytes()))
        readZipArchive(file, into);
    else if (looksLikeLegacyArchive(file->bytes()))
        readLegacyArchive(*file, into);
    else
        throw Error(file->path().string(),
                    "is not a file that torch.save wrote (neither a zip archive nor PyTorch's "
                    "older format); expected a state dict, or give model.safetensors" +
                        lookOf(file->bytes()));
}

} // namespace residuum::checkpoint
