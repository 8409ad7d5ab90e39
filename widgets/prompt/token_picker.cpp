#include "widgets/prompt/token_picker.h"

#include "analysis/inputs/prompt_tokens.h"
#include "analysis/inputs/spacing_hint.h"
#include "core/task/error.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/eliding_delegate.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <utility>

namespace residuum {

namespace {

constexpr int splitTokens = 64; ///< as many are shown of what is no single token

/// Quotes are how tokens are shown; around what is typed they mark where it begins and ends.
QString unquoted(const QString& typed) {
    if (typed.size() >= 2 && typed.startsWith(QLatin1Char('"')) && typed.endsWith(QLatin1Char('"')))
        return typed.mid(1, typed.size() - 2);
    return typed;
}

QString splitOf(const Tokenizer& tokenizer, const std::vector<TokenId>& ids) {
    QStringList parts;
    for (const auto id : ids)
        parts << quotedToken(&tokenizer, id);
    return parts.join(QStringLiteral(" + "));
}

} // namespace

class TokenPicker::Private {
  public:
    /// The token that `typed` means; throws Error with its split shown.
    TokenId parse(const QString& typed) const {
        const auto text = unquoted(typed);
        if (text.size() > 1 && text.startsWith(QLatin1Char('#'))) {
            bool ok = false;
            const int id = text.mid(1).toInt(&ok);
            if (ok && id >= 0 && id < d_vocab)
                return TokenId(id);
            throw Error(typed.toStdString(),
                        "is no token id; ids run from #0 to #" + std::to_string(d_vocab - 1));
        }
        if (!tokenizer)
            throw Error(typed.toStdString(), "is text, but these models have no tokenizer; type an "
                                             "id such as #12");
        if (text.size() > static_cast<qsizetype>(longest))
            throw Error("this text", "has " + std::to_string(text.size()) +
                                         " characters, far more than any token has. Pick one "
                                         "token");
        const auto bytes = text.toStdString();
        if (const auto single = tokenizer->single(bytes))
            return *single;
        const auto ids = tokenizer->encode(bytes);
        std::string reason = "is " + std::to_string(ids.size()) +
                             " tokens: " + splitOf(*tokenizer, ids).toStdString() +
                             ". Pick one token";
        if (tokenizer->single(" " + bytes))
            reason += ", e.g. \" " + bytes + "\" with its leading space";
        throw Error('"' + bytes + '"', reason);
    }

    void showNote(const QString& sentence) {
        note->setText(sentence);
        note->setVisible(!sentence.isEmpty());
        box->setToolTip(sentence.isEmpty() ? tip : sentence);
    }

    void showToken() {
        const QSignalBlocker blocker(box);
        const int index = token ? box->findData(token->value) : 0;
        box->setCurrentIndex(index);
        box->setEditText(token ? quotedToken(tokenizer.get(), *token) : noneText);
        showNote(hint());
    }

    QString hint() const {
        if (!tokenizer || !token)
            return {};
        try {
            const auto found = spacingHint(prompt, tokenizer->bytes(*token), *tokenizer);
            return QString::fromStdString(found.value_or(std::string()));
        } catch (const Error&) {
            return {}; // an id that the vocabulary leaves out
        }
    }

    void fill() {
        const QSignalBlocker blocker(box);
        box->clear();
        box->addItem(noneText);
        QString model;
        for (const auto& choice : choices) {
            if (choice.model != model) {
                box->insertSeparator(box->count());
                model = choice.model;
            }
            box->addItem(QStringLiteral("%1   %2   %3")
                             .arg(quotedToken(tokenizer.get(), choice.token),
                                  probabilityText(choice.probability), choice.model),
                         choice.token.value);
        }
    }

    QComboBox* box = nullptr;
    QLabel* note = nullptr;
    QString noneText, tip;
    std::shared_ptr<const Tokenizer> tokenizer;
    int d_vocab = 0;
    std::size_t longest = 0; ///< what is longer is not split, only refused
    std::vector<TokenChoice> choices;
    std::string prompt; ///< what the token is to follow
    std::optional<TokenId> token;
};

TokenPicker::TokenPicker(const QString& caption, const QString& noneText, QWidget* parent)
    : QWidget(parent), d_(std::make_unique<Private>()) {
    d_->noneText = noneText;
    d_->tip = tr("Choose among the models' own predictions, or type one token, e.g. \" Mary\" or "
                 "#1234");
    d_->box = new QComboBox;
    d_->box->setEditable(true);
    d_->box->setInsertPolicy(QComboBox::NoInsert);
    d_->box->setCompleter(nullptr);
    d_->box->setAccessibleName(caption);
    d_->box->setMinimumContentsLength(11);
    d_->box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    d_->box->view()->setItemDelegate(new ElidingDelegate(d_->box->view()));
    auto* label = new QLabel(caption);
    label->setBuddy(d_->box);
    d_->note = new QLabel;
    d_->note->setWordWrap(true);
    d_->note->setVisible(false);
    auto* line = new QHBoxLayout;
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(label);
    line->addWidget(d_->box, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 2, 4, 0);
    layout->setSpacing(1);
    layout->addLayout(line);
    layout->addWidget(d_->note);
    setFocusProxy(d_->box);
    d_->fill();
    d_->showToken();

    connect(d_->box, &QComboBox::activated, this, [this](int index) {
        const auto chosen = d_->box->itemData(index);
        pick(chosen.isValid() ? std::optional(TokenId(chosen.toInt())) : std::nullopt);
    });
    connect(d_->box->lineEdit(), &QLineEdit::textEdited, this, [this](const QString& typed) {
        try {
            d_->parse(typed);
            d_->showNote({});
        } catch (const Error& error) {
            d_->showNote(QString::fromUtf8(error.what()));
        }
    });
    connect(d_->box->lineEdit(), &QLineEdit::returnPressed, this, [this] {
        const auto typed = d_->box->lineEdit()->text();
        try {
            pick(typed.isEmpty() || typed == d_->noneText ? std::nullopt
                                                          : std::optional(d_->parse(typed)));
        } catch (const Error& error) {
            d_->showNote(QString::fromUtf8(error.what()));
        }
    });
}

void TokenPicker::pick(std::optional<TokenId> token) {
    // A combo box hands Return to its line edit twice: only a change is news.
    const bool changed = std::exchange(d_->token, token) != token;
    d_->showToken();
    if (changed)
        Q_EMIT tokenPicked(token);
}

TokenPicker::~TokenPicker() = default;

void TokenPicker::setTokenizer(std::shared_ptr<const Tokenizer> tokenizer, int d_vocab) {
    if (d_->tokenizer != tokenizer)
        d_->longest = longestPrompt(tokenizer.get(), splitTokens);
    d_->tokenizer = std::move(tokenizer);
    d_->d_vocab = d_vocab;
    d_->fill();
    d_->showToken();
}

void TokenPicker::setChoices(const std::vector<TokenChoice>& choices) {
    d_->choices = choices;
    // What is being typed stays.
    const bool typing = d_->box->lineEdit()->hasFocus() && d_->box->lineEdit()->isModified();
    const auto typed = d_->box->lineEdit()->text();
    d_->fill();
    if (typing)
        d_->box->setEditText(typed);
    else
        d_->showToken();
}

void TokenPicker::setPrompt(const QString& text) {
    d_->prompt = text.toStdString();
    if (!d_->box->lineEdit()->isModified()) // else a note is of what is being typed
        d_->showNote(d_->hint());
}

void TokenPicker::setToken(std::optional<TokenId> token) {
    d_->token = token;
    d_->showToken();
}

std::optional<TokenId> TokenPicker::token() const {
    return d_->token;
}

QString TokenPicker::message() const {
    return d_->note->isHidden() ? QString() : d_->note->text();
}

} // namespace residuum
