#include "pinned/refusal_cases.h"

namespace residuum::test {

namespace {

using Strings = std::vector<std::string>;

Strings joined(Strings all, const Strings& more) {
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::vector<Strings> commonMistakes() {
    return {{"--dtype", "int8"},       {"--device", "nosuch"},    {"--threads", "0"},
            {"--threads", "many"},     {"--tokenizer", "nosuch"}, {"--nosuch"},
            {"--kind", "attribution"}, {"--view", "scatter"}};
}

/// Of what takes prompts or a dataset.
std::vector<Strings> inputMistakes(const Workplace& at) {
    const auto documents = at.data("documents.jsonl"), texts = at.data("texts.txt"),
               tokens = at.data("tokens.bin");
    return {{},
            {"--prompt", ""},
            {"--ids", "1,x"},
            {"--ids", "1,99999"},
            {"--ids", "-1"},
            {"--ids", "1,2", "--seed", "-1"},
            {"--ids", "1,2", "--seed", "x"},
            {"--ids", "1,2", "--sequences", "3"},
            {"--ids", "1,2", "--length", "3"},
            {"--ids", "1,2", "--token-width", "2"},
            {"--ids", "1,2", "--split", "lines"},
            {"--ids", "1,2", "--dataset", documents},
            {"--dataset", "nosuch.txt"},
            {"--dataset", documents, "--sequences", "0"},
            {"--dataset", documents, "--sequences", "x"},
            {"--dataset", documents, "--length", "0"},
            {"--dataset", documents, "--length", "9999"},
            {"--dataset", documents, "--split", "lines"},
            {"--dataset", texts, "--split", "nosuch"},
            {"--dataset", texts, "--token-width", "2"},
            {"--dataset", tokens, "--token-width", "3"},
            {"--dataset", tokens, "--length", "0"},
            {"--ids", "1,2", "--clean", "Mary"},
            {"--ids", "1,2", "--task", "ioi-paper"}};
}

std::vector<Strings> attributionMistakes() {
    return {{"--target", "nosuch token"},
            {"--target", "#99999"},
            {"--target", "#x"},
            {"--target", ""},
            {"--versus", "argmax"},
            {"--versus", "#-1"},
            {"--position", "9"},
            {"--position", "-9"},
            {"--position", "first"},
            {"--position", "1.5"},
            {"--bootstrap", "-1"},
            {"--bootstrap", "many"},
            {"--bootstrap", "99999999"},
            {"--target", "next", "--position", "-1"},
            {"--metric", "kl"},
            {"--sites", "z"},
            {"--layer", "1"},
            {"--ablation", "zero"},
            {"--memory", "1G"},
            {"--activations", "all"},
            {"--neurons=all"}};
}

std::vector<Strings> patchingMistakes() {
    return {{"--metric", "nosuch"},
            {"--direction", "sideways"},
            {"--sites", "nosuch"},
            {"--sites", ""},
            {"--sites", "z,nosuch"},
            {"--method", "nosuch"},
            {"--method", ""},
            {"--method", "exact", "--steps", "0"},
            {"--method", "ig", "--steps", "0"},
            {"--method", "ig", "--steps", "x"},
            {"--method", "ig", "--steps", "99999999"},
            {"--sites", "mlp_post", "--top-neurons", "0"},
            {"--sites", "mlp_post", "--top-neurons", "x"},
            {"--method", "path"},
            {"--method", "path", "--sender", "nosuch", "--receivers", "logits"},
            {"--method", "path", "--sender", "L9H0", "--receivers", "logits"},
            {"--method", "path", "--sender", "L2H0", "--receivers", "L1H0.q"},
            {"--method", "path", "--sender", "L0H0", "--receivers", "nosuch"},
            {"--method", "path", "--sender", "L0H0", "--receivers", "L2H3.x"},
            {"--sender", "L0H0"},
            {"--receivers", "logits"},
            {"--metric", "kl", "--method", "attribution"},
            {"--metric", "kl", "--method", "eap"},
            {"--metric", "kl", "--method", "ig"},
            {"--method", "atp-star", "--sites", "resid_pre"},
            {"--memory", "lots"},
            {"--memory", "0"},
            {"--memory", "-1M"},
            {"--pairs", "3"},
            {"--seed", "1"},
            {"--task", "ioi-paper"},
            {"--bos", "--nosuch"},
            {"--target", "argmax"},
            {"--position", "1"},
            {"--neurons", "all"},
            {"--layer", "1"},
            {"--length", "3"},
            {"--bootstrap", "3"}};
}

/// Pairs that are none.
std::vector<Strings> pairMistakes(const Workplace& at) {
    return {
        {},
        {"--clean", "Mary went", "--correct", " to", "--incorrect", " the"},
        {"--clean", "Mary went", "--corrupt", "John went to the", "--correct", " to", "--incorrect",
         " the"},
        {"--clean", "Mary went", "--corrupt", "John went"},
        {"--clean", "Mary went", "--corrupt", "John went", "--correct", " to"},
        {"--clean", "Mary went", "--corrupt", "John went", "--correct", "to the", "--incorrect",
         " the"},
        {"--clean", "Mary went", "--corrupt", "John went", "--correct", " to", "--incorrect",
         " to"},
        {"--clean", "Mary went", "--corrupt", "Mary went", "--correct", " to", "--incorrect",
         " the"},
        {"--clean-ids", "1,2", "--correct", "#1", "--incorrect", "#2"},
        {"--clean-ids", "1,x", "--corrupt-ids", "1,3", "--correct", "#1", "--incorrect", "#2"},
        {"--clean-ids", "1,2", "--corrupt-ids", "1,99999", "--correct", "#1", "--incorrect", "#2"},
        {"--clean-ids", "1,2", "--corrupt-ids", "1,3", "--correct", "#1", "--incorrect", "#99999"},
        {"--clean", "Mary", "--corrupt", "John", "--clean-ids", "1", "--corrupt-ids", "2"},
        {"--prompts", "nosuch.jsonl"},
        {"--prompts", at.data("documents.jsonl")},
        {"--prompts", at.data("pairs.jsonl"), "--correct", " to"},
        {"--prompts", at.data("pairs.jsonl"), "--task", "ioi-paper"},
        {"--prompts", at.data("pairs.jsonl"), "--pairs", "2"},
        {"--task", "nosuch"},
        {"--task", "ioi-paper", "--pairs", "0"},
        {"--task", "ioi-paper", "--pairs", "x"},
        {"--task", "ioi-paper", "--seed", "x"}};
}

std::vector<Strings> neuronMistakes() {
    return {{"--layer", "4"},
            {"--layer", "-5"},
            {"--layer", "last"},
            {"--layer", "1.5"},
            {"--neurons", "top:0"},
            {"--neurons", "top:99999"},
            {"--neurons", "top:x"},
            {"--neurons", "top"},
            {"--neurons", "5,x"},
            {"--neurons", "5,5"},
            {"--neurons", "99999"},
            {"--neurons", "-1"},
            {"--neurons", ""},
            {"--also", "x"},
            {"--also", "99999"},
            {"--by", "nosuch"},
            {"--neurons", "all", "--by", "loss"},
            {"--chosen-on", "nosuch"},
            {"--ablation", "nosuch"},
            {"--null-space", "0"},
            {"--null-space", "99999"},
            {"--null-space", "x"},
            {"--random-neurons", "-1"},
            {"--random-neurons", "x"},
            {"--random-neurons", "99999"},
            {"--screen", "--layer", "0"},
            {"--screen", "--by", "loss", "--layer", "0"},
            {"--screen=maybe"},
            {"--memory", "lots"},
            {"--memory", "0"},
            {"--target", "argmax"},
            {"--position", "1"},
            {"--metric", "kl"},
            {"--steps", "3"},
            {"--last-only"}};
}

std::vector<Strings> runMistakes() {
    return {{"--activations", "nosuch"},
            {"--activations", "blocks.9.hook_resid_pre"},
            {"--activations", ""},
            {"--last-only=maybe"},
            {"--memory", "1G"},
            {"--position", "1"},
            {"--layer", "1"}};
}

} // namespace

std::vector<std::string> computingKinds() {
    return {"dla", "patch", "neurons", "run"};
}

std::vector<Strings> refusals(const std::string& kind, const Workplace& place) {
    const Strings command{kind, place.model("original")};
    Strings sound{"--ids", "760,44,491"};
    if (kind == "patch")
        sound = {"--clean",   "Mary went", "--corrupt",   "John went",
                 "--correct", " to",       "--incorrect", " the"};
    std::vector<Strings> all{{kind, "--threads", "1"}, joined({kind, "nosuch"}, sound)};
    for (const auto& input : kind == "patch" ? pairMistakes(place) : inputMistakes(place))
        all.push_back(joined(command, input));
    for (const auto& mistakes : {commonMistakes(), kind == "dla"       ? attributionMistakes()
                                                   : kind == "patch"   ? patchingMistakes()
                                                   : kind == "neurons" ? neuronMistakes()
                                                                       : runMistakes()})
        for (const auto& mistake : mistakes)
            all.push_back(joined(joined(command, sound), mistake));
    return all;
}

} // namespace residuum::test
