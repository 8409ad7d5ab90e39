// Figures of comparisons of a file.
#include "widgets/panels/comparison_views.h"

#include <algorithm>
#include <array>

namespace residuum {

namespace {

/// Of views that need an option of the command: what a model's group has then, and the option.
struct Needed {
    const char* view;
    const char* dataset;
    const char* option;
};
constexpr const char *byLayer = "kurtosis", *byHead = "sink_rate", *layers = "--layers",
                     *attention = "--attention";
constexpr std::array needs{Needed{"kurtosis", byLayer, layers},
                           Needed{"max-median", byLayer, layers},
                           Needed{"growth", byLayer, layers},
                           Needed{"cosine", byLayer, layers},
                           Needed{"signal-propagation", byLayer, layers},
                           Needed{"massive", byLayer, layers},
                           Needed{"sinks", byHead, attention},
                           Needed{"previous-token", byHead, attention},
                           Needed{"self-attention", byHead, attention},
                           Needed{"induction", byHead, attention},
                           Needed{"duplicate", byHead, attention},
                           Needed{"attention-entropy", byHead, attention},
                           Needed{"head-finder", byHead, attention}};

const Needed* neededBy(const QString& view) {
    const auto found = std::find_if(needs.begin(), needs.end(), [&](const Needed& each) {
        return view == QLatin1String(each.view);
    });
    return found == needs.end() ? nullptr : &*found;
}

bool isOfPairs(const QString& view) {
    for (const char* name :
         {"token-jsd", "token-kl", "jsd-distribution", "kl-distribution", "apart"})
        if (view == QLatin1String(name))
            return true;
    return false;
}

bool fileHas(const ResultReader& reader, const FigureView& view) {
    if (isOfPairs(view.name))
        return reader.file().contains("/pairs");
    const auto* needed = neededBy(view.name);
    return needed == nullptr ||
           reader.file().contains(reader.modelGroup(0) + "/" + needed->dataset);
}

void requireIn(const ResultReader& reader, const QString& view) {
    if (fileHas(reader, {view, {}, {}}))
        return;
    throw Error(reader.path().string(),
                "does not hold what " + view.toStdString() + " shows; compute it with " +
                    (isOfPairs(view) ? "two models or more" : neededBy(view)->option));
}

} // namespace

FigureKind comparisonKind() {
    auto kind = kindOf(comparisonViews());
    kind.has = fileHas;
    kind.make = [make = kind.make](const ResultReader& reader, const FigureRequest& request) {
        requireIn(reader, request.view);
        return make(reader, request);
    };
    return kind;
}

} // namespace residuum
