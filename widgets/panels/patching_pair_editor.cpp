#include "widgets/panels/patching_pair_editor.h"

#include "analysis/inputs/pair_tasks.h"
#include "analysis/inputs/spacing_hint.h"
#include "core/task/error.h"
#include "widgets/panels/patching_board.h"
#include "widgets/prompt/prompt_editor.h"
#include "widgets/prompt/token_display.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>

namespace residuum {

namespace {

constexpr int editedLines = 3;

} // namespace

/// As high as what it holds, and where it scrolls also as its scroll bar: that must hide no row.
class PairScroll : public QScrollArea {
  public:
    explicit PairScroll(AlignedPair* pair) : pair_(pair) {
        setFrameShape(QFrame::NoFrame);
        setAccessibleName(pair->accessibleName());
        setWidget(pair);
        setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        connect(pair, &AlignedPair::resized, this, [this] { fit(); });
    }
    void showPosition(int position) {
        const auto cell = pair_->cellOf(position);
        if (cell.isValid())
            ensureVisible(cell.center().x(), 0, cell.width(), 0);
    }
    std::function<void(int height)> fitted; ///< it is to be so high

  protected:
    void resizeEvent(QResizeEvent* event) override {
        QScrollArea::resizeEvent(event);
        pair_->setRoom(width());
        fit();
    }

  private:
    void fit() {
        pair_->resize(pair_->sizeHint());
        const int bar = pair_->width() > width() ? horizontalScrollBar()->sizeHint().height() : 0;
        if (fitted)
            fitted(pair_->height() + 2 + bar);
    }

    AlignedPair* pair_;
};

PairEditor::PairEditor(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace) {
    aligned_ = new AlignedPair;
    scroll_ = new PairScroll(aligned_);
    edit_ = new PromptEditor;
    edit_->setAccessibleName(tr("corrupted prompt"));
    edit_->setPlaceholderText(tr("the clean prompt with something changed"));
    edit_->setTabChangesFocus(true);
    edit_->commit = [this] { commit(); };
    edit_->revert = [this] { leave(); };
    edit_->refused = [this](qsizetype units) { say(reader_.refusal(units)); };
    stack_ = new QStackedWidget;
    stack_->addWidget(scroll_);
    stack_->addWidget(edit_);
    scroll_->fitted = [this](int height) {
        shownHeight_ = height;
        if (!isEditing())
            stack_->setFixedHeight(height);
    };
    auto* edit = new QToolButton;
    edit->setText(tr("Edit"));
    edit->setToolTip(tr("Edit the corrupted prompt"));
    edit->setAccessibleName(tr("edit the corrupted prompt"));
    edit->setAutoRaise(true);
    connect(edit, &QToolButton::clicked, this, [this] { startEditing(); });
    auto* row = new QHBoxLayout;
    row->setContentsMargins(6, 2, 6, 0);
    row->addWidget(stack_, 1);
    row->addWidget(edit, 0, Qt::AlignTop);
    row->addWidget(makeExamples(), 0, Qt::AlignTop);
    message_ = new QLabel;
    message_->setWordWrap(true);
    message_->setContentsMargins(6, 0, 6, 0);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    layout->addLayout(row);
    layout->addWidget(message_);
    connect(edit_, &QPlainTextEdit::textChanged, this, [this] {
        if (isEditing())
            preview();
    });
    connect(aligned_, &AlignedPair::editRequested, this, &PairEditor::startEditing);
    connect(aligned_, &AlignedPair::positionPicked, &workspace_, &Workspace::setPosition);
    connect(&workspace_, &Workspace::columnsChanged, this, &PairEditor::refresh);
    connect(&workspace_.board<PatchingBoard>(), &PatchingBoard::settingsChanged, this,
            &PairEditor::refresh);
    connect(&workspace_, &Workspace::positionChanged, this, &PairEditor::refresh);
    leave();
}

QToolButton* PairEditor::makeExamples() {
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
    return examples;
}

void PairEditor::setOneLine(bool one) {
    aligned_->setOneLine(one);
}

bool PairEditor::isEditing() const {
    return stack_->currentWidget() == edit_;
}

QString PairEditor::message() const {
    return message_->isHidden() ? QString() : message_->text();
}

void PairEditor::say(const QString& sentence) {
    message_->setText(sentence);
    message_->setVisible(!sentence.isEmpty());
}

void PairEditor::startEditing(const QString& typed) {
    if (workspace_.vocabularySize() == 0)
        return Q_EMIT workspace_.message(tr("Open a model first: it says what a token is."));
    const auto& corrupt = workspace_.state().corrupt;
    edited_ = reader_.editable(corrupt.tokens, corrupt.text, corrupt.endOfTextFirst);
    edit_->setLongest(std::max(reader_.longest(), edited_.size()));
    edit_->setText(edited_);
    edit_->selectAll();
    stack_->setCurrentWidget(edit_);
    stack_->setFixedHeight(editedLines * fontMetrics().lineSpacing() + 12);
    edit_->setFocus();
    if (!typed.isEmpty())
        edit_->insertText(typed);
    preview();
}

void PairEditor::leave() {
    stack_->setCurrentWidget(scroll_);
    stack_->setFixedHeight(shownHeight_);
    if (edit_->hasFocus())
        aligned_->setFocus();
    refresh();
}

void PairEditor::preview() {
    try {
        const auto tokens = reader_.read(edit_->text(), workspace_.state().prompt.endOfTextFirst);
        say(reader_.preview(tokens));
    } catch (const Error& error) {
        say(QString::fromUtf8(error.what()));
    }
}

/// What was not edited stays what it is, whatever its text would be as tokens.
void PairEditor::commit() {
    PromptState prompt;
    prompt.text = edit_->text();
    if (prompt.text == edited_)
        return leave();
    prompt.endOfTextFirst = workspace_.state().prompt.endOfTextFirst;
    try {
        prompt.tokens = reader_.read(prompt.text, prompt.endOfTextFirst);
    } catch (const Error& error) {
        return say(QString::fromUtf8(error.what()));
    }
    leave();
    workspace_.setCorrupt(prompt);
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
    reader_.setTokenizer(tokenizer, workspace_.vocabularySize());
    reader_.setMaximumTokens(workspace_.contextLength());
    const auto texts = [&](const PromptState& prompt) {
        QStringList list;
        for (const auto token : prompt.tokens)
            list << chipText(tokenizer.get(), token);
        return list;
    };
    aligned_->setTokens(texts(state.prompt), texts(state.corrupt), state.position);
    scroll_->showPosition(state.position);
    if (isEditing())
        return;
    const auto obstacle = workspace_.board<PatchingBoard>().obstacle();
    say(obstacle.isEmpty() ? hint() : obstacle);
}

} // namespace residuum
