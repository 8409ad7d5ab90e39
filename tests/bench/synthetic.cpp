#include "synthetic.h"

#include "support/paths.h"
#include "support/synthetic_model.h"

namespace residuum::bench {

namespace {

ModelConfig configOf(const std::string& size) {
    if (size == "xl")
        return test::syntheticConfig(48, 25, 1600, 50257, 1024);
    if (size == "medium")
        return test::syntheticConfig(24, 16, 1024, 50257, 1024);
    return test::syntheticConfig(12, 12, 768, 50257, 1024);
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
