// Damaged sessions, pair files and requests of result files: each variant is read or refused in
// this program's own words.
#include "analysis/neurons/neuron_settings.h"
#include "analysis/patching/patch_settings.h"
#include "analysis/question/session.h"

#include "analysis/attribution/dla_analysis.h"
#include "analysis/inputs/pair_file.h"
#include "analysis/inputs/pair_request.h"
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/patching/patch_analysis.h"
#include "core/model/model_info_json.h"
#include "core/task/error.h"
#include "support/mutation.h"
#include "support/paths.h"

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

namespace residuum {
namespace {

namespace fs = std::filesystem;

/// Calls `read` with `rounds` variants of `sound`; what is not an Error fails the test.
void fuzz(const std::string& sound, int rounds, unsigned seed,
          const std::function<void(const std::string&)>& read) {
    ASSERT_NO_THROW(read(sound));
    test::Mutator mutator(seed);
    int refused = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto text = mutator.mutate(sound, sound.size());
        try {
            read(text);
        } catch (const Error& error) {
            test::expectPlainWords(error.what());
            ++refused;
        }
    }
    EXPECT_GT(refused, rounds / 20);
}

/// As a file with members exchanged has it: types and names that are JSON, and wrong.
void exchangeMembers(const std::string& sound,
                     const std::function<void(const std::string&)>& read) {
    const std::vector<nlohmann::json> strangers = {nullptr,
                                                   true,
                                                   -1,
                                                   1e300,
                                                   4294967297LL,
                                                   "text",
                                                   nlohmann::json::array(),
                                                   nlohmann::json::object(),
                                                   {1, "a"},
                                                   {{"a", 1}}};
    const auto flat = nlohmann::json::parse(sound).flatten();
    for (const auto& [pointer, value] : flat.items()) {
        const nlohmann::json::json_pointer place(pointer);
        for (auto at = place; !at.empty(); at = at.parent_pointer()) {
            for (const auto& stranger : strangers) {
                auto changed = nlohmann::json::parse(sound);
                changed[at] = stranger;
                try {
                    read(changed.dump());
                } catch (const Error& error) {
                    test::expectPlainWords(error.what());
                }
            }
            auto without = nlohmann::json::parse(sound);
            auto& parent = without[at.parent_pointer()];
            if (parent.is_object())
                parent.erase(at.back());
            else
                parent.erase(static_cast<std::size_t>(std::stoul(at.back())));
            try {
                read(without.dump());
            } catch (const Error& error) {
                test::expectPlainWords(error.what());
            }
        }
    }
}

Session fullSession() {
    Session session;
    session.models = {"demo:original", "demo:ln-free"};
    session.results = {"a.h5"};
    session.prompt.text = "Mary went";
    session.prompt.tokens = {TokenId(76), TokenId(300)};
    session.position = -1;
    session.target = TokenId(5);
    session.pins = {{"L0H1", "#ff0000"}};
    session.difference = std::pair(0, 1);
    PatchSettings patching;
    patching.corrupt = session.prompt;
    session.ask("patching", patching);
    NeuronSettings neurons;
    neurons.dataset.emplace();
    neurons.dataset->file = "texts.jsonl";
    neurons.dataset->sequences = 3;
    session.ask("neurons", neurons);
    session.panels["attribution"].limit = 2.5;
    return session;
}

TEST(DamagedJson, Sessions) {
    const auto read = [](const std::string& text) {
        const auto session = parseSession(text, "s.residuum");
        (void)session.settings<PatchSettings>("patching");
        (void)session.settings<NeuronSettings>("neurons");
    };
    fuzz(toText(fullSession()), 300, 21, read);
    exchangeMembers(toText(fullSession()), read);
}

TEST(DamagedJson, PairFiles) {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "pairs.jsonl";
    const auto read = [&](const std::string& text) {
        std::ofstream(file, std::ios::binary) << text;
        (void)readPairFile(file);
    };
    const std::string byText =
        R"({"clean":"Mary went to","corrupt":"John went to","correct":" a","incorrect":" b"})";
    const std::string byIds =
        R"({"clean_ids":[1,2,3],"corrupt_ids":[1,4,3],"correct":"#7","incorrect":8})";
    fuzz(byText + "\n" + byIds + "\n", 300, 22, read);
    exchangeMembers(byText, read);
    exchangeMembers(byIds, read);
}

template <class Analysis>
void damageRequests(const std::string& settings, const std::string& input, unsigned seed) {
    nlohmann::ordered_json whole{{"kind", Analysis::kind}, {"models", {"demo:original"}}};
    whole["input"] = nlohmann::ordered_json::parse(input);
    whole[Analysis::kind] = nlohmann::ordered_json::parse(settings);
    whole["numeric"] = {{"dtype", "float64"}, {"device", "cpu"}};
    const auto read = [](const std::string& text) {
        (void)Analysis::requestOf(text, "r.h5");
        (void)Analysis::command(text, "r.h5");
    };
    fuzz(whole.dump(), 300, seed, read);
    exchangeMembers(whole.dump(), read);
}

TEST(DamagedJson, Requests) {
    const std::string prompts = R"({"prompts":["Mary went"],"bos":true})";
    const std::string dataset =
        R"({"dataset":{"file":"a.jsonl","sequences":5,"length":8,"seed":1},"bos":false})";
    DlaRequest dla;
    dla.target.rule = TargetRule::Token;
    dla.target.token = TokenId(3);
    dla.versus = TokenId(4);
    damageRequests<DlaAnalysis>(DlaAnalysis::settings(dla), prompts, 23);
    damageRequests<NeuronAnalysis>(NeuronAnalysis::settings({}), dataset, 24);
    PatchRequest patch;
    patch.sites = {PatchSite::ResidPre};
    patch.methods = {PatchMethod::Exact};
    damageRequests<PatchAnalysis>(
        PatchAnalysis::settings(patch),
        R"({"pairs":[{"clean":"a b","corrupt":"c d","correct":" e","incorrect":" f"}],"bos":false})",
        25);
}

TEST(DamagedJson, ReportsOfModels) {
    ModelInfo info;
    info.name = "model";
    info.config.n_layers = info.config.n_heads = 1;
    info.config.d_model = info.config.d_head = 4;
    info.config.d_mlp = 16;
    info.config.d_vocab = 7;
    info.config.n_ctx = 5;
    info.normalization.blocks = {{RmsNorm{1e-5, true}, LayerNorm{}, RemovedNorm{2.0}}};
    info.normalization.ln_f = DynamicTanh{};
    const auto read = [](const std::string& text) { (void)modelInfoFromJson(text, "r.h5"); };
    fuzz(toJson(info).dump(), 300, 26, read);
    exchangeMembers(toJson(info).dump(), read);
}

} // namespace
} // namespace residuum
