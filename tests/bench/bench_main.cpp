// Google Benchmark's main with the program's own threads. `--quick`: every benchmark briefly, with
// thin models and of a training pass one size: whether it runs, not how fast.
#include "core/model/model.h"
#include "synthetic.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
    std::vector<char*> arguments(argv, argv + argc);
    const auto isQuick = [](const char* a) { return std::string_view(a) == "--quick"; };
    static char shortly[] = "--benchmark_min_time=0.01";
    static char few[] = "--benchmark_filter=-trainingPass/.*(length:1024|recomputed:1)";
    if (std::any_of(arguments.begin(), arguments.end(), isQuick)) {
        arguments.push_back(few);
        setenv(residuum::bench::thinModels, "1", 1);
    }
    std::replace_if(arguments.begin(), arguments.end(), isQuick, static_cast<char*>(shortly));
    int count = static_cast<int>(arguments.size());
    const auto warning = residuum::configureThreads(0);
    if (!warning.empty())
        std::fprintf(stderr, "%s\n", warning.c_str());
    benchmark::Initialize(&count, arguments.data());
    if (benchmark::ReportUnrecognizedArguments(count, arguments.data()))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
