#include "widgets/panels/dataset_dialog.h"

#include "widgets/text/counts.h"
#include "widgets/workspace/workspace.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <utility>

namespace residuum {

namespace {

constexpr int usualSequences = 200, usualLength = 64, typingPause = 250;

/// What is asked of a position.
enum PositionKind { LastPosition, AllPositions, OnePosition };

} // namespace

QString extentText(const PromptInput& input) {
    std::size_t tokens = 0;
    for (const auto& sequence : input.tokens.sequences)
        tokens += sequence.tokens.size();
    auto text = QStringLiteral("%1, %2").arg(
        countText(static_cast<qint64>(input.tokens.sequences.size()), QObject::tr("sequence")),
        countText(static_cast<qint64>(tokens), QObject::tr("token")));
    if (const auto left = input.account.leftOut.size(); left > 0)
        text += QObject::tr("; %1 left out: the first %2")
                    .arg(left)
                    .arg(QString::fromStdString(input.account.leftOut.front().reason));
    for (const auto& note : input.account.notes)
        text += QLatin1Char('\n') + QString::fromStdString(note);
    return text;
}

void chooseDataset(Workspace& workspace, QWidget* window, const QString& title,
                   const std::optional<DatasetRequest>& initial,
                   const std::function<void(const DatasetRequest&)>& chosen) {
    const auto models = workspace.openModels();
    if (models.empty())
        return Q_EMIT workspace.message(
            QObject::tr("Open a model first: datasets are measured in it."));
    auto config = models.front().second->info().config;
    config.n_ctx = workspace.contextLength();
    DatasetDialog::Asking asking;
    asking.title = title;
    asking.initial.dataset = initial;
    asking.contextLength = config.n_ctx;
    asking.targets = false;
    asking.read = [tokenizer = workspace.tokenizer(), config](const DatasetChoice& wanted,
                                                              Progress& progress) {
        InputRequest from;
        from.dataset = wanted.dataset;
        return resolveInput(from, tokenizer.get(), config, progress);
    };
    asking.chosen = [chosen](const DatasetChoice& wanted) {
        if (wanted.dataset)
            chosen(*wanted.dataset);
    };
    (new DatasetDialog(std::move(asking), window))->show();
}

DatasetDialog::DatasetDialog(Asking asking, QWidget* parent)
    : QDialog(parent), asking_(std::move(asking)), file_(new QLineEdit), split_(new QComboBox),
      sequences_(new QSpinBox), sampled_(new QCheckBox(tr("a &random sample, seed"))),
      seed_(new QSpinBox), length_(new QSpinBox), target_(new QComboBox(this)),
      position_(new QComboBox(this)), at_(new QSpinBox(this)), preview_(new QLabel) {
    setWindowTitle(asking_.title);
    setAttribute(Qt::WA_DeleteOnClose);
    makeForm();
    showInitial();
    pause_.setSingleShot(true);
    pause_.setInterval(typingPause);
    connect(&pause_, &QTimer::timeout, this, &DatasetDialog::lookAgain);
    connect(file_, &QLineEdit::textChanged, this, &DatasetDialog::edited);
    for (auto* box : {split_, target_, position_})
        connect(box, &QComboBox::currentIndexChanged, this, &DatasetDialog::edited);
    for (auto* number : {sequences_, seed_, length_, at_})
        connect(number, &QSpinBox::valueChanged, this, &DatasetDialog::edited);
    connect(sampled_, &QCheckBox::toggled, this, &DatasetDialog::edited);
    edited();
}

DatasetDialog::~DatasetDialog() {
    reading_.request_stop();
}

QWidget* DatasetDialog::makeFileLine() {
    file_->setPlaceholderText(tr("a .txt, .jsonl or .bin file"));
    file_->setMinimumWidth(fontMetrics().averageCharWidth() * 45);
    auto* browseButton = new QToolButton;
    browseButton->setText(tr("&Browse …"));
    connect(browseButton, &QToolButton::clicked, this, &DatasetDialog::browse);
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(file_, 1);
    layout->addWidget(browseButton);
    return line;
}

void DatasetDialog::makeForm() {
    auto* form = new QFormLayout(this);
    auto* fileLabel = new QLabel(tr("&File"));
    form->addRow(fileLabel, makeFileLine());
    fileLabel->setBuddy(file_);
    for (const auto& [split, words] :
         {std::pair(TextSplit::Documents, tr("documents, separated by <|endoftext|>")),
          std::pair(TextSplit::Lines, tr("lines")),
          std::pair(TextSplit::Blocks, tr("blocks of the length below"))})
        split_->addItem(words, static_cast<int>(split));
    split_->setAccessibleName(tr("split"));
    form->addRow(tr("S&plit into"), split_);
    sequences_->setRange(1, 1'000'000);
    sequences_->setSuffix(tr(" at most"));
    form->addRow(tr("&Sequences"), sequences_);
    seed_->setRange(0, 1'000'000);
    seed_->setAccessibleName(tr("seed of the sample"));
    auto* sample = new QWidget;
    auto* layout = new QHBoxLayout(sample);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(sampled_);
    layout->addWidget(seed_);
    layout->addStretch(1);
    form->addRow(QString(), sample);
    length_->setRange(2, std::max(2, asking_.contextLength));
    length_->setSuffix(tr(" tokens"));
    form->addRow(tr("Cut to &length"), length_);
    if (asking_.targets)
        addTargets(*form);
    else
        for (auto* hidden : std::initializer_list<QWidget*>{target_, position_, at_})
            hidden->hide();
    preview_->setWordWrap(true);
    preview_->setMinimumHeight(3 * fontMetrics().height());
    preview_->setAlignment(Qt::AlignTop);
    preview_->setAccessibleName(tr("what the file holds"));
    form->addRow(preview_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    measure_ = buttons->button(QDialogButtonBox::Ok);
    measure_->setText(tr("&Measure"));
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        asking_.chosen(choice());
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

void DatasetDialog::addTargets(QFormLayout& form) {
    const auto add = [this](TargetRule rule, const QString& words) {
        target_->addItem(words, static_cast<int>(rule));
    };
    add(TargetRule::Next, tr("the next token of the text"));
    add(TargetRule::Last, tr("the text's token at the position itself"));
    add(TargetRule::Argmax, tr("the model's own top prediction"));
    if (asking_.targetToken)
        add(TargetRule::Token, tr("%1, as set").arg(asking_.target));
    form.addRow(tr("&Target"), target_);
    position_->addItems({tr("the last of each sequence"), tr("all"), tr("one, from 0")});
    at_->setRange(0, std::max(1, asking_.contextLength - 1));
    at_->setAccessibleName(tr("position"));
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(position_);
    layout->addWidget(at_);
    layout->addStretch(1);
    auto* label = new QLabel(tr("P&osition"));
    form.addRow(label, line);
    label->setBuddy(position_);
}

void DatasetDialog::showInitial() {
    const auto& initial = asking_.initial;
    const auto dataset = initial.dataset.value_or(DatasetRequest{});
    file_->setText(QString::fromStdString(dataset.file.string()));
    split_->setCurrentIndex(
        split_->findData(static_cast<int>(dataset.split.value_or(TextSplit::Documents))));
    sequences_->setValue(dataset.sequences.value_or(usualSequences));
    sampled_->setChecked(dataset.seed.has_value());
    seed_->setValue(static_cast<int>(dataset.seed.value_or(0)));
    length_->setValue(dataset.length.value_or(usualLength));
    target_->setCurrentIndex(std::max(0, target_->findData(static_cast<int>(initial.target.rule))));
    const auto& position = initial.position;
    position_->setCurrentIndex(position.all       ? AllPositions
                               : position.at >= 0 ? OnePosition
                                                  : LastPosition);
    at_->setValue(std::max(0, position.at));
}

DatasetChoice DatasetDialog::choice() const {
    DatasetChoice chosen;
    DatasetRequest dataset;
    // A session finds it from anywhere.
    if (const auto file = file_->text().trimmed(); !file.isEmpty())
        dataset.file = std::filesystem::absolute(file.toStdString());
    dataset.sequences = sequences_->value();
    dataset.length = length_->value();
    if (sampled_->isChecked())
        dataset.seed = static_cast<std::uint64_t>(seed_->value());
    if (split_->isEnabled())
        dataset.split = static_cast<TextSplit>(split_->currentData().toInt());
    chosen.dataset = dataset;
    if (!asking_.targets)
        return chosen;
    chosen.target.rule = static_cast<TargetRule>(target_->currentData().toInt());
    if (chosen.target.rule == TargetRule::Token)
        chosen.target.token = asking_.targetToken;
    chosen.position.all = position_->currentIndex() == AllPositions;
    chosen.position.at = position_->currentIndex() == OnePosition ? at_->value() : -1;
    return chosen;
}

QString DatasetDialog::preview() const {
    return preview_->text();
}

void DatasetDialog::setFile(const QString& file) {
    file_->setText(file);
}

void DatasetDialog::browse() {
    const auto file = QFileDialog::getOpenFileName(this, tr("Choose a dataset"), file_->text(),
                                                   tr("Datasets (*.txt *.jsonl *.bin)"));
    if (!file.isEmpty())
        file_->setText(file);
}

/// What is shown of the file is of it no more, until somebody has looked.
void DatasetDialog::edited() {
    split_->setEnabled(file_->text().trimmed().endsWith(QStringLiteral(".txt")));
    seed_->setEnabled(sampled_->isChecked());
    at_->setVisible(position_->currentIndex() == OnePosition);
    ++looks_;
    reading_.request_stop();
    measure_->setEnabled(false);
    preview_->setEnabled(false);
    pause_.start();
}

void DatasetDialog::lookAgain() {
    if (file_->text().trimmed().isEmpty()) {
        preview_->setText(tr("Choose a file: what it holds is said here before anything starts."));
        return;
    }
    preview_->setText(tr("reading …"));
    reading_ = std::stop_source();
    const auto found = std::make_shared<PromptInput>();
    work_.run(
        [found, read = asking_.read, asked = choice(), stop = reading_.get_token()] {
            Progress progress(stop, {});
            *found = read(asked, progress);
        },
        [this, found, look = looks_](const QString& problem) { showFound(look, found, problem); });
}

void DatasetDialog::showFound(int look, const std::shared_ptr<const PromptInput>& found,
                              const QString& problem) {
    if (look != looks_) // of what was chosen before
        return;
    preview_->setEnabled(true);
    preview_->setText(problem.isEmpty() ? extentText(*found) : problem);
    measure_->setEnabled(problem.isEmpty());
}

} // namespace residuum
