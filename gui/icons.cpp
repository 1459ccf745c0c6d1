#include "gui/icons.h"

#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

#include "gui/theme.h"

namespace lvslab::gui {
namespace {

constexpr double kSide = 24;

// Triangle between `left` and `right`, pointing right when left < right.
void arrow(QPainterPath& path, double left, double right) {
  path.moveTo(left, 4.5);
  path.lineTo(right, 12);
  path.lineTo(left, 19.5);
  path.closeSubpath();
}

void bar(QPainterPath& path, double left) { path.addRect(left, 4.5, 3, 15); }

// A hop: an arc from one station to the next.
void hop(QPainter& painter, bool forward, const QColor& colour) {
  if (!forward) {
    painter.translate(kSide, 0);
    painter.scale(-1, 1);
  }
  painter.setPen(QPen(colour, 2.2, Qt::SolidLine, Qt::RoundCap));
  painter.setBrush(Qt::NoBrush);
  QPainterPath arc;
  arc.moveTo(5, 15);
  arc.cubicTo(6, 4, 17, 4, 18.5, 12);
  painter.drawPath(arc);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  painter.drawEllipse(QPointF(5, 17.5), 2.6, 2.6);
  painter.drawPolygon(QPolygonF{{14, 11.5}, {22.5, 11.5}, {18.5, 18.5}});
}

QPainterPath shape(Picture picture) {
  QPainterPath path;
  switch (picture) {
    case Picture::kOpen:
      path.addRoundedRect(3, 8, 18, 11.5, 1.5, 1.5);
      path.addRoundedRect(3, 5, 8, 5, 1.5, 1.5);
      path.setFillRule(Qt::WindingFill);
      break;
    case Picture::kRun:
      arrow(path, 7, 15);
      arrow(path, 13, 21);
      path.addRect(3, 4.5, 2.5, 15);
      path.setFillRule(Qt::WindingFill);
      break;
    case Picture::kStop:
      path.addRoundedRect(5, 5, 14, 14, 1.5, 1.5);
      break;
    case Picture::kStart:
      bar(path, 4);
      arrow(path, 20, 8);
      break;
    case Picture::kBack:
      bar(path, 16.5);
      arrow(path, 15, 5);
      break;
    case Picture::kPlay:
      arrow(path, 6, 19);
      break;
    case Picture::kPause:
      path.addRect(6, 4.5, 4, 15);
      path.addRect(14, 4.5, 4, 15);
      break;
    case Picture::kStep:
      bar(path, 4.5);
      arrow(path, 9, 19);
      break;
    case Picture::kEnd:
      arrow(path, 4, 16);
      bar(path, 17);
      break;
    case Picture::kBookmark:
      path.moveTo(7, 4);
      path.lineTo(17, 4);
      path.lineTo(17, 20);
      path.lineTo(12, 15.5);
      path.lineTo(7, 20);
      path.closeSubpath();
      break;
    default:
      break;
  }
  return path;
}

QPixmap drawn(Picture picture, const QColor& colour) {
  constexpr int kTimes = 3;
  QPixmap pixmap(static_cast<int>(kSide) * kTimes, static_cast<int>(kSide) * kTimes);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(kTimes, kTimes);
  if (picture == Picture::kHop || picture == Picture::kHopBack) {
    hop(painter, picture == Picture::kHop, colour);
  } else if (picture == Picture::kFind) {
    painter.setPen(QPen(colour, 2.4, Qt::SolidLine, Qt::RoundCap));
    painter.drawEllipse(QPointF(10.5, 10.5), 5.5, 5.5);
    painter.drawLine(QPointF(14.8, 14.8), QPointF(20, 20));
  } else if (picture == Picture::kFit) {
    painter.setPen(QPen(colour, 2.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    for (int corner = 0; corner < 4; ++corner) {
      painter.drawPolyline(QPolygonF{{4, 9}, {4, 4}, {9, 4}});
      painter.translate(kSide, 0);
      painter.rotate(90);
    }
  } else {
    painter.fillPath(shape(picture), colour);
  }
  return pixmap;
}

}  // namespace

QIcon icon(Picture picture) {
  QIcon made(drawn(picture, theme().text));
  QColor pale = theme().faint;
  pale.setAlphaF(0.45F);
  made.addPixmap(drawn(picture, pale), QIcon::Disabled);
  return made;
}

}  // namespace lvslab::gui
