// An axis of a chart in pixels: where a value lies, and its ticks. For this folder's charts only.
#pragma once

#include <string>
#include <vector>

#include "report/svg_chart.h"

namespace lvslab::report {

class PlacedAxis {
 public:
  struct Tick {
    double at = 0;  ///< pixels
    std::string text;
  };

  /// `low` and `high` are the least and the most of the values; the range is widened to ticks.
  PlacedAxis(const ChartAxis& axis, double low, double high, std::size_t most_ticks);
  /// From one pixel to another; `last` may be less (upwards).
  void place(double first, double last);

  bool holds(double value) const;
  double at(double value) const;
  const std::vector<Tick>& ticks() const { return ticks_; }
  /// The title with the unit of the ticks: "latency (ms)".
  std::string title() const;
  double widest_tick(double size_px) const;

 private:
  double position(double value) const;
  void linear_ticks(std::size_t most);
  void log_ticks();
  void tail_ticks();

  ChartAxis axis_;
  double low_, high_;  ///< of position()
  double first_ = 0, last_ = 1;
  std::string unit_text_;
  std::vector<double> values_;
  std::vector<Tick> ticks_;
};

}  // namespace lvslab::report
