#include "analysis/lens/lens.h"

#include "analysis/inputs/batches.h"
#include "analysis/lens/contributions.h"
#include "analysis/lens/jacobian.h"
#include "analysis/lens/lens_analysis.h"
#include "analysis/lens/readout.h"
#include "analysis/lens/streams.h"
#include "core/model/doubles.h"
#include "core/model/norm.h"
#include "core/model/row_index.h"
#include "core/model/torch_problem.h"
#include "core/model/weights.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace residuum {

namespace {

/// Logits follow from the streams.
const LogitPositions nowhere = std::vector<std::int64_t>{};
/// Rows whose own logits exist at once, as many as a block of the readout has.
constexpr std::int64_t ownRows = 512;

std::vector<LensRow> rowsOf(const TokenInput& input, const LensRequest& request) {
    std::vector<LensRow> rows;
    for (std::size_t s = 0; s < input.sequences.size(); ++s) {
        const int length = static_cast<int>(input.sequences[s].tokens.size());
        const int first =
            request.position.all ? 0 : resolvePosition(request.position.at, length, s);
        const int last = request.position.all ? length : first + 1;
        for (int p = first; p < last; ++p)
            rows.push_back({static_cast<int>(s), PositionIndex(p)});
    }
    return rows;
}

void requireSensible(const TokenInput& input, const LensRequest& request,
                     const ModelConfig& config) {
    for (std::size_t s = 0; s < input.sequences.size() && request.jacobian; ++s)
        if (input.sequences[s].tokens.size() < 2)
            throw Error("--jacobian", "sequence " + std::to_string(s) +
                                          " has one token; at least two are needed, since the last "
                                          "position is no source");
    if (request.top > config.d_vocab)
        throw Error("--top " + std::to_string(request.top),
                    "is more than the vocabulary has, " + counted(config.d_vocab, "token"));
    for (const auto token : request.track.ids)
        if (token.value < 0 || token.value >= config.d_vocab)
            throw Error("--track #" + std::to_string(token.value),
                        "is outside the vocabulary of " + counted(config.d_vocab, "token") +
                            " (0 to " + std::to_string(config.d_vocab - 1) + ")");
}

/// The work of one call, batch by batch.
class Lens {
  public:
    Lens(const Model& model, const TokenInput& input, const LensRequest& request,
         Job<LensResult>& job)
        : model_(model), weights_(model.weights()), input_(input), request_(request), job_(job),
          progress_(job.progress), result_(std::make_shared<LensResult>()) {
        auto& result = *result_;
        result.model = model.info();
        result.request = request;
        result.rows = rowsOf(input, request);
        result.tracked = Table::Zero(tracks(), static_cast<Eigen::Index>(result.rows.size()));
        makeRoom(result, lensPoints(weights_.config.n_layers));
        if (request.jacobian)
            makeRoom(result.jacobian, jacobianPoints(weights_.config.n_layers));
        if (hasComponents())
            result.contribution = Table::Zero(
                tracks() *
                    static_cast<Eigen::Index>(
                        allComponents(weights_.config.n_layers, weights_.config.n_heads).size()),
                static_cast<Eigen::Index>(result.rows.size()));
    }

    std::shared_ptr<const LensResult> run() {
        BatchLimits limits;
        limits.logitsPerSequence = 1; // what is kept of a sequence, limits its tokens below
        if (request_.position.all)
            limits.tokens = std::clamp<std::int64_t>(
                job_.memory / 2 / bytesPerToken(model_.info(), request_), 1, limits.tokens);
        const auto batches = equalLengthBatches(input_, limits);
        if (request_.jacobian) {
            publishWithout();
            findJacobians();
        }
        const auto all = result_->points.size() + result_->jacobian.points.size();
        progress_.begin("lens, " + result_->model.name,
                        static_cast<std::int64_t>(result_->rows.size() * all));
        for (const auto& batch : batches)
            read(batch);
        nameTokens();
        LensAnalysis::roundAsStored(*result_);
        return result_;
    }

  private:
    Eigen::Index tracks() const {
        return std::max<Eigen::Index>(1, static_cast<Eigen::Index>(request_.track.ids.size()));
    }
    static Eigen::Index points(const LensReadings& lens) {
        return static_cast<Eigen::Index>(lens.points.size());
    }
    void makeRoom(LensReadings& lens, std::vector<std::string> labels) const {
        lens.points = std::move(labels);
        const auto rows = static_cast<Eigen::Index>(result_->rows.size());
        for (auto* table : {&lens.logProb, &lens.rank, &lens.logit})
            *table = Table::Zero(points(lens) * tracks(), rows);
        lens.entropy = Table::Zero(points(lens), rows);
        for (auto* table : {&lens.topToken, &lens.topLogProb})
            *table = Table::Zero(points(lens) * request_.top, rows);
        lens.check.assign(result_->rows.size(), 0.0);
    }
    /// The logit lens alone is there at once.
    void publishWithout() const {
        if (!job_.publish)
            return;
        auto alone = request_;
        alone.jacobian = false;
        Job<LensResult> quick(progress_);
        quick.memory = job_.memory;
        job_.publish(readLens(model_, input_, alone, quick));
    }
    void findJacobians() {
        const auto d = std::int64_t{weights_.config.d_model};
        progress_.begin("Jacobian lens, " + result_->model.name,
                        static_cast<std::int64_t>(input_.sequences.size()) * d *
                            (weights_.config.n_layers - 1));
        jacobians_ = jacobians(weights_, input_, job_.memory / 2, progress_);
    }
    bool hasComponents() const { return request_.components && isAffine(result_->model, request_); }
    LogitPositions positionsOf(const Batch& batch) const {
        if (request_.position.all)
            return std::nullopt;
        return std::vector<std::int64_t>{resolvePosition(
            request_.position.at, static_cast<int>(batch.tokens.size(1)), batch.samples.front())};
    }
    /// The places in `result_->rows` of a batch's rows.
    std::vector<Eigen::Index> placesOf(const Batch& batch) const {
        std::vector<Eigen::Index> places;
        const auto& rows = result_->rows;
        for (const auto sample : batch.samples) {
            auto row = std::lower_bound(
                rows.begin(), rows.end(), static_cast<int>(sample),
                [](const LensRow& each, int wanted) { return each.sample < wanted; });
            for (; row != rows.end() && row->sample == static_cast<int>(sample); ++row)
                places.push_back(row - rows.begin());
        }
        return places;
    }

    void read(const Batch& batch) {
        StreamTap tap(weights_.config.n_layers, positionsOf(batch), hasComponents());
        forward(weights_, batch.tokens, nowhere, &tap, progress_);
        const auto places = placesOf(batch);
        const auto& streams = tap.streams();
        requireFinite(streams, places);
        // The last point first: it says what is tracked where nothing was named.
        auto& result = *result_;
        readLast(result, streams, places);
        for (Eigen::Index point = 0; point + 1 < points(result); ++point)
            read(result, point, streams.points[static_cast<std::size_t>(point)], streams, places);
        for (Eigen::Index l = 0; l < points(result.jacobian); ++l) {
            const auto& after = streams.points[static_cast<std::size_t>(2 * (l + 1))];
            const auto& J = jacobians_[static_cast<std::size_t>(l)];
            if (l + 1 == points(result.jacobian)) // where it is the identity
                readLast(result.jacobian, streams, places);
            else
                read(result.jacobian, l,
                     at::mm(inDouble(after), J.t()).to(after.device(), after.scalar_type()),
                     streams, places);
        }
        if (hasComponents())
            addContributions(streams, places);
    }

    /// x: [n, d], what ln_f reads.
    void read(LensReadings& lens, Eigen::Index point, const at::Tensor& x, const Streams& streams,
              const std::vector<Eigen::Index>& places) {
        store(lens, point, places,
              readVocabulary(weights_, normalized(x, streams.points.back()),
                             {tracked(places), request_.top}, progress_));
    }

    /// The last point, with the model's own logits beside it.
    void readLast(LensReadings& lens, const Streams& streams,
                  const std::vector<Eigen::Index>& places) {
        const auto n = static_cast<std::int64_t>(places.size());
        for (std::int64_t first = 0; first < n; first += ownRows) {
            const auto count = std::min(ownRows, n - first);
            const std::vector<Eigen::Index> some(places.begin() + first,
                                                 places.begin() + first + count);
            const auto x = streams.points.back().narrow(0, first, count);
            const auto own = forwardFrom(weights_, LayerIndex(weights_.config.n_layers),
                                         x.unsqueeze(0), std::nullopt, nullptr, progress_);
            ReadoutWish wish{{}, request_.top, own.squeeze(0)};
            for (Eigen::Index k = 0; k < tracks() && !isOwn(); ++k)
                for (const auto place : some)
                    result_->tracked(k, place) =
                        request_.track.ids[static_cast<std::size_t>(k)].value;
            if (!isOwn())
                wish.tracked = tracked(some);
            auto readout = readVocabulary(weights_, normalized(x, x), wish, progress_);
            if (isOwn()) { // the top itself, which no logit is larger than
                for (std::size_t i = 0; i < some.size(); ++i)
                    result_->tracked(0, some[i]) = readout.top[i].value;
                readout.logit.assign(readout.topLogit.begin(), readout.topLogit.begin() + count);
                readout.rank.assign(some.size(), 0.0);
            }
            store(lens, points(lens) - 1, some, readout);
            for (std::size_t i = 0; i < some.size(); ++i)
                lens.check[static_cast<std::size_t>(some[i])] = readout.farthest[i];
        }
    }

    bool isOwn() const { return request_.track.ids.empty(); }

    /// [track · n + row] of rows.
    std::vector<std::int64_t> tracked(const std::vector<Eigen::Index>& places) const {
        std::vector<std::int64_t> ids;
        for (Eigen::Index k = 0; k < tracks(); ++k)
            for (const auto place : places)
                ids.push_back(static_cast<std::int64_t>(result_->tracked(k, place)));
        return ids;
    }

    /// ln_f's output, [n, d], with x's own gate or the last point's.
    at::Tensor normalized(const at::Tensor& x, const at::Tensor& last) const {
        const at::NoGradGuard noGrad;
        const auto& norm = weights_.ln_f;
        if (!request_.frozen)
            return normalize(x, norm);
        return at::addcmul(
            norm.bias,
            (centre(inAtLeastFloat(x), norm.site) * gate(last, norm.site)).to(x.scalar_type()),
            foldedGain(norm));
    }

    void store(LensReadings& result, Eigen::Index point, const std::vector<Eigen::Index>& places,
               const Readout& readout) {
        const auto n = places.size();
        for (std::size_t i = 0; i < n; ++i) {
            const auto place = places[i];
            requireNumber(readout.normaliser[i], result.points[static_cast<std::size_t>(point)],
                          place);
            result.entropy(point, place) = readout.entropy[i];
            for (Eigen::Index k = 0; k < tracks(); ++k) {
                const auto from = static_cast<std::size_t>(k) * n + i;
                const auto to = point * tracks() + k;
                result.logit(to, place) = readout.logit[from];
                result.logProb(to, place) = readout.logit[from] - readout.normaliser[i];
                result.rank(to, place) = readout.rank[from];
            }
            for (Eigen::Index k = 0; k < request_.top; ++k) {
                const auto from = static_cast<std::size_t>(k) * n + i;
                const auto to = point * request_.top + k;
                result.topToken(to, place) = readout.top[from].value;
                result.topLogProb(to, place) = readout.topLogit[from] - readout.normaliser[i];
            }
        }
    }

    void addContributions(const Streams& streams, const std::vector<Eigen::Index>& places) {
        const auto g = gate(inDouble(streams.points.back()), weights_.ln_f.site);
        const auto ids = tracked(places);
        const auto n = static_cast<std::ptrdiff_t>(places.size());
        for (Eigen::Index k = 0; k < tracks(); ++k) {
            const std::vector<std::int64_t> tokens(ids.begin() + k * n, ids.begin() + (k + 1) * n);
            const auto parts =
                toTable(contributions(weights_, streams, rowIndex(tokens, weights_.W_U_rows), g));
            for (Eigen::Index c = 0; c < parts.rows(); ++c)
                for (std::size_t i = 0; i < places.size(); ++i)
                    result_->contribution(c * tracks() + k, places[i]) =
                        parts(c, static_cast<Eigen::Index>(i));
        }
    }

    /// Where a stream explodes, the first point at which it does is named.
    void requireFinite(const Streams& streams, const std::vector<Eigen::Index>& places) const {
        for (Eigen::Index point = 0; point < points(*result_); ++point) {
            const auto finite = at::isfinite(streams.points[static_cast<std::size_t>(point)]);
            if (finite.all().item<bool>())
                continue;
            const auto rows = finite.all(1).cpu().contiguous();
            const auto* good = rows.data_ptr<bool>();
            const auto row = std::find(good, good + rows.numel(), false) - good;
            refuse(result_->points[static_cast<std::size_t>(point)],
                   places[static_cast<std::size_t>(row)], "the residual stream");
        }
    }
    void requireNumber(double normaliser, const std::string& point, Eigen::Index place) const {
        if (!std::isfinite(normaliser))
            refuse(point, place, "the lens");
    }
    [[noreturn]] void refuse(const std::string& point, Eigen::Index place,
                             const std::string& what) const {
        const auto& row = result_->rows[static_cast<std::size_t>(place)];
        const auto where = input_.sequences.size() == 1
                               ? std::string()
                               : " of sequence " + std::to_string(row.sample);
        throw Error(model_.info().name, "explodes: at " + point + ", position " +
                                            std::to_string(row.position.value) + where + ", " +
                                            what + " has values that are no finite numbers");
    }

    void nameTokens() {
        std::set<int> ids;
        for (const auto* table :
             {&result_->tracked, &result_->topToken, &result_->jacobian.topToken})
            for (const double id : table->reshaped())
                ids.insert(static_cast<int>(id));
        const auto* tokenizer = model_.tokenizer().get();
        for (const int id : ids) {
            const TokenId token(id);
            result_->named.push_back(token);
            result_->texts.push_back(tokenizer != nullptr ? tokenizer->text(token)
                                                          : "#" + std::to_string(id));
        }
    }

    const Model& model_;
    const Weights& weights_;
    const TokenInput& input_;
    const LensRequest& request_;
    const Job<LensResult>& job_;
    Progress& progress_;
    std::shared_ptr<LensResult> result_;
    std::vector<at::Tensor> jacobians_; ///< per layer, where they are asked for
};

} // namespace

std::vector<std::string> lensPoints(int n_layers) {
    std::vector<std::string> points;
    for (int layer = 0; layer < n_layers; ++layer) {
        points.push_back(std::to_string(layer) + "_pre");
        points.push_back(std::to_string(layer) + "_mid");
    }
    points.emplace_back("final_post");
    return points;
}

std::vector<std::string> jacobianPoints(int n_layers) {
    std::vector<std::string> points;
    for (int layer = 0; layer < n_layers; ++layer)
        points.push_back(std::to_string(layer) + "_post");
    return points;
}

const std::string& LensResult::textOf(double id) const {
    const auto found =
        std::lower_bound(named.begin(), named.end(), TokenId(static_cast<std::int64_t>(id)));
    return texts.at(static_cast<std::size_t>(found - named.begin()));
}

Eigen::Index LensResult::rowOf(int sample, int position) const {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const LensRow& row) {
        return row.sample == sample && row.position.value == position;
    });
    return found == rows.end() ? -1 : found - rows.begin();
}

bool isAffine(const ModelInfo& model, const LensRequest& request) {
    const auto divisor = rowDivisor(model.normalization.ln_f);
    return request.frozen || (divisor && divisor->constant);
}

std::string whyNoComponents(const LensResult& result) {
    if (isAffine(result.model, result.request))
        return "";
    return "ln_f (" + siteText(result.model.normalization.ln_f) +
           ") scales each point by a number of its own, so that its lens is not affine and does "
           "not divide into components; with --frozen it is";
}

std::int64_t bytesPerToken(const ModelInfo& model, const LensRequest& request) {
    const std::int64_t layers = model.config.n_layers;
    const auto vectors = 2 * layers + 1 + (request.components ? 2 * layers + 2 : 0);
    return vectors * model.config.d_model *
           static_cast<std::int64_t>(byteSize(storedNumber(model.numeric)));
}

std::shared_ptr<const LensResult> readLens(const Model& model, const TokenInput& input,
                                           const LensRequest& request, Job<LensResult>& job) {
    requireValid(input, model.info().config);
    requireSensible(input, request, model.info().config);
    try {
        return Lens(model, input, request, job).run();
    } catch (const c10::Error& error) {
        throw Error(model.info().name, torchProblem(error));
    }
}

} // namespace residuum
