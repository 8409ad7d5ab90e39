// Properties of the forward pass that no reference file can show.
#include "core/model/forward.h"

#include "core/model/model.h"
#include "core/model/weights.h"
#include "core/task/error.h"
#include "support/paths.h"

#include <ATen/ATen.h>

#include <map>

namespace residuum {
namespace {

std::shared_ptr<const Model> openTiny(const char* name, DType dtype) {
    Progress progress;
    const auto folder = test::golden() / name;
    return Model::open({name, name, folder}, {dtype, "cpu"}, progress);
}

class Recorder : public Tap {
  public:
    bool wants(const Hook&) const override { return true; }
    void receive(const Hook& hook, const at::Tensor& value) override {
        seen[name(hook)] = value.clone();
    }
    std::map<std::string, at::Tensor> seen;
};

at::Tensor tokens() {
    return at::tensor({5, 17, 200, 3, 3, 99}, at::kLong).view({2, 3});
}

TEST(Forward, ChosenPositionsAreRowsOfTheWhole) {
    const auto model = openTiny("tiny-ln", DType::Float64);
    const Progress progress;
    const auto whole = forward(model->weights(), tokens(), std::nullopt, nullptr, progress);
    const auto chosen =
        forward(model->weights(), tokens(), std::vector<std::int64_t>{2, 0}, nullptr, progress);
    EXPECT_TRUE(at::allclose(chosen.select(1, 0), whole.select(1, 2)));
    EXPECT_TRUE(at::allclose(chosen.select(1, 1), whole.select(1, 0)));
}

TEST(Forward, LookingChangesNothing) {
    const auto model = openTiny("tiny-lnfree", DType::Float64);
    const Progress progress;
    Recorder recorder;
    const auto plain = forward(model->weights(), tokens(), std::nullopt, nullptr, progress);
    const auto watched = forward(model->weights(), tokens(), std::nullopt, &recorder, progress);
    EXPECT_TRUE(at::allclose(plain, watched, 1e-12, 1e-12));
    for (const auto& hook : allHooks(model->info().normalization))
        EXPECT_TRUE(recorder.seen.contains(name(hook))) << name(hook);
}

TEST(Forward, ResidualStreamAddsUp) {
    const auto model = openTiny("tiny-ln", DType::Float64);
    const Progress progress;
    Recorder tap;
    forward(model->weights(), tokens(), std::nullopt, &tap, progress);
    auto resid = tap.seen.at("hook_embed") + tap.seen.at("hook_pos_embed");
    for (const std::string block : {"blocks.0.", "blocks.1.", "blocks.2."}) {
        resid = resid + tap.seen.at(block + "hook_attn_out") + tap.seen.at(block + "hook_mlp_out");
        EXPECT_TRUE(at::allclose(resid, tap.seen.at(block + "hook_resid_post")));
    }
}

TEST(Forward, BatchesAreIndependentAndBFloat16IsClose) {
    const auto exact = openTiny("tiny-ln", DType::Float64);
    const auto coarse = openTiny("tiny-ln", DType::BFloat16);
    const Progress progress;
    const auto both = forward(exact->weights(), tokens(), std::nullopt, nullptr, progress);
    const auto second =
        forward(exact->weights(), tokens().narrow(0, 1, 1), std::nullopt, nullptr, progress);
    EXPECT_TRUE(at::allclose(both.narrow(0, 1, 1), second, 1e-12, 1e-12));
    const auto rough = forward(coarse->weights(), tokens(), std::nullopt, nullptr, progress);
    EXPECT_EQ(rough.scalar_type(), at::kBFloat16);
    const auto worst = (rough.to(at::kDouble) - both).abs().max().item<double>();
    EXPECT_LT(worst, 0.05 * both.abs().max().item<double>());
}

TEST(Forward, StopsWhenCancelled) {
    const auto model = openTiny("tiny-ln", DType::Float32);
    std::stop_source source;
    source.request_stop();
    const Progress progress(source.get_token(), {});
    EXPECT_THROW(forward(model->weights(), tokens(), std::nullopt, nullptr, progress), Cancelled);
}

} // namespace
} // namespace residuum
