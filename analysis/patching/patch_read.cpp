// Reads what patch_write.cpp writes.
#include "analysis/patching/patch_analysis.h"
#include "analysis/patching/site_cells.h"

#include <algorithm>

namespace residuum {

namespace {

/// The group of one model in a result file.
class StoredPatch {
  public:
    StoredPatch(const ResultReader& reader, std::size_t index)
        : reader_(reader), group_(reader.modelGroup(index)),
          result_(std::make_shared<PatchResult>()) {
        result_->model = reader.model(index);
        result_->request = PatchAnalysis::requestOf(reader.request(), reader.path());
    }

    std::shared_ptr<PatchResult> read() {
        const auto clean = reader_.tokens("clean").input;
        prompts_ = static_cast<std::int64_t>(clean.sequences.size());
        for (const auto& sequence : clean.sequences)
            width_ = std::max(width_, static_cast<int>(sequence.tokens.size()));
        const auto shape = reader_.tokenShape("clean");
        if (reader_.file().shape("/corrupt") != shape)
            reader_.refuse("/corrupt", "must have as many tokens as /clean");
        storedWidth_ = shape.back();
        result_->cleanMetric = reader_.numbers(path("clean_metric"), {prompts_});
        result_->corruptMetric = reader_.numbers(path("corrupt_metric"), {prompts_});
        if (reader_.file().contains(path("neuron")))
            result_->neurons = reader_.file().strings(path("neuron"));
        using enum PatchMethod;
        for (const auto method : {Attribution, AtpStar, IntegratedGradients, Exact})
            if (result_->request.asks(method))
                for (const auto site : result_->request.sites)
                    readGrid(method, site);
        for (const auto method : {Eap, EapIg})
            if (result_->request.asks(method))
                readEdges(method);
        if (result_->request.asks(Path))
            readPath();
        return std::move(result_);
    }

  private:
    std::string path(const std::string& name) const { return group_ + "/" + name; }

    void readGrid(PatchMethod method, PatchSite site) {
        const auto& config = result_->model.config;
        PatchGrid grid{method, site, shapeOf(site, config, width_, result_->neurons.size()), {}};
        auto shape = grid.shape;
        if (axesOf(site).pos)
            shape.back() = storedWidth_;
        shape.insert(shape.begin(), prompts_);
        const auto values = reader_.numbers(path(groupName(method) + "/" + name(site)), shape);
        const auto from = static_cast<std::size_t>(shape.back());
        const auto to = static_cast<std::size_t>(grid.shape.back());
        const auto rows = static_cast<Eigen::Index>(prompts_);
        const auto count = from == 0 ? 0 : values.size() / from * to;
        grid.values.resize(rows, rows == 0 ? 0 : static_cast<Eigen::Index>(count) / rows);
        for (std::size_t i = 0; i < count; ++i)
            grid.values.data()[i] = values[i / to * from + i % to];
        result_->grids.push_back(std::move(grid));
    }

    Table table(const std::string& name, std::int64_t rows, std::int64_t columns) const {
        const auto values = reader_.numbers(path(name), {rows, columns});
        return Eigen::Map<const Table>(values.data(), rows, columns);
    }

    void readEdges(PatchMethod method) {
        const auto folder = groupName(method) + "/";
        EdgeGrid edges;
        edges.method = method;
        edges.senders = reader_.file().strings(path(folder + "sender"));
        edges.receivers = reader_.file().strings(path(folder + "receiver"));
        const auto rows = static_cast<std::int64_t>(edges.senders.size());
        const auto columns = static_cast<std::int64_t>(edges.receivers.size());
        edges.mean = table(folder + "mean", rows, columns);
        edges.deviation = table(folder + "std", rows, columns);
        result_->edges.push_back(std::move(edges));
    }

    void readPath() {
        result_->path.receivers = reader_.file().strings(path("path/receiver"));
        result_->path.values = table("path/effect", prompts_,
                                     static_cast<std::int64_t>(result_->path.receivers.size()));
    }

    const ResultReader& reader_;
    std::string group_;
    std::shared_ptr<PatchResult> result_;
    std::int64_t prompts_ = 0, storedWidth_ = 0;
    int width_ = 0;
};

} // namespace

std::shared_ptr<PatchResult> PatchAnalysis::read(const ResultReader& reader, std::size_t index) {
    return StoredPatch(reader, index).read();
}

} // namespace residuum
