// Work timed against its reference in the same run: what counts is the ratio.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>

namespace residuum::bench {

inline double secondsOf(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Alternates work and reference, so that both see the same machine, and reports the best of each:
/// counters work_ms, reference_ms and ratio = work / reference.
inline void reportRatio(benchmark::State& state, const std::function<void()>& work,
                        const std::function<void()>& reference) {
    double best = std::numeric_limits<double>::infinity(), bestReference = best;
    work(); // warm: memory is mapped, caches of derived weights are made
    reference();
    for ([[maybe_unused]] auto _ : state) {
        bestReference = std::min(bestReference, secondsOf(reference));
        const double seconds = secondsOf(work);
        best = std::min(best, seconds);
        state.SetIterationTime(seconds);
    }
    state.counters["work_ms"] = 1e3 * best;
    state.counters["reference_ms"] = 1e3 * bestReference;
    state.counters["ratio"] = best / bestReference;
}

} // namespace residuum::bench
