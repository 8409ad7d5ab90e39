#include "widgets/panels/patching_offers.h"

#include "widgets/panels/flow_layout.h"
#include "widgets/text/counts.h"
#include "widgets/text/duration.h"

#include <QLabel>
#include <QLocale>
#include <QToolButton>

namespace residuum {

namespace {

/// As many choices as there may be.
constexpr int mostOffers = 3;

QString offerText(const ExactOffer& offer) {
    const auto counted = [](qint64 count) { return countText(count, QObject::tr("cell")); };
    const auto cells = offer.studied ? *offer.studied ? QObject::tr("scores, exact edges, circuits")
                                                      : QObject::tr("scores alone")
                       : offer.choice.top > 0 ? QObject::tr("top %1").arg(counted(offer.choice.top))
                       : offer.cells == 0     ? QObject::tr("all cells")
                                              : QObject::tr("all %1").arg(counted(offer.cells));
    return offer.seconds < 0.0
               ? QStringLiteral("%1 ▸").arg(cells)
               : QStringLiteral("%1 ≈ %2 ▸").arg(cells, durationText(offer.seconds));
}

} // namespace

ExactOffers::ExactOffers(PatchingBoard& board, QWidget* parent)
    : QWidget(parent), board_(board), state_(new QLabel) {
    auto* row = new FlowLayout(this);
    row->setContentsMargins(6, 0, 6, 0);
    row->setSpacing(6);
    row->addWidget(state_);
    for (int i = 0; i < mostOffers; ++i) {
        auto* button = new QToolButton;
        connect(button, &QToolButton::clicked, this, [this, i] {
            if (const auto offers = board_.offers(); i < static_cast<int>(offers.size()))
                ask(offers[static_cast<std::size_t>(i)]);
        });
        row->addWidget(button);
        buttons_.push_back(button);
    }
    state_->setMinimumHeight(buttons_.front()->sizeHint().height());
    refresh();
}

std::vector<QToolButton*> ExactOffers::buttons() const {
    std::vector<QToolButton*> shown;
    for (auto* button : buttons_)
        if (!button->isHidden())
            shown.push_back(button);
    return shown;
}

void ExactOffers::ask(const ExactOffer& offer) {
    if (offer.studied)
        board_.askEdges(*offer.studied);
    else
        board_.askExact(offer.choice);
}

void ExactOffers::refresh() {
    const auto offers = board_.offers();
    state_->setText(board_.exactText());
    for (std::size_t i = 0; i < buttons_.size(); ++i) {
        buttons_[i]->setVisible(i < offers.size());
        if (i >= offers.size())
            continue;
        buttons_[i]->setText(offerText(offers[i]));
        buttons_[i]->setToolTip(
            offers[i].studied
                ? tr("score every edge of every model; the best are patched exactly and "
                     "kept alone, all others corrupted")
            : offers[i].choice.top > 0
                ? tr("patch exactly the cells with the largest estimates, in all models")
                : tr("patch every cell exactly, in all models"));
        buttons_[i]->setAccessibleName(tr("exact patching: %1").arg(buttons_[i]->text()));
    }
}

} // namespace residuum
