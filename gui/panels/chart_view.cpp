#include "gui/panels/chart_view.h"

#include <QAbstractAxis>
#include <QChart>
#include <QLegendMarker>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPainter>
#include <QValueAxis>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "gui/theme.h"

namespace lvslab::gui {

ChartView::ChartView(QWidget* parent) : QChartView(parent) {
  setRenderHint(QPainter::Antialiasing);
  setFrameShape(QFrame::NoFrame);
  setMinimumSize(300, 210);
  setMouseTracking(true);
  chart()->setMargins({6, 2, 24, 2});
  chart()->setBackgroundRoundness(0);
  chart()->legend()->setAlignment(Qt::AlignBottom);
}

void ChartView::clear(const QString& title) {
  text_.clear();
  all_.clear();
  chart()->removeAllSeries();
  for (QAbstractAxis* axis : chart()->axes()) {
    chart()->removeAxis(axis);
    delete axis;
  }
  chart()->setTitle(title);
}

void ChartView::add_axes(QAbstractAxis* x, QAbstractAxis* y) {
  chart()->addAxis(x, Qt::AlignBottom);
  chart()->addAxis(y, Qt::AlignLeft);
}

QXYSeries* ChartView::add_line(const QString& name, int colour, const QList<QPointF>& points,
                               bool dashed) {
  auto* line = new QLineSeries;
  line->setName(name);
  line->replace(points);
  QPen pen(theme().series(colour), 2, dashed ? Qt::DashLine : Qt::SolidLine);
  pen.setCosmetic(true);
  line->setPen(pen);
  chart()->addSeries(line);
  for (QAbstractAxis* axis : chart()->axes()) line->attachAxis(axis);
  return line;
}

void ChartView::done() {
  for (QLegendMarker* marker : chart()->legend()->markers()) {
    // A dashed companion has no name of its own in the legend and goes with its line.
    if (marker->series()->property("goes_with").isValid()) {
      marker->setVisible(false);
      continue;
    }
    connect(marker, &QLegendMarker::clicked, this, [this, marker] {
      const bool shown = !marker->series()->isVisible();
      marker->series()->setVisible(shown);
      for (QAbstractSeries* series : chart()->series()) {
        if (series->property("goes_with") == marker->series()->name()) series->setVisible(shown);
      }
      for (QLegendMarker* each : chart()->legend()->markers())
        each->setVisible(!each->series()->property("goes_with").isValid());
      QBrush brush = marker->labelBrush();
      QColor colour = brush.color();
      colour.setAlphaF(shown ? 1.0F : 0.35F);
      brush.setColor(colour);
      marker->setLabelBrush(brush);
    });
  }
  for (QAbstractAxis* axis : chart()->axes()) {
    if (const auto* values = qobject_cast<QValueAxis*>(axis))
      all_.push_back({axis, values->min(), values->max()});
  }
  restyle();
}

void ChartView::restyle() {
  const Theme& t = theme();
  QFont title = plain_font(text_percent()), text = title;
  title.setBold(true);
  text.setPixelSize(text.pixelSize() - 2);
  chart()->setTitleFont(title);
  chart()->setTitleBrush(t.text);
  chart()->setBackgroundBrush(t.base);
  chart()->setPlotAreaBackgroundVisible(false);
  chart()->legend()->setFont(text);
  chart()->legend()->setLabelColor(t.text);
  setBackgroundBrush(t.base);
  for (QAbstractAxis* axis : chart()->axes()) {
    axis->setLabelsFont(text);
    axis->setLabelsColor(t.text);
    axis->setTitleFont(text);
    axis->setTitleBrush(t.faint);
    axis->setLinePenColor(t.faint);
    QColor grid = t.line;
    grid.setAlphaF(0.55F);
    axis->setGridLineColor(grid);
  }
}

void ChartView::fit() {
  for (const Range& range : all_) range.axis->setRange(range.min, range.max);
}

void ChartView::wheelEvent(QWheelEvent* event) {
  event->accept();
  const double steps = std::clamp(event->angleDelta().y() / 120.0, -6.0, 6.0);
  const QRectF plot = chart()->plotArea();
  const QPointF at = event->position();
  if (steps == 0 || !plot.contains(at)) return;
  const double factor = std::pow(0.8, steps);
  QRectF wanted(0, 0, plot.width() * factor, plot.height() * factor);
  wanted.moveLeft(at.x() - (at.x() - plot.left()) * factor);
  wanted.moveTop(at.y() - (at.y() - plot.top()) * factor);
  // Beyond these nothing can be read, and axes lose their digits.
  for (const Range& range : all_) {
    const auto* axis = qobject_cast<QValueAxis*>(range.axis);
    const double now = axis->max() - axis->min(), whole = range.max - range.min;
    if (now * factor < whole * 1e-6 || now * factor > whole * 20) return;
  }
  text_.clear();
  chart()->zoomIn(wanted);
}

void ChartView::mousePressEvent(QMouseEvent* event) {
  panning_ = event->button() == Qt::LeftButton && chart()->plotArea().contains(event->position());
  last_ = event->position();
  if (!panning_) QChartView::mousePressEvent(event);
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
  if (panning_) {
    const QPointF by = event->position() - last_;
    last_ = event->position();
    text_.clear();
    chart()->scroll(-by.x(), by.y());
  } else {
    look_at(event->position());
    QChartView::mouseMoveEvent(event);
  }
}

void ChartView::mouseReleaseEvent(QMouseEvent* event) {
  if (!panning_) QChartView::mouseReleaseEvent(event);
  panning_ = false;
}

void ChartView::mouseDoubleClickEvent(QMouseEvent*) { fit(); }

void ChartView::leaveEvent(QEvent* event) {
  text_.clear();
  viewport()->update();
  QChartView::leaveEvent(event);
}

void ChartView::look_at(const QPointF& at) {
  text_.clear();
  double nearest = 30;
  if (chart()->plotArea().contains(at)) {
    for (QAbstractSeries* series : chart()->series()) {
      const auto* line = qobject_cast<QXYSeries*>(series);
      if (line == nullptr || !line->isVisible()) continue;
      for (const QPointF& point : line->points()) {
        const QPointF place = chart()->mapToPosition(point, series);
        const double off = std::hypot(place.x() - at.x(), place.y() - at.y());
        if (off >= nearest) continue;
        nearest = off;
        found_ = place;
        text_ = told ? told(line->name(), point)
                     : QString("%1: %2, %3").arg(line->name()).arg(point.x()).arg(point.y());
      }
    }
  }
  viewport()->update();
}

void ChartView::drawForeground(QPainter* painter, const QRectF& rect) {
  QChartView::drawForeground(painter, rect);
  if (text_.isEmpty()) return;
  painter->save();
  painter->resetTransform();
  const QRectF plot = chart()->plotArea();
  painter->setPen(QPen(theme().faint, 1, Qt::DotLine));
  painter->drawLine(QPointF(found_.x(), plot.top()), QPointF(found_.x(), plot.bottom()));
  painter->drawLine(QPointF(plot.left(), found_.y()), QPointF(plot.right(), found_.y()));
  QFont font = plain_font(text_percent());
  font.setPixelSize(font.pixelSize() - 1);
  painter->setFont(font);
  const QFontMetricsF metrics(font);
  QRectF box(found_.x() + 10, found_.y() - metrics.height() - 14,
             metrics.horizontalAdvance(text_) + 12, metrics.height() + 6);
  if (box.right() > viewport()->width()) box.moveRight(found_.x() - 10);
  if (box.top() < 0) box.moveTop(found_.y() + 8);
  painter->setPen(theme().line);
  painter->setBrush(theme().alternate);
  painter->drawRoundedRect(box, 3, 3);
  painter->setPen(theme().text);
  painter->drawText(box, Qt::AlignCenter, text_);
  painter->restore();
}

}  // namespace lvslab::gui
