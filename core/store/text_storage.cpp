#include "core/store/text_storage.h"

#include <algorithm>

namespace residuum {

std::string storable(const std::string& text) {
    if (text.find('\0') == std::string::npos)
        return text;
    std::string shown;
    for (const char byte : text)
        shown += byte == '\0' ? std::string("\\x00") : std::string(1, byte);
    return shown;
}

std::vector<std::string> storableTexts(std::span<const std::string> texts) {
    std::vector<std::string> result;
    result.reserve(texts.size());
    for (const auto& text : texts)
        result.push_back(storable(text));
    return result;
}

std::size_t longestOf(std::span<const std::string> texts) {
    std::size_t longest = 0;
    for (const auto& text : texts)
        longest = std::max(longest, text.size());
    return longest;
}

std::string padded(std::span<const std::string> texts, std::size_t bytes) {
    std::string block(texts.size() * bytes, '\0');
    for (std::size_t i = 0; i < texts.size(); ++i)
        texts[i].copy(block.data() + i * bytes, bytes);
    return block;
}

void writeText(hid_t file, const std::string& object, const std::string& name,
               const std::string& text, const std::filesystem::path& shown) {
    const std::string action = "cannot be written";
    const auto value = storable(text);
    const auto type = utf8Type(value.size());
    const auto block = padded({&value, 1}, std::max<std::size_t>(value.size(), 1));
    const Hdf5Handle scalar(H5Screate(H5S_SCALAR), H5Sclose, shown, action);
    if (value.size() > longestAttribute) {
        const auto path = (object == "/" ? "" : object) + "/" + name;
        const Hdf5Handle dataset(
            H5Dcreate2(file, path.c_str(), type, scalar, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
            H5Dclose, shown, action);
        checkHdf5(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, block.data()), shown,
                  action);
        return;
    }
    const Hdf5Handle target(H5Oopen(file, object.c_str(), H5P_DEFAULT), H5Oclose, shown, action);
    const Hdf5Handle attribute(
        H5Acreate2(target, name.c_str(), type, scalar, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, shown,
        action);
    checkHdf5(H5Awrite(attribute, type, block.data()), shown, action);
}

} // namespace residuum
