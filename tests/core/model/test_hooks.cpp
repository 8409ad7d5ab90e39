#include "core/model/hooks.h"

#include <gtest/gtest.h>

#include <set>

namespace residuum {
namespace {

Normalization twoLayers(bool separateValueSite) {
    Normalization normalization;
    normalization.blocks.resize(2);
    if (separateValueSite)
        normalization.blocks[1].ln1_v.removed = true;
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

TEST(Hooks, UnknownNames) {
    for (const auto* unknown : {"", "blocks.2.hook_resid_pre", "blocks.x.hook_resid_pre", "hook_q"})
        EXPECT_FALSE(findHook(unknown, twoLayers(false))) << unknown;
}

} // namespace
} // namespace residuum
