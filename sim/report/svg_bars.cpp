// Bars that lie, with intervals.
#include <algorithm>
#include <cmath>
#include <limits>

#include "fmt/format.h"
#include "report/markup.h"
#include "report/svg_parts.h"

namespace lvslab::report {
namespace {

constexpr double kBarHeight = 16, kBetweenRows = 12;

PlacedAxis value_axis(const BarChart& chart) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const BarChart::Row& row : chart.rows) {
    for (const ChartBar& bar : row.bars) {
      for (const double value :
           {bar.value, bar.low.value_or(bar.value), bar.high.value_or(bar.value)}) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  return {chart.value, low, high, static_cast<std::size_t>(chart.width / 120)};
}

std::string bar_text(const BarChart& chart, const ChartBar& bar) {
  return bar.text.empty() ? chart_text(bar.value, chart.value.unit) : bar.text;
}

void draw_bar(std::string& out, const BarChart& chart, const PlacedAxis& axis, const ChartBar& bar,
              std::size_t kind, double left, double y, std::string_view name) {
  const std::string text = bar_text(chart, bar);
  double end = left;
  if (axis.holds(bar.value)) {
    const double zero =
        chart.value.scale == ChartAxis::Scale::kLinear && axis.holds(0) ? axis.at(0) : left;
    const double at = axis.at(bar.value);
    end = std::max(zero, at);
    out += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"mark "
        "k{}\"><title>{}</title></rect>\n",
        px(std::min(zero, at)), px(y), px(std::max(0.8, std::fabs(at - zero))), px(kBarHeight),
        kind % kSeriesLooks, escaped(std::string(name) + ": " + text));
  }
  if (bar.low && bar.high && axis.holds(*bar.low) && axis.holds(*bar.high)) {
    const double low = axis.at(*bar.low), high = axis.at(*bar.high), middle = y + kBarHeight / 2;
    out += fmt::format("<path d=\"M{0} {1}H{2}M{0} {3}v8M{2} {3}v8\" class=\"whisker\"/>\n",
                       px(low), px(middle), px(high), px(middle - 4));
    end = std::max(end, high);
  }
  out += chart_words(end + 6, y + kBarHeight - 4, "start", "", text);
}

}  // namespace

std::string svg(const BarChart& chart) {
  PlacedAxis axis = value_axis(chart);
  double names = 20, texts = 0;
  for (const BarChart::Row& row : chart.rows) {
    names = std::max(names, text_width(shortened(row.name, 28), kChartFont));
    for (const ChartBar& bar : row.bars)
      texts = std::max(texts, text_width(bar_text(chart, bar), kChartFont));
  }
  const double left = names + 12, right = chart.width - texts - 14;
  std::string body;
  double y = chart_legend(body, chart.kinds, true, left, 0, chart.width - left) + 6;
  const double top = y;
  axis.place(left, right);
  std::string bars;
  for (const BarChart::Row& row : chart.rows) {
    const double middle =
        y + kBarHeight * static_cast<double>(std::max<std::size_t>(1, row.bars.size())) / 2;
    bars += chart_words(left - 8, middle + 4, "end", "", shortened(row.name, 28));
    for (std::size_t i = 0; i < row.bars.size(); ++i, y += kBarHeight)
      draw_bar(bars, chart, axis, row.bars[i], chart.kinds.empty() ? 0 : i, left, y, row.name);
    if (row.bars.empty()) y += kBarHeight;
    y += kBetweenRows;
  }
  if (chart.rows.empty()) {
    bars += chart_words((left + right) / 2, y + 14, "middle", "soft", chart.no_data);
    y += 24;
  }
  double free_from = 0;
  for (const PlacedAxis::Tick& tick : axis.ticks()) {
    body += fmt::format("<path d=\"M{} {}V{}\" class=\"grid\"/>\n", px(tick.at), px(top), px(y));
    const double half = text_width(tick.text, kChartFont) / 2;
    if (tick.at - half < free_from) continue;
    free_from = tick.at + half + 6;
    body += chart_words(tick.at, y + 15, "middle", "soft", tick.text);
  }
  body += chart_words(right, y + 32, "end", "", axis.title());
  return chart_opening("bars", chart.title, chart.about, chart.width, static_cast<int>(y + 40)) +
         body + bars + "</svg>\n";
}

}  // namespace lvslab::report
