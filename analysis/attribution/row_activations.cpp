#include "analysis/attribution/row_activations.h"

#include "core/model/row_index.h"

#include <ATen/ATen.h>

#include <utility>

namespace residuum {

RowActivations RowActivations::row(std::int64_t place) const {
    const auto one = [&](const at::Tensor& t) { return t.narrow(0, place, 1); };
    const auto each = [&](const std::vector<at::Tensor>& layers) {
        std::vector<at::Tensor> rows;
        for (const auto& t : layers)
            rows.push_back(one(t));
        return rows;
    };
    return {one(embed),   one(posEmbed), each(z),           each(attnOut),
            each(mlpOut), each(mlpPost), one(finalResidual)};
}

RowTap::RowTap(int n_layers, LogitPositions positions, bool neurons, Progress& progress)
    : n_layers_(n_layers), positions_(std::move(positions)), neurons_(neurons),
      progress_(progress) {}

bool RowTap::wants(const Hook& hook) const {
    switch (hook.point) {
    case HookPoint::Embed:
    case HookPoint::PosEmbed:
    case HookPoint::Z:
    case HookPoint::AttnOut:
    case HookPoint::MlpOut:
    case HookPoint::ResidPost:
        return true;
    case HookPoint::MlpPost:
        return neurons_;
    default:
        return false;
    }
}

void RowTap::receive(const Hook& hook, const at::Tensor& value) {
    switch (hook.point) {
    case HookPoint::Embed:
        rows_.embed = takeRows(value);
        break;
    case HookPoint::PosEmbed:
        rows_.posEmbed = takeRows(value);
        break;
    case HookPoint::Z:
        rows_.z.push_back(takeRows(value));
        break;
    case HookPoint::AttnOut:
        rows_.attnOut.push_back(takeRows(value));
        break;
    case HookPoint::MlpOut:
        rows_.mlpOut.push_back(takeRows(value));
        break;
    case HookPoint::MlpPost:
        rows_.mlpPost.push_back(takeRows(value));
        break;
    case HookPoint::ResidPost:
        if (hook.layer.value == n_layers_ - 1)
            rows_.finalResidual = takeRows(value);
        progress_.advance();
        break;
    default:
        break;
    }
}

at::Tensor RowTap::takeRows(const at::Tensor& value) const {
    auto chosen = value;
    if (positions_)
        chosen = value.index_select(1, rowIndex(*positions_, value));
    auto shape = chosen.sizes().vec();
    shape.erase(shape.begin());
    shape[0] = -1;
    return chosen.reshape(shape);
}

} // namespace residuum
