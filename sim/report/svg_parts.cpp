#include "report/svg_parts.h"

#include <array>

#include "fmt/format.h"
#include "report/markup.h"

namespace lvslab::report {
namespace {

/// Okabe and Ito's colours, which people with any colour vision tell apart, darkened for white
/// paper and lightened for a dark ground; dashes in the same order.
struct Look {
  const char *light, *dark, *dash;
};
constexpr std::array<Look, kSeriesLooks> kLooks{{{"#0067a8", "#6cbcf5", ""},
                                                 {"#b84a00", "#ff9d57", "7 3"},
                                                 {"#00785a", "#3fd0a4", "2 2"},
                                                 {"#a23b80", "#ee9ccb", "9 3 2 3"},
                                                 {"#8a6a00", "#f0c94a", "4 2"},
                                                 {"#3f4a9c", "#a9b4ff", "12 4"},
                                                 {"#5c5c5c", "#c8c8c8", "1 3"},
                                                 {"#8c2a2a", "#ff8f8f", "9 3 2 3 2 3"}}};

}  // namespace

std::string px(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

std::string chart_css() {
  std::string light, dark, classes;
  for (std::size_t i = 0; i < kLooks.size(); ++i) {
    light += fmt::format("--s{}:{};", i, kLooks[i].light);
    dark += fmt::format("--s{}:{};", i, kLooks[i].dark);
    classes += fmt::format(".chart .k{0}{{stroke:var(--s{0});fill:var(--s{0})}}\n", i);
    if (*kLooks[i].dash != '\0')
      classes += fmt::format(".chart path.k{}{{stroke-dasharray:{}}}\n", i, kLooks[i].dash);
  }
  return ":root{--ink:#1c2024;--soft:#555d66;--grid:#d9dde2;--paper:#ffffff;" + light +
         "}\n@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a9b1bb;--grid:#3a4149;"
         "--paper:#16191d;" +
         dark + "}}\n@media print{:root{--ink:#000;--soft:#333;--grid:#ccc;--paper:#fff;" + light +
         "}}\n"
         ".chart{display:block;max-width:100%;height:auto;font-family:\"DejaVu Sans\",\"Noto Sans "
         "CJK SC\",\"WenQuanYi Micro Hei\",system-ui,sans-serif;font-size:12px}\n"
         ".chart text{fill:var(--ink)}\n.chart text.soft{fill:var(--soft)}\n"
         ".chart .grid{stroke:var(--grid);stroke-width:1;fill:none}\n"
         ".chart .axis{stroke:var(--soft);stroke-width:1;fill:none}\n"
         ".chart .moment{stroke:var(--soft);stroke-dasharray:3 3}\n"
         ".chart .whisker{stroke:var(--ink);stroke-width:1.5;fill:none}\n" +
         classes +
         ".chart path.line{fill:none;stroke-width:2;stroke-linejoin:round}\n"
         ".chart .mark{stroke:var(--paper);stroke-width:1}\n";
}

std::string chart_opening(std::string_view kind, std::string_view title, std::string_view about,
                          int width, int height) {
  std::string out = fmt::format(
      "<svg class=\"chart {}\" role=\"img\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" "
      "xmlns=\"http://www.w3.org/2000/svg\">\n",
      kind, width, height, width, height);
  out += "<title>" + escaped(title) + "</title>\n";
  if (!about.empty()) out += "<desc>" + escaped(about) + "</desc>\n";
  return out;
}

std::string chart_words(double x, double y, std::string_view anchor, std::string_view classes,
                        std::string_view text) {
  std::string out = "<text x=\"" + px(x) + "\" y=\"" + px(y) + "\"";
  if (anchor != "start") out += " text-anchor=\"" + std::string(anchor) + "\"";
  if (!classes.empty()) out += " class=\"" + std::string(classes) + "\"";
  return out + ">" + escaped(text) + "</text>\n";
}

std::string chart_marker(std::size_t index, double x, double y, std::string_view tip) {
  const auto polygon = [&](std::initializer_list<std::pair<double, double>> corners) {
    std::string points;
    for (const auto& [dx, dy] : corners)
      points += (points.empty() ? "" : " ") + px(x + dx) + "," + px(y + dy);
    return "polygon points=\"" + points + "\"";
  };
  std::string shape;
  switch (index % 6) {
    case 0:
      shape = fmt::format("circle cx=\"{}\" cy=\"{}\" r=\"3.5\"", px(x), px(y));
      break;
    case 1:
      shape = polygon({{-3.5, -3.5}, {3.5, -3.5}, {3.5, 3.5}, {-3.5, 3.5}});
      break;
    case 2:
      shape = polygon({{0, -4.5}, {4.5, 3.5}, {-4.5, 3.5}});
      break;
    case 3:
      shape = polygon({{0, -5}, {5, 0}, {0, 5}, {-5, 0}});
      break;
    case 4:
      shape = polygon({{-4.5, -3.5}, {4.5, -3.5}, {0, 4.5}});
      break;
    default:
      shape = polygon({{-4, -1.5},
                       {-1.5, -1.5},
                       {-1.5, -4},
                       {1.5, -4},
                       {1.5, -1.5},
                       {4, -1.5},
                       {4, 1.5},
                       {1.5, 1.5},
                       {1.5, 4},
                       {-1.5, 4},
                       {-1.5, 1.5},
                       {-4, 1.5}});
  }
  const std::string open = fmt::format("<{} class=\"mark k{}\"", shape, index % kSeriesLooks);
  if (tip.empty()) return open + "/>\n";
  const std::string element = shape.substr(0, shape.find(' '));
  return open + "><title>" + escaped(tip) + "</title></" + element + ">\n";
}

double chart_legend(std::string& out, const std::vector<std::string>& names, bool bars, double left,
                    double top, double width) {
  if (names.empty() || (names.size() == 1 && names.front().empty())) return 0;
  constexpr double kRow = 20, kSwatch = 34, kBetween = 18;
  double x = left, y = top + 13;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name = shortened(names[i], 40);
    const double space = kSwatch + text_width(name, kChartFont) + kBetween;
    if (x > left && x + space > left + width) {
      x = left;
      y += kRow;
    }
    if (bars) {
      out +=
          fmt::format("<rect x=\"{}\" y=\"{}\" width=\"24\" height=\"10\" class=\"mark k{}\"/>\n",
                      px(x), px(y - 9), i % kSeriesLooks);
    } else {
      out += fmt::format("<path d=\"M{} {}h26\" class=\"line k{}\"/>\n", px(x), px(y - 4),
                         i % kSeriesLooks);
      out += chart_marker(i, x + 13, y - 4, "");
    }
    out += chart_words(x + kSwatch, y, "start", "", name);
    x += space;
  }
  return y - top + 8;
}

}  // namespace lvslab::report
