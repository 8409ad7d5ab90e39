#include "analysis/removal/watch.h"

#include "core/task/wording.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace residuum {

namespace {

constexpr std::size_t window = 50, enough = 10, patience = 5;
constexpr double normFactor = 10.0, lossDistance = 3.0;

/// Of the steps before `end`; infinite where they are too few.
double medianBefore(const RunRecord& record, std::size_t end, double StepRecord::*number) {
    if (end < enough)
        return std::numeric_limits<double>::infinity();
    std::vector<double> values;
    for (auto i = end - std::min(end, window); i < end; ++i)
        values.push_back(record.steps[i].*number);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Of the last steps, how many in a row have a gradient norm far above what was usual before them.
std::size_t cascade(const RunRecord& record) {
    for (std::size_t length = 0; length < patience; ++length) {
        if (length >= record.steps.size())
            return length;
        const auto i = record.steps.size() - 1 - length;
        if (record.steps[i].gradNorm < normFactor * medianBefore(record, i, &StepRecord::gradNorm))
            return length;
    }
    return patience;
}

} // namespace

WatchReport watch(const RunRecord& record) {
    if (record.steps.empty())
        return {};
    const auto last = record.steps.size() - 1;
    const auto& step = record.steps[last];
    if (!std::isfinite(step.loss) || !std::isfinite(step.gradNorm) || !std::isfinite(step.auxLoss))
        return {withNumbers("loss %g and gradient norm %g are not both finite numbers", step.loss,
                            step.gradNorm),
                true};
    const double usual = medianBefore(record, last, &StepRecord::loss);
    if (step.loss >= usual + lossDistance)
        return {withNumbers("the loss is %.3f, its running median %.3f", step.loss, usual), true};
    const auto length = cascade(record);
    if (length >= patience)
        return {withNumbers("the gradient norm is %.3g, ten times its running median for the fifth "
                            "step in a row",
                            step.gradNorm),
                true};
    return {std::nullopt, length > 0};
}

} // namespace residuum
