#include "gui/panels/ladder_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/texts.h"
#include "gui/theme.h"

namespace lvslab::gui {
namespace {

constexpr int kLeast = 150;  // between two hosts

QFont small_font() {
  QFont font = plain_font(text_percent());
  font.setPixelSize(font.pixelSize() - 1);
  return font;
}

int time_width() {
  return QFontMetrics(fixed_font(text_percent())).horizontalAdvance("0.000 000 000 ") + 14;
}

}  // namespace

LadderView::LadderView(QWidget* parent) : QAbstractScrollArea(parent) {
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);
}

int LadderView::head_height() const {
  return QFontMetrics(plain_font(text_percent())).height() + 14;
}
int LadderView::step() const { return QFontMetrics(small_font()).height() + 16; }

int LadderView::wanted_width() const {
  return time_width() + kLeast * std::max(static_cast<int>(columns_.size()), 2);
}

QSize LadderView::whole() const {
  return {std::max(wanted_width(), 700),
          head_height() + step() * static_cast<int>(lines_.size()) + 12};
}

void LadderView::show_lines(const QStringList& columns, std::vector<LadderLine> lines) {
  columns_ = columns;
  lines_ = std::move(lines);
  marked_ = -1;
  update_bars();
  viewport()->update();
}

void LadderView::show_row(replay::Row row, std::uint64_t packet) {
  packet_ = packet;
  marked_ = -1;
  if (row != replay::kNoRow) {
    const auto after = std::upper_bound(
        lines_.begin(), lines_.end(), row,
        [](replay::Row wanted, const LadderLine& line) { return wanted < line.row; });
    marked_ = static_cast<int>(after - lines_.begin()) - 1;
    // The arrival of an earlier frame is that frame's line.
    for (int i = marked_; i >= 0 && i > marked_ - 64; --i) {
      if (lines_[static_cast<std::size_t>(i)].end_row != row) continue;
      marked_ = i;
      break;
    }
  }
  if (marked_ >= 0) {
    const int y = marked_ * step(), seen = viewport()->height() - head_height();
    const int now = verticalScrollBar()->value();
    if (y < now || y + 2 * step() > now + seen)
      verticalScrollBar()->setValue(std::max(0, y - seen / 2));
  }
  viewport()->update();
}

void LadderView::update_bars() {
  const int seen = viewport()->height() - head_height();
  verticalScrollBar()->setPageStep(std::max(seen, 1));
  verticalScrollBar()->setSingleStep(step());
  verticalScrollBar()->setRange(0,
                                std::max(0, step() * static_cast<int>(lines_.size()) + 12 - seen));
  horizontalScrollBar()->setPageStep(viewport()->width());
  horizontalScrollBar()->setRange(0, std::max(0, wanted_width() - viewport()->width()));
}

double LadderView::column_at(int column, int width) const {
  const double room = std::max(width, wanted_width()) - time_width();
  const double each = room / std::max(static_cast<double>(columns_.size()), 1.0);
  return time_width() + each * (column + 0.5);
}

int LadderView::line_at(int y) const {
  const int line = (y - head_height() + verticalScrollBar()->value()) / step();
  return y < head_height() || line < 0 || line >= static_cast<int>(lines_.size()) ? -1 : line;
}

void LadderView::paint_heads(QPainter& painter, int width) const {
  painter.fillRect(0, 0, std::max(width, wanted_width()), head_height(), theme().alternate);
  QFont bold = plain_font(text_percent());
  bold.setBold(true);
  painter.setFont(bold);
  painter.setPen(theme().text);
  const QFontMetricsF metrics(bold);
  for (int i = 0; i < columns_.size(); ++i) {
    const double x = column_at(i, width);
    painter.drawText(QRectF(x - kLeast / 2.0, 0, kLeast, head_height()), Qt::AlignCenter,
                     metrics.elidedText(columns_[i], Qt::ElideRight, kLeast - 8));
  }
  painter.setPen(theme().line);
  painter.drawLine(0, head_height() - 1, std::max(width, wanted_width()), head_height() - 1);
}

void LadderView::paint_line(QPainter& painter, const LadderLine& line, bool marked, double y,
                            int width) const {
  const Theme& t = theme();
  if (marked || (packet_ != 0 && line.packet == packet_)) {
    QColor soft = t.accent;
    soft.setAlphaF(marked ? 0.22F : 0.08F);
    painter.fillRect(QRectF(0, y, std::max(width, wanted_width()), step()), soft);
  }
  painter.setFont(fixed_font(text_percent()));
  painter.setPen(t.faint);
  const double base = y + step() - 10;
  painter.drawText(QRectF(6, y, time_width(), step() - 2), Qt::AlignLeft | Qt::AlignBottom,
                   clock_text(line.sent));
  const double a = column_at(line.from, width), b = column_at(line.to, width);
  const double way = b >= a ? 1 : -1;
  const double end = line.lost ? (a + b) / 2 : b - 3 * way;
  const QColor colour = t.layer(line.layer);
  painter.setPen(QPen(colour, 2, line.lost ? Qt::DashLine : Qt::SolidLine));
  painter.drawLine(QPointF(a + 3 * way, base), QPointF(end, base));
  painter.setBrush(colour);
  if (!line.lost) {
    painter.setPen(Qt::NoPen);
    painter.drawPolygon(
        QPolygonF{{end, base}, {end - 9 * way, base - 4.5}, {end - 9 * way, base + 4.5}});
  }
  if (line.lost || line.dropped) {
    const QPointF at(line.lost ? end : end + 3 * way, base);
    painter.setPen(QPen(t.bad, 3, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(at + QPointF(-6, -6), at + QPointF(6, 6));
    painter.drawLine(at + QPointF(-6, 6), at + QPointF(6, -6));
  }
  painter.setFont(small_font());
  const QFontMetricsF metrics(small_font());
  QString text = layer_letter(line.layer) + "  " + line.info;
  if (!line.reason.isEmpty()) text += QString::fromUtf8("  \u2717 ") + line.reason;
  const double left = std::min(a, b) + 10;
  const double room = std::max(width, wanted_width()) - left - 8;
  const QString shown = metrics.elidedText(text, Qt::ElideRight, std::max(room, 40.0));
  const QRectF box(left, y + 1, metrics.horizontalAdvance(shown) + 6, metrics.height());
  painter.fillRect(box, marked ? t.base : QColor(t.base.red(), t.base.green(), t.base.blue(), 210));
  painter.setPen(line.lost || line.dropped ? t.bad : t.text);
  painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, shown);
}

void LadderView::paint_lines(QPainter& painter, int first, int last, int top, int width) const {
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme().line, 1.2));
  const int bottom = top + (last - first) * step() + 12;
  for (int i = 0; i < columns_.size(); ++i) {
    const double x = column_at(i, width);
    painter.drawLine(QPointF(x, top), QPointF(x, bottom));
  }
  for (int i = first; i < last; ++i)
    paint_line(painter, lines_[static_cast<std::size_t>(i)], i == marked_,
               top + (i - first) * step(), width);
}

void LadderView::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  painter.fillRect(viewport()->rect(), theme().base);
  painter.translate(-horizontalScrollBar()->value(), 0);
  const int width = viewport()->width();
  if (lines_.empty()) {
    painter.setPen(theme().faint);
    painter.drawText(viewport()->rect(), Qt::AlignCenter, tr("No frames here."));
  } else {
    const int from = verticalScrollBar()->value() / step();
    const int to =
        std::min(static_cast<int>(lines_.size()), from + viewport()->height() / step() + 2);
    const int top = head_height() + from * step() - verticalScrollBar()->value();
    paint_lines(painter, from, to, top, width);
  }
  paint_heads(painter, width);
}

void LadderView::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  update_bars();
}

void LadderView::mousePressEvent(QMouseEvent* event) {
  const int line = line_at(event->pos().y());
  if (line >= 0 && chosen) chosen(lines_[static_cast<std::size_t>(line)].row);
}

void LadderView::keyPressEvent(QKeyEvent* event) {
  const int by = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
  if (by == 0 || lines_.empty()) return QAbstractScrollArea::keyPressEvent(event);
  const int wanted = std::clamp(marked_ + by, 0, static_cast<int>(lines_.size()) - 1);
  if (chosen) chosen(lines_[static_cast<std::size_t>(wanted)].row);
}

bool LadderView::viewportEvent(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QAbstractScrollArea::viewportEvent(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int at = line_at(help->pos().y());
  if (at < 0) {
    QToolTip::hideText();
  } else {
    const LadderLine& line = lines_[static_cast<std::size_t>(at)];
    QString text = clock_text(line.sent) + " s\n" + line.info;
    if (!line.reason.isEmpty()) text += "\n" + line.reason;
    QToolTip::showText(help->globalPos(), tip_of(text), this);
  }
  return true;
}

}  // namespace lvslab::gui
