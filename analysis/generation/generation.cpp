#include "analysis/generation/generation.h"

#include "analysis/generation/generation_analysis.h"
#include "analysis/inputs/batches.h"
#include "core/model/decoder.h"
#include "core/model/sampling.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <chrono>
#include <numeric>

namespace residuum {

namespace {

/// As often as one can read.
constexpr auto publishEvery = std::chrono::milliseconds(60);

std::string idsText(const std::vector<TokenId>& tokens) {
    std::string text;
    for (const auto token : tokens)
        text += (text.empty() ? "" : ",") + std::to_string(token.value);
    return text;
}

/// The one prompt, with room behind it.
const std::vector<TokenId>& promptOf(const TokenInput& input, const ModelInfo& model) {
    requireValid(input, model.config);
    if (input.sequences.size() > 1)
        throw Error("the input", "holds " + std::to_string(input.sequences.size()) +
                                     " sequences; a model goes on writing one prompt");
    const auto& prompt = input.sequences.front().tokens;
    if (static_cast<int>(prompt.size()) == model.config.n_ctx)
        throw Error("the prompt", "fills the context of " + model.name + " (" +
                                      std::to_string(model.config.n_ctx) +
                                      " tokens), so nothing can follow; shorten it");
    return prompt;
}

class Writing {
  public:
    Writing(const Model& model, const GenerationRequest& request, Job<GenerationResult>& job)
        : model_(model), tokenizer_(model.tokenizer().get()), job_(job) {
        result_.model = model.info();
        result_.request = request;
    }

    std::shared_ptr<const GenerationResult> run(const std::vector<TokenId>& prompt) {
        const auto& request = result_.request;
        job_.progress.begin("generation, " + result_.model.name, request.tokens);
        Decoder decoder(model_.weights(), prompt, request.tokens, job_.progress);
        const Sampling sampling{request.temperature, request.topK, request.topP.value,
                                request.seed};
        while (true) {
            add(chooseToken(decoder.logits(), sampling,
                            static_cast<std::int64_t>(result_.tokens.size())));
            job_.progress.advance();
            if (const auto end = endAfter(prompt.size() + result_.tokens.size()))
                return finished(*end);
            publish();
            decoder.read(result_.tokens.back(), job_.progress);
        }
    }

  private:
    void add(const ChosenToken& chosen) {
        result_.tokens.push_back(chosen.token);
        result_.logProb.push_back(chosen.logProb);
        result_.entropy.push_back(chosen.entropy);
        result_.texts.push_back(tokenizer_ != nullptr ? tokenizer_->text(chosen.token)
                                                      : "#" + std::to_string(chosen.token.value));
    }

    std::optional<GenerationEnd> endAfter(std::size_t length) const {
        if (tokenizer_ != nullptr && tokenizer_->endOfText() == result_.tokens.back())
            return GenerationEnd::EndOfText;
        if (static_cast<int>(result_.tokens.size()) >= result_.request.tokens)
            return GenerationEnd::Asked;
        if (static_cast<int>(length) >= result_.model.config.n_ctx)
            return GenerationEnd::Context;
        return std::nullopt;
    }

    std::shared_ptr<const GenerationResult> soFar() const {
        auto result = std::make_shared<GenerationResult>(result_);
        result->text = tokenizer_ != nullptr ? escapeInvalidUtf8(tokenizer_->decode(result->tokens))
                                             : idsText(result->tokens);
        GenerationAnalysis::roundAsStored(*result);
        return result;
    }

    void publish() {
        const auto now = std::chrono::steady_clock::now();
        if (!job_.publish || now - published_ < publishEvery)
            return;
        published_ = now;
        job_.publish(soFar());
    }

    std::shared_ptr<const GenerationResult> finished(GenerationEnd end) {
        result_.end = end;
        return soFar();
    }

    const Model& model_;
    const Tokenizer* tokenizer_;
    Job<GenerationResult>& job_;
    GenerationResult result_;
    std::chrono::steady_clock::time_point published_{}; ///< the first token is shown at once
};

} // namespace

double GenerationResult::meanLoss() const {
    return -std::accumulate(logProb.begin(), logProb.end(), 0.0) /
           static_cast<double>(logProb.size());
}

std::shared_ptr<const GenerationResult> generate(const Model& model, const TokenInput& input,
                                                 const GenerationRequest& request,
                                                 Job<GenerationResult>& job) {
    return Writing(model, request, job).run(promptOf(input, model.info()));
}

} // namespace residuum
