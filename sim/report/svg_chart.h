// Charts as SVG elements to stand in a page: lines, steps and points over two axes, and bars with
// intervals. Values in, text out; nothing here knows what is drawn.
//
// Contract: the same values give the same bytes. Colours are CSS variables that chart_css() sets
// for light and dark; series also differ by dash and marker, so that a chart can be read without
// colours. Every text given is escaped. Size follows the chart's, not the number of points: of many
// points in one column of pixels the first, least, most and last are drawn.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace lvslab::report {

/// Ticks are round: 1, 2 or 5 times a power of ten; on a logarithmic axis decades (and 2 and 5
/// between few of them).
struct ChartAxis {
  enum class Scale {
    kLinear,
    kLog,   ///< values that are not positive are left out
    kTail,  ///< shares of 1: 0.9, 0.99, 0.999 at equal distances, as percentiles are read
  };
  enum class Unit {
    kNumber,   ///< 1200, 20k, 1.5M
    kSeconds,  ///< shown as ns, us, ms or s, one unit for all ticks of a linear axis
    kShare,    ///< of 1, shown as %
  };
  std::string title;
  Scale scale = Scale::kLinear;
  Unit unit = Unit::kNumber;
  /// A linear axis of amounts begins at 0 by default; others at the least value.
  std::optional<double> from, to;
  bool from_zero = true;
};

struct ChartPoint {
  double x = 0, y = 0;                        ///< a y that is no number parts the line
  std::optional<double> low = {}, high = {};  ///< ends of an interval, drawn as a whisker
};

struct ChartSeries {
  enum class Form {
    kLine,
    kStep,  ///< a value holds until the next
    kPoints,
  };
  std::string name;
  std::vector<ChartPoint> points;  ///< by ascending x, but for kPoints
  Form form = Form::kLine;
};

/// A moment marked by an upright line with a word at its top.
struct ChartMoment {
  double x = 0;
  std::string name;
};

struct LineChart {
  std::string title, about;  ///< for who hears the page instead of seeing it
  ChartAxis x, y;
  std::vector<ChartSeries> series;
  std::vector<ChartMoment> moments;
  std::string no_data = "no data";
  int width = 720, height = 280;
};
/// The <svg> element. Without a point to draw: axes, and "no data".
std::string svg(const LineChart& chart);

struct ChartBar {
  double value = 0;
  std::optional<double> low, high;  ///< ends of an interval, drawn as whiskers
  std::string text;                 ///< behind the bar; empty: the value
};
/// Bars lie: their names stand before them, one row of bars below the other.
struct BarChart {
  struct Row {
    std::string name;
    std::vector<ChartBar> bars;  ///< one for each of `kinds`, or a single one
  };
  std::string title, about;
  ChartAxis value;
  std::vector<std::string> kinds;  ///< what the bars of a row stand for; empty: one bar a row
  std::vector<Row> rows;
  std::string no_data = "no data";
  int width = 720;
};
std::string svg(const BarChart& chart);

/// What a page that shows charts has in its style sheet, once.
std::string chart_css();

/// "12.5 ms", "200 us": short, as axes and bars show it.
std::string chart_text(double value, ChartAxis::Unit unit);

/// Series beyond this many have the looks of earlier ones.
inline constexpr std::size_t kSeriesLooks = 8;

}  // namespace lvslab::report
