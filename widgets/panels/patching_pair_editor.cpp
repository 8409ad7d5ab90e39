#include "widgets/panels/patching_pair_editor.h"

#include "analysis/inputs/pair_tasks.h"
#include "analysis/inputs/prompt_tokens.h"
#include "analysis/inputs/spacing_hint.h"
#include "core/task/error.h"
#include "widgets/panels/patching_board.h"
#include "widgets/prompt/token_display.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace residuum {

namespace {

/// As high as what it holds, and where it scrolls also as its scroll bar: that must hide no row.
class PairScroll : public QScrollArea {
  public:
    void fit() {
        const bool scrolls = widget()->width() > width();
        setFixedHeight(widget()->height() + 2 +
                       (scrolls ? horizontalScrollBar()->sizeHint().height() : 0));
    }

  protected:
    void resizeEvent(QResizeEvent* event) override {
        QScrollArea::resizeEvent(event);
        fit();
    }
};

} // namespace

AlignedPair::AlignedPair(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("clean and corrupted prompt, token under token"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void AlignedPair::setTokens(const QStringList& clean, const QStringList& corrupt, int position) {
    clean_ = clean;
    corrupt_ = corrupt;
    position_ = position;
    QStringList differing;
    for (const int column : this->differing())
        differing << QString::number(column);
    setAccessibleDescription(tr("differing positions: %1").arg(differing.join(QLatin1Char(' '))));
    updateGeometry();
    update();
}

int AlignedPair::columns() const {
    return static_cast<int>(std::max(clean_.size(), corrupt_.size()));
}

int AlignedPair::columnWidth(int column) const {
    const auto width = [&](const QStringList& texts) {
        return fontMetrics().horizontalAdvance(texts.value(column));
    };
    return std::max({width(clean_), width(corrupt_), fontMetrics().averageCharWidth() * 2}) + 9;
}

int AlignedPair::headWidth() const {
    return fontMetrics().horizontalAdvance(tr("corrupted")) + 10;
}

std::vector<int> AlignedPair::differing() const {
    std::vector<int> result;
    for (int column = 0; column < columns(); ++column)
        if (clean_.value(column) != corrupt_.value(column))
            result.push_back(column);
    return result;
}

QSize AlignedPair::sizeHint() const {
    int width = headWidth();
    for (int column = 0; column < columns(); ++column)
        width += columnWidth(column);
    return {width + 2, 2 * (fontMetrics().height() + 5) + 2};
}

void AlignedPair::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const int height = fontMetrics().height() + 5;
    const bool dark = palette().color(QPalette::Base).lightness() < 128;
    const QColor mark = dark ? QColor(122, 74, 0) : QColor(255, 221, 148);
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(QRect(0, 0, headWidth(), height), Qt::AlignVCenter, tr("clean"));
    painter.drawText(QRect(0, height, headWidth(), height), Qt::AlignVCenter, tr("corrupted"));
    int x = headWidth();
    for (int column = 0; column < columns(); ++column) {
        const QRect cell(x, 0, columnWidth(column), 2 * height);
        if (clean_.value(column) != corrupt_.value(column))
            painter.fillRect(cell.adjusted(1, 0, -1, 0), mark);
        painter.drawText(QRect(x, 0, cell.width(), height), Qt::AlignCenter, clean_.value(column));
        painter.drawText(QRect(x, height, cell.width(), height), Qt::AlignCenter,
                         corrupt_.value(column));
        if (column == position_) {
            painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
            painter.drawRect(cell.adjusted(1, 1, -2, -1));
            painter.setPen(palette().color(QPalette::Text));
        }
        x += cell.width();
    }
}

void AlignedPair::mousePressEvent(QMouseEvent* event) {
    int x = headWidth();
    for (int column = 0; column < columns(); ++column) {
        if (event->pos().x() >= x && event->pos().x() < x + columnWidth(column))
            return Q_EMIT positionPicked(column);
        x += columnWidth(column);
    }
}

PairEditor::PairEditor(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace) {
    edit_ = new QLineEdit;
    edit_->setAccessibleName(tr("corrupted prompt"));
    edit_->setPlaceholderText(tr("the clean prompt with something changed"));
    auto* label = new QLabel(tr("Co&rrupted"));
    label->setBuddy(edit_);
    auto* examples = new QToolButton;
    examples->setText(tr("Example pair"));
    examples->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(examples);
    for (const auto& task : pairTasks()) {
        const auto name = QString::fromStdString(task.name);
        auto* action = menu->addAction(
            QStringLiteral("%1: %2").arg(name, QString::fromStdString(task.example)), this,
            [this, name] { useExample(name); });
        action->setToolTip(QString::fromStdString(task.summary));
    }
    menu->setToolTipsVisible(true);
    examples->setMenu(menu);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(6, 2, 6, 0);
    row->addWidget(label);
    row->addWidget(edit_, 1);
    row->addWidget(examples);
    aligned_ = new AlignedPair;
    auto* scroll = new PairScroll;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(aligned_);
    scroll->setAccessibleName(aligned_->accessibleName());
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    fitScroll_ = [scroll] { scroll->fit(); };
    message_ = new QLabel;
    message_->setWordWrap(true);
    message_->setContentsMargins(6, 0, 6, 0);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    layout->addLayout(row);
    layout->addWidget(scroll);
    layout->addWidget(message_);
    connect(edit_, &QLineEdit::editingFinished, this, &PairEditor::commit);
    connect(edit_, &QLineEdit::inputRejected, this, [this] {
        message_->setText(tr("The corrupted prompt was cut after %L1 characters: the models' "
                             "context holds %2 tokens.")
                              .arg(edit_->maxLength())
                              .arg(workspace_.contextLength()));
        message_->show();
    });
    connect(&workspace_, &Workspace::columnsChanged, this, &PairEditor::measureLongest);
    connect(aligned_, &AlignedPair::positionPicked, &workspace_, &Workspace::setPosition);
    connect(&workspace_.board<PatchingBoard>(), &PatchingBoard::settingsChanged, this,
            &PairEditor::refresh);
    connect(&workspace_, &Workspace::positionChanged, this, &PairEditor::refresh);
    refresh();
}

QString PairEditor::message() const {
    return message_->isHidden() ? QString() : message_->text();
}

void PairEditor::commit() {
    const auto tokenizer = workspace_.tokenizer();
    if (edit_->text() == workspace_.state().corrupt.text || workspace_.vocabularySize() == 0)
        return;
    PromptState prompt;
    prompt.text = edit_->text();
    prompt.endOfTextFirst = workspace_.state().prompt.endOfTextFirst;
    try {
        prompt.tokens = promptTokens(prompt.text.toStdString(), prompt.endOfTextFirst,
                                     tokenizer.get(), workspace_.vocabularySize());
    } catch (const Error& error) {
        message_->setText(QString::fromUtf8(error.what()));
        message_->show();
        return;
    }
    workspace_.setCorrupt(prompt);
}

/// More characters than this are too many tokens, whatever they are: never worth tokenising.
void PairEditor::measureLongest() {
    const auto tokenizer = workspace_.tokenizer();
    const std::pair asked(tokenizer.get(), workspace_.contextLength());
    if (asked == measured_ || asked.second == 0)
        return;
    measured_ = asked;
    const auto longest = static_cast<qsizetype>(longestPrompt(tokenizer.get(), asked.second));
    edit_->setMaxLength(static_cast<int>(
        std::min<qsizetype>(std::max(longest, workspace_.state().corrupt.text.size()), 1 << 30)));
}

void PairEditor::useExample(const QString& task) {
    const auto tokenizer = workspace_.tokenizer();
    if (!tokenizer)
        return Q_EMIT workspace_.message(tr("Examples are texts; these models have no tokenizer."));
    try {
        PairRequest request;
        request.generated = GeneratedPairs{task.toStdString(), 1, example_++};
        ModelConfig config;
        config.d_vocab = workspace_.vocabularySize();
        config.n_ctx = workspace_.contextLength();
        Progress progress;
        const auto input = resolvePairs(request, tokenizer.get(), config, progress);
        const auto state = [&](const TokenInput& from) {
            const auto& tokens = from.sequences.front().tokens;
            return PromptState{QString::fromStdString(tokenizer->decode(tokens)), tokens, false};
        };
        const auto answer = input.tokens.answer(0);
        workspace_.setPair(state(input.tokens.clean), state(input.tokens.corrupt), answer.correct,
                           answer.incorrect);
    } catch (const Error& error) {
        Q_EMIT workspace_.message(QString::fromUtf8(error.what()));
    }
}

/// Where spaces between a prompt and an answer look wrong.
QString PairEditor::hint() const {
    const auto& state = workspace_.state();
    const auto tokenizer = workspace_.tokenizer();
    if (!tokenizer)
        return {};
    for (const auto* prompt : {&state.prompt, &state.corrupt})
        for (const auto& answer : {state.target, state.versus})
            if (answer && static_cast<std::size_t>(answer->value) < tokenizer->size())
                if (const auto hint = spacingHint(prompt->text.toStdString(),
                                                  tokenizer->text(*answer), *tokenizer))
                    return QString::fromStdString("Hint: " + *hint);
    return {};
}

void PairEditor::refresh() {
    const auto& state = workspace_.state();
    const auto tokenizer = workspace_.tokenizer();
    const auto texts = [&](const PromptState& prompt) {
        QStringList list;
        for (const auto token : prompt.tokens)
            list << chipText(tokenizer.get(), token);
        return list;
    };
    if (!edit_->hasFocus() || edit_->text() != state.corrupt.text)
        edit_->setText(state.corrupt.text);
    aligned_->setTokens(texts(state.prompt), texts(state.corrupt), state.position);
    aligned_->resize(aligned_->sizeHint());
    fitScroll_();
    const auto obstacle = workspace_.board<PatchingBoard>().obstacle();
    message_->setText(obstacle.isEmpty() ? hint() : obstacle);
    message_->setVisible(!message_->text().isEmpty());
}

} // namespace residuum
