#include "core/checkpoint/weights_pass.h"

#include "core/checkpoint/finite_scan.h"
#include "core/checkpoint/float_text.h"
#include "core/overloaded.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <vector>
#include <xxhash.h>

namespace residuum::checkpoint {

namespace {

/// Part of the hash's definition: each tensor's digest is taken in chunks of this size.
constexpr std::size_t chunkBytes = 8U << 20U;
/// Both steps run over a block while it is in the core's own cache. A multiple of every element.
constexpr std::size_t blockBytes = 64U << 10U;
/// Below this, starting threads takes longer than the work.
constexpr std::size_t threadsFromBytes = 16U << 20U;

struct Chunk {
    const std::string* name = nullptr;
    StoredType type = StoredType::Float32;
    std::span<const std::byte> bytes;
    std::int64_t firstIndex = 0;
    XXH128_hash_t digest{};
    std::int64_t nonFinite = -1; ///< index within the tensor
};

struct FreeState {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};
using HashState = std::unique_ptr<XXH3_state_t, FreeState>;

/// Maps the chunk's pages in one call instead of by a fault every few pages.
void populate(std::span<const std::byte> bytes) {
#ifdef MADV_POPULATE_READ
    static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data()) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size());
    // Only a hint: where the kernel does not know it, the faults come one by one.
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_READ);
#else
    (void)bytes;
#endif
}

void work(Chunk& chunk, XXH3_state_t* state) {
    if (chunk.bytes.size() >= blockBytes)
        populate(chunk.bytes);
    XXH3_128bits_reset(state);
    for (std::size_t at = 0; at < chunk.bytes.size(); at += blockBytes) {
        const auto block = chunk.bytes.subspan(at, std::min(blockBytes, chunk.bytes.size() - at));
        if (chunk.nonFinite < 0 && !allFinite(chunk.type, block)) {
            const std::size_t index =
                at / byteSize(chunk.type) + firstNonFinite(chunk.type, block).value_or(0);
            chunk.nonFinite = chunk.firstIndex + static_cast<std::int64_t>(index);
        }
        XXH3_128bits_update(state, block.data(), block.size());
    }
    chunk.digest = XXH3_128bits_digest(state);
}

std::vector<Chunk> split(const std::map<std::string, StoredTensor, std::less<>>& tensors) {
    std::vector<Chunk> chunks;
    for (const auto& [name, tensor] : tensors) {
        std::size_t at = 0;
        do {
            const std::size_t size = std::min(chunkBytes, tensor.bytes.size() - at);
            Chunk chunk;
            chunk.name = &name;
            chunk.type = tensor.type;
            chunk.bytes = tensor.bytes.subspan(at, size);
            chunk.firstIndex = static_cast<std::int64_t>(at / byteSize(tensor.type));
            chunks.push_back(chunk);
            at += size;
        } while (at < tensor.bytes.size());
    }
    return chunks;
}

/// Workers take chunks in order; the calling thread only counts them.
void workInParallel(std::vector<Chunk>& chunks, Progress& progress, unsigned threads) {
    std::vector<HashState> states;
    for (unsigned i = 0; i < threads; ++i)
        states.emplace_back(XXH3_createState());
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t done = 0;
    std::vector<std::jthread> workers; // the last member, so joined before what they use goes
    for (unsigned i = 0; i < threads; ++i) {
        workers.emplace_back([&, state = states[i].get()](const std::stop_token& stop) {
            for (std::size_t mine = next++; mine < chunks.size() && !stop.stop_requested();
                 mine = next++) {
                work(chunks[mine], state);
                const std::lock_guard lock(mutex);
                ++done;
                changed.notify_one();
            }
        });
    }
    // Where this throws Cancelled, the jthreads are told to stop and joined on the way out.
    for (std::size_t reported = 0; reported < chunks.size();) {
        std::size_t now = 0;
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return done > reported; });
            now = done;
        }
        progress.advance(static_cast<std::int64_t>(now - reported));
        reported = now;
    }
}

std::string hex(XXH128_hash_t hash) {
    std::array<char, 33> text{};
    std::snprintf(text.data(), text.size(), "%016llx%016llx",
                  static_cast<unsigned long long>(hash.high64),
                  static_cast<unsigned long long>(hash.low64));
    return text.data();
}

std::string hashText(const std::string& text) {
    return "xxh3-128:" + hex(XXH3_128bits(text.data(), text.size()));
}

std::string constantsText(const NormSite& site) {
    return std::visit(Overloaded{[](const LayerNorm& norm) { return numberText(norm.eps); },
                                 [](const RemovedNorm& norm) { return numberText(norm.sigma); },
                                 [](const RmsNorm& norm) {
                                     return numberText(norm.eps) +
                                            (norm.epsOutside ? " outside" : "");
                                 },
                                 [](const DynamicTanh& norm) { return numberText(norm.alpha); }},
                      site);
}

std::string hashedText(const NormSite& site) {
    return kindName(site) + " " + constantsText(site) + "\n";
}

/// Nothing for a usual GPT-2, whose hashes stay what they were.
std::string hashedText(const ModelConfig& config) {
    std::string text;
    if (config.activation != Activation::GeluTanh)
        text += "activation " + name(config.activation) + "\n";
    if (!config.scaleScores)
        text += "scores not scaled\n";
    if (config.scaleScoresByLayer)
        text += "scores scaled by layer\n";
    return text;
}

} // namespace

WeightsPass passOverWeights(const std::map<std::string, StoredTensor, std::less<>>& tensors,
                            Progress& progress, unsigned threads) {
    std::vector<Chunk> chunks = split(tensors);
    std::size_t total = 0;
    for (const Chunk& chunk : chunks)
        total += chunk.bytes.size();
    progress.begin("reading weights", static_cast<std::int64_t>(chunks.size()));
    if (total >= threadsFromBytes && threads > 0) {
        workInParallel(chunks, progress, threads);
    } else {
        const HashState state(XXH3_createState());
        for (Chunk& chunk : chunks) {
            work(chunk, state.get());
            progress.advance();
        }
    }
    WeightsPass result;
    for (const Chunk& chunk : chunks) {
        if (chunk.nonFinite >= 0) {
            result.nonFinite = NonFinite{*chunk.name, chunk.nonFinite};
            return result;
        }
    }
    std::string text;
    auto chunk = chunks.begin();
    for (const auto& [tensorName, tensor] : tensors) {
        text += tensorName + " " + name(tensor.type);
        for (const std::int64_t extent : tensor.shape)
            text += " " + std::to_string(extent);
        text += "\n";
        for (; chunk != chunks.end() && *chunk->name == tensorName; ++chunk)
            text += hex(chunk->digest) + "\n";
    }
    result.tensorsHash = hashText(text);
    return result;
}

std::string weightsHash(const std::string& tensorsHash, const Normalization& normalization,
                        const ModelConfig& config) {
    std::string text = tensorsHash + "\nheads " + std::to_string(config.n_heads) + "\n";
    for (const BlockNorms& block : normalization.blocks)
        text += hashedText(block.ln1_qk) + hashedText(block.ln1_v) + hashedText(block.ln2);
    return hashText(text + hashedText(normalization.ln_f) + hashedText(config));
}

} // namespace residuum::checkpoint
