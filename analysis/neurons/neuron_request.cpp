#include "analysis/neurons/neuron_request.h"

#include "core/task/error.h"
#include "core/text/whole_number.h"

#include <set>
#include <string_view>

namespace residuum {

namespace {

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

bool needsScreening(NeuronRank rank) {
    return rank == NeuronRank::TotalLoss || rank == NeuronRank::TotalEntropy;
}

std::vector<NeuronIndex> Codec<std::vector<NeuronIndex>>::parse(const std::string& text,
                                                                const Asking& asking,
                                                                const TokenLookup&) {
    if (text.empty())
        return {};
    return neuronList(text, asking.what + " " + text, "a list of neurons' numbers, e.g. 584,2123,");
}

std::string Codec<std::vector<NeuronIndex>>::text(const std::vector<NeuronIndex>& neurons) {
    std::string text;
    for (const auto neuron : neurons)
        text += (text.empty() ? "" : ",") + std::to_string(neuron.value);
    return text;
}

NeuronChoice parseNeuronChoice(const std::string& text, const std::string& asking) {
    const std::string option = asking + " " + text;
    const std::string expected = "numbers of neurons (584,2123), all or top:N";
    if (text == "all")
        return {ChoiceKind::All};
    constexpr std::string_view top = "top:";
    if (text.starts_with(top)) {
        NeuronChoice choice;
        choice.top = number(std::string_view(text).substr(top.size()), option, expected);
        if (choice.top < 1)
            throw UsageError(option, "at least one neuron is needed, e.g. top:50");
        return choice;
    }
    return {ChoiceKind::Named, neuronList(text, option, expected)};
}

std::string Codec<NeuronChoice>::text(const NeuronChoice& choice) {
    if (choice.kind == ChoiceKind::All)
        return "all";
    if (choice.kind == ChoiceKind::Top)
        return "top:" + std::to_string(choice.top);
    return Codec<std::vector<NeuronIndex>>::text(choice.named);
}

bool screens(const NeuronRequest& request) {
    return request.screen || (request.choice.kind == ChoiceKind::Top && needsScreening(request.by));
}

NeuronRequest canonical(NeuronRequest request) {
    const NeuronRequest usual;
    request.screen = screens(request);
    if (request.choice.kind != ChoiceKind::Top) {
        request.by = usual.by;
        request.choice.top = usual.choice.top;
    }
    if (request.choice.kind != ChoiceKind::Named)
        request.choice.named.clear();
    if (request.randomNeurons == 0)
        request.seed = usual.seed;
    return request;
}

} // namespace residuum
