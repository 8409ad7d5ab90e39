// Encoding speed, on one core. The text is the file that RESIDUUM_BENCH_TEXT names or, without it,
// words drawn from the vocabulary as in English: frequencies by Zipf's law, one in ten unknown.
#include "core/tokenizer/tokenizer.h"

#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

namespace residuum {
namespace {

struct Input {
    std::shared_ptr<const Tokenizer> tokenizer;
    std::string label; ///< which vocabulary and which text
    std::string text;
};

std::string zipfText(const Tokenizer& tokenizer, std::size_t bytes) {
    // Merges are ordered by frequency, so that a token's id stands in for its rank.
    std::vector<TokenId> words;
    for (std::size_t id = 0; id < tokenizer.size(); ++id) {
        const TokenId token{static_cast<std::int64_t>(id)};
        const std::string& word = tokenizer.bytes(token);
        const bool isWord = word.size() > 1 && word[0] == ' ' &&
                            word.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                                                   1) == std::string::npos;
        if (isWord)
            words.push_back(token);
    }
    std::mt19937 random(1);
    const double spread = std::log(static_cast<double>(words.size()));
    const auto draw = [&] {
        const double uniform = static_cast<double>(random()) / 4294967296.0;
        const auto rank = static_cast<std::size_t>(std::exp(uniform * spread)) - 1;
        return tokenizer.bytes(words[rank]);
    };
    std::string text;
    while (text.size() < bytes) {
        text += draw();
        if (random() % 10 == 0) // a name, a typing error: several tokens
            text += draw().substr(1) + draw().substr(1);
        if (random() % 12 == 0)
            text += random() % 3 == 0 ? ".\n" : ",";
    }
    return text;
}

const Input& input() {
    static const Input made = [] {
        Input in;
        const std::filesystem::path gpt2 =
            std::filesystem::path(RESIDUUM_SHARED_DIR) / "gpt2-tokenizer";
        const bool hasGpt2 = Tokenizer::isPresent(gpt2);
        const std::filesystem::path demo =
            std::filesystem::path(RESIDUUM_RESOURCES_DIR) / "demo" / "original";
        in.tokenizer = Tokenizer::open(hasGpt2 ? gpt2 : demo);
        in.label = hasGpt2 ? "GPT-2 vocabulary" : "demo vocabulary (GPT-2's is not here)";
        if (const char* file = std::getenv("RESIDUUM_BENCH_TEXT")) {
            std::ifstream stream(file, std::ios::binary);
            in.text.assign(std::istreambuf_iterator<char>(stream), {});
            in.label += std::string(", text of ") + file;
        }
        if (in.text.empty()) {
            in.text = zipfText(*in.tokenizer, 4U << 20);
            in.label += ", Zipf text";
        }
        return in;
    }();
    return made;
}

void encode(benchmark::State& state, std::string_view text) {
    for (auto _ : state)
        benchmark::DoNotOptimize(input().tokenizer->encode(text));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
    state.SetLabel(input().label);
}

void encodeDocument(benchmark::State& state) {
    encode(state, input().text);
}
BENCHMARK(encodeDocument)->Unit(benchmark::kMillisecond);

/// Short enough that no words are remembered: the merging itself.
void encodePrompts(benchmark::State& state) {
    const std::string_view text = input().text;
    std::size_t at = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(input().tokenizer->encode(text.substr(at, 512)));
        at = at + 1024 < text.size() ? at + 512 : 0;
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * 512));
    state.SetLabel(input().label);
}
BENCHMARK(encodePrompts);

void encodeUnbrokenString(benchmark::State& state) {
    std::mt19937 random(2);
    std::string text;
    while (text.size() < static_cast<std::size_t>(state.range(0)))
        text += static_cast<char>('a' + random() % 26);
    encode(state, text);
}
BENCHMARK(encodeUnbrokenString)->Arg(1 << 16)->Arg(1 << 20)->Unit(benchmark::kMillisecond);

void decodeDocument(benchmark::State& state) {
    const auto ids = input().tokenizer->encode(input().text);
    for (auto _ : state)
        benchmark::DoNotOptimize(input().tokenizer->decode(ids));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * input().text.size()));
}
BENCHMARK(decodeDocument)->Unit(benchmark::kMillisecond);

void openGpt2Files(benchmark::State& state) {
    const auto folder = std::filesystem::path(RESIDUUM_SHARED_DIR) / "gpt2-tokenizer";
    if (!Tokenizer::isPresent(folder)) {
        state.SkipWithError("GPT-2's vocabulary is not here");
        return;
    }
    for (auto _ : state)
        benchmark::DoNotOptimize(Tokenizer::open(folder));
}
BENCHMARK(openGpt2Files)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace residuum
