// What a session file (.residuum, JSON) holds: models, prompt, pins, panels. Plain data; the window
// reads and writes it, `run-session` computes it.
#pragma once

#include "analysis/attribution/dla_request.h"
#include "analysis/neurons/neuron_request.h"
#include "analysis/patching/patch_request.h"
#include "analysis/prompts/input_request.h"
#include "analysis/prompts/pair_request.h"
#include "core/model/model_info.h"
#include "core/tokenizer/tokenizer.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

inline constexpr int sessionSchemaVersion = 1;

/// A prompt as it was typed and as it was tokenised.
struct SessionPrompt {
    std::string text;
    std::vector<TokenId> tokens;
    bool endOfTextFirst = false;
};

struct SessionPin {
    std::string name;   ///< e.g. "L9H9"
    std::string colour; ///< "#rrggbb"
};

/// How one panel is set. What a panel has no use for stays as it is.
struct SessionPanel {
    std::string view;            ///< as `residuum figure --kind` names it
    std::optional<double> limit; ///< of a locked colour scale
};

/// What the patching panel asks. The clean prompt is the session's prompt, the answers are its
/// target and versus.
struct SessionPatching {
    SessionPrompt corrupt;
    PatchSite site = PatchSite::ResidPre;
    PatchMethod estimate = PatchMethod::Attribution;
    PatchMetric metric = PatchMetric::LogitDiff;
    PatchDirection direction = PatchDirection::CleanIntoCorrupt;
    bool normalised = false;
};

/// What the neuron panel asks. Without a dataset: over the session's prompt.
struct SessionNeurons {
    int layer = -1;
    int top = 12;
    NeuronRank by = NeuronRank::Score;
    std::string chosenOn; ///< the model that chooses, as it was named; none of them: the first
    Ablation ablation = Ablation::Mean;
    int nullSpace = usualNullSpace;
    bool screen = false;
    bool entropy = true;           ///< shown, else loss
    bool againstNullSpace = false; ///< what the norm is drawn against, else LogitVar
    std::optional<DatasetRequest> dataset;

    friend bool operator==(const SessionNeurons&, const SessionNeurons&) = default;
};

struct Session {
    NumericSettings numeric;
    std::vector<std::string> models;  ///< as named: folders, Hub ids, demo:NAME
    std::vector<std::string> results; ///< result files shown beside them
    SessionPrompt prompt;
    int position = 0;
    std::optional<TokenId> target; ///< empty: each model's own top prediction
    std::optional<TokenId> versus;
    std::vector<SessionPin> pins;
    std::optional<std::pair<int, int>> difference; ///< of two columns
    std::optional<SessionPatching> patching;
    std::optional<SessionNeurons> neurons;      ///< empty: the panel was never used
    std::map<std::string, SessionPanel> panels; ///< by name, e.g. "attribution"
};

std::string toText(const Session& session);
/// Throws Error naming `file` for what is no session, damaged, or of a newer schema.
Session parseSession(const std::string& text, const std::filesystem::path& file);
/// Throws Error naming the file.
Session readSession(const std::filesystem::path& file);

/// The prompt as an analysis takes it: by its text where that tokenises to its tokens, else by ids.
/// `tokenizer` may be null.
PromptInput promptInput(const SessionPrompt& prompt, const Tokenizer* tokenizer);
/// The pair of prompts as patching takes it: by texts where these tokenise to the tokens, else by
/// ids. `tokenizer` may be null.
PairInput pairInput(const SessionPrompt& clean, const SessionPrompt& corrupt, TokenId correct,
                    TokenId incorrect, const Tokenizer* tokenizer);
/// What the patching panel asks about a pair.
PatchRequest patchingRequest(PatchSite site, PatchMethod estimate, PatchMetric metric,
                             PatchDirection direction);
/// What the neuron panel asks of the model that chooses.
NeuronRequest neuronRequest(const SessionNeurons& asked);
/// What the attribution panel asks about a prompt.
DlaRequest attributionRequest(std::optional<TokenId> target, std::optional<TokenId> versus);

} // namespace residuum
