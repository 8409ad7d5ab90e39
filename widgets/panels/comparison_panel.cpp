#include "widgets/panels/comparison_panel.h"

#include "widgets/panels/comparison_figures.h"
#include "widgets/panels/comparison_tables.h"
#include "widgets/panels/dataset_dialog.h"
#include "widgets/plots/colour_scale.h"

#include <QPushButton>
#include <QUndoCommand>
#include <QUndoStack>

#include <cmath>
#include <utility>

namespace residuum {

namespace {

constexpr std::array shownScores{HeadScore::SinkRate, HeadScore::PreviousToken,
                                 HeadScore::Induction, HeadScore::Duplicate, HeadScore::Entropy};

/// Another dataset, or none; the other settings stay as they are by then.
class InputCommand : public QUndoCommand {
  public:
    InputCommand(ComparisonBoard& board, std::optional<DatasetRequest> dataset)
        : QUndoCommand(dataset ? QObject::tr("compare over a dataset")
                               : QObject::tr("compare over the prompt")),
          board_(board), other_(std::move(dataset)) {}
    void redo() override { exchange(); }
    void undo() override { exchange(); }

  private:
    void exchange() {
        auto settings = board_.settings();
        std::swap(settings.dataset, other_);
        board_.setSettings(settings);
    }

    ComparisonBoard& board_;
    std::optional<DatasetRequest> other_;
};

} // namespace

ComparisonPanel::ComparisonPanel(Workspace& workspace) : ViewsPanel(workspace) {
    makeInput();
    refreshRest();
}

void ComparisonPanel::makeInput() {
    inputText_ = new ElidedLabel;
    auto* dataset = new QPushButton(tr("Data&set …"));
    dataset->setToolTip(tr("compare over a .txt, .jsonl or .bin file instead of the prompt"));
    usePrompt_ = new QPushButton(tr("Use the prompt"));
    auto* row = settingsBar().row();
    row->insertWidget(0, inputText_);
    row->insertWidget(1, dataset);
    row->insertWidget(2, usePrompt_);
    connect(dataset, &QPushButton::clicked, this, [this] {
        chooseDataset(workspace(), window(), tr("Differences over a dataset"),
                      workspace().board<ComparisonBoard>().settings().dataset,
                      [this](const DatasetRequest& chosen) { chooseInput(chosen); });
    });
    connect(usePrompt_, &QPushButton::clicked, this, [this] { chooseInput(std::nullopt); });
}

void ComparisonPanel::chooseInput(const std::optional<DatasetRequest>& dataset) {
    auto& board = workspace().board<ComparisonBoard>();
    if (dataset != board.settings().dataset)
        workspace().undoStack().push(new InputCommand(board, dataset));
}

/// Says what is compared over.
void ComparisonPanel::refreshRest() {
    ViewsPanel::refreshRest();
    const auto& dataset = workspace().board<ComparisonBoard>().settings().dataset;
    usePrompt_->setVisible(dataset.has_value());
    const auto columns = answered();
    const auto extent = columns.empty() ? QString() : domainOf(*columns.front().result);
    const auto source = dataset ? QString::fromStdString(dataset->file.filename().string())
                        : workspace().asksMean()
                            ? tr("all prompts of %1").arg(workspace().state().set->name)
                            : tr("the prompt");
    inputText_->setFullText(extent.isEmpty() ? tr("Over %1").arg(source)
                                             : tr("Over %1: %2").arg(source, extent));
    inputText_->setEnabled(!isStale());
}

void ComparisonPanel::takeRow(const QString&, int row) {
    const auto columns = answered();
    const auto places = apartPlaces(columns);
    if (static_cast<std::size_t>(row) >= places.size()) // of what was shown before
        return;
    const auto& place = places[static_cast<std::size_t>(row)];
    const auto& result = *columns.front().result;
    PromptState prompt;
    for (auto token = place.token - static_cast<std::size_t>(place.position); token <= place.token;
         ++token)
        prompt.tokens.emplace_back(result.tokens[token]);
    const auto tokenizer = workspace().tokenizer();
    prompt.endOfTextFirst = tokenizer && tokenizer->endOfText() == prompt.tokens.front();
    if (tokenizer)
        prompt.text = QString::fromStdString(tokenizer->decode(
            {prompt.tokens.begin() + (prompt.endOfTextFirst ? 1 : 0), prompt.tokens.end()}));
    workspace().setPrompt(prompt);
    workspace().setTarget(TokenId(result.tokens[place.token + 1]));
}

std::optional<double> ComparisonPanel::numberOf(const ModelColumn& column,
                                                const Thing& thing) const {
    const auto* head = std::get_if<Component>(&thing);
    const auto there = answered(column);
    if (head == nullptr || head->kind != ComponentKind::Head || !there)
        return std::nullopt;
    const auto& rates = there->result->heads[static_cast<std::size_t>(HeadScore::SinkRate)];
    return head->layer.value < rates.rows() && head->head.value < rates.cols()
               ? std::optional(rates(head->layer.value, head->head.value))
               : std::nullopt;
}

QString ComparisonPanel::numberText() const {
    return tr("sink rate: share of queries with attention to position 0 above 0.3");
}

std::optional<ThingNumbers> ComparisonPanel::inspect(const Thing& thing) const {
    const auto* head = std::get_if<Component>(&thing);
    if (head == nullptr || head->kind != ComponentKind::Head)
        return std::nullopt;
    ThingNumbers shown{
        {},
        {tr("sinks"), tr("prev."), tr("ind."), tr("dup."), tr("entr.<br><small>nats</small>")},
        {},
        {}};
    bool any = false;
    for (const auto& column : workspace().columns()) {
        auto& cells = shown.rows.emplace_back();
        const auto there = answered(column);
        for (const auto score : shownScores) {
            const auto* table =
                there ? &there->result->heads[static_cast<std::size_t>(score)] : nullptr;
            const bool has = table != nullptr && head->layer.value < table->rows() &&
                             head->head.value < table->cols();
            const double value = has ? (*table)(head->layer.value, head->head.value) : std::nan("");
            cells << (std::isnan(value) ? QStringLiteral("–") : threeDigits(value));
            any |= has;
        }
        if (there)
            shown.domain = tr("attention, means over queries (sinks, previous token, induction, "
                              "duplicate, entropy); %1")
                               .arg(domainOf(*there->result));
    }
    return any ? std::optional(shown) : std::nullopt;
}

} // namespace residuum
