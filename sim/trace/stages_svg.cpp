// The stations as a picture: a row per node, a box per station, arrows in the packet's direction;
// and a page that holds the picture and the text.
#include <algorithm>

#include "fmt/format.h"
#include "trace/stages.h"

namespace lvslab::trace {
namespace {

// Pixels. The font is monospaced, so a text's width is known.
constexpr int kBox = 262, kGap = 26, kLine = 15, kMargin = 16, kTitle = 26, kRowGap = 34;
constexpr std::size_t kColumns = 34;  ///< characters in a box
constexpr std::size_t kPerRow = 7;    ///< boxes side by side

std::string escape(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::vector<std::string> wrapped(const std::vector<std::string>& lines) {
  std::vector<std::string> rows;
  for (std::string rest : lines) {
    while (lang::columns(rest) > kColumns) {
      const std::size_t most = lang::bytes_within(rest, kColumns);
      std::size_t cut = rest.rfind(' ', most);
      // Chinese has no spaces: a line of it ends anywhere.
      if (cut == std::string::npos || cut == 0) cut = most;
      rows.push_back(rest.substr(0, cut));
      rest.erase(0, rest[cut] == ' ' ? cut + 1 : cut);
    }
    rows.push_back(std::move(rest));
  }
  return rows;
}

std::string_view fill_of(Station::Kind kind) {
  switch (kind) {
    case Station::Kind::kWire:
      return "#fff6dd";
    case Station::Kind::kArrived:
      return "#e0f5e3";
    case Station::Kind::kDropped:
      return "#fbdcdc";
    case Station::Kind::kPassed:
      break;
  }
  return "#e8f0fb";
}

class Picture {
 public:
  Picture(const Scene& scene, const lang::Words& words) : scene_(scene), words_(words) {}

  void title(const std::string& text) {
    y_ += kTitle;
    body_ += fmt::format("<text class=\"t\" x=\"{}\" y=\"{}\">{}</text>\n", kMargin, y_ - 8,
                         escape(text));
    widest_ = std::max(widest_, kMargin * 2 + static_cast<int>(lang::columns(text)) * 10);
    came_from_ = 0;
  }

  void visit(const StationVisit& visit) {
    const SceneNode& node = scene_.nodes[visit.node];
    y_ += kTitle;
    body_ += fmt::format("<text class=\"h\" x=\"{}\" y=\"{}\">{}{}</text>\n", kMargin, y_ - 8,
                         escape(node.name),
                         node.role.empty() ? "" : " (" + escape(words_(node.role)) + ")");
    for (std::size_t from = 0; from < visit.stations.size(); from += kPerRow) {
      const std::size_t end = std::min(from + kPerRow, visit.stations.size());
      row({visit.stations.begin() + static_cast<std::ptrdiff_t>(from),
           visit.stations.begin() + static_cast<std::ptrdiff_t>(end)});
    }
  }

  std::string done() {
    const int height = y_ + kMargin;
    return fmt::format(
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
               "viewBox=\"0 0 {0} {1}\">\n"
               "<defs><marker id=\"a\" markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" refY=\"4\" "
               "orient=\"auto\"><path d=\"M0,0L8,4L0,8z\" fill=\"#555\"/></marker></defs>\n"
               "<style>text{{font:12px monospace;fill:#222}}.t{{font-size:16px;font-weight:bold}}"
               ".h{{font-size:14px;font-weight:bold}}.n{{font-weight:bold}}"
               "line,polyline{{stroke:#555;fill:none;marker-end:url(#a)}}rect{{stroke:#8a94a6}}"
               "</style>\n<rect x=\"0\" y=\"0\" width=\"{0}\" height=\"{1}\" fill=\"#fff\" "
               "style=\"stroke:none\"/>\n",
               widest_ + kMargin, height) +
           body_ + "</svg>\n";
  }

 private:
  void row(const std::vector<Station>& stations) {
    std::vector<std::vector<std::string>> texts;
    std::size_t tallest = 1;
    for (const Station& station : stations) {
      texts.push_back(wrapped(station.lines));
      tallest = std::max(tallest, texts.back().size() + 1);
    }
    const int height = static_cast<int>(tallest) * kLine + 12;
    for (std::size_t i = 0; i < stations.size(); ++i) {
      const int x = kMargin + static_cast<int>(i) * (kBox + kGap);
      body_ += fmt::format(
          "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\" fill=\"{}\"/>\n"
          "<text class=\"n\" x=\"{}\" y=\"{}\">{}</text>\n",
          x, y_, kBox, height, fill_of(stations[i].kind), x + 8, y_ + kLine + 2,
          escape(stations[i].name));
      for (std::size_t line = 0; line < texts[i].size(); ++line) {
        body_ += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", x + 8,
                             y_ + kLine * (static_cast<int>(line) + 2) + 2, escape(texts[i][line]));
      }
      if (i > 0)
        body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", x - kGap,
                             y_ + height / 2, x, y_ + height / 2);
      widest_ = std::max(widest_, x + kBox);
    }
    if (came_from_ != 0)  // from the end of the row before to the start of this one
      body_ += fmt::format("<polyline points=\"{},{} {},{} {},{} {},{}\"/>\n", came_x_, came_from_,
                           came_x_, came_from_ + 8, kMargin + kBox / 2, came_from_ + 8,
                           kMargin + kBox / 2, y_);
    came_x_ = kMargin + static_cast<int>(stations.size() - 1) * (kBox + kGap) + kBox / 2;
    came_from_ = y_ + height;
    y_ += height + kRowGap;
  }

  const Scene& scene_;
  const lang::Words& words_;
  std::string body_;
  int y_ = kMargin, widest_ = 0, came_x_ = 0, came_from_ = 0;
};

}  // namespace

std::string stages_svg(const Scene& scene, const StageCollector& seen) {
  Picture picture(scene, seen.words());
  for (const PacketWay& way : seen.ways()) {
    picture.title(seen.connection_text() + ", " + way.title);
    for (const StationVisit& visit : way.visits) {
      if (!visit.stations.empty()) picture.visit(visit);
    }
  }
  return picture.done();
}

std::string stages_html(const Scene& scene, const StageCollector& seen) {
  const lang::Words& t = seen.words();
  const std::string title = scene.title.empty() ? t("The way of a packet") : scene.title;
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{3}\"><head><meta charset=\"utf-8\"><title>{0}</title>\n"
      "<style>body{{font-family:sans-serif;margin:1.5em;color:#222}}.p{{overflow-x:auto}}"
      "pre{{background:#f6f7f9;padding:1em;overflow-x:auto}}</style></head>\n"
      "<body><h1>{0}</h1>\n<div class=\"p\">\n{1}</div>\n<h2>{4}</h2>\n<pre>{2}</pre>\n"
      "</body></html>\n",
      escape(title), stages_svg(scene, seen), escape(stages_text(scene, seen, false)),
      lang::page_code(t.language()), t("In words"));
}

}  // namespace lvslab::trace
