#include "widgets/prompt/prompt_strip.h"

#include "core/task/error.h"
#include "widgets/prompt/chip_flow.h"
#include "widgets/prompt/prompt_editor.h"
#include "widgets/prompt/prompt_reader.h"
#include "widgets/prompt/token_display.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

constexpr int visibleLines = 3;

} // namespace

class PromptStrip::Private {
  public:
    explicit Private(PromptStrip* owner) : strip(owner) {
        chips = new ChipFlow;
        scroll = new QScrollArea;
        scroll->setWidget(chips);
        scroll->setWidgetResizable(true);
        scroll->setFrameShape(QFrame::NoFrame);
        scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        scroll->setFocusPolicy(Qt::NoFocus);
        editor = new PromptEditor;
        editor->setAccessibleName(PromptStrip::tr("prompt text"));
        editor->setTabChangesFocus(true);
        stack = new QStackedWidget;
        stack->addWidget(scroll);
        stack->addWidget(editor);
        edit = new QToolButton;
        edit->setText(PromptStrip::tr("Edit"));
        edit->setToolTip(PromptStrip::tr("Edit the prompt (Ctrl+L)"));
        edit->setAccessibleName(PromptStrip::tr("edit the prompt"));
        edit->setAutoRaise(true);
        note = new QLabel;
        note->setWordWrap(true);
        note->setVisible(false);
        note->setAccessibleName(PromptStrip::tr("about the prompt"));
        auto* line = new QHBoxLayout;
        line->setContentsMargins(0, 0, 0, 0);
        line->addWidget(stack, 1);
        line->addWidget(edit, 0, Qt::AlignTop);
        auto* layout = new QVBoxLayout(strip);
        layout->setContentsMargins(2, 2, 2, 0);
        layout->setSpacing(1);
        layout->addLayout(line);
        layout->addWidget(note);
        strip->setFocusProxy(chips);
    }

    bool editing() const { return stack->currentWidget() == editor; }

    void showNote(const QString& sentence, bool isError) {
        auto colours = strip->palette();
        if (isError) {
            const bool dark = colours.color(QPalette::Window).lightness() < 128;
            colours.setColor(QPalette::WindowText,
                             dark ? QColor(0xff, 0x9d, 0x85) : QColor(0xb0, 0x2a, 0x10));
        }
        note->setPalette(colours);
        note->setText(sentence);
        note->setVisible(!sentence.isEmpty());
    }

    /// What the text being typed would be, at once.
    void preview() {
        try {
            showNote(reader.preview(reader.read(editor->text(), endOfTextFirst)), false);
        } catch (const Error& error) {
            showNote(QString::fromUtf8(error.what()), true);
        }
    }

    /// What was not edited stays what it is, whatever its text would be as tokens.
    void commit() {
        const auto newText = editor->text();
        if (newText == editedText)
            return leaveEditor();
        try {
            const auto typed = reader.read(newText, endOfTextFirst);
            leaveEditor();
            Q_EMIT strip->promptEdited(typed, newText, endOfTextFirst);
        } catch (const Error& error) {
            showNote(QString::fromUtf8(error.what()), true);
        }
    }

    void leaveEditor() {
        stack->setCurrentWidget(scroll);
        edit->setVisible(true);
        showNote(message, true);
        chips->setFocus();
        fitHeight();
    }

    /// An earlier prompt's text, or again what was typed.
    bool recall(int step) {
        const auto texts = earlier ? earlier() : QStringList();
        const auto next = recalled + step;
        if (next < -1 || next >= texts.size())
            return false;
        if (recalled == -1)
            draft = editor->text();
        recalled = next;
        editor->setText(recalled == -1 ? draft : texts[recalled]);
        editor->moveCursor(QTextCursor::End);
        return true;
    }

    /// Only the token in front comes or goes.
    void toggleEndOfText() {
        try {
            const bool next = !endOfTextFirst;
            auto changed = tokens;
            if (next)
                changed.insert(changed.begin(), *reader.tokenizer()->endOfText());
            else
                changed.erase(changed.begin());
            reader.requireRoom(changed.size());
            Q_EMIT strip->promptEdited(changed, text, next);
        } catch (const Error& error) {
            showNote(QString::fromUtf8(error.what()), true);
        }
    }

    void rebuild() {
        QStringList texts;
        texts.reserve(static_cast<qsizetype>(tokens.size()));
        for (const auto token : tokens)
            texts << chipText(reader.tokenizer().get(), token);
        chips->setChips(texts, endOfTextFirst,
                        reader.tokenizer() && reader.tokenizer()->endOfText());
        fitHeight();
    }

    /// The chip in focus.
    void reveal() {
        const auto rect = chips->chipRect(chips->position());
        scroll->ensureVisible(rect.center().x(), rect.center().y(), 0, rect.height());
    }

    void fitHeight() {
        const int lines = editing() ? visibleLines : 1;
        const int wanted = editing()
                               ? lines * strip->fontMetrics().lineSpacing() + 12
                               : chips->heightForWidth(std::max(100, scroll->viewport()->width()));
        const int most = visibleLines * (chips->lineHeight() + 3) + 6;
        stack->setFixedHeight(std::min(wanted, most));
    }

    PromptStrip* strip;
    ChipFlow* chips;
    QScrollArea* scroll;
    PromptEditor* editor;
    QStackedWidget* stack;
    QToolButton* edit;
    QLabel* note;
    PromptReader reader;
    QString editedText; ///< as the editor was given it
    std::function<QStringList()> earlier;
    qsizetype recalled = -1; ///< of the earlier texts; -1: what was typed
    QString draft;
    std::vector<TokenId> tokens;
    QString text;
    bool endOfTextFirst = false;
    QString message;
};

PromptStrip::PromptStrip(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>(this)) {
    setAccessibleName(tr("prompt"));
    d_->editor->commit = [this] { d_->commit(); };
    d_->editor->revert = [this] { d_->leaveEditor(); };
    d_->editor->recall = [this](int step) { return d_->recall(step); };
    d_->editor->refused = [this](qsizetype units) {
        d_->showNote(d_->reader.refusal(units), true);
    };
    connect(d_->editor, &QPlainTextEdit::textChanged, this, [this] {
        if (d_->editing())
            d_->preview();
    });
    connect(d_->edit, &QToolButton::clicked, this, &PromptStrip::startEditing);
    connect(d_->chips, &ChipFlow::picked, this, &PromptStrip::positionPicked);
    connect(d_->chips, &ChipFlow::toggled, this, [this] { d_->toggleEndOfText(); });
    connect(d_->chips, &ChipFlow::editRequested, this, [this](const QString& typed) {
        startEditing();
        if (!typed.isEmpty()) {
            d_->editor->moveCursor(QTextCursor::End);
            d_->editor->insertText(typed);
        }
    });
    auto* copy = new QAction(tr("Copy token ids"), this);
    connect(copy, &QAction::triggered, this, &PromptStrip::copyIds);
    d_->chips->addAction(copy);
    d_->chips->setContextMenuPolicy(Qt::ActionsContextMenu);
    d_->rebuild();
}

PromptStrip::~PromptStrip() = default;

void PromptStrip::setTokenizer(std::shared_ptr<const Tokenizer> tokenizer, int d_vocab) {
    d_->reader.setTokenizer(std::move(tokenizer), d_vocab);
    d_->rebuild();
}

void PromptStrip::setMaximumTokens(int n_ctx) {
    d_->reader.setMaximumTokens(n_ctx);
}

void PromptStrip::setPrompt(const std::vector<TokenId>& tokens, const QString& text,
                            bool endOfTextFirst) {
    d_->tokens = tokens;
    d_->text = text;
    d_->endOfTextFirst = endOfTextFirst;
    d_->rebuild();
}

void PromptStrip::setPosition(int position) {
    d_->chips->setPosition(position);
    d_->reveal();
}

void PromptStrip::setUnderlay(const std::vector<double>& bars, const QString& meaning) {
    d_->chips->setUnderlay(bars, meaning);
}

int PromptStrip::position() const {
    return d_->chips->position();
}

void PromptStrip::setMessage(const QString& sentence) {
    d_->message = sentence;
    if (!d_->editing())
        d_->showNote(sentence, true);
}

QString PromptStrip::message() const {
    return d_->note->isHidden() ? QString() : d_->note->text();
}

void PromptStrip::setEarlier(std::function<QStringList()> earlier) {
    d_->earlier = std::move(earlier);
}

void PromptStrip::startEditing() {
    d_->recalled = -1;
    d_->stack->setCurrentWidget(d_->editor);
    d_->edit->setVisible(false);
    d_->editedText = d_->reader.editable(d_->tokens, d_->text, d_->endOfTextFirst);
    d_->editor->setLongest(std::max(d_->reader.longest(), d_->editedText.size()));
    d_->editor->setText(d_->editedText);
    d_->editor->selectAll();
    d_->editor->setFocus();
    d_->preview();
    d_->fitHeight();
}

void PromptStrip::copyIds() const {
    QStringList ids;
    for (const auto token : d_->tokens)
        ids << QString::number(token.value);
    QApplication::clipboard()->setText(ids.join(QStringLiteral(", ")));
}

void PromptStrip::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    d_->fitHeight();
    // Once the chips have their lines.
    QMetaObject::invokeMethod(
        this, [this] { d_->reveal(); }, Qt::QueuedConnection);
}

} // namespace residuum
