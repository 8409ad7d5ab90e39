// Distinct types for the things a transformer is counted in, so that a layer is never passed as a
// head. Values count from zero.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace residuum {

template <class Tag>
struct Index {
    std::int32_t value = 0;

    constexpr Index() = default;
    constexpr explicit Index(std::int64_t v) : value(static_cast<std::int32_t>(v)) {}
    friend constexpr auto operator<=>(const Index&, const Index&) = default;
};

using LayerIndex = Index<struct LayerTag>;
using HeadIndex = Index<struct HeadTag>;
using NeuronIndex = Index<struct NeuronTag>;
using PositionIndex = Index<struct PositionTag>;
using TokenId = Index<struct TokenTag>;

} // namespace residuum

template <class Tag>
struct std::hash<residuum::Index<Tag>> {
    std::size_t operator()(residuum::Index<Tag> i) const noexcept {
        return std::hash<std::int32_t>{}(i.value);
    }
};
