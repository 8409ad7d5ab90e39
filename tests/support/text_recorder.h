// Records the texts that are painted, with their places and sizes, and paints nothing.
#pragma once

#include <QFontMetricsF>
#include <QPaintDevice>
#include <QPaintEngine>
#include <QString>
#include <QTransform>

#include <vector>

namespace residuum::test {

struct PaintedText {
    QString text;
    QRectF rect;         ///< in the device's coordinates
    double height = 0.0; ///< the font's pixel size, in the device's coordinates
};

/// A device of `size` with `texts` afterwards.
class TextRecorder : public QPaintDevice {
  public:
    explicit TextRecorder(const QSizeF& size) : size_(size), engine_(*this) {}
    QPaintEngine* paintEngine() const override { return &engine_; }

    std::vector<PaintedText> texts;

  protected:
    int metric(PaintDeviceMetric what) const override {
        switch (what) {
        case PdmWidth:
            return static_cast<int>(size_.width());
        case PdmHeight:
            return static_cast<int>(size_.height());
        case PdmDpiX:
        case PdmDpiY:
        case PdmPhysicalDpiX:
        case PdmPhysicalDpiY:
            return 96;
        case PdmDepth:
            return 32;
        case PdmDevicePixelRatio:
            return 1;
        case PdmDevicePixelRatioScaled:
            return static_cast<int>(devicePixelRatioFScale());
        default:
            return 0;
        }
    }

  private:
    class Engine : public QPaintEngine {
      public:
        explicit Engine(TextRecorder& recorder)
            : QPaintEngine(QPaintEngine::AllFeatures), recorder_(recorder) {}
        bool begin(QPaintDevice*) override { return true; }
        bool end() override { return true; }
        void updateState(const QPaintEngineState& changed) override {
            if ((changed.state() & QPaintEngine::DirtyTransform) != 0)
                transform_ = changed.transform();
        }
        void drawPixmap(const QRectF&, const QPixmap&, const QRectF&) override {}
        void drawImage(const QRectF&, const QImage&, const QRectF&,
                       Qt::ImageConversionFlags) override {}
        void drawPath(const QPainterPath&) override {}
        void drawPolygon(const QPointF*, int, PolygonDrawMode) override {}
        Type type() const override { return QPaintEngine::User; }
        void drawTextItem(const QPointF& at, const QTextItem& item) override {
            const QRectF rect(at.x(), at.y() - item.ascent(), item.width(),
                              item.ascent() + item.descent());
            const double pixels = QFontInfo(item.font()).pixelSize();
            recorder_.texts.push_back({item.text(), transform_.mapRect(rect),
                                       transform_.mapRect(QRectF(0, 0, pixels, pixels)).height()});
        }

      private:
        TextRecorder& recorder_;
        QTransform transform_;
    };

    QSizeF size_;
    mutable Engine engine_;
};

} // namespace residuum::test
