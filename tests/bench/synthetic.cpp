#include "synthetic.h"

#include "support/paths.h"
#include "support/synthetic_model.h"

#include <cstdlib>

namespace residuum::bench {

namespace {

ModelConfig configOf(const std::string& size) {
    const int perHead = std::getenv(thinModels) ? 8 : 64;
    const auto config = [&](int layers, int heads) {
        return test::syntheticConfig(layers, heads, heads * perHead, 50257, 1024);
    };
    return size == "xl" ? config(48, 25) : size == "medium" ? config(24, 16) : config(12, 12);
}

} // namespace

std::filesystem::path syntheticFolder(const std::string& size, int seed) {
    static const test::TemporaryFolder root;
    const auto folder = root.path() / (size + "-" + std::to_string(seed));
    if (!std::filesystem::exists(folder))
        test::writeSyntheticGpt2(folder, configOf(size), static_cast<std::uint64_t>(seed));
    return folder;
}

std::shared_ptr<const Model> openSynthetic(const std::string& size) {
    Progress progress;
    const auto folder = syntheticFolder(size);
    return Model::open({folder.string(), size, folder}, {}, progress);
}

} // namespace residuum::bench
