#include "analysis/lens/streams.h"

#include "core/model/row_index.h"

#include <ATen/ATen.h>

namespace residuum {

bool StreamTap::wants(const Hook& hook) const {
    switch (hook.point) {
    case HookPoint::ResidPre:
    case HookPoint::ResidMid:
        return true;
    case HookPoint::ResidPost:
        return hook.layer.value == n_layers_ - 1;
    case HookPoint::Embed:
    case HookPoint::PosEmbed:
    case HookPoint::Z:
    case HookPoint::MlpOut:
        return parts_;
    default:
        return false;
    }
}

void StreamTap::receive(const Hook& hook, const at::Tensor& value) {
    auto rows = positions_ ? value.index_select(1, rowIndex(*positions_, value)) : value;
    auto shape = rows.sizes().vec();
    shape.erase(shape.begin());
    shape[0] = -1;
    rows = rows.reshape(shape);
    switch (hook.point) {
    case HookPoint::Embed:
        streams_.embed = rows;
        break;
    case HookPoint::PosEmbed:
        streams_.posEmbed = rows;
        break;
    case HookPoint::Z:
        streams_.z.push_back(rows);
        break;
    case HookPoint::MlpOut:
        streams_.mlpOut.push_back(rows);
        break;
    default:
        streams_.points.push_back(rows);
    }
}

} // namespace residuum
