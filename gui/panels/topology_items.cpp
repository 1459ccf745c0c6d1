#include "gui/panels/topology_items.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "gui/texts.h"
#include "gui/theme.h"

namespace lvslab::gui {
namespace {

constexpr double kHalf = 26;   // of a host's figure
constexpr double kText = 156;  // width of the lines under it

QFont name_font() {
  QFont font = plain_font(text_percent());
  font.setBold(true);
  return font;
}

QFont line_font() {
  QFont font = plain_font(text_percent());
  font.setPixelSize(font.pixelSize() - 2);
  return font;
}

QPainterPath hexagon() {
  QPainterPath path;
  for (int i = 0; i < 6; ++i) {
    const double angle = i * M_PI / 3;
    const QPointF at(kHalf * 1.12 * std::cos(angle), kHalf * std::sin(angle));
    i == 0 ? path.moveTo(at) : path.lineTo(at);
  }
  path.closeSubpath();
  return path;
}

void screen(QPainter* painter) {  // a client's desk
  painter->drawRoundedRect(QRectF(-24, -21, 48, 32), 3, 3);
  painter->drawLine(QPointF(0, 11), QPointF(0, 18));
  painter->drawLine(QPointF(-12, 19), QPointF(12, 19));
}

void cross_ways(QPainter* painter, double reach) {  // four arrows, as routers are drawn
  for (int i = 0; i < 4; ++i) {
    painter->drawLine(QPointF(4, 0), QPointF(reach, 0));
    painter->drawPolyline(QPolygonF{{reach - 5, -4}, {reach, 0}, {reach - 5, 4}});
    painter->rotate(90);
  }
}

void shelves(QPainter* painter) {  // a server: three units with a lamp each
  for (int i = 0; i < 3; ++i) {
    const QRectF unit(-21, -23 + i * 16, 42, 13);
    painter->drawRoundedRect(unit, 2.5, 2.5);
    painter->drawLine(unit.topLeft() + QPointF(14, 6.5), unit.topLeft() + QPointF(34, 6.5));
    painter->drawEllipse(unit.topLeft() + QPointF(7, 6.5), 1.6, 1.6);
  }
}

void two_ways(QPainter* painter) {  // a switch: arrows to and fro
  painter->drawRoundedRect(QRectF(-32, -15, 64, 30), 4, 4);
  for (const double way : {1.0, -1.0}) {
    painter->drawLine(QPointF(-18 * way, -5 * way), QPointF(18 * way, -5 * way));
    painter->drawPolyline(
        QPolygonF{{12 * way, -9 * way}, {18 * way, -5 * way}, {12 * way, -1 * way}});
  }
}

void balance(QPainter* painter) {  // a director: one way in, three out
  painter->drawPath(hexagon());
  painter->drawLine(QPointF(-19, 0), QPointF(-4, 0));
  for (const double slope : {-11.0, 0.0, 11.0}) {
    painter->drawLine(QPointF(-4, 0), QPointF(15, slope));
    painter->drawEllipse(QPointF(17, slope), 2, 2);
  }
}

}  // namespace

NodeItem::NodeItem(NodeIndex node, const trace::SceneNode& what)
    : node_(node),
      name_(text_of(what.name)),
      role_(text_of(what.role)),
      is_switch_(what.is_switch) {
  setFlags(ItemIsMovable | ItemIsSelectable | ItemSendsGeometryChanges);
  setZValue(2);
}

QRectF NodeItem::boundingRect() const {
  const double lines = static_cast<double>(lines_.size());
  const double height = QFontMetricsF(line_font()).height();
  const double halo = halo_.isEmpty() ? 0 : height + 4;
  return {-kText / 2 - 4, -kHalf - 18 - halo, kText + 8,
          2 * kHalf + 26 + halo + QFontMetricsF(name_font()).height() + lines * height};
}

QPainterPath NodeItem::shape() const {
  QPainterPath path;
  path.addRect(-kHalf - 8, -kHalf - 6, 2 * kHalf + 16,
               2 * kHalf + 12 + QFontMetricsF(name_font()).height());
  return path;
}

void NodeItem::set_lines(const QStringList& lines) {
  if (lines == lines_) return;
  prepareGeometryChange();
  lines_ = lines;
}

void NodeItem::set_chosen(bool chosen) {
  chosen_ = chosen;
  update();
}

void NodeItem::set_halo(const QString& text) {
  if (text == halo_) return;
  prepareGeometryChange();
  halo_ = text;
  update();
}

void NodeItem::paint_shape(QPainter* painter) const {
  if (is_switch_) return two_ways(painter);
  if (role_ == "client") return screen(painter);
  if (role_ == "director") return balance(painter);
  if (role_ == "real-server") return shelves(painter);
  painter->drawEllipse(QPointF(0, 0), kHalf, kHalf);
  if (role_ == "router") cross_ways(painter, 18);
}

void NodeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  const Theme& t = theme();
  painter->setRenderHint(QPainter::Antialiasing);
  if (!halo_.isEmpty()) {
    QColor soft = t.warn;
    soft.setAlphaF(0.18F);
    painter->setPen(QPen(t.warn, 2.5, Qt::DashLine));
    painter->setBrush(soft);
    painter->drawEllipse(QPointF(0, 0), kHalf + 13, kHalf + 13);
    painter->setFont(line_font());
    painter->setPen(t.warn);
    const double height = QFontMetricsF(line_font()).height();
    painter->drawText(QRectF(-kText / 2, -kHalf - 17 - height, kText, height), Qt::AlignCenter,
                      QFontMetricsF(line_font()).elidedText(halo_, Qt::ElideRight, kText));
  }
  if (chosen_ || isSelected()) {
    QColor soft = t.accent;
    soft.setAlphaF(0.16F);
    painter->setPen(QPen(t.accent, 2));
    painter->setBrush(soft);
    painter->drawRoundedRect(QRectF(-kHalf - 9, -kHalf - 7, 2 * kHalf + 18, 2 * kHalf + 14), 7, 7);
  }
  painter->setPen(QPen(t.text, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter->setBrush(t.base);
  painter->save();
  paint_shape(painter);
  painter->restore();
  const QFontMetricsF names(name_font()), small(line_font());
  double y = kHalf + 7;
  // Texts stand on a ground of their own, so that no cable runs through them.
  const auto write = [&](const QString& text, const QFontMetricsF& metrics) {
    const QString shown = metrics.elidedText(text, Qt::ElideRight, kText);
    const double width = metrics.horizontalAdvance(shown) + 6;
    QColor ground = t.base;
    ground.setAlphaF(0.85F);
    painter->fillRect(QRectF(-width / 2, y, width, metrics.height()), ground);
    painter->drawText(QRectF(-kText / 2, y, kText, metrics.height()), Qt::AlignCenter, shown);
    y += metrics.height();
  };
  painter->setFont(name_font());
  painter->setPen(t.text);
  write(name_, names);
  painter->setFont(line_font());
  painter->setPen(t.faint);
  for (const QString& line : lines_) write(line, small);
}

QVariant NodeItem::itemChange(GraphicsItemChange change, const QVariant& value) {
  if (change == ItemPositionHasChanged && moved) moved();
  return QGraphicsItem::itemChange(change, value);
}

LinkItem::LinkItem(const NodeItem& a, const NodeItem& b, QString name) : a_(a), b_(b) {
  setToolTip(tip_of(name));
  setZValue(0);
}

QRectF LinkItem::boundingRect() const {
  return QRectF(a_.pos(), b_.pos()).normalized().adjusted(-8, -8, 8, 8);
}

QPainterPath LinkItem::shape() const {
  QPainterPath line(a_.pos());
  line.lineTo(b_.pos());
  QPainterPathStroker stroker;
  stroker.setWidth(10);
  return stroker.createStroke(line);
}

void LinkItem::set_load(int frames) {
  if (frames == load_) return;
  load_ = frames;
  update();
}

void LinkItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  painter->setRenderHint(QPainter::Antialiasing);
  const double width = load_ == 0 ? 2.2 : std::min(3.0 + std::log2(load_ + 1) * 1.6, 14.0);
  painter->setPen(QPen(load_ == 0 ? theme().line : theme().layer(Layer::kTcp), width));
  painter->drawLine(a_.pos(), b_.pos());
}

FramesItem::FramesItem() { setZValue(3); }

void FramesItem::show_marks(std::vector<Mark> marks, const QRectF& bounds) {
  if (bounds != bounds_) prepareGeometryChange();
  bounds_ = bounds;
  marks_ = std::move(marks);
  update();
}

void FramesItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  const Theme& t = theme();
  painter->setRenderHint(QPainter::Antialiasing);
  QFont letters = name_font();
  letters.setPixelSize(12);
  for (const Mark& mark : marks_) {
    painter->save();
    painter->translate(mark.at);
    const QRectF envelope(-15, -10, 30, 20);
    if (!mark.cross) {
      if (mark.chosen) {
        painter->setPen(QPen(t.text, 2.4));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(envelope.adjusted(-4, -4, 4, 4), 5, 5);
      }
      painter->setPen(QPen(t.base, 1.2));
      painter->setBrush(t.layer(mark.layer));
      painter->drawRoundedRect(envelope, 3, 3);
      painter->drawPolyline(QPolygonF{{-14, -9}, {0, -1}, {14, -9}});
      painter->setFont(letters);
      painter->setPen(t.dark ? QColor(0x10, 0x14, 0x18) : QColor(Qt::white));
      painter->drawText(envelope.adjusted(0, 5, 0, 3), Qt::AlignCenter, layer_letter(mark.layer));
    } else {
      painter->setPen(QPen(t.base, 7, Qt::SolidLine, Qt::RoundCap));
      for (int round = 0; round < 2; ++round) {
        painter->drawLine(QPointF(-9, -9), QPointF(9, 9));
        painter->drawLine(QPointF(-9, 9), QPointF(9, -9));
        painter->setPen(QPen(t.bad, 4, Qt::SolidLine, Qt::RoundCap));
      }
      painter->setFont(line_font());
      const QFontMetricsF metrics(line_font());
      const QString text = metrics.elidedText(mark.text, Qt::ElideRight, 260);
      QRectF box(16, -metrics.height() / 2 - 2, metrics.horizontalAdvance(text) + 10,
                 metrics.height() + 4);
      if (mark.at.x() + box.right() > bounds_.right()) box.moveRight(-16);
      painter->setPen(QPen(t.bad, 1));
      painter->setBrush(t.base);
      painter->drawRoundedRect(box, 3, 3);
      painter->setPen(t.bad);
      painter->drawText(box, Qt::AlignCenter, text);
    }
    painter->restore();
  }
}

}  // namespace lvslab::gui
