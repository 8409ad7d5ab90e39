// Labels that shorten their texts: whole words go before parts of them, and no layout hears of it.
#include "widgets/panels/elided_label.h"

#include <QApplication>
#include <QVBoxLayout>

#include <gtest/gtest.h>

namespace residuum {
namespace {

class Heard : public QWidget {
  public:
    int layouts = 0;

  protected:
    bool event(QEvent* event) override {
        layouts += event->type() == QEvent::LayoutRequest ? 1 : 0;
        return QWidget::event(event);
    }
};

TEST(ElidedLabels, FewerWordsComeBeforePartsOfWords) {
    ElidedLabel label;
    const QStringList texts{QStringLiteral("clean 9.39, corrupted −12.3, gap 21.7 logits"),
                            QStringLiteral("9.39 → −12.3, gap 21.7"), QStringLiteral("gap 21.7")};
    label.setFullText(texts.front(), {}, texts.mid(1));
    for (const auto& text : texts) {
        label.resize(label.fontMetrics().horizontalAdvance(text) + 1, label.sizeHint().height());
        label.show();
        QCoreApplication::processEvents();
        EXPECT_EQ(label.text().toStdString(), text.toStdString());
    }
    EXPECT_TRUE(label.toolTip().startsWith(texts.front()));
}

TEST(ElidedLabels, AnotherTextIsNoNewsToLayouts) {
    Heard parent;
    QVBoxLayout layout(&parent);
    auto* label = new ElidedLabel;
    layout.addWidget(label);
    label->setFullText(QStringLiteral("one"));
    parent.resize(300, 60);
    parent.show();
    QCoreApplication::processEvents();
    parent.layouts = 0;
    label->setFullText(QStringLiteral("quite another text, and a longer one"));
    QCoreApplication::processEvents();
    EXPECT_EQ(parent.layouts, 0);
    EXPECT_EQ(label->text(), label->fullText());
}

} // namespace
} // namespace residuum
