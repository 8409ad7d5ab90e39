#include "analysis/activations/run.h"

#include "analysis/activations/run_layout.h"
#include "analysis/prompts/batches.h"
#include "core/model/forward.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

#include <ATen/ATen.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <map>
#include <set>

namespace residuum {

namespace {

int longest(const TokenInput& input) {
    std::size_t length = 0;
    for (const auto& sequence : input.sequences)
        length = std::max(length, sequence.tokens.size());
    return static_cast<int>(length);
}

std::vector<Hook> wantedHooks(const ModelInfo& model, const RunRequest& request) {
    std::set<Hook> hooks;
    for (const auto& wanted : request.activations) {
        if (wanted == "all") {
            for (const auto& hook : allHooks(model.normalization)) {
                if (hook.point != HookPoint::Result)
                    hooks.insert(hook);
            }
        } else if (const auto hook = findHook(wanted, model.normalization)) {
            hooks.insert(*hook);
        } else {
            throw Error("--activations " + wanted,
                        "the model " + model.name +
                            " has no such activation; names are "
                            "TransformerLens's, e.g. blocks.0.hook_resid_pre or "
                            "blocks.0.attn.hook_pattern, layers 0 to " +
                            std::to_string(model.config.n_layers - 1));
        }
    }
    return {hooks.begin(), hooks.end()};
}

/// Writes [batch, …] tensors into datasets [sample, …], sample by sample.
class SampleWriter {
  public:
    SampleWriter(ResultFile& file, std::size_t index, const ModelInfo& model, int longestSequence)
        : file_(file), group_(file.modelGroup(index)), model_(model), longest_(longestSequence) {}

    void createLogits(bool lastOnly) {
        const auto vocab = axis({"vocab", model_.config.d_vocab, false});
        const auto positions = lastOnly ? axis({"last_pos", 1, false}) : file_.posAxis();
        file_.writer().create(logitsPath(), storedNumber(model_.numeric),
                              {file_.sampleAxis(), positions, vocab});
    }

    void create(const Hook& hook) {
        std::vector<AxisRef> axes{file_.sampleAxis()};
        for (const auto& described : hookAxes(hook.point, model_.config, longest_))
            axes.push_back(axis(described));
        file_.writer().create(path(hook), storedNumber(model_.numeric), axes);
    }

    std::string logitsPath() const { return group_ + "/logits"; }
    std::string path(const Hook& hook) const { return group_ + "/activations/" + name(hook); }

    void write(const std::string& path, const std::vector<std::size_t>& samples,
               const at::Tensor& values) {
        if (model_.numeric.dtype == DType::Float64)
            writeAs<double>(path, samples, values.to(at::kCPU, at::kDouble).contiguous());
        else
            writeAs<float>(path, samples, values.to(at::kCPU, at::kFloat).contiguous());
    }

  private:
    AxisRef axis(const HookAxis& described) {
        if (described.name == "pos")
            return file_.posAxis();
        auto& known = axes_[described.name];
        if (known.path.empty())
            known = file_.writer().axis(group_ + "/" + described.name, described.length);
        return known;
    }

    template <class Number>
    void writeAs(const std::string& path, const std::vector<std::size_t>& samples,
                 const at::Tensor& values) {
        for (std::size_t b = 0; b < samples.size(); ++b) {
            const auto one = values[static_cast<std::int64_t>(b)];
            std::vector<std::int64_t> offset(static_cast<std::size_t>(values.dim()), 0);
            offset[0] = static_cast<std::int64_t>(samples[b]);
            auto count = values.sizes().vec();
            count[0] = 1;
            file_.writer().write(path, offset, count,
                                 std::span<const Number>(one.data_ptr<Number>(),
                                                         static_cast<std::size_t>(one.numel())));
        }
    }

    ResultFile& file_;
    std::string group_;
    const ModelInfo& model_;
    int longest_;
    std::map<std::string, AxisRef> axes_;
};

/// Writes wanted activations while the pass runs.
class WritingTap : public Tap {
  public:
    WritingTap(SampleWriter& writer, const std::vector<Hook>& hooks,
               const std::vector<std::size_t>& samples)
        : writer_(writer), hooks_(hooks.begin(), hooks.end()), samples_(samples) {}

    bool wants(const Hook& hook) const override { return hooks_.contains(hook); }
    void receive(const Hook& hook, const at::Tensor& value) override {
        writer_.write(writer_.path(hook), samples_, value);
    }

  private:
    SampleWriter& writer_;
    std::set<Hook> hooks_;
    const std::vector<std::size_t>& samples_;
};

} // namespace

nlohmann::ordered_json toJson(const RunRequest& request) {
    nlohmann::ordered_json json;
    json["activations"] = request.activations;
    json["last_only"] = request.lastOnly;
    return json;
}

std::int64_t runBytes(const ModelInfo& model, const TokenInput& input, const RunRequest& request) {
    const int length = longest(input);
    std::int64_t perSample = std::int64_t{model.config.d_vocab} * (request.lastOnly ? 1 : length);
    for (const auto& hook : wantedHooks(model, request)) {
        std::int64_t numbers = 1;
        for (const auto& axis : hookAxes(hook.point, model.config, length))
            numbers *= axis.length;
        perSample += numbers;
    }
    return perSample * static_cast<std::int64_t>(input.sequences.size()) *
           static_cast<std::int64_t>(byteSize(storedNumber(model.numeric)));
}

void runInto(ResultFile& file, std::size_t index, const Model& model, const TokenInput& input,
             const RunRequest& request, Progress& progress) {
    requireValid(input, model.info().config);
    const auto hooks = wantedHooks(model.info(), request);
    SampleWriter writer(file, index, model.info(), longest(input));
    writer.createLogits(request.lastOnly);
    for (const auto& hook : hooks)
        writer.create(hook);

    BatchLimits limits;
    limits.logitsPerSequence = request.lastOnly ? 1 : 0;
    limits.d_vocab = model.info().config.d_vocab;
    const auto batches = equalLengthBatches(input, limits);
    progress.begin("running " + model.info().name, static_cast<std::int64_t>(batches.size()));
    try {
        for (const auto& batch : batches) {
            WritingTap tap(writer, hooks, batch.samples);
            LogitPositions positions;
            if (request.lastOnly)
                positions = std::vector<std::int64_t>{batch.tokens.size(1) - 1};
            const auto logits = forward(model.weights(), batch.tokens, positions, &tap, progress);
            writer.write(writer.logitsPath(), batch.samples, logits);
            progress.advance();
        }
    } catch (const c10::Error& error) {
        throw Error(model.info().name, error.what_without_backtrace());
    }
    model.requireUnchanged();
}

} // namespace residuum
