#include "pinned/result_cases.h"

namespace residuum::test {

namespace {

using Strings = std::vector<std::string>;

const char* const story = "Then, Mary and John went to the store. John gave a book to";
const char* const otherStory = "Then, Mary and John went to the store. Mary gave a book to";
const char* const twoSentences = "Mary went to the store. John went to the park.";

void addAttribution(std::vector<ResultCase>& cases, const Workplace& at) {
    const auto original = at.model("original"), vanilla = at.model("vanilla"),
               lnFree = at.model("ln-free");
    cases.push_back({"dla-default", {"dla", original, vanilla, lnFree, "--prompt", story}});
    cases.push_back({"dla-all",
                     {"dla", original, lnFree, "--prompt", story, "--position", "all", "--target",
                      " Mary", "--versus", " John"}});
    cases.push_back({"dla-neurons",
                     {"dla", vanilla, "--ids", "760,44,491", "--neurons", "--position", "1",
                      "--bootstrap", "10"}});
    cases.push_back(
        {"dla-last",
         {"dla", original, "--prompt", "Mary went to the store", "--prompt", "John was", "--target",
          "last", "--position", "1", "--no-center-unembed", "--bootstrap", "0"}});
    cases.push_back({"dla-argmax",
                     {"dla", vanilla, lnFree, "--prompt", "Mary went to the", "--target", "argmax",
                      "--position", "-2", "--versus", "#7", "--bootstrap", "50", "--seed", "3",
                      "--bos", "--dtype", "float64"}});
    cases.push_back({"dla-text",
                     {"dla", original, lnFree, "--dataset", at.data("texts.txt"), "--split",
                      "lines", "--sequences", "3", "--length", "8", "--seed", "5", "--target",
                      "next", "--bootstrap", "20"}});
    cases.push_back({"dla-documents",
                     {"dla", vanilla, "--dataset", at.data("documents.jsonl"), "--length", "6",
                      "--position", "all", "--tokenizer", original}});
    cases.push_back({"dla-blocks",
                     {"dla", original, "--dataset", at.data("tokens.bin"), "--token-width", "2",
                      "--length", "7", "--sequences", "3"}});
}

void addPatching(std::vector<ResultCase>& cases, const Workplace& at) {
    const auto original = at.model("original"), vanilla = at.model("vanilla"),
               lnFree = at.model("ln-free");
    cases.push_back({"patch-pair",
                     {"patch", original, vanilla, lnFree, "--clean", story, "--corrupt", otherStory,
                      "--correct", " Mary", "--incorrect", " John"}});
    cases.push_back({"patch-sites",
                     {"patch", original, lnFree, "--clean-ids", "5,9,200,31,77", "--corrupt-ids",
                      "5,9,201,31,77", "--correct", "#40", "--incorrect", "#41", "--sites",
                      "resid_mid,attn_out,mlp_out,z,q,k,v,pattern,mlp_post", "--method",
                      "attribution,exact,atp-star,ig", "--steps", "3", "--top-neurons", "12"}});
    cases.push_back(
        {"patch-edges",
         {"patch", original, "--clean", "Mary went to the", "--corrupt", "John went to the",
          "--correct", " store", "--incorrect", " park", "--method", "eap,eap-ig,path", "--steps",
          "2", "--sender", "L0H1", "--receivers", "L2H3.q,L2H3,L3.mlp,logits"}});
    cases.push_back(
        {"patch-file",
         {"patch", original, vanilla, "--prompts", at.data("pairs.jsonl"), "--metric", "prob",
          "--direction", "corrupt-into-clean", "--sites", "attn_out,z_all_pos", "--bos"}});
    cases.push_back({"patch-logprob", {"patch",       vanilla,
                                       "--clean",     "Mary went to the",
                                       "--corrupt",   "John went to the",
                                       "--correct",   " store",
                                       "--incorrect", " store",
                                       "--clean",     "He was",
                                       "--corrupt",   "She was",
                                       "--correct",   " a",
                                       "--incorrect", " the",
                                       "--metric",    "logprob",
                                       "--method",    "exact,ig",
                                       "--steps",     "2",
                                       "--dtype",     "float64"}});
    cases.push_back({"patch-kl", {"patch",       lnFree,
                                  "--clean",     "Mary went to the",
                                  "--corrupt",   "John went to the",
                                  "--correct",   " store",
                                  "--incorrect", " park",
                                  "--metric",    "kl",
                                  "--direction", "corrupt-into-clean",
                                  "--method",    "exact",
                                  "--sites",     "z",
                                  "--memory",    "512M"}});
    cases.push_back({"patch-task",
                     {"patch", original, lnFree, "--task", "ioi-paper", "--pairs", "6", "--seed",
                      "2", "--sites", "resid_pre,z_all_pos", "--method", "attribution,exact"}});
}

void addNeurons(std::vector<ResultCase>& cases, const Workplace& at) {
    const auto original = at.model("original"), vanilla = at.model("vanilla"),
               lnFree = at.model("ln-free");
    cases.push_back({"neurons-top",
                     {"neurons", original, lnFree, "--prompt", twoSentences, "--neurons", "top:8",
                      "--random-neurons", "3"}});
    cases.push_back({"neurons-list",
                     {"neurons", original, vanilla, "--prompt", "Mary went to the store.",
                      "--prompt", "He was", "--neurons", "7,300", "--also", "5,9", "--per-token",
                      "--random-neurons", "2", "--seed", "4"}});
    cases.push_back({"neurons-all",
                     {"neurons", vanilla, "--ids", "760,44,491,272", "--neurons", "all", "--layer",
                      "1", "--ablation", "zero", "--random-neurons", "0"}});
    cases.push_back({"neurons-loss",
                     {"neurons", original, "--prompt", "Mary went to the store.", "--neurons",
                      "top:5", "--by", "loss", "--null-space", "5", "--random-neurons", "2"}});
    cases.push_back({"neurons-entropy",
                     {"neurons", lnFree, "--prompt", "Mary went to the store.", "--neurons",
                      "top:3", "--by", "entropy", "--bos", "--random-neurons", "1"}});
    cases.push_back({"neurons-screen",
                     {"neurons", vanilla, "--prompt", "Mary went to the store.", "--neurons",
                      "top:3", "--by", "norm", "--screen", "--memory", "256M"}});
    cases.push_back({"neurons-null-space",
                     {"neurons", vanilla, "--prompt", "Mary went to the store.", "--neurons",
                      "top:3", "--by", "null-space", "--null-space", "40", "--layer", "-2"}});
    cases.push_back({"neurons-dataset",
                     {"neurons", original, lnFree, "--dataset", at.data("documents.jsonl"),
                      "--sequences", "3", "--length", "12", "--seed", "9", "--neurons", "top:6",
                      "--chosen-on", "ln-free", "--per-token", "--random-neurons", "2"}});
}

void addRun(std::vector<ResultCase>& cases, const Workplace& at) {
    cases.push_back(
        {"run-all", {"run", at.model("original"), "--ids", "760,44,491", "--activations", "all"}});
    cases.push_back(
        {"run-some",
         {"run", at.model("vanilla"), at.model("ln-free"), "--prompt", "Mary went to", "--prompt",
          "John", "--activations", "blocks.0.hook_resid_pre,blocks.1.attn.hook_pattern"}});
    cases.push_back({"run-last",
                     {"run", at.model("original"), "--dataset", at.data("texts.txt"), "--split",
                      "lines", "--last-only", "--dtype", "float64"}});
}

} // namespace

std::vector<ResultCase> resultCases(const Workplace& place) {
    std::vector<ResultCase> cases;
    addAttribution(cases, place);
    addPatching(cases, place);
    addNeurons(cases, place);
    addRun(cases, place);
    return cases;
}

std::filesystem::path goldenResult(const std::string& name) {
    return goldenFile("results/" + name + ".h5");
}

} // namespace residuum::test
