#include "gui/panels/topology_view.h"
#include "gui/texts.h"

#include <QGraphicsItem>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "gui/panels/topology_items.h"
#include "gui/theme.h"

namespace lvslab::gui {
namespace {

constexpr double kLargest = 4, kSmallest = 0.05, kFitMost = 1.6;

}  // namespace

TopologyView::TopologyView(QGraphicsScene* scene) : QGraphicsView(scene) {
  setRenderHint(QPainter::Antialiasing);
  setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
  setTransformationAnchor(QGraphicsView::AnchorUnderMouse);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scene->setItemIndexMethod(QGraphicsScene::NoIndex);
  viewport()->setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
}

void TopologyView::fit() {
  QRectF all;
  for (const QGraphicsItem* item : scene()->items()) {
    if (item->type() == NodeItem::Type) all |= item->sceneBoundingRect();
  }
  if (all.isEmpty()) return;
  all.adjust(-10, -10, 10, 10);
  setSceneRect(all.adjusted(-all.width(), -all.height(), all.width(), all.height()));
  const QSizeF room = viewport()->size();
  const double scale = std::clamp(
      std::min(room.width() / all.width(), room.height() / all.height()), kSmallest, kFitMost);
  setTransform(QTransform::fromScale(scale, scale));
  centerOn(all.center());
  fitted_ = true;
}

void TopologyView::zoom(double factor) {
  const double now = transform().m11();
  const double wanted = std::clamp(now * factor, kSmallest, kLargest);
  scale(wanted / now, wanted / now);
  fitted_ = false;
}

void TopologyView::show_map(bool shown) {
  map_ = shown;
  viewport()->update();
}

void TopologyView::map_changed() {
  if (map_) viewport()->update();
}

void TopologyView::wheelEvent(QWheelEvent* event) {
  const double steps = event->angleDelta().y() / 120.0;
  if (steps != 0) zoom(std::pow(1.2, std::clamp(steps, -10.0, 10.0)));
  event->accept();
}

void TopologyView::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_PageUp) return zoom(1.25);
  if (event->key() == Qt::Key_PageDown) return zoom(0.8);
  QGraphicsView::keyPressEvent(event);
}

void TopologyView::mousePressEvent(QMouseEvent* event) {
  const QPointF at = mapToScene(event->pos());
  if (event->button() == Qt::LeftButton && clicked && clicked(at)) return event->accept();
  const QGraphicsItem* item = itemAt(event->pos());
  if (event->button() == Qt::MiddleButton ||
      (event->button() == Qt::LeftButton && (item == nullptr || item->type() != NodeItem::Type))) {
    panning_ = true;
    last_ = event->pos();
    viewport()->setCursor(Qt::ClosedHandCursor);
    return event->accept();
  }
  QGraphicsView::mousePressEvent(event);
}

void TopologyView::mouseMoveEvent(QMouseEvent* event) {
  if (panning_) {
    const QPoint by = event->pos() - last_;
    last_ = event->pos();
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - by.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - by.y());
    fitted_ = false;
    return event->accept();
  }
  if (hovered) {
    const QString text = hovered(mapToScene(event->pos()));
    text.isEmpty() ? QToolTip::hideText()
                   : QToolTip::showText(event->globalPosition().toPoint(), tip_of(text), this);
  }
  QGraphicsView::mouseMoveEvent(event);
}

void TopologyView::mouseReleaseEvent(QMouseEvent* event) {
  if (panning_) {
    panning_ = false;
    viewport()->unsetCursor();
    return event->accept();
  }
  QGraphicsView::mouseReleaseEvent(event);
}

void TopologyView::resizeEvent(QResizeEvent* event) {
  QGraphicsView::resizeEvent(event);
  if (fitted_) fit();
}

void TopologyView::drawForeground(QPainter* painter, const QRectF&) {
  if (!map_) return;
  QRectF all;
  for (const QGraphicsItem* item : scene()->items()) {
    if (item->type() == NodeItem::Type) all |= item->sceneBoundingRect();
  }
  if (all.isEmpty()) return;
  painter->save();
  painter->resetTransform();
  const double scale = std::min(170 / all.width(), 110 / all.height());
  const QRectF box(viewport()->width() - all.width() * scale - 12, 10, all.width() * scale,
                   all.height() * scale);
  painter->setPen(QPen(theme().line, 1));
  painter->setBrush(theme().alternate);
  painter->drawRect(box.adjusted(-4, -4, 4, 4));
  const auto to_map = [&](const QPointF& p) { return box.topLeft() + (p - all.topLeft()) * scale; };
  painter->setPen(Qt::NoPen);
  for (const QGraphicsItem* item : scene()->items()) {
    if (item->type() != NodeItem::Type) continue;
    painter->setBrush(theme().faint);
    painter->drawEllipse(to_map(item->pos()), 3, 3);
  }
  const QRectF seen = mapToScene(viewport()->rect()).boundingRect();
  painter->setPen(QPen(theme().accent, 1.5));
  painter->setBrush(Qt::NoBrush);
  painter->drawRect(QRectF(to_map(seen.topLeft()), to_map(seen.bottomRight()))
                        .intersected(box.adjusted(-4, -4, 4, 4)));
  painter->restore();
}

}  // namespace lvslab::gui
