#include "analysis/neurons/neuron_choice.h"

#include "core/task/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>

namespace residuum {

namespace {

/// More together are of no interest, and cost as much each as one more neuron.
constexpr std::size_t mostTogether = 100;

std::vector<NeuronIndex> allNeurons(std::size_t count) {
    std::vector<NeuronIndex> all;
    for (std::size_t n = 0; n < count; ++n)
        all.emplace_back(static_cast<std::int64_t>(n));
    return all;
}

double rankOf(const NeuronRequest& request, const NeuronWeights& weights,
              const NeuronScreening* screening, std::size_t n) {
    const auto row = static_cast<Eigen::Index>(n);
    switch (request.by) {
    case NeuronRank::Score:
        return weights.score(n);
    case NeuronRank::Norm:
        return weights.norm[n];
    case NeuronRank::NullSpace:
        return weights.nullFraction(n, request.nullSpace);
    case NeuronRank::TotalLoss:
        return screening->meanAbs(row, static_cast<int>(Effect::TotalLoss));
    case NeuronRank::TotalEntropy:
        return screening->meanAbs(row, static_cast<int>(Effect::TotalEntropy));
    }
    return 0.0;
}

void requireInRange(const std::vector<NeuronIndex>& neurons, std::size_t d_mlp,
                    const std::string& option) {
    for (const auto neuron : neurons)
        if (neuron.value < 0 || static_cast<std::size_t>(neuron.value) >= d_mlp)
            throw Error(option + " " + std::to_string(neuron.value),
                        "is out of range; a layer of this model has the neurons 0 to " +
                            std::to_string(d_mlp - 1));
}

} // namespace

void requireInRange(const NeuronRequest& request, int d_mlp) {
    requireInRange(request.choice.named, static_cast<std::size_t>(d_mlp), "--neurons");
    requireInRange(request.also, static_cast<std::size_t>(d_mlp), "--also");
}

std::vector<NeuronIndex> chosenNeurons(const NeuronRequest& request, const NeuronWeights& weights,
                                       const NeuronScreening* screening) {
    if (request.choice.kind == ChoiceKind::Named)
        return request.choice.named;
    const auto d_mlp = weights.norm.size();
    auto neurons = allNeurons(d_mlp);
    if (request.choice.kind == ChoiceKind::All)
        return neurons;
    std::vector<double> rank(d_mlp);
    for (std::size_t n = 0; n < d_mlp; ++n) {
        rank[n] = rankOf(request, weights, screening, n);
        if (std::isnan(rank[n])) // a neuron that writes nothing
            rank[n] = -1.0;
    }
    std::stable_sort(neurons.begin(), neurons.end(), [&](NeuronIndex a, NeuronIndex b) {
        return rank[static_cast<std::size_t>(a.value)] > rank[static_cast<std::size_t>(b.value)];
    });
    neurons.resize(std::min(neurons.size(), static_cast<std::size_t>(request.choice.top)));
    return neurons;
}

std::vector<NeuronIndex> randomNeurons(const NeuronRequest& request,
                                       const std::vector<NeuronIndex>& chosen, int d_mlp) {
    const std::set<NeuronIndex> taken(chosen.begin(), chosen.end());
    auto order = allNeurons(static_cast<std::size_t>(d_mlp));
    const bool all = taken.size() == order.size();
    // A permutation of all neurons, of which the chosen ones are left out: one more or less that is
    // chosen leaves the others as they were.
    std::mt19937_64 random(request.seed);
    for (std::size_t i = 0; i + 1 < order.size(); ++i) {
        const auto left = static_cast<std::uint64_t>(order.size() - i);
        std::swap(order[i], order[i + (((random() >> 32) * left) >> 32)]);
    }
    std::vector<NeuronIndex> neurons;
    for (const auto neuron : order) {
        if (neurons.size() == static_cast<std::size_t>(request.randomNeurons))
            break;
        if (all || !taken.contains(neuron))
            neurons.push_back(neuron);
    }
    return neurons;
}

std::vector<int> cumulativeCounts(std::size_t neurons) {
    std::vector<int> counts;
    const auto most = static_cast<int>(std::min(neurons, mostTogether));
    for (int count = 1; count < most; count += std::max(1, count / 8))
        counts.push_back(count);
    if (most > 0)
        counts.push_back(most);
    return counts;
}

} // namespace residuum
