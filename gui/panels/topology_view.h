// The view of the canvas: the wheel zooms about the cursor, dragging the background moves, and a
// small map of the whole stands in a corner if wanted.
#pragma once

#include <QGraphicsView>
#include <functional>

namespace lvslab::gui {

class TopologyView final : public QGraphicsView {
  Q_OBJECT
 public:
  explicit TopologyView(QGraphicsScene* scene);
  /// Everything in sight, never larger than drawn at 1.6 times.
  void fit();
  void show_map(bool shown);
  void map_changed();

  /// A click on the canvas; true: taken.
  std::function<bool(const QPointF&)> clicked;
  /// What to tell about a place, empty: nothing.
  std::function<QString(const QPointF&)> hovered;

 protected:
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void zoom(double factor);
  bool map_ = false, panning_ = false, fitted_ = true;
  QPoint last_;
};

}  // namespace lvslab::gui
