// The options of a question's input, by the input's type.
#pragma once

#include "analysis/question/settings.h"
#include "app/cli/options.h"
#include "app/cli/pair_options.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

class Tokenizer;

template <class Input>
class OptionsOf;

template <>
class OptionsOf<PromptInput> {
  public:
    /// `settings`: of the request, one of which may be the input's seed too. onePrompt: no options
    /// of a dataset.
    void addTo(CLI::App& command, const std::vector<Setting>& settings, bool onePrompt);
    InputRequest request() const;
    std::optional<std::uint64_t> seed() const { return options_.seed; }

  private:
    InputOptions options_;
    PairOptions pairs_; ///< whose clean prompts are meant
};

template <>
class OptionsOf<PairInput> {
  public:
    void addTo(CLI::App& command, const std::vector<Setting>&, bool /*onePrompt*/) {
        addPairOptions(command, options_);
    }
    PairRequest request() const { return options_.request(); }
    std::optional<std::uint64_t> seed() const { return options_.seed; }

  private:
    PairOptions options_;
};

/// Hints at spaces that an answer lacks, or has too many of, after the prompts. A pair's own are
/// told with the pair.
void addHints(std::vector<std::string>& warnings, const InputRequest& request,
              const std::vector<std::string>& answers, const Tokenizer* tokenizer);
void addHints(std::vector<std::string>& warnings, const PairRequest& request,
              const std::vector<std::string>& answers, const Tokenizer* tokenizer);

} // namespace residuum
