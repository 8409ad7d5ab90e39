#include "plain_lens.h"

#include "core/model/forward.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace residuum::test {

namespace {

/// Keeps every point as it comes.
class StreamsTap : public Tap {
  public:
    StreamsTap(int layers, std::vector<std::vector<Numbers>>& points)
        : layers_(layers), points_(points) {}
    bool wants(const Hook& hook) const override {
        return hook.point == HookPoint::ResidPre || hook.point == HookPoint::ResidMid ||
               (hook.point == HookPoint::ResidPost && hook.layer.value == layers_ - 1);
    }
    void receive(const Hook&, const at::Tensor& value) override {
        const auto width = static_cast<std::size_t>(value.size(2));
        auto& point = points_.emplace_back();
        const auto all = numbersOf(value);
        for (std::size_t p = 0; p * width < all.size(); ++p)
            point.push_back(rowOf(all, p, width));
    }

  private:
    int layers_;
    std::vector<std::vector<Numbers>>& points_;
};

} // namespace

Numbers numbersOf(const at::Tensor& tensor) {
    const auto dense = tensor.to(at::kCPU, at::kDouble).contiguous();
    return {dense.data_ptr<double>(), dense.data_ptr<double>() + dense.numel()};
}

Numbers rowOf(const Numbers& all, std::size_t row, std::size_t width) {
    return {all.begin() + static_cast<std::ptrdiff_t>(row * width),
            all.begin() + static_cast<std::ptrdiff_t>((row + 1) * width)};
}

PlainStreams::PlainStreams(const Model& model, const std::vector<TokenId>& tokens) {
    std::vector<std::int64_t> ids;
    for (const auto token : tokens)
        ids.push_back(token.value);
    StreamsTap tap(model.info().config.n_layers, points);
    const auto width = static_cast<std::size_t>(model.info().config.d_vocab);
    const auto all = numbersOf(
        forward(model.weights(), at::tensor(ids, at::kLong).unsqueeze(0), {}, &tap, Progress()));
    for (std::size_t p = 0; p < ids.size(); ++p)
        logits.push_back(rowOf(all, p, width));
}

Numbers plainNorm(const Model& model, const Numbers& x, const Numbers& gateOf) {
    const auto& norm = model.weights().ln_f;
    const auto gain = numbersOf(norm.gain), bias = numbersOf(norm.bias);
    const auto d = static_cast<double>(x.size());
    const auto meanOf = [&](const Numbers& of) {
        return centres(norm.site) ? std::accumulate(of.begin(), of.end(), 0.0) / d : 0.0;
    };
    double square = 0.0;
    for (const double each : gateOf)
        square += (each - meanOf(gateOf)) * (each - meanOf(gateOf)) / d;
    const double mean = meanOf(x);
    Numbers out;
    for (std::size_t i = 0; i < x.size(); ++i) {
        double gate = 0.0;
        if (const auto* site = std::get_if<LayerNorm>(&norm.site))
            gate = 1.0 / std::sqrt(square + site->eps);
        else if (const auto* removed = std::get_if<RemovedNorm>(&norm.site))
            gate = 1.0 / removed->sigma;
        else if (const auto* rms = std::get_if<RmsNorm>(&norm.site))
            gate = rms->epsOutside ? 1.0 / (std::sqrt(square) + rms->eps)
                                   : 1.0 / std::sqrt(square + rms->eps);
        else
            gate = std::tanh(std::get<DynamicTanh>(norm.site).alpha * gateOf[i]) / gateOf[i];
        out.push_back((x[i] - mean) * gate * gain[i] + bias[i]);
    }
    return out;
}

Numbers plainLogits(const Model& model, const Numbers& norm) {
    const auto W = numbersOf(model.weights().W_U_rows);
    Numbers logits;
    for (std::size_t v = 0; v * norm.size() < W.size(); ++v)
        logits.push_back(
            std::inner_product(norm.begin(), norm.end(),
                               W.begin() + static_cast<std::ptrdiff_t>(v * norm.size()), 0.0));
    return logits;
}

PlainReading::PlainReading(Numbers of) : logits(std::move(of)) {
    const double most = *std::max_element(logits.begin(), logits.end());
    double sum = 0.0;
    for (const double x : logits)
        sum += std::exp(x - most);
    normaliser = most + std::log(sum);
    for (const double x : logits)
        entropy -= std::exp(x - normaliser) * (x - normaliser);
    order.resize(logits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return logits[a] > logits[b]; });
}

double PlainReading::rank(std::size_t token) const {
    return static_cast<double>(
        std::count_if(logits.begin(), logits.end(), [&](double x) { return x > logits[token]; }));
}

std::shared_ptr<const Model> openAt(const std::filesystem::path& folder, DType dtype) {
    Progress progress;
    return Model::open({folder.string(), folder.filename().string(), folder}, {dtype, "cpu"},
                       progress);
}

PromptInput promptsOf(const std::vector<std::vector<int>>& prompts) {
    PromptInput input;
    for (const auto& ids : prompts) {
        auto& sequence = input.tokens.sequences.emplace_back();
        for (const int id : ids)
            sequence.tokens.emplace_back(id);
        input.request.ids.push_back(sequence.tokens);
    }
    return input;
}

std::shared_ptr<const LensResult> readLensOf(const Model& model, const PromptInput& input,
                                             const LensRequest& request) {
    Progress progress;
    Job<LensResult> job(progress);
    return LensAnalysis::compute(model, input, request, job);
}

} // namespace residuum::test
