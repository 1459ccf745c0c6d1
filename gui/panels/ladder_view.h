// The ladder as a drawing: a line down for each host, an arrow for each frame from host to host, in
// order. Only what can be seen is drawn, so its length does not matter.
#pragma once

#include <QAbstractScrollArea>
#include <QStringList>
#include <functional>
#include <vector>

#include "gui/panels/flights.h"

namespace lvslab::gui {

struct LadderLine {
  Instant sent, arrived;
  int from = 0, to = 0;  ///< columns
  Layer layer = Layer::kOther;
  bool lost = false, dropped = false;
  QString info, reason;
  replay::Row row = replay::kNoRow, end_row = replay::kNoRow;
  std::uint64_t packet = 0;
};

class LadderView final : public QAbstractScrollArea {
  Q_OBJECT
 public:
  explicit LadderView(QWidget* parent = nullptr);
  void show_lines(const QStringList& columns, std::vector<LadderLine> lines);
  /// Marks the line of this row, or the last one before it, and brings it into sight.
  void show_row(replay::Row row, std::uint64_t packet);
  const std::vector<LadderLine>& lines() const { return lines_; }
  const QStringList& columns() const { return columns_; }
  /// The whole ladder, not only what can be seen.
  QSize whole() const;
  void paint_lines(QPainter& painter, int first, int last, int top, int width) const;
  void paint_heads(QPainter& painter, int width) const;
  int head_height() const;
  int step() const;

  std::function<void(replay::Row)> chosen;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void update_bars();
  double column_at(int column, int width) const;
  int wanted_width() const;
  int line_at(int y) const;
  void paint_line(QPainter& painter, const LadderLine& line, bool marked, double y,
                  int width) const;
  QStringList columns_;
  std::vector<LadderLine> lines_;
  int marked_ = -1;
  std::uint64_t packet_ = 0;
};

}  // namespace lvslab::gui
