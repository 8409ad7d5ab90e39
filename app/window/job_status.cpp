#include "app/window/job_status.h"

#include "widgets/panels/elided_label.h"
#include "widgets/text/duration.h"
#include "widgets/workspace/workspace.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QTimer>
#include <QToolButton>

#include <cmath>

namespace residuum {

namespace {

/// " · 50 s left".
QString leftText(double seconds) {
    return JobStatus::tr(" · %1 left").arg(durationText(seconds));
}

} // namespace

JobStatus::JobStatus(Workspace& workspace, QWidget* parent)
    : QWidget(parent), text_(new ElidedLabel), bar_(new QProgressBar), cancel_(new QToolButton) {
    // As wide whatever it says: the window must not grow with it.
    text_->setFixedWidth(fontMetrics().averageCharWidth() * 50);
    text_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    bar_->setFixedWidth(fontMetrics().averageCharWidth() * 18);
    bar_->setMaximumHeight(fontMetrics().height());
    bar_->setAccessibleName(tr("progress"));
    cancel_->setText(tr("Cancel"));
    cancel_->setToolTip(tr("Stop what is being computed"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(text_);
    layout->addWidget(bar_);
    layout->addWidget(cancel_);
    setVisible(false);

    auto* patience = new QTimer(this);
    patience->setSingleShot(true);
    patience->setInterval(250);
    connect(patience, &QTimer::timeout, this, [this] { setVisible(true); });
    connect(&workspace.engine(), &Engine::busyChanged, this, [this, patience](bool busy) {
        if (busy) {
            patience->start();
        } else {
            patience->stop();
            setVisible(false);
        }
    });
    connect(&workspace.engine(), &Engine::progressed, this, &JobStatus::progressed);
    connect(cancel_, &QToolButton::clicked, &workspace, &Workspace::cancelWork);
}

void JobStatus::progressed(const QString& stage, double fraction, double secondsLeft) {
    bar_->setValue(static_cast<int>(std::lround(1000.0 * fraction)));
    text_->setFullText(secondsLeft < 0.0 ? stage : stage + leftText(secondsLeft));
}

} // namespace residuum
