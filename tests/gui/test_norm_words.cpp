// What is written over a model names the normalisation that it has.
#include "norm_window.h"
#include "widgets/figure/figure.h"
#include "widgets/figure/figure_export.h"
#include "widgets/panels/neuron_views.h"
#include "widgets/panels/thing_table.h"

#include <QAbstractButton>
#include <QAction>
#include <QLabel>
#include <QRegularExpression>
#include <QTabBar>

namespace residuum::test {
namespace {

/// All that widgets and menus say.
QStringList textsOf(const QWidget& window) {
    QStringList texts;
    for (const auto* widget : window.findChildren<QWidget*>()) {
        texts << widget->toolTip() << widget->accessibleName() << widget->accessibleDescription();
        if (const auto* label = qobject_cast<const QLabel*>(widget))
            texts << label->text();
        if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
            texts << button->text();
        if (const auto* box = qobject_cast<const QComboBox*>(widget))
            for (int i = 0; i < box->count(); ++i)
                texts << box->itemText(i);
        if (const auto* table = qobject_cast<const QTableView*>(widget))
            for (int c = 0; c < table->model()->columnCount(); ++c)
                for (const auto role : {Qt::DisplayRole, Qt::ToolTipRole})
                    texts << table->model()->headerData(c, Qt::Horizontal, role).toString();
    }
    for (const auto* action : window.findChildren<QAction*>())
        texts << action->text() << action->toolTip();
    return texts;
}

class NormWords : public NormWindow {
  protected:
    /// All that is to be read of the models: on the screen, of things, in figures.
    QStringList written() {
        auto texts = textsOf(*window);
        for (const Thing& thing : {headOf(1, 2), Thing(Neuron{LayerIndex(2), NeuronIndex(3)})})
            for (const QuestionPanel* each :
                 std::initializer_list<QuestionPanel*>{&panel(), &neurons()})
                if (const auto numbers = each->inspect(thing))
                    texts << numbers->heads << numbers->foot;
        texts << neurons().dossier(Neuron{LayerIndex(2), NeuronIndex(3)}, window->palette());
        addFigures(texts, panel(), attributionKind().views);
        addFigures(texts, neurons(), neuronKind().views);
        return texts;
    }
    static void addFigures(QStringList& texts, const QuestionPanel& panel,
                           std::vector<FigureView> views) {
        for (const auto& view : views) {
            FigureRequest request;
            request.view = view.name;
            const auto figure = panel.figure(request);
            texts << figure.title << figure.quantity << figure.caption
                  << QString::fromUtf8(figureCsv(figure));
            for (const auto& each : figure.panels) {
                texts << each.notes;
                if (const auto* scatter = std::get_if<ScatterFigure>(&each.content))
                    texts << scatter->data.xTitle << scatter->data.yTitle;
                if (const auto* chart = std::get_if<ChartFigure>(&each.content))
                    for (const auto& series : chart->data.series)
                        texts << series.name;
            }
        }
        panel.describeViews(views);
        for (const auto& view : views)
            texts << view.description;
    }
    void look(const std::vector<std::string>& models) {
        open(models);
        workspace().setTarget(TokenId(5)); // the same in all models
        ASSERT_TRUE(settle());
        window->showPanel(neurons());
        waitForNeurons();
    }
    static QStringList among(const QStringList& texts, const char* pattern) {
        return texts.filter(QRegularExpression(QString::fromUtf8(pattern)));
    }
    static std::string list(const QStringList& texts) {
        return texts.join(QLatin1Char('\n')).toStdString();
    }
};

constexpr auto layerNorm = "\\bLN\\b|LayerNorm";

TEST_F(NormWords, OfRmsNormSayRmsNorm) {
    look({model(Sites::RmsNorm, "rms")});
    const auto texts = written();
    EXPECT_TRUE(among(texts, layerNorm).isEmpty()) << list(among(texts, layerNorm));
    for (const auto* wanted :
         {"^DLA \\(RMSNorm frozen\\)$", "&DLA \\(RMSNorm frozen\\)", "RMSNorm-mediated",
          "DLA \\(RMSNorm frozen\\) \\[logits\\]", "total \\(RMSNorm recomputed\\)",
          "means: total \\| RMSNorm frozen", "RMSNorm scale 1", "heatmap of DLA \\(RMSNorm frozen"})
        EXPECT_FALSE(among(texts, wanted).isEmpty()) << wanted;
}

TEST_F(NormWords, OfADynamicTanhNameItsGate) {
    look({model(Sites::DynamicTanh, "dyt")});
    const auto texts = written();
    EXPECT_TRUE(among(texts, layerNorm).isEmpty()) << list(among(texts, layerNorm));
    for (const auto* wanted :
         {"^DLA \\(DyT gate frozen\\)$", "direct effect \\(DyT gate recomputed\\)",
          "DyT-gate-mediated", "DyT gate 1"})
        EXPECT_FALSE(among(texts, wanted).isEmpty()) << wanted;
}

TEST_F(NormWords, AreNeutralOverSeveralKindsAndOwnInEachColumn) {
    look({model(Sites::LayerNorm, "layer"), model(Sites::RmsNorm, "rms")});
    const auto texts = written();
    EXPECT_FALSE(among(texts, "^DLA \\(normalisation frozen\\)$").isEmpty());
    EXPECT_FALSE(among(texts, "^DLA \\(LN frozen\\) \\[logits\\]$").isEmpty());
    EXPECT_FALSE(among(texts, "^DLA \\(RMSNorm frozen\\) \\[logits\\]$").isEmpty());
    EXPECT_FALSE(among(texts, "means: total \\| LN frozen").isEmpty());
    EXPECT_FALSE(among(texts, "means: total \\| RMSNorm frozen").isEmpty());
    EXPECT_FALSE(among(texts, "normalisation-mediated").isEmpty());
    workspace().closeModel(columns()[1].id);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(among(textsOf(*window), "^DLA \\(LN frozen\\)$").isEmpty());
}

} // namespace
} // namespace residuum::test
