#include "gui/panels/bars_view.h"

#include <QPainter>
#include <algorithm>

#include "gui/theme.h"

namespace lvslab::gui {
namespace {

QColor mark_colour(BarsView::Mark mark) {
  const Theme& t = theme();
  return mark == BarsView::Mark::kBetter  ? t.good
         : mark == BarsView::Mark::kWorse ? t.bad
                                          : t.faint;
}

}  // namespace

void BarsView::show_bars(const QString& title, std::vector<Bar> bars) {
  title_ = title;
  bars_ = std::move(bars);
  setMinimumHeight(minimumSizeHint().height());
  updateGeometry();
  update();
}

int BarsView::step() const { return QFontMetrics(plain_font(text_percent())).height() + 16; }

QSize BarsView::minimumSizeHint() const {
  return {340, 36 + step() * std::max(static_cast<int>(bars_.size()), 3)};
}

void BarsView::paintEvent(QPaintEvent*) {
  const Theme& t = theme();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), t.base);
  QFont font = plain_font(text_percent()), bold = font;
  bold.setBold(true);
  const QFontMetricsF metrics(font);
  painter.setFont(bold);
  painter.setPen(t.text);
  painter.drawText(QRectF(8, 4, width() - 16, 26), Qt::AlignHCenter | Qt::AlignVCenter, title_);
  double names = 40, texts = 40, most = 0;
  for (const Bar& bar : bars_) {
    names = std::max(names, metrics.horizontalAdvance(bar.name + "  "));
    texts = std::max(texts, metrics.horizontalAdvance(bar.text + "   " + bar.verdict) + 24);
    most = std::max(most, bar.mean + bar.half_width.value_or(0));
  }
  names = std::min(names, width() * 0.32);
  texts = std::min(texts, width() * 0.42);
  const double left = names + 12, room = std::max(width() - left - texts - 16, 20.0);
  const auto place = [&](double value) {
    return left + (most <= 0 ? 0 : room * std::max(value, 0.0) / most);
  };
  double y = 34;
  for (const Bar& bar : bars_) {
    const double height = step();
    const QColor colour = t.series(bar.colour);
    painter.setFont(bar.baseline ? bold : font);
    painter.setPen(t.text);
    painter.drawText(QRectF(6, y, names, height), Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(bar.name, Qt::ElideMiddle, names));
    QColor soft = colour;
    soft.setAlphaF(0.45F);
    painter.setPen(QPen(colour, 1.4));
    painter.setBrush(soft);
    painter.drawRect(QRectF(left, y + 5, place(bar.mean) - left, height - 10));
    const double middle = y + height / 2;
    if (bar.half_width) {
      const double a = place(bar.mean - *bar.half_width), b = place(bar.mean + *bar.half_width);
      painter.setPen(QPen(t.text, 1.8));
      painter.drawLine(QPointF(a, middle), QPointF(b, middle));
      for (const double x : {a, b})
        painter.drawLine(QPointF(x, middle - 5), QPointF(x, middle + 5));
    }
    painter.setFont(font);
    painter.setPen(t.text);
    const double x = left + room + 10;
    painter.drawText(QRectF(x, y, texts, height), Qt::AlignLeft | Qt::AlignVCenter, bar.text);
    if (!bar.verdict.isEmpty()) {
      painter.setPen(mark_colour(bar.mark));
      painter.drawText(QRectF(x + metrics.horizontalAdvance(bar.text + "   "), y, texts, height),
                       Qt::AlignLeft | Qt::AlignVCenter, bar.verdict);
    }
    y += height;
  }
  painter.setPen(QPen(t.faint, 1.2));
  painter.drawLine(QPointF(left, 32), QPointF(left, y));
}

}  // namespace lvslab::gui
