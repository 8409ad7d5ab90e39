// Writers that are killed at any moment while others write into the same cache.
#include "dla_support.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <set>
#include <sys/wait.h>

namespace residuum {
namespace {

int kills() {
    const char* wanted = std::getenv("RESIDUUM_TEST_KILLS");
    return wanted == nullptr ? 50 : std::atoi(wanted);
}

/// Stores one result after the other and reports each key once it is stored.
[[noreturn]] void storeForever(const std::filesystem::path& folder, const DlaResult& result,
                               std::uint64_t firstSeed, int report) {
    ResultCache cache({folder, std::uint64_t{1} << 40U});
    auto request = result.request;
    for (request.seed = firstSeed;; ++request.seed) {
        const auto input = test::somePrompts();
        const auto origin = originOf<DlaAnalysis>({result.model}, input, request);
        const auto key = resultKey(origin, DlaAnalysis::tokens(input));
        const auto problem = storeCached(cache, key, [&](const std::filesystem::path& place) {
            ResultFile file(place, origin, DlaAnalysis::tokens(input), nullptr);
            DlaAnalysis::write(file, 0, result);
            file.commit();
        });
        const auto line = (problem.empty() ? key : "failed: " + problem) + "\n";
        if (::write(report, line.data(), line.size()) < 0)
            ::_exit(1);
    }
}

TEST(KilledWriters, LoseNothingThatTheyReportedAndLeaveNothingDamaged) {
    const test::TemporaryFolder folder;
    Progress progress;
    Job<DlaResult> job(progress);
    const auto model = test::openGolden("tiny-ln");
    const auto result =
        DlaAnalysis::compute(*model, test::somePrompts(), test::everyPosition(), job);
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    ASSERT_EQ(::fcntl(pipe[0], F_SETFL, O_NONBLOCK), 0);
    std::uint64_t nextSeed = 1;
    const auto start = [&] {
        const pid_t child = ::fork();
        if (child == 0)
            storeForever(folder.path(), *result, nextSeed, pipe[1]);
        nextSeed += 1'000'000;
        return child;
    };
    std::string reported;
    const auto collect = [&] {
        char buffer[4096];
        for (ssize_t got = 0; (got = ::read(pipe[0], buffer, sizeof buffer)) > 0;)
            reported.append(buffer, static_cast<std::size_t>(got));
    };
    std::vector<pid_t> writers{start(), start(), start()};
    std::mt19937_64 random(5);
    for (int n = 0; n < kills(); ++n) {
        ::usleep(static_cast<useconds_t>(1000 + random() % 30'000));
        auto& writer = writers[random() % writers.size()];
        ::kill(writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
        collect();
        writer = start();
    }
    for (const auto writer : writers) {
        ::kill(writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
    }
    collect();
    ResultCache cache({folder.path(), std::uint64_t{1} << 40U});
    const auto check = cache.verify(progress);
    EXPECT_TRUE(check.setAside.empty());
    std::set<std::string> keys;
    for (std::size_t begin = 0; begin < reported.size();) {
        const auto end = reported.find('\n', begin);
        ASSERT_NE(end, std::string::npos);
        keys.insert(reported.substr(begin, end - begin));
        begin = end + 1;
    }
    EXPECT_GT(keys.size(), static_cast<std::size_t>(kills()));
    EXPECT_GE(check.whole, keys.size());
    std::size_t compared = 0;
    for (const auto& key : keys) {
        const auto file = cache.find(key);
        ASSERT_TRUE(file) << key;
        if (compared++ % 20 == 0) {
            EXPECT_TRUE(test::sameNumbers(*DlaAnalysis::read(ResultReader(*file), 0), *result));
        }
    }
}

} // namespace
} // namespace residuum
