#include "analysis/activations/run.h"

#include "analysis/activations/run_layout.h"
#include "analysis/inputs/batches.h"
#include "analysis/question/row_groups.h"
#include "core/model/doubles.h"
#include "core/model/forward.h"
#include "core/model/torch_problem.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <set>

namespace residuum {

namespace {

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

/// Chunks of one sample by some positions where sequences differ much in length: those behind a
/// sequence's end are never written and take no space. Not compressed: activations do not shrink.
StorageLayout raggedLayout(const std::vector<HookAxis>& axes, std::int64_t mean,
                           std::size_t elementBytes) {
    constexpr std::int64_t least = 1 << 11, most = 1 << 20; // bytes of a chunk
    StorageLayout layout{{1}, false};
    std::int64_t bytes = static_cast<std::int64_t>(elementBytes), positions = 1;
    for (const auto& axis : axes) {
        layout.chunk.push_back(axis.perToken ? 1 : axis.length);
        bytes *= layout.chunk.back();
    }
    for (bool grown = true; grown && (2 * positions <= mean || bytes < least) && bytes < most;) {
        grown = false;
        positions *= 2;
        for (std::size_t i = 0; i < axes.size(); ++i)
            if (axes[i].perToken && layout.chunk[i + 1] < axes[i].length) {
                const auto wider = std::min<std::int64_t>(positions, axes[i].length);
                bytes = bytes / layout.chunk[i + 1] * wider;
                layout.chunk[i + 1] = wider;
                grown = true;
            }
    }
    return layout;
}

/// Writes [batch, …] tensors into datasets [sample, …], sample by sample.
class SampleWriter {
  public:
    SampleWriter(ResultFile& file, std::size_t index, const ModelInfo& model,
                 const TokenInput& input)
        : file_(file), group_(file.modelGroup(index)), model_(model),
          longest_(static_cast<int>(longestSequence(input))), ragged_(isMostlyPadding(input)),
          meanLength_(meanLength(input)) {}

    void createLogits(bool lastOnly) {
        const HookAxis vocab{"vocab", model_.config.d_vocab, false};
        create(
            logitsPath(),
            {lastOnly ? HookAxis{"last_pos", 1, false} : HookAxis{"pos", longest_, true}, vocab});
    }

    void create(const Hook& hook) {
        create(path(hook), hookAxes(hook.point, model_.config, longest_));
    }

    std::string logitsPath() const { return group_ + "/logits"; }
    std::string path(const Hook& hook) const { return group_ + "/activations/" + name(hook); }

    void write(const std::string& path, const std::vector<std::size_t>& samples,
               const at::Tensor& values) {
        if (model_.numeric.dtype == DType::Float64)
            writeAs<double>(path, samples, doublesOnCpu(values).contiguous());
        else
            writeAs<float>(path, samples, values.cpu().to(at::kFloat).contiguous());
    }

  private:
    void create(const std::string& path, const std::vector<HookAxis>& described) {
        const auto type = storedNumber(model_.numeric);
        std::vector<AxisRef> axes{file_.sampleAxis()};
        for (const auto& each : described)
            axes.push_back(axis(each));
        const bool padded = ragged_ && std::any_of(described.begin(), described.end(),
                                                   [](const auto& a) { return a.perToken; });
        file_.writer().create(path, type, axes,
                              padded ? raggedLayout(described, meanLength_, byteSize(type))
                                     : StorageLayout());
    }

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
    bool ragged_;
    std::int64_t meanLength_;
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
    const auto hooks = wantedHooks(model, request);
    const auto longest = longestSequence(input);
    const auto elementBytes = byteSize(storedNumber(model.numeric));
    const bool ragged = isMostlyPadding(input);
    const auto mean = meanLength(input);
    // What a sample takes of an array: whole chunks up to its own length.
    const auto bytesOf = [&](const std::vector<HookAxis>& axes, std::int64_t length) {
        const auto layout = ragged ? raggedLayout(axes, mean, elementBytes) : StorageLayout();
        auto bytes = static_cast<std::int64_t>(elementBytes);
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const auto chunk = ragged ? layout.chunk[i + 1] : std::int64_t{1};
            bytes *= axes[i].perToken ? (length + chunk - 1) / chunk * chunk : axes[i].length;
        }
        return bytes;
    };
    std::int64_t total = 0;
    std::map<std::int64_t, std::int64_t> known; // by length
    for (const auto& sequence : input.sequences) {
        const auto length = ragged ? static_cast<std::int64_t>(sequence.tokens.size()) : longest;
        auto [entry, isNew] = known.try_emplace(length, 0);
        if (isNew) {
            const HookAxis vocab{"vocab", model.config.d_vocab, false};
            entry->second =
                request.lastOnly
                    ? static_cast<std::int64_t>(elementBytes) * model.config.d_vocab
                    : bytesOf({{"pos", static_cast<int>(longest), true}, vocab}, length);
            for (const auto& hook : hooks)
                entry->second +=
                    bytesOf(hookAxes(hook.point, model.config, static_cast<int>(longest)), length);
        }
        total += entry->second;
    }
    return total;
}

void runInto(ResultFile& file, std::size_t index, const Model& model, const TokenInput& input,
             const RunRequest& request, Progress& progress) {
    requireValid(input, model.info().config);
    const auto hooks = wantedHooks(model.info(), request);
    SampleWriter writer(file, index, model.info(), input);
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
        throw Error(model.info().name, torchProblem(error));
    }
    model.requireUnchanged();
}

} // namespace residuum
