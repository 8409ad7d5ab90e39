#include "widgets/panels/panel_drawing.h"

#include "widgets/figure/shared_axes.h"

#include <algorithm>
#include <map>

namespace residuum {

namespace {

/// A scene's views, each made once.
class Views {
  public:
    explicit Views(const Scene& scene) : scene_(scene) {}

    const std::vector<FigurePanel>& of(const QString& view) {
        const auto [found, isNew] = made_.try_emplace(view);
        if (isNew)
            found->second = scene_.panels(view);
        return found->second;
    }
    std::vector<FigurePanel> all(const QStringList& views) {
        std::vector<FigurePanel> panels;
        for (const auto& view : views)
            if (!view.isEmpty())
                panels.insert(panels.end(), of(view).begin(), of(view).end());
        return panels;
    }

  private:
    const Scene& scene_;
    std::map<QString, std::vector<FigurePanel>> made_;
};

} // namespace

qsizetype PageViews::firstRow() const {
    const auto first =
        std::find_if(rows.begin(), rows.end(), [](const QString& view) { return !view.isEmpty(); });
    return first == rows.end() ? -1 : first - rows.begin();
}

bool PanelRequest::isAlike(const PanelRequest& other) const {
    return columns == other.columns && fullRange == other.fullRange &&
           difference == other.difference && scene->isSame(*other.scene);
}

const FigurePanel* PanelDrawing::panel(std::size_t page, std::size_t row, int columnId) const {
    if (page >= rows.size() || row >= rows[page].size())
        return nullptr;
    const auto& panels = rows[page][row];
    const auto& ids = request.columns;
    const auto place =
        static_cast<std::size_t>(std::find(ids.begin(), ids.end(), columnId) - ids.begin());
    return place < ids.size() && place < panels.size() ? &panels[place] : nullptr;
}

PanelDrawing undrawn(const PanelRequest& request) {
    const auto pages = request.pages.size();
    PanelDrawing drawing;
    drawing.request = request;
    drawing.scales.resize(pages);
    drawing.rows.resize(pages);
    drawing.differences.resize(pages);
    drawing.tables.resize(pages);
    return drawing;
}

PanelDrawing drawPanel(const PanelRequest& request) {
    auto drawing = undrawn(request);
    const auto& scene = *request.scene;
    Views views(scene);
    for (std::size_t p = 0; p < request.pages.size(); ++p) {
        const auto& page = request.pages[p];
        const ScaleEnd end{page.limit, request.fullRange};
        auto& scale = drawing.scales[p];
        if (const auto first = page.firstRow(); page.hasBar && first >= 0)
            scale = scaleOf(views.all(page.scaled.isEmpty() ? page.rows : page.scaled),
                            scene.scale(page.rows[first]), end);
        auto& rows = drawing.rows[p];
        auto& difference = drawing.differences[p];
        if (page.isTable) {
            if (page.isWanted())
                drawing.tables[p] = scene.table(page.rows.front(), request.difference);
            continue;
        }
        for (const auto& view : page.rows) {
            auto& panels = rows.emplace_back();
            if (view.isEmpty())
                continue;
            panels = views.of(view);
            setScale(panels, scale ? *scale : scaleOf(panels, scene.scale(view), end));
            shareLimit(panels, {});
            shareRange(panels, {});
        }
        if (scale && request.difference) {
            const auto& panels = rows[static_cast<std::size_t>(page.firstRow())];
            const auto& [a, b] = *request.difference;
            difference = differenceOf(panels.at(static_cast<std::size_t>(a)),
                                      panels.at(static_cast<std::size_t>(b)),
                                      {std::nullopt, request.fullRange});
        }
    }
    return drawing;
}

void addPages(PanelDrawing& drawing, PanelDrawing more) {
    for (std::size_t p = 0; p < more.request.pages.size(); ++p) {
        if (more.request.pages[p].rows.isEmpty())
            continue;
        drawing.request.pages[p] = more.request.pages[p];
        drawing.scales[p] = more.scales[p];
        drawing.rows[p] = std::move(more.rows[p]);
        drawing.differences[p] = std::move(more.differences[p]);
        drawing.tables[p] = std::move(more.tables[p]);
    }
}

} // namespace residuum
