// What the parts of one component do in every open model, at the document's position.
#pragma once

#include "analysis/parts/component_detail.h"
#include "widgets/workspace/details.h"
#include "widgets/workspace/workspace.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// GUI thread only. Computed on the engine's Detail lane for what is wanted, a moment after that
/// stays the same: a pointer that passes over cells asks for nothing.
class ComponentDetails : public QObject {
    Q_OBJECT

  public:
    enum class Prompt { Clean, Corrupt };

    explicit ComponentDetails(Workspace& workspace, Prompt prompt = Prompt::Clean);
    /// Before the workspace goes.
    ~ComponentDetails() override { details_.forgetAll(); }

    /// Empty: nothing.
    void want(const std::optional<Component>& component);
    /// Computes again, also what was cancelled or failed.
    void recompute();
    /// The component that is wanted.
    const std::optional<Component>& wanted() const { return component_; }
    /// Of a column; null while it is not there. Of the component that is wanted, though it may be
    /// `stale`: at another position, of another prompt or target.
    std::shared_ptr<const ComponentDetail> of(int columnId) const;
    bool stale(int columnId) const;
    /// Why those that are not there do not come, in a sentence; "": they are computed.
    const QString& problem() const { return details_.problem(); }

  Q_SIGNALS:
    void changed();

  private:
    struct Asked {
        Component component;
        std::vector<TokenId> tokens;
        int position = 0;
        std::optional<TokenId> target, versus;

        friend bool operator==(const Asked&, const Asked&) = default;
    };
    struct Found {
        Asked asked;
        std::shared_ptr<const ComponentDetail> detail;
    };

    std::optional<Asked> asked() const;
    void ask();

    Workspace& workspace_;
    Prompt prompt_;
    std::optional<Component> component_;
    QTimer soon_;
    Details<Asked, Found> details_;
};

} // namespace residuum
