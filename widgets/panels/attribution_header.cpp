#include "widgets/panels/attribution_header.h"

#include "core/task/wording.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/prompt_answer.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/eliding.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidgetAction>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

QString reportRow(const QString& label, const QString& value) {
    return QStringLiteral("<tr><td style='padding-right:12px'>%1</td><td><b>%2</b></td></tr>")
        .arg(label, value.toHtmlEscaped());
}

QString shown(const NormSite& site) {
    return QString::fromStdString(siteText(site));
}

/// Every site; one line where they are all alike.
QString siteRows(const Normalization& normalization) {
    if (normalization.uniform())
        return reportRow(QObject::tr("sites"), QObject::tr("all %1: %2")
                                                   .arg(normalization.siteCount())
                                                   .arg(shown(normalization.ln_f)));
    QString rows;
    for (std::size_t l = 0; l < normalization.blocks.size(); ++l) {
        const auto& block = normalization.blocks[l];
        rows += reportRow(QObject::tr("layer %1").arg(l),
                          QObject::tr("ln1 (q, k): %1; ln1 (v): %2; ln2: %3")
                              .arg(shown(block.ln1_qk), shown(block.ln1_v), shown(block.ln2)));
    }
    return rows + reportRow(QObject::tr("final site"), shown(normalization.ln_f));
}

/// How it is normalised, where that is known.
QString badgeTextOf(const ModelColumn& column) {
    return column.state == ModelColumn::State::Opening
               ? QObject::tr("opening …")
               : QString::fromStdString(column.info()->normalization.label());
}

} // namespace

QString modelReport(const ModelInfo& info) {
    const auto text = [](const std::string& value) { return QString::fromStdString(value); };
    const auto& config = info.config;
    QString rows;
    rows += reportRow(QObject::tr("model"), text(info.source));
    rows += reportRow(QObject::tr("folder"), text(info.folder));
    rows += reportRow(
        QObject::tr("size"),
        QObject::tr("%1, %2, d_model %3, d_mlp %4, vocabulary %5, context %6")
            .arg(text(counted(config.n_layers, "layer")), text(counted(config.n_heads, "head")))
            .arg(config.d_model)
            .arg(config.d_mlp)
            .arg(config.d_vocab)
            .arg(config.n_ctx));
    rows +=
        reportRow(QObject::tr("parameters"), QLocale().toString(qlonglong(info.parameterCount)));
    rows += reportRow(QObject::tr("normalisation"), text(info.normalization.label()));
    if (info.normalization.summaryOnly.empty())
        rows += siteRows(info.normalization);
    rows += reportRow(QObject::tr("container"), text(info.container));
    rows += reportRow(QObject::tr("stored as"), text(info.storedTypes));
    rows +=
        reportRow(QObject::tr("computed as"),
                  text(name(info.numeric.dtype)) + QObject::tr(" on ") + text(info.numeric.device));
    rows += reportRow(QObject::tr("head"), info.tiedHead ? QObject::tr("tied to the embedding")
                                                         : QObject::tr("untied (lm_head.weight)"));
    rows += reportRow(QObject::tr("tokenizer"), info.tokenizerOrigin.empty()
                                                    ? QObject::tr("none; prompts are token ids")
                                                    : text(info.tokenizerOrigin));
    rows += reportRow(QObject::tr("weights hash"), text(info.weightsHash));
    for (const auto& warning : info.warnings)
        rows += reportRow(QObject::tr("warning"), text(warning));
    return QStringLiteral("<table cellspacing='3'>%1</table>").arg(rows);
}

ModelHeader::ModelHeader(QWidget* parent)
    : QWidget(parent), name_(new ElidedLabel), badge_(new QToolButton), next_(new QToolButton),
      close_(new QToolButton), answer_(new ElidedLabel), predictions_(new PredictionBars) {
    auto font = name_->font();
    font.setBold(true);
    name_->setFont(font);
    next_->setText(QStringLiteral("▸"));
    next_->setAutoRaise(true);
    next_->setToolTip(tr("Show the next prompt of this saved result"));
    next_->setAccessibleName(tr("Next prompt of this saved result"));
    connect(next_, &QToolButton::clicked, this, &ModelHeader::nextSampleRequested);
    badge_->setMinimumWidth(fontMetrics().averageCharWidth() * 4);
    close_->setText(QStringLiteral("×"));
    close_->setAutoRaise(true);
    close_->setToolTip(tr("Close this model"));
    close_->setAccessibleName(tr("Close this model"));
    line_ = new QHBoxLayout;
    line_->setContentsMargins(0, 0, 0, 0);
    line_->setSpacing(4);
    line_->addWidget(name_, 1);
    line_->addWidget(badge_);
    line_->addWidget(next_);
    line_->addWidget(close_);
    column_ = new QVBoxLayout(this);
    column_->setContentsMargins(0, 2, 2, 2);
    column_->setSpacing(1);
    column_->addLayout(line_);
    column_->addWidget(answer_);
    column_->addWidget(predictions_);
    connect(badge_, &QToolButton::clicked, this, &ModelHeader::showReport);
    connect(close_, &QToolButton::clicked, this, &ModelHeader::closeRequested);
}

void ModelHeader::showColumn(const Workspace& workspace, const ModelColumn& column) {
    const auto& board = workspace.board<AttributionBoard>();
    const auto* answer = board.answer(column.id);
    const int row = board.rowOf(column);
    const auto tokenizer = workspace.tokenizer();
    const auto result = answer != nullptr ? answer->result : nullptr;
    if (badgeText_.isEmpty()) // each change of the columns gives new heads
        showModel(workspace, column);
    next_->setVisible(column.saved != nullptr && result != nullptr &&
                      (row < 0 || column.saved->tokens.input.sequences.size() > 1));
    std::vector<PredictionBar> bars;
    if (result && row >= 0 && row < static_cast<int>(result->rows.size())) {
        const auto& shown = result->rows[static_cast<std::size_t>(row)];
        for (const auto& guess : shown.predictions)
            bars.push_back({quotedToken(tokenizer.get(), guess.token), guess.probability});
    }
    const bool isStale = answer != nullptr && answer->stale();
    const auto said = board.promptAnswer(column);
    answer_->setFullText(said ? answerText(*said, tokenizer.get()) : QString(),
                         said ? answerExplanation(*said, workspace) : QString(),
                         said ? briefAnswers(*said, tokenizer.get()) : QStringList());
    answer_->setEnabled(!isStale);
    predictions_->setBars(bars, isStale);
}

/// What is the same whatever is asked of the model.
void ModelHeader::showModel(const Workspace& workspace, const ModelColumn& column) {
    name_->setFullText(column.head, column.head == column.name ? QString() : column.name);
    badgeText_ = badgeTextOf(column);
    widest_ = 0;
    for (const auto& each : workspace.columns())
        widest_ = std::max(widest_, lineWidth(each));
    badge_->setToolTip(
        column.saved
            ? tr("What is known of this model; its result is from %1").arg(column.saved->file)
            : tr("What was detected in this model"));
    badge_->setEnabled(column.info() != nullptr);
    badge_->setAccessibleName(tr("%1: %2, show what was detected").arg(column.name, badgeText_));
    shown_ = column;
    placeBadge();
}

void ModelHeader::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeBadge();
}

/// Name, badge and buttons of a column beside each other, in pixels.
int ModelHeader::lineWidth(const ModelColumn& column) const {
    const int name = QFontMetrics(name_->font()).horizontalAdvance(column.head);
    const auto metrics = badge_->fontMetrics();
    const int frame = badge_->sizeHint().width() - metrics.horizontalAdvance(badge_->text());
    const int buttons = close_->sizeHint().width() * (column.saved ? 2 : 1);
    return name + frame + metrics.horizontalAdvance(badgeTextOf(column)) + buttons + 24;
}

/// Under the name where both would not fit beside each other in some column: the name must be
/// readable, and heads are as high as each other. No wider than the column, whatever it says.
void ModelHeader::placeBadge() {
    const int letter = badge_->fontMetrics().averageCharWidth();
    const auto text = elided(badge_->fontMetrics(), badgeText_, width() - 8 - 3 * letter);
    if (text != badge_->text())
        badge_->setText(text);
    const bool below = widest_ > width();
    if (std::exchange(badgeBelow_, below) == below)
        return;
    line_->removeWidget(badge_);
    column_->removeWidget(badge_);
    if (below)
        column_->insertWidget(1, badge_, 0, Qt::AlignLeft);
    else
        line_->insertWidget(1, badge_);
}

void ModelHeader::showReport() {
    QMenu popup;
    auto* label = new QLabel(modelReport(*shown_.info()));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setMargin(10);
    auto* action = new QWidgetAction(&popup);
    action->setDefaultWidget(label);
    popup.addAction(action);
    popup.exec(badge_->mapToGlobal(QPoint(0, badge_->height())));
}

} // namespace residuum
