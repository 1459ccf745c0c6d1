// Lines over two axes.
#include "report/svg_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fmt/format.h"
#include "report/markup.h"
#include "report/svg_parts.h"

namespace lvslab::report {
namespace {

struct Pixel {
  double x = 0, y = 0;
};

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

bool drawable(double value, ChartAxis::Scale scale) {
  return std::isfinite(value) && (scale != ChartAxis::Scale::kLog || value > 0);
}

/// Of points in one column of pixels: the first, least, most and last, in their order.
std::vector<Pixel> thinned(const std::vector<Pixel>& all) {
  std::vector<Pixel> out;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i, least = i, most = i;
    const double column = std::floor(all[i].x);
    for (; end < all.size() && std::floor(all[end].x) == column; ++end) {
      if (all[end].y < all[least].y) least = end;
      if (all[end].y > all[most].y) most = end;
    }
    std::size_t kept[] = {i, std::min(least, most), std::max(least, most), end - 1};
    for (std::size_t k = 0; k < 4; ++k) {
      if (k == 0 || kept[k] != kept[k - 1]) out.push_back(all[kept[k]]);
    }
    i = end;
  }
  return out;
}

class LinePicture {
 public:
  explicit LinePicture(const LineChart& chart) : chart_(chart), x_(axis(true)), y_(axis(false)) {}

  std::string draw() {
    std::string legend;
    std::vector<std::string> names;
    for (const ChartSeries& s : chart_.series) names.push_back(s.name);
    left_ = std::max(34.0, y_.widest_tick(kChartFont) + 12);
    const double last = x_.ticks().empty() ? 0 : text_width(x_.ticks().back().text, kChartFont) / 2;
    right_ = chart_.width - std::max(18.0, last + 4);
    top_ = 24 + chart_legend(legend, names, false, left_, 0, right_ - left_);
    if (!chart_.moments.empty()) top_ += 14;
    bottom_ = chart_.height + (top_ - 24) - 40;
    const int height = static_cast<int>(bottom_ + 40);
    x_.place(left_, right_);
    y_.place(bottom_, top_);
    std::string out =
        chart_opening("lines", chart_.title, chart_.about, chart_.width, height) + legend;
    grid(out);
    moments(out);
    for (std::size_t i = 0; i < chart_.series.size(); ++i) series(out, i);
    if (!anything_)
      out +=
          chart_words((left_ + right_) / 2, (top_ + bottom_) / 2, "middle", "soft", chart_.no_data);
    return out + "</svg>\n";
  }

 private:
  PlacedAxis axis(bool of_x) const {
    Range range;
    const ChartAxis& axis = of_x ? chart_.x : chart_.y;
    for (const ChartSeries& s : chart_.series) {
      for (const ChartPoint& p : s.points) {
        if (!drawable(p.x, chart_.x.scale) || !drawable(p.y, chart_.y.scale)) continue;
        range.add(of_x ? p.x : p.y);
        for (const std::optional<double>& end : {p.low, p.high}) {
          if (!of_x && end && drawable(*end, axis.scale)) range.add(*end);
        }
      }
    }
    const double pixels = of_x ? chart_.width : chart_.height;
    return {axis, range.low, range.high, static_cast<std::size_t>(pixels / (of_x ? 80 : 50))};
  }

  void grid(std::string& out) {
    for (const PlacedAxis::Tick& tick : y_.ticks()) {
      out += fmt::format("<path d=\"M{} {}H{}\" class=\"grid\"/>\n", px(left_), px(tick.at),
                         px(right_));
      out += chart_words(left_ - 6, tick.at + 4, "end", "soft", tick.text);
    }
    double free_from = 0;
    for (const PlacedAxis::Tick& tick : x_.ticks()) {
      out += fmt::format("<path d=\"M{} {}v5\" class=\"axis\"/>\n", px(tick.at), px(bottom_));
      const double half = text_width(tick.text, kChartFont) / 2;
      if (tick.at - half < free_from) continue;
      free_from = tick.at + half + 6;
      out += chart_words(tick.at, bottom_ + 18, "middle", "soft", tick.text);
    }
    out += fmt::format("<path d=\"M{} {}V{}H{}\" class=\"axis\"/>\n", px(left_), px(top_),
                       px(bottom_), px(right_));
    const double above = top_ - (chart_.moments.empty() ? 8 : 22);
    out += chart_words(left_, above, "start", "", y_.title());
    out += chart_words(right_, bottom_ + 35, "end", "", x_.title());
  }

  void moments(std::string& out) {
    double free_from = 0;
    for (const ChartMoment& moment : chart_.moments) {
      if (!x_.holds(moment.x)) continue;
      const double x = x_.at(moment.x);
      out += fmt::format("<path d=\"M{} {}V{}\" class=\"moment\"><title>{}</title></path>\n", px(x),
                         px(top_), px(bottom_), escaped(moment.name));
      const std::string name = shortened(moment.name, 24);
      const double half = text_width(name, kChartFont) / 2;
      const double at = std::clamp(x, left_ + half, std::max(left_ + half, right_ - half));
      if (at - half < free_from) continue;
      free_from = at + half + 6;
      out += chart_words(at, top_ - 5, "middle", "soft", name);
    }
  }

  std::string tip(const ChartSeries& s, const ChartPoint& p) const {
    return (s.name.empty() ? "" : s.name + ": ") + chart_text(p.y, chart_.y.unit) + " @ " +
           (chart_.x.scale == ChartAxis::Scale::kTail ? fmt::format("{:.6g} %", p.x * 100)
                                                      : chart_text(p.x, chart_.x.unit));
  }

  void series(std::string& out, std::size_t index) {
    const ChartSeries& s = chart_.series[index];
    std::vector<Pixel> run;
    std::string path;
    std::vector<const ChartPoint*> seen;
    for (const ChartPoint& p : s.points) {
      if (!drawable(p.x, chart_.x.scale)) continue;
      if (!drawable(p.y, chart_.y.scale)) {
        path += stroke(run, s.form);
        run.clear();
        continue;
      }
      run.push_back({x_.at(p.x), y_.at(p.y)});
      seen.push_back(&p);
    }
    path += stroke(run, s.form);
    anything_ = anything_ || !seen.empty();
    if (s.form != ChartSeries::Form::kPoints && !path.empty())
      out += fmt::format("<path d=\"{}\" class=\"line k{}\"/>\n", path, index % kSeriesLooks);
    for (const ChartPoint* p : seen) {
      if (p->low && p->high && y_.holds(*p->low) && y_.holds(*p->high))
        out += fmt::format("<path d=\"M{0} {1}V{2}M{3} {1}h8M{3} {2}h8\" class=\"whisker\"/>\n",
                           px(x_.at(p->x)), px(y_.at(*p->low)), px(y_.at(*p->high)),
                           px(x_.at(p->x) - 4));
    }
    // Markers: all of few points, else about ten, staggered so that series do not hide each other.
    const std::size_t wanted = s.form == ChartSeries::Form::kPoints ? 2000 : 24;
    const std::size_t stride = seen.size() <= wanted ? 1 : seen.size() / 10 + 1;
    const std::size_t series = std::max<std::size_t>(1, chart_.series.size());
    const std::size_t start = stride == 1 ? 0 : stride * (2 * index + 1) / (2 * series);
    for (std::size_t i = start; i < seen.size(); i += stride)
      out += chart_marker(index, x_.at(seen[i]->x), y_.at(seen[i]->y), tip(s, *seen[i]));
  }

  static std::string stroke(const std::vector<Pixel>& run, ChartSeries::Form form) {
    if (run.empty() || form == ChartSeries::Form::kPoints) return {};
    const std::vector<Pixel> points = thinned(run);
    std::string path = "M" + px(points.front().x) + " " + px(points.front().y);
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (form == ChartSeries::Form::kStep)
        path += "H" + px(points[i].x) + "V" + px(points[i].y);
      else
        path += "L" + px(points[i].x) + " " + px(points[i].y);
    }
    return path;
  }

  const LineChart& chart_;
  PlacedAxis x_, y_;
  double left_ = 0, right_ = 0, top_ = 0, bottom_ = 0;
  bool anything_ = false;
};

}  // namespace

std::string svg(const LineChart& chart) { return LinePicture(chart).draw(); }

}  // namespace lvslab::report
