#include "gui/panels/bytes_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "gui/theme.h"

namespace lvslab::gui {
namespace {

constexpr int kMargin = 6;

QChar shown(std::uint8_t byte) { return byte >= 0x20 && byte < 0x7f ? QChar(byte) : QChar('.'); }

}  // namespace

BytesView::BytesView(QWidget* parent) : QAbstractScrollArea(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setObjectName("hex");
  restyle();
}

void BytesView::restyle() {
  setFont(fixed_font(text_percent()));
  update_bars();
  viewport()->update();
}

int BytesView::letter() const { return QFontMetrics(font()).horizontalAdvance('0'); }
int BytesView::line_height() const { return QFontMetrics(font()).height() + 2; }
int BytesView::number_at(int column) const {
  return kMargin + letter() * (6 + 3 * column + (column >= kPerLine / 2 ? 1 : 0));
}
int BytesView::letter_at(int column) const { return number_at(kPerLine) + letter() * (1 + column); }

void BytesView::show_bytes(std::vector<std::uint8_t> bytes, std::uint32_t real_size) {
  bytes_ = std::move(bytes);
  real_size_ = real_size;
  from_ = size_ = 0;
  verticalScrollBar()->setValue(0);
  update_bars();
  viewport()->update();
}

void BytesView::mark(std::uint32_t offset, std::uint32_t size) {
  from_ = offset;
  size_ = size;
  const int line = static_cast<int>(offset / kPerLine);
  const int page = std::max(1, viewport()->height() / line_height());
  const int first = verticalScrollBar()->value();
  if (line < first || line >= first + page) verticalScrollBar()->setValue(line);
  viewport()->update();
}

void BytesView::update_bars() {
  const int lines = static_cast<int>((bytes_.size() + kPerLine - 1) / kPerLine);
  const int page = std::max(1, viewport()->height() / line_height());
  verticalScrollBar()->setRange(0, std::max(0, lines - page));
  verticalScrollBar()->setPageStep(page);
  const int width = letter_at(kPerLine) + kMargin;
  horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
  horizontalScrollBar()->setPageStep(viewport()->width());
}

void BytesView::resizeEvent(QResizeEvent*) { update_bars(); }

void BytesView::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  painter.fillRect(viewport()->rect(), theme().base);
  painter.translate(-horizontalScrollBar()->value(), 0);
  painter.setFont(font());
  const int height = line_height(), wide = letter();
  const int first = verticalScrollBar()->value();
  const int lines = viewport()->height() / height + 1;
  for (int line = 0; line < lines; ++line) {
    const std::size_t start = static_cast<std::size_t>(first + line) * kPerLine;
    if (start >= bytes_.size()) break;
    const int top = line * height, base = top + QFontMetrics(font()).ascent() + 1;
    painter.setPen(theme().faint);
    painter.drawText(kMargin, base, QString("%1").arg(start, 4, 16, QChar('0')));
    for (int column = 0; column < kPerLine && start + column < bytes_.size(); ++column) {
      const std::size_t at = start + static_cast<std::size_t>(column);
      const bool marked = at >= from_ && at - from_ < size_;
      const std::uint8_t byte = bytes_[at];
      if (marked) {
        painter.fillRect(number_at(column) - wide / 2, top, wide * 3, height, theme().accent);
        painter.fillRect(letter_at(column), top, wide, height, theme().accent);
      }
      // Zeros that take no memory in the run are faint.
      painter.setPen(marked ? theme().accent_text : at < real_size_ ? theme().text : theme().faint);
      painter.drawText(number_at(column), base, QString("%1").arg(byte, 2, 16, QChar('0')));
      painter.drawText(letter_at(column), base, shown(byte));
    }
  }
}

void BytesView::mousePressEvent(QMouseEvent* event) {
  const int x = static_cast<int>(event->position().x()) + horizontalScrollBar()->value();
  const int line =
      static_cast<int>(event->position().y()) / line_height() + verticalScrollBar()->value();
  for (int column = 0; column < kPerLine; ++column) {
    const bool number =
        x >= number_at(column) - letter() / 2 && x < number_at(column) + 5 * letter() / 2;
    const bool text = x >= letter_at(column) && x < letter_at(column) + letter();
    if (number || text) return choose(static_cast<std::int64_t>(line) * kPerLine + column);
  }
}

void BytesView::keyPressEvent(QKeyEvent* event) {
  const std::int64_t at = from_;
  switch (event->key()) {
    case Qt::Key_Left:
      return choose(at - 1);
    case Qt::Key_Right:
      return choose(at + std::max<std::int64_t>(size_, 1));
    case Qt::Key_Up:
      return choose(at - kPerLine);
    case Qt::Key_Down:
      return choose(at + kPerLine);
    default:
      QAbstractScrollArea::keyPressEvent(event);
  }
}

void BytesView::choose(std::int64_t offset) {
  if (offset < 0 || offset >= static_cast<std::int64_t>(bytes_.size())) return;
  mark(static_cast<std::uint32_t>(offset), 1);
  Q_EMIT byte_chosen(static_cast<quint32>(offset));
}

QString BytesView::text() const {
  QString text;
  for (std::size_t start = 0; start < bytes_.size(); start += kPerLine) {
    QString numbers, letters;
    for (std::size_t at = start; at < std::min(bytes_.size(), start + kPerLine); ++at) {
      numbers += QString("%1 ").arg(bytes_[at], 2, 16, QChar('0'));
      letters += shown(bytes_[at]);
    }
    text += QString("%1: %2 %3\n").arg(start, 8, 16, QChar('0')).arg(numbers, -48).arg(letters);
  }
  return text;
}

}  // namespace lvslab::gui
