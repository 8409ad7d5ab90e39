#include "analysis/question/thing.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace residuum {
namespace {

std::vector<Thing> someThings() {
    const LayerIndex layer(3);
    const Component head{ComponentKind::Head, layer, HeadIndex(2)};
    return {Component{ComponentKind::Embed, {}, {}},
            head,
            Component{ComponentKind::Mlp, layer, {}},
            Neuron{LayerIndex(11), NeuronIndex(584)},
            Position{layer, PositionIndex(11)},
            PositionPair{PositionIndex(11), PositionIndex(4)},
            TokenId(5335),
            Edge{head, {ReceiverKind::Logits, {}, {}}},
            Edge{head, {ReceiverKind::Mlp, LayerIndex(4), {}}},
            Edge{head, {ReceiverKind::K, LayerIndex(4), HeadIndex(1)}}};
}

TEST(Thing, LabelsAreReadAsTheyAreWritten) {
    std::vector<std::string> labels;
    for (const auto& thing : someThings()) {
        labels.push_back(label(thing));
        EXPECT_EQ(parseThing(labels.back()), thing) << labels.back();
    }
    EXPECT_EQ(labels, (std::vector<std::string>{"embed", "L3H2", "L3.mlp", "L11N584", "L3 pos 11",
                                                "pos 11 to pos 4", "#5335", "L3H2 to logits",
                                                "L3H2 to L4.mlp", "L3H2 to L4H1.k"}));
    EXPECT_EQ(labelAt("L2H7", PositionIndex(4)), "L2H7 pos 4");
}

TEST(Thing, RefusesEverythingElse) {
    for (const auto* no :
         {"", "L", "L1", "N5", "L1N", "L-1N5", "L-0N5", "L1N5 ", "L1N+5", "L1N99999999999", "#",
          "#-1", "L3 pos", "L3 pos x", "pos 1", "pos 1 to 2", "L0H1 to", "L0H1 to L1.q", "logits"})
        EXPECT_FALSE(parseThing(no)) << no;
    EXPECT_FALSE(parseNeuron("L9H9"));
}

TEST(Thing, DifferentThingsNeverMeetWhateverTheSize) {
    // As many as a config may have, of each: heads of one layer are no other layer's, positions
    // beyond 4,096 no other layer's, nothing of one kind is another kind's.
    std::unordered_set<Thing, ThingHash> things;
    std::size_t count = 0;
    for (const int layer : {0, 1, 2, 4095, 4096})
        for (const int index : {0, 1, 4095, 4096, 4097, 32767, 32768, 99'999, 1 << 28, 1 << 29}) {
            things.insert(Component{ComponentKind::Head, LayerIndex(layer), HeadIndex(index)});
            things.insert(Neuron{LayerIndex(layer), NeuronIndex(index)});
            things.insert(Position{LayerIndex(layer), PositionIndex(index)});
            things.insert(PositionPair{PositionIndex(layer), PositionIndex(index)});
            count += 4;
        }
    EXPECT_EQ(things.size(), count);
}

} // namespace
} // namespace residuum
