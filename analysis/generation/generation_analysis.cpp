#include "analysis/generation/generation_analysis.h"

#include "analysis/generation/generation.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <cstdio>

namespace residuum {

PromptInput GenerationAnalysis::resolve(const InputRequest& input, const GenerationRequest&,
                                        const Tokenizer* tokenizer, const ModelConfig& config,
                                        Progress& progress) {
    if (const auto given = input.prompts.size() + input.ids.size(); given != 1)
        throw UsageError("the input", "one --prompt TEXT or --ids 1,2,3 is expected, " +
                                          std::to_string(given) + " are given");
    return resolveInput(input, tokenizer, config, progress);
}

std::string endText(const GenerationResult& result) {
    const auto count = counted(result.tokens.size(), "token");
    switch (result.end) {
    case GenerationEnd::EndOfText:
        return count + ", ended by itself (end of text)";
    case GenerationEnd::Context:
        return count + ", ended by the context of " + std::to_string(result.model.config.n_ctx);
    case GenerationEnd::Asked:
        break;
    }
    return count + ", as many as asked for";
}

std::string GenerationAnalysis::summary(const GenerationResult& result) {
    char loss[32];
    std::snprintf(loss, sizeof loss, "%.3g", result.meanLoss());
    return result.model.name + " (" + result.model.normalization.label() + "): " + endText(result) +
           "; mean loss " + loss + " nats\n" + result.text + "\n";
}

std::shared_ptr<const GenerationResult>
GenerationAnalysis::compute(const Model& model, const PromptInput& input,
                            const GenerationRequest& request, Job<GenerationResult>& job) {
    return generate(model, input.tokens, request, job);
}

std::uint64_t GenerationAnalysis::bytes(const ModelInfo& model, const PromptInput&,
                                        const GenerationRequest& request) {
    constexpr std::uint64_t text = 32; // of a token, as a rule
    return static_cast<std::uint64_t>(request.tokens) *
           (3 * byteSize(storedNumber(model.numeric)) + byteSize(StoredNumber::Int32) + 2 * text);
}

void GenerationAnalysis::fields(FieldWalk& walk, GenerationResult& result) {
    const auto step = walk.counted("step", static_cast<std::int64_t>(result.tokens.size()));
    walk.require(step.length > 0, "step", "holds no step");
    if (walk.reads())
        result.tokens.resize(static_cast<std::size_t>(step.length));
    walk.each(
        "tokens", step, [&](auto i) -> auto& { return result.tokens[i].value; }, WholeRange{});
    walk.texts("token_text", step, result.texts);
    walk.numbers("log_prob", {step}, result.logProb);
    walk.numbers("entropy", {step}, result.entropy);
    walk.derived("loss", step, [&](auto i) { return result.loss(i); });
    for (const char* name : {"log_prob", "entropy", "loss"})
        walk.note(name, "unit", std::string("nats"));
    walk.text("text", result.text);
    auto end = name(result.end);
    walk.text("end", end);
    if (walk.reads()) {
        const auto known = findName<GenerationEnd>(end);
        walk.require(known.has_value(), " @end", "is none that this program knows");
        result.end = *known;
    }
}

} // namespace residuum
