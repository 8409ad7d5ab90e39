#include "app/cli/commands.h"

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "core/store/result_cache.h"
#include "core/task/wording.h"

#include <cstdio>

namespace residuum {

namespace {

std::string sizeText(std::uint64_t bytes) {
    char text[32];
    double value = static_cast<double>(bytes);
    const char* unit = "bytes";
    for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
        if (value < 1024.0)
            break;
        value /= 1024.0;
        unit = next;
    }
    std::snprintf(text, sizeof text, value == static_cast<double>(bytes) ? "%.0f %s" : "%.1f %s",
                  value, unit);
    return text;
}

int info() {
    const ResultCache cache(CacheSettings::fromEnvironment());
    const auto found = cache.info();
    std::printf("folder   %s\nresults  %zu\nprepared %zu\nsize     %s of at most %s\n"
                "damaged  %zu set aside\n",
                cache.settings().folder.c_str(), found.results, found.prepared,
                sizeText(found.bytes).c_str(), sizeText(cache.settings().maximumBytes).c_str(),
                found.damaged);
    return exitSuccess;
}

int verify(const CommonOptions& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.quiet);
    const ResultCache cache(CacheSettings::fromEnvironment());
    const auto check = cache.verify(progress);
    clearProgressLine(options.quiet);
    std::printf("%s whole, %zu set aside, %s of killed writers removed\n",
                counted(check.whole, "result").c_str(), check.setAside.size(),
                counted(check.leftovers, "leftover").c_str());
    for (const auto& line : check.setAside)
        std::printf("set aside  %s\n", line.c_str());
    return exitSuccess;
}

int prune(const std::string& maximum) {
    auto settings = CacheSettings::fromEnvironment();
    if (!maximum.empty())
        settings.maximumBytes = parseByteSize(maximum, "--max-size");
    ResultCache cache(settings);
    const auto pruned = cache.prune(settings.maximumBytes);
    std::printf("removed %s, %s; %s, %s, are left\n", counted(pruned.removed, "result").c_str(),
                sizeText(pruned.bytes).c_str(), counted(pruned.left.results, "result").c_str(),
                sizeText(pruned.left.bytes).c_str());
    return exitSuccess;
}

} // namespace

void addCacheCommand(CLI::App& app, Action& action) {
    struct Options {
        std::string maximum;
        CommonOptions common;
    };
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("cache", "the results kept on disk");
    command->require_subcommand(1);
    auto* infoCommand = command->add_subcommand("info", "where it is and how large");
    auto* verifyCommand = command->add_subcommand(
        "verify", "read every result; set aside what is damaged, remove leftovers");
    auto* pruneCommand = command->add_subcommand(
        "prune", "remove the least recently used results until the rest fits");
    pruneCommand->add_option("--max-size", options->maximum,
                             "e.g. 5G, 500M or 0 (default: RESIDUUM_CACHE_SIZE, else 5G)");
    for (auto* each : {infoCommand, verifyCommand, pruneCommand})
        addCommonOptions(*each, options->common);
    infoCommand->callback([&action] { action = info; });
    verifyCommand->callback(
        [&action, options] { action = [options] { return verify(options->common); }; });
    pruneCommand->callback(
        [&action, options] { action = [options] { return prune(options->maximum); }; });
}

} // namespace residuum
