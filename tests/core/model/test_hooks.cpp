#include "core/model/hooks.h"

#include <gtest/gtest.h>

#include <set>

namespace residuum {
namespace {

Normalization twoLayers(bool separateValueSite) {
    Normalization normalization;
    normalization.blocks.resize(2);
    if (separateValueSite)
        normalization.blocks[1].ln1_v = RemovedNorm{};
    return normalization;
}

TEST(Hooks, NamesFindTheirHooks) {
    const auto normalization = twoLayers(true);
    std::set<std::string> names;
    for (const auto& hook : allHooks(normalization)) {
        EXPECT_EQ(findHook(name(hook), normalization), hook);
        EXPECT_TRUE(names.insert(name(hook)).second) << name(hook);
    }
    EXPECT_TRUE(names.contains("blocks.1.attn.hook_pattern"));
    EXPECT_TRUE(names.contains("hook_embed"));
    EXPECT_TRUE(names.contains("ln_final.hook_normalized"));
}

TEST(Hooks, ValueSiteOnlyWhereItDiffers) {
    const auto hook = "blocks.1.ln1_v.hook_scale";
    EXPECT_TRUE(findHook(hook, twoLayers(true)));
    EXPECT_FALSE(findHook(hook, twoLayers(false)));
    EXPECT_FALSE(findHook("blocks.0.ln1_v.hook_scale", twoLayers(true)));
}

TEST(Hooks, AScaleOnlyWhereASiteDividesByOne) {
    auto normalization = twoLayers(true);
    normalization.blocks[1].ln1_v = normalization.blocks[0].ln2 = DynamicTanh{};
    normalization.ln_f = DynamicTanh{};
    for (const auto* none :
         {"blocks.1.ln1_v.hook_scale", "blocks.0.ln2.hook_scale", "ln_final.hook_scale"})
        EXPECT_FALSE(findHook(none, normalization)) << none;
    for (const auto* there : {"blocks.1.ln1_v.hook_normalized", "blocks.0.ln2.hook_normalized",
                              "blocks.1.ln2.hook_scale", "ln_final.hook_normalized"})
        EXPECT_TRUE(findHook(there, normalization)) << there;
}

TEST(Hooks, UnknownNames) {
    for (const auto* unknown : {"", "blocks.2.hook_resid_pre", "blocks.x.hook_resid_pre", "hook_q"})
        EXPECT_FALSE(findHook(unknown, twoLayers(false))) << unknown;
}

} // namespace
} // namespace residuum
