// A chart to look closely at: the wheel zooms about the cursor, dragging moves, a double click
// shows all again, the nearest point's value is told under the cursor, and a click on a name of the
// legend hides its line.
#pragma once

#include <QChartView>
#include <functional>
#include <vector>

class QGraphicsSimpleTextItem;
class QXYSeries;

namespace lvslab::gui {

class ChartView final : public QChartView {
  Q_OBJECT
 public:
  explicit ChartView(QWidget* parent = nullptr);

  /// Takes away all series and axes.
  void clear(const QString& title);
  void add_axes(QAbstractAxis* x, QAbstractAxis* y);
  /// A line through the points; `dashed` besides its colour.
  QXYSeries* add_line(const QString& name, int colour, const QList<QPointF>& points,
                      bool dashed = false);
  /// After all series: legend toggles, the range to come back to.
  void done();
  void restyle();
  void fit();

  /// What stands under the cursor at a point of a series; "x, y" if not given.
  std::function<QString(const QString& series, const QPointF& point)> told;

 protected:
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;

 private:
  void look_at(const QPointF& at);
  bool panning_ = false;
  QPointF last_, found_;
  QString text_;
  struct Range {
    QAbstractAxis* axis;
    double min, max;
  };
  std::vector<Range> all_;
};

}  // namespace lvslab::gui
