#include "analysis/neurons/neuron_request.h"

#include "core/task/error.h"
#include "core/text/whole_number.h"

#include <array>
#include <set>
#include <string_view>

namespace residuum {

namespace {

constexpr std::array<const char*, 2> ablationNames{"mean", "zero"};
constexpr std::array<const char*, 5> rankNames{"score", "norm", "null-space", "loss", "entropy"};

template <class Value, std::size_t n>
Value parse(const std::array<const char*, n>& names, const std::string& text,
            const std::string& subject) {
    std::string known;
    for (std::size_t i = 0; i < n; ++i) {
        if (text == names[i])
            return static_cast<Value>(i);
        known += (i == 0 ? "" : ", ") + std::string(names[i]);
    }
    throw UsageError(subject, "\"" + text + "\" is unknown; there are " + known);
}

/// A whole number that is not negative; throws UsageError.
std::int32_t number(std::string_view text, const std::string& option, const std::string& expected) {
    const auto value = parseWholeNumber(text);
    if (!value)
        throw UsageError(option, expected + " is expected");
    return *value;
}

std::vector<NeuronIndex> neuronList(const std::string& text, const std::string& option,
                                    const std::string& expected) {
    std::vector<NeuronIndex> neurons;
    std::set<NeuronIndex> seen;
    for (std::string_view rest = text;;) {
        const auto comma = rest.find(',');
        const NeuronIndex neuron(number(rest.substr(0, comma), option, expected));
        if (!seen.insert(neuron).second)
            throw UsageError(option, "names neuron " + std::to_string(neuron.value) + " twice");
        neurons.push_back(neuron);
        if (comma == std::string_view::npos)
            return neurons;
        rest.remove_prefix(comma + 1);
    }
}

} // namespace

std::string name(Ablation ablation) {
    return ablationNames[static_cast<std::size_t>(ablation)];
}

Ablation parseAblation(const std::string& text, const std::string& subject) {
    return parse<Ablation>(ablationNames, text, subject);
}

std::string name(NeuronRank rank) {
    return rankNames[static_cast<std::size_t>(rank)];
}

NeuronRank parseNeuronRank(const std::string& text, const std::string& subject) {
    return parse<NeuronRank>(rankNames, text, subject);
}

bool needsScreening(NeuronRank rank) {
    return rank == NeuronRank::TotalLoss || rank == NeuronRank::TotalEntropy;
}

std::vector<NeuronIndex> parseNeurons(const std::string& text, const std::string& option) {
    return neuronList(text, option + " " + text, "a list of neurons' numbers, e.g. 584,2123,");
}

void parseNeuronChoice(const std::string& text, NeuronRequest& request) {
    const std::string option = "--neurons " + text;
    const std::string expected = "numbers of neurons (584,2123), all or top:N";
    request.named.clear();
    if (text == "all") {
        request.choice = NeuronChoice::All;
        return;
    }
    constexpr std::string_view top = "top:";
    if (text.starts_with(top)) {
        request.choice = NeuronChoice::Top;
        request.top = number(std::string_view(text).substr(top.size()), option, expected);
        if (request.top < 1)
            throw UsageError(option, "at least one neuron is needed, e.g. top:50");
        return;
    }
    request.choice = NeuronChoice::Named;
    request.named = neuronList(text, option, expected);
}

std::string neuronsText(const std::vector<NeuronIndex>& neurons) {
    std::string text;
    for (const auto neuron : neurons)
        text += (text.empty() ? "" : ",") + std::to_string(neuron.value);
    return text;
}

std::string neuronChoiceText(const NeuronRequest& request) {
    if (request.choice == NeuronChoice::All)
        return "all";
    if (request.choice == NeuronChoice::Top)
        return "top:" + std::to_string(request.top);
    return neuronsText(request.named);
}

bool screens(const NeuronRequest& request) {
    return request.screen || (request.choice == NeuronChoice::Top && needsScreening(request.by));
}

NeuronRequest canonical(NeuronRequest request) {
    const NeuronRequest usual;
    request.screen = screens(request);
    if (request.choice != NeuronChoice::Top) {
        request.by = usual.by;
        request.top = usual.top;
    }
    if (request.choice != NeuronChoice::Named)
        request.named.clear();
    if (request.randomNeurons == 0)
        request.seed = usual.seed;
    return request;
}

} // namespace residuum
