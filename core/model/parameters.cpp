#include "core/model/parameters.h"

#include "core/model/doubles.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

/// The sites' numbers that are tensors in training, in one transfer.
void readAlphas(Weights& weights) {
    std::vector<DynamicTanh*> sites;
    std::vector<at::Tensor> alphas;
    const auto add = [&](NormWeights& norm) {
        if (auto* site = std::get_if<DynamicTanh>(&norm.site)) {
            sites.push_back(site);
            alphas.push_back(norm.alpha.view({1}));
        }
    };
    for (auto& block : weights.blocks) {
        add(block.ln1_qk);
        add(block.ln1_v);
        add(block.ln2);
    }
    add(weights.ln_f);
    if (sites.empty())
        return;
    const auto values = doublesOnCpu(at::cat(alphas));
    for (std::size_t i = 0; i < sites.size(); ++i)
        sites[i]->alpha = values.data_ptr<double>()[i];
}

} // namespace

Parameters::Parameters(const Weights& weights) {
    const at::NoGradGuard noGrad;
    static_cast<WeightTensors&>(weights_) = weights;
    weights_.config = weights.config;
    gradients_ = weights;
    forEachTensor(weights_, [&](const std::string& key, at::Tensor& value, InCheckpoint) {
        value = value.clone(at::MemoryFormat::Contiguous);
        all_.push_back({key, value, at::zeros_like(value)});
    });
    auto next = all_.begin();
    forEachTensor(gradients_, [&](const std::string&, at::Tensor& gradient, InCheckpoint) {
        gradient = next++->gradient;
    });
    shareTensors(weights_);
    shareTensors(gradients_);
}

const Parameter& Parameters::at(const std::string& key) const {
    const auto found = std::find_if(all_.begin(), all_.end(),
                                    [&](const auto& parameter) { return parameter.key == key; });
    if (found == all_.end())
        throw Error(key, "is no parameter of this model");
    return *found;
}

void Parameters::changed() {
    ++weights_.generation;
    const at::NoGradGuard noGrad;
    readAlphas(weights_);
}

void Parameters::setSites(const Normalization& sites) {
    for (std::size_t l = 0; l < weights_.blocks.size(); ++l) {
        weights_.blocks[l].ln1_qk.site = sites.blocks.at(l).ln1_qk;
        weights_.blocks[l].ln1_v.site = sites.blocks.at(l).ln1_v;
        weights_.blocks[l].ln2.site = sites.blocks.at(l).ln2;
    }
    weights_.ln_f.site = sites.ln_f;
    changed();
}

void Parameters::clearGradients() {
    const at::NoGradGuard noGrad;
    for (auto& parameter : all_)
        parameter.gradient.zero_();
}

std::int64_t Parameters::bytes() const {
    std::int64_t sum = 0;
    for (const auto& parameter : all_)
        sum += static_cast<std::int64_t>(parameter.value.nbytes());
    return sum;
}

} // namespace residuum
