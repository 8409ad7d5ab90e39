#include "core/model/attention.h"

#include "core/model/doubles.h"
#include "core/model/needs_graph.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// Large enough for efficient products, small enough that half of the upper triangle is skipped.
constexpr std::int64_t queryBlock = 128;

/// Scores, softmax and sums over keys are in float32 at least.
QueriesKeysValues wide(const QueriesKeysValues& t) {
    return {inAtLeastFloat(t.q), inAtLeastFloat(t.k), inAtLeastFloat(t.v)};
}

QueriesKeysValues asStored(const QueriesKeysValues& t, const QueriesKeysValues& stored) {
    const auto type = stored.q.scalar_type();
    return {t.q.to(type), t.k.to(type), t.v.to(type)};
}

/// [n, n], zero on and below the diagonal, -infinity above.
at::Tensor causalMask(std::int64_t n, const at::Tensor& like) {
    return at::full({n, n}, -INFINITY, like.options()).triu_(1);
}

/// A block of queries of one head, or of every head: where their rows of the pattern's noise are.
struct QueryBlock {
    std::int64_t begin = 0, count = 0;
    std::int64_t head = 0, pos = 0; ///< rows before this head's; between heads'

    void drop(const at::Tensor& pattern, const DropoutAt& dropout) const {
        dropOut(pattern, dropout, head * pos + begin, pos);
    }
};

/// One block of queries of one head. q, k, v, z: [T, D] views.
void attendBlock(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, at::Tensor z,
                 const at::Tensor& mask, double scale, const QueryBlock& block,
                 const DropoutAt& dropout) {
    const auto begin = block.begin, count = block.count;
    const auto keys = begin + count;
    auto scores = at::empty({count, keys}, q.options());
    at::addmm_out(scores, scores, q.narrow(0, begin, count), k.narrow(0, 0, keys).t(), /*beta=*/0,
                  scale);
    scores.narrow(1, begin, count).add_(mask.narrow(0, 0, count).narrow(1, 0, count));
    auto out = z.narrow(0, begin, count);
    const auto pattern = at::softmax(scores, -1);
    block.drop(pattern, dropout);
    at::mm_out(out, pattern, v.narrow(0, 0, keys));
}

/// Heads and blocks of queries are shared among ATen's threads, each a few single-threaded
/// products.
at::Tensor attendOnCpu(const QueriesKeysValues& qkv, double scale, const DropoutAt& dropout) {
    const auto batch = qkv.q.size(0), pos = qkv.q.size(1), heads = qkv.q.size(2);
    auto z = at::empty({batch, pos, heads, qkv.q.size(3)}, qkv.q.options());
    const auto mask = causalMask(std::min(pos, queryBlock), qkv.q);
    const auto blocks = (pos + queryBlock - 1) / queryBlock;
    at::parallel_for(0, batch * heads, 1, [&](std::int64_t first, std::int64_t last) {
        const at::NoGradGuard noGrad;
        for (auto item = first; item < last; ++item) {
            const auto b = item / heads, h = item % heads;
            const auto head = [&](const at::Tensor& t) { return t.select(0, b).select(1, h); };
            for (std::int64_t block = 0; block < blocks; ++block) {
                const auto begin = block * queryBlock;
                attendBlock(head(qkv.q), head(qkv.k), head(qkv.v), head(z), mask, scale,
                            {begin, std::min(queryBlock, pos - begin), item, pos}, dropout);
            }
        }
    });
    return z;
}

/// Blocks of queries one after the other, all heads of the batch at once.
at::Tensor attendBatched(const QueriesKeysValues& qkv, double scale, const DropoutAt& dropout) {
    const auto byHead = [](const at::Tensor& t) { return t.transpose(1, 2); }; // [B, H, T, D]
    const auto q = byHead(qkv.q) * scale, k = byHead(qkv.k), v = byHead(qkv.v);
    const auto pos = qkv.q.size(1);
    const auto mask = causalMask(std::min(pos, queryBlock), qkv.q);
    std::vector<at::Tensor> blocks;
    for (std::int64_t begin = 0; begin < pos; begin += queryBlock) {
        const auto count = std::min(queryBlock, pos - begin), keys = begin + count;
        auto scores = at::matmul(q.narrow(2, begin, count), k.narrow(2, 0, keys).transpose(2, 3));
        scores.narrow(3, begin, count).add_(mask.narrow(0, 0, count).narrow(1, 0, count));
        const auto pattern = at::softmax(scores, -1);
        QueryBlock{begin, count, 0, pos}.drop(pattern, dropout);
        blocks.push_back(at::matmul(pattern, v.narrow(2, 0, keys)));
    }
    return byHead(at::cat(blocks, 2));
}

/// Adds one block of queries' part of the gradients. All [..., T, D] views.
void attendBlockBackward(const at::Tensor& gradient, const QueriesKeysValues& qkv,
                         const QueriesKeysValues& into, const at::Tensor& mask, double scale,
                         const QueryBlock& block, const DropoutAt& dropout) {
    const auto begin = block.begin, count = block.count, keys = begin + count;
    const auto rows = [&](const at::Tensor& t) { return t.narrow(-2, begin, count); };
    const auto seen = [&](const at::Tensor& t) { return t.narrow(-2, 0, keys); };
    const auto q = rows(qkv.q), g = rows(gradient);
    auto scores = at::matmul(q, seen(qkv.k).transpose(-1, -2)).mul_(scale);
    scores.narrow(-1, begin, count).add_(mask.narrow(0, 0, count).narrow(1, 0, count));
    const auto pattern = at::softmax(scores, -1);
    const auto used = dropout.active() ? pattern.clone() : pattern;
    block.drop(used, dropout);
    auto change = at::matmul(g, seen(qkv.v).transpose(-1, -2));
    block.drop(change, dropout);
    change.sub_((change * pattern).sum(-1, /*keepdim=*/true)).mul_(pattern).mul_(scale);
    seen(into.v).add_(at::matmul(used.transpose(-1, -2), g));
    seen(into.k).add_(at::matmul(change.transpose(-1, -2), q));
    rows(into.q).copy_(at::matmul(change, seen(qkv.k)));
}

} // namespace

at::Tensor attend(const QueriesKeysValues& stored, double scale, const DropoutAt& dropout) {
    const auto qkv = wide(stored);
    const bool onCpu = qkv.q.device().is_cpu() && !needsGraph({qkv.q, qkv.k, qkv.v});
    const auto z = onCpu ? attendOnCpu(qkv, scale, dropout) : attendBatched(qkv, scale, dropout);
    return z.to(stored.q.scalar_type());
}

AttentionMaps attentionMaps(const QueriesKeysValues& stored, double scale) {
    const auto qkv = wide(stored);
    const auto pos = qkv.q.size(1);
    const auto q = qkv.q.permute({0, 2, 1, 3}), k = qkv.k.permute({0, 2, 3, 1});
    const auto above = at::ones({pos, pos}, q.options().dtype(at::kBool)).triu_(1);
    auto scores = at::matmul(q * scale, k).masked_fill(above, maskedScore);
    auto pattern = at::softmax(scores, -1);
    return {std::move(scores), std::move(pattern)};
}

at::Tensor mixValues(const at::Tensor& pattern, const at::Tensor& v) {
    const auto values = v.to(pattern.scalar_type()).permute({0, 2, 1, 3});
    return at::matmul(pattern, values).permute({0, 2, 1, 3}).to(v.scalar_type());
}

AttentionMapGradients attentionMapsBackward(const at::Tensor& into, const QueriesKeysValues& stored,
                                            double scale) {
    const auto qkv = wide(stored);
    const auto gradient = inAtLeastFloat(into);
    const auto swap = [](const at::Tensor& t) { return t.transpose(1, 2); }; // [B, H, T, D]
    AttentionMapGradients g;
    g.pattern = attentionMaps(qkv, scale).pattern;
    g.patternGradient = at::matmul(swap(gradient), swap(qkv.v).transpose(2, 3)).tril();
    const auto scores =
        g.pattern * (g.patternGradient - (g.pattern * g.patternGradient).sum(-1, /*keepdim=*/true));
    g.qkv.v = swap(at::matmul(g.pattern.transpose(2, 3), swap(gradient)));
    g.qkv.q = swap(at::matmul(scores, swap(qkv.k)) * scale);
    g.qkv.k = swap(at::matmul(scores.transpose(2, 3), swap(qkv.q)) * scale);
    g.qkv = asStored(g.qkv, stored);
    return g;
}

QueriesKeysValues attendBackward(const at::Tensor& given, const QueriesKeysValues& stored,
                                 double scale, const DropoutAt& dropout) {
    const at::NoGradGuard noGrad;
    const auto qkv = wide(stored);
    const auto gradient = inAtLeastFloat(given);
    const auto batch = qkv.q.size(0), pos = qkv.q.size(1), heads = qkv.q.size(2);
    const auto like = [](const at::Tensor& t) { return at::zeros(t.sizes(), t.options()); };
    const QueriesKeysValues into{like(qkv.q), like(qkv.k), like(qkv.v)};
    const auto mask = causalMask(std::min(pos, queryBlock), qkv.q);
    const auto overHead = [&](const QueriesKeysValues& t, const auto& head) {
        return QueriesKeysValues{head(t.q), head(t.k), head(t.v)};
    };
    const auto through = [&](std::int64_t item, const auto& head) {
        const auto here = overHead(qkv, head), out = overHead(into, head);
        for (std::int64_t begin = 0; begin < pos; begin += queryBlock)
            attendBlockBackward(head(gradient), here, out, mask, scale,
                                {begin, std::min(queryBlock, pos - begin), item, pos}, dropout);
    };
    if (!qkv.q.device().is_cpu()) {
        through(0, [](const at::Tensor& t) { return t.transpose(1, 2); }); // [B, H, T, D]
        return asStored(into, stored);
    }
    at::parallel_for(0, batch * heads, 1, [&](std::int64_t first, std::int64_t last) {
        const at::NoGradGuard noGradHere;
        for (auto item = first; item < last; ++item)
            through(item, [&](const at::Tensor& t) {
                return t.select(0, item / heads).select(1, item % heads);
            });
    });
    return asStored(into, stored);
}

} // namespace residuum
