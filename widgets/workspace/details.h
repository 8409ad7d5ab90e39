// What is shown of a thing that was chosen, column by column, computed beside a board's answers.
#pragma once

#include "widgets/workspace/engine.h"
#include "widgets/workspace/workspace.h"

#include <QString>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace residuum {

/// GUI thread only. `Key`: what a value is of.
template <class Key, class Value>
class Details {
  public:
    /// Runs on the engine thread.
    using Compute = std::function<Value(Progress&)>;

    /// `changed` is called when values came or do not come.
    Details(Workspace& workspace, std::function<void()> changed)
        : workspace_(workspace), changed_(std::move(changed)) {}

    /// Of a column; null while it is not there.
    std::shared_ptr<const Value> of(int columnId) const {
        const auto found = entries_.find(columnId);
        return found == entries_.end() ? nullptr : found->second.value;
    }
    /// Why those that are not there do not come, in a sentence; "": they are computed.
    const QString& problem() const { return problem_; }

    /// What is there stays until its successor is.
    void want(int columnId, const Key& key, Compute compute) {
        auto& entry = entries_[columnId];
        if (entry.key == key)
            return;
        entry.key = key;
        problem_.clear();
        workspace_.engine().submit(
            {purpose_, columnId},
            [this, columnId, compute = std::move(compute)](Progress& progress) -> Delivery {
                const auto value = std::make_shared<const Value>(compute(progress));
                return [this, columnId, value] {
                    entries_[columnId].value = value;
                    changed_();
                };
            },
            [this](const QString& sentence) {
                problem_ = sentence;
                Q_EMIT workspace_.message(sentence);
                changed_();
            });
    }
    /// Of columns that are closed; their work is cancelled by the document.
    void forgetClosed() {
        std::erase_if(entries_, [this](const auto& entry) {
            return workspace_.column(entry.first) == nullptr;
        });
    }
    void forgetAll() {
        workspace_.engine().cancelAllFor(purpose_);
        entries_.clear();
        problem_.clear();
    }
    /// The engine has dropped all work; `sentence` says so.
    void cancelled(const QString& sentence) {
        for (const auto& [id, entry] : entries_)
            if (!entry.value)
                problem_ = sentence;
    }

  private:
    struct Entry {
        std::optional<Key> key;
        std::shared_ptr<const Value> value;
    };

    Workspace& workspace_;
    std::function<void()> changed_;
    std::map<int, Entry> entries_; ///< by column
    QString problem_;
    const Purpose purpose_{Lane::Detail};
};

} // namespace residuum
