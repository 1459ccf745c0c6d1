// Horizontal bars with intervals of confidence, which Qt Charts does not have: a name, a bar from
// zero to the mean, a whisker, the figure, and a mark for the verdict.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

namespace lvslab::gui {

class BarsView final : public QWidget {
  Q_OBJECT
 public:
  enum class Mark { kNone, kBetter, kWorse, kSame };
  struct Bar {
    QString name, text, verdict;
    double mean = 0;
    std::optional<double> half_width;
    bool baseline = false;
    Mark mark = Mark::kNone;
    int colour = 0;
  };
  using QWidget::QWidget;
  void show_bars(const QString& title, std::vector<Bar> bars);
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  int step() const;
  QString title_;
  std::vector<Bar> bars_;
};

}  // namespace lvslab::gui
