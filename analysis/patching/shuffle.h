// One order of shuffled things on every machine: std::shuffle may do differently elsewhere.
#pragma once

#include <random>
#include <utility>
#include <vector>

namespace residuum {

template <class Value>
void shuffle(std::vector<Value>& values, std::mt19937_64& random) {
    for (std::size_t left = values.size(); left > 1; --left)
        std::swap(values[left - 1], values[random() % left]);
}

} // namespace residuum
