#include "analysis/neurons/neuron_request.h"

#include "core/task/error.h"

#include <array>
#include <charconv>
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
std::int32_t number(std::string_view text, const std::string& whole) {
    std::int32_t value = -1;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || value < 0)
        throw UsageError("--neurons " + whole,
                         "numbers of neurons (584,2123), all or top:N is expected");
    return value;
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

void parseNeuronChoice(const std::string& text, NeuronRequest& request) {
    request.named.clear();
    if (text == "all") {
        request.choice = NeuronChoice::All;
        return;
    }
    constexpr std::string_view top = "top:";
    if (text.starts_with(top)) {
        request.choice = NeuronChoice::Top;
        request.top = number(std::string_view(text).substr(top.size()), text);
        if (request.top < 1)
            throw UsageError("--neurons " + text, "at least one neuron is needed, e.g. top:50");
        return;
    }
    request.choice = NeuronChoice::Named;
    std::set<NeuronIndex> seen;
    for (std::string_view rest = text;;) {
        const auto comma = rest.find(',');
        const NeuronIndex neuron(number(rest.substr(0, comma), text));
        if (!seen.insert(neuron).second)
            throw UsageError("--neurons " + text,
                             "names neuron " + std::to_string(neuron.value) + " twice");
        request.named.push_back(neuron);
        if (comma == std::string_view::npos)
            return;
        rest.remove_prefix(comma + 1);
    }
}

std::string neuronChoiceText(const NeuronRequest& request) {
    if (request.choice == NeuronChoice::All)
        return "all";
    if (request.choice == NeuronChoice::Top)
        return "top:" + std::to_string(request.top);
    std::string text;
    for (const auto neuron : request.named)
        text += (text.empty() ? "" : ",") + std::to_string(neuron.value);
    return text;
}

} // namespace residuum
