#include "core/model/adamw.h"

#include "core/model/adamw_kernel.h"
#include "core/model/doubles.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// Numbers at a time: sums of pieces do not depend on the number of threads.
constexpr std::int64_t pieceSize = 1 << 16;

bool hasKernel(const at::Tensor& t) {
    return t.device().is_cpu() && (t.scalar_type() == at::kFloat || t.scalar_type() == at::kDouble);
}

/// Calls use(begin, count) for every piece of `numbers`, shared among the threads.
template <class Use>
void overPieces(std::int64_t numbers, const Use& use) {
    const auto pieces = (numbers + pieceSize - 1) / pieceSize;
    at::parallel_for(0, pieces, 1, [&](std::int64_t first, std::int64_t last) {
        for (auto piece = first; piece < last; ++piece)
            use(piece, std::min(pieceSize, numbers - piece * pieceSize));
    });
}

template <class Number>
double squaresOnCpu(const at::Tensor& t) {
    static const auto kernels = adamwKernels<Number>();
    std::vector<double> sums(static_cast<std::size_t>((t.numel() + pieceSize - 1) / pieceSize));
    const auto* numbers = t.data_ptr<Number>();
    overPieces(t.numel(), [&](std::int64_t piece, std::int64_t count) {
        sums[static_cast<std::size_t>(piece)] =
            kernels.sumOfSquares(numbers + piece * pieceSize, count);
    });
    double sum = 0.0;
    for (const double each : sums)
        sum += each;
    return sum;
}

double sumOfSquares(const at::Tensor& t) {
    if (!hasKernel(t))
        return inDouble(t.square()).sum().item<double>();
    return t.scalar_type() == at::kDouble ? squaresOnCpu<double>(t) : squaresOnCpu<float>(t);
}

/// The numbers of one update.
struct Update {
    double scale, keep, beta1, beta2, stride, root, eps;
};

template <class Number>
void updateOnCpu(const Parameter& parameter, const AdamW::Moments& moments, const Update& update) {
    static const auto kernels = adamwKernels<Number>();
    const auto at = [](const at::Tensor& t) { return t.data_ptr<Number>(); };
    const auto number = [](double value) { return static_cast<Number>(value); };
    const AdamWPiece<Number> whole{at(parameter.value),
                                   at(parameter.gradient),
                                   at(moments.first),
                                   at(moments.second),
                                   0,
                                   number(update.scale),
                                   number(update.keep),
                                   number(update.beta1),
                                   number(update.beta2),
                                   number(update.stride),
                                   number(update.root),
                                   number(update.eps)};
    overPieces(parameter.value.numel(), [&](std::int64_t index, std::int64_t count) {
        auto piece = whole;
        for (auto* numbers : {&piece.value, &piece.gradient, &piece.first, &piece.second})
            *numbers += index * pieceSize;
        piece.count = count;
        kernels.update(piece);
    });
}

void updateOnDevice(const Parameter& parameter, const AdamW::Moments& moments,
                    const Update& update) {
    auto value = parameter.value, gradient = parameter.gradient;
    auto first = moments.first, second = moments.second;
    gradient.mul_(update.scale);
    first.mul_(update.beta1).add_(gradient, 1.0 - update.beta1);
    second.mul_(update.beta2).addcmul_(gradient, gradient, 1.0 - update.beta2);
    value.mul_(update.keep)
        .addcdiv_(first, second.sqrt().mul_(update.root).add_(update.eps), -update.stride);
    gradient.zero_();
}

} // namespace

double gradientNorm(const Parameters& parameters) {
    const at::NoGradGuard noGrad;
    double sum = 0.0;
    for (const auto& parameter : parameters.all())
        sum += sumOfSquares(parameter.gradient);
    return std::sqrt(sum);
}

AdamW::AdamW(const Parameters& parameters, const AdamWSettings& settings,
             const std::function<bool(const std::string& key)>& decays)
    : settings_(settings) {
    for (const auto& parameter : parameters.all()) {
        moments_.push_back({at::zeros_like(parameter.value), at::zeros_like(parameter.value)});
        decays_.push_back(decays(parameter.key));
    }
}

double AdamW::update(Parameters& parameters, double rate) {
    const at::NoGradGuard noGrad;
    const double norm = gradientNorm(parameters);
    if (!std::isfinite(norm)) {
        parameters.clearGradients();
        return norm;
    }
    const auto t = static_cast<double>(++updates_);
    Update update{.scale = std::min(1.0, settings_.clip / (norm + 1e-6)),
                  .keep = 1.0,
                  .beta1 = settings_.beta1,
                  .beta2 = settings_.beta2,
                  .stride = rate / (1.0 - std::pow(settings_.beta1, t)),
                  .root = 1.0 / std::sqrt(1.0 - std::pow(settings_.beta2, t)),
                  .eps = settings_.eps};
    for (std::size_t i = 0; i < moments_.size(); ++i) {
        const auto& parameter = parameters.all()[i];
        update.keep = decays_[i] ? 1.0 - rate * settings_.weightDecay : 1.0;
        if (!hasKernel(parameter.value))
            updateOnDevice(parameter, moments_[i], update);
        else if (parameter.value.scalar_type() == at::kDouble)
            updateOnCpu<double>(parameter, moments_[i], update);
        else
            updateOnCpu<float>(parameter, moments_[i], update);
    }
    parameters.changed();
    return norm;
}

} // namespace residuum
