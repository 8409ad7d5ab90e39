// Seconds of the program's main jobs on RESIDUUM_TEST_DEVICE, for packaging/gpu-check, which sets
// the same jobs in plain PyTorch beside them. A line a job: its name, its sizes, its seconds.
// --dtype float32|bfloat16; --tiny: a small model, so that this cannot rot on the CPU.
#include "analysis/attribution/dla.h"
#include "analysis/patching/patching.h"
#include "core/model/decoder.h"
#include "core/model/forward.h"
#include "core/model/sampling.h"
#include "core/model/training_pass.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <ATen/ATen.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string_view>

namespace residuum::test {
namespace {

struct Sizes {
    ModelConfig config;
    int batch, length; ///< of the forward pass and of training
    int attributed;    ///< tokens, all of them
    int patched;       ///< tokens of a pair that differs from the first on
    int prompt, written;
    double seconds; ///< that a job is repeated for
};

Sizes sizes(bool tiny) {
    if (tiny)
        return {syntheticConfig(2, 2, 64, 500, 64), 2, 32, 16, 5, 4, 8, 0.0};
    return {syntheticConfig(12, 12, 768, 50257, 1024), 4, 256, 128, 16, 16, 100, 1.5};
}

class Times {
  public:
    Times(Sizes sizes, std::shared_ptr<const Model> model)
        : sizes_(std::move(sizes)), model_(std::move(model)), weights_(model_->weights()) {}

    void run() {
        const auto& c = sizes_.config;
        std::printf("model %d %d %d %d\n", c.n_layers, c.n_heads, c.d_model, c.d_vocab);
        forwardPass();
        training();
        attribution();
        sweep("resid_pre", PatchSite::ResidPre);
        sweep("z", PatchSite::Z);
        generation();
    }

  private:
    using Clock = std::chrono::steady_clock;

    /// The device does what it is given in order: when a number arrives all before is done.
    void wait() const { at::zeros({1}, weights_.W_E.options()).cpu(); }

    double secondsOf(const std::function<void()>& job) const {
        wait();
        const auto start = Clock::now();
        job();
        wait();
        return std::chrono::duration<double>(Clock::now() - start).count();
    }

    /// The best of several, after one that warms up.
    double best(const std::function<void()>& job) const {
        double all = 0.0, least = 1e9;
        job();
        for (int times = 0; times < 20 && (times == 0 || all < sizes_.seconds); ++times) {
            const double seconds = secondsOf(job);
            all += seconds;
            least = std::min(least, seconds);
        }
        return least;
    }

    void report(const char* job, std::initializer_list<int> numbers,
                const std::function<void()>& work) const {
        std::printf("%s", job);
        for (const int number : numbers)
            std::printf(" %d", number);
        std::printf(" %.6f\n", best(work));
        std::fflush(stdout);
    }

    at::Tensor randomTokens() const {
        return at::randint(0, sizes_.config.d_vocab, {sizes_.batch, sizes_.length}, at::kLong)
            .to(weights_.W_E.device());
    }

    TokenSequence sequence(int length, int step) const {
        TokenSequence result;
        for (int p = 0; p < length; ++p)
            result.tokens.emplace_back((7 + step * (p + 1)) % sizes_.config.d_vocab);
        return result;
    }

    void forwardPass() const {
        const auto tokens = randomTokens();
        report("forward", {sizes_.batch, sizes_.length},
               [&] { forward(weights_, tokens, std::nullopt, nullptr, Progress()); });
    }

    void training() const {
        Parameters parameters(weights_);
        const auto tokens = randomTokens();
        report("training", {sizes_.batch, sizes_.length}, [&] {
            parameters.clearGradients();
            addGradients(parameters, tokens, {}, residuum::Activations::Kept, Progress());
        });
    }

    void attribution() const {
        DlaRequest request;
        request.target.rule = TargetRule::Last;
        request.position.all = true;
        request.bootstrapResamples = 0;
        const TokenInput input{{sequence(sizes_.attributed, 31)}};
        Progress progress;
        report("dla", {sizes_.attributed},
               [&] { attributeLogits(*model_, input, request, progress); });
    }

    void sweep(const char* name, PatchSite site) const {
        PairTokens pairs;
        pairs.add(sequence(sizes_.patched, 31), sequence(sizes_.patched, 37),
                  {TokenId(11), TokenId(22)});
        PatchRequest request;
        request.sites = {site};
        request.methods = {PatchMethod::Exact};
        Progress progress;
        report(name, {sizes_.patched}, [&] { patchPairs(*model_, pairs, request, progress); });
    }

    void generation() const {
        const auto prompt = sequence(sizes_.prompt, 31).tokens;
        report("generation", {sizes_.prompt, sizes_.written}, [&] {
            Decoder decoder(weights_, prompt, sizes_.written, Progress());
            for (int step = 0; step < sizes_.written; ++step)
                decoder.read(chooseToken(decoder.logits(), {}, step).token, Progress());
        });
    }

    Sizes sizes_;
    std::shared_ptr<const Model> model_;
    const Weights& weights_;
};

void run(bool tiny, DType dtype) {
    const auto* device = std::getenv("RESIDUUM_TEST_DEVICE");
    const auto sizes = test::sizes(tiny);
    const TemporaryFolder folder;
    writeSyntheticGpt2(folder.path(), sizes.config, 1);
    Progress progress;
    const auto model = Model::open({folder.path().string(), "m", folder.path()},
                                   {dtype, device == nullptr ? "cpu" : device}, progress);
    Times(sizes, model).run();
}

} // namespace
} // namespace residuum::test

int main(int count, char** arguments) {
    bool tiny = false;
    auto dtype = residuum::DType::Float32;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument(arguments[i]);
        tiny |= argument == "--tiny";
        if (argument == "bfloat16")
            dtype = residuum::DType::BFloat16;
    }
    residuum::configureThreads(0);
    try {
        residuum::test::run(tiny, dtype);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "device_times: %s\n", error.what());
        return 1;
    }
}
