// The picture for pages: tiers by distance from the clients.
#include <algorithm>
#include <deque>
#include <map>
#include <string_view>

#include "topology/topology.h"

namespace lvslab::topology {
namespace {

constexpr std::size_t kColumn = 180, kWidth = 164, kLine = 15, kBetween = 46, kMostLines = 5;

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += ' ';
    else
      out += c;
  }
  return out;
}

int rank(const Vertex& v) {
  if (v.is_switch) return 3;
  return v.role == "client" ? 0 : v.role == "router" ? 1 : v.role == "director" ? 2 : 4;
}

std::string number(std::size_t value) { return std::to_string(value); }

struct Box {
  std::size_t x = 0, y = 0, height = 0;  ///< x: of the middle
  bool shown = false;
};

class Tiers {
 public:
  Tiers(const Graph& graph, std::size_t most)
      : graph_(graph), most_(std::max<std::size_t>(2, most)), boxes_(graph.vertices.size()) {}

  std::string draw() {
    neighbours_.resize(graph_.vertices.size());
    for (const Edge& e : graph_.edges) {
      neighbours_[e.a].push_back(e.b);
      neighbours_[e.b].push_back(e.a);
    }
    measure();
    for (std::vector<std::uint32_t>& tier : tiers_) place(tier);
    std::string out = "<svg class=\"lab\" role=\"img\" width=\"" + number(width_) + "\" height=\"" +
                      number(y_) + "\" viewBox=\"0 0 " + number(width_) + " " + number(y_) +
                      "\" xmlns=\"http://www.w3.org/2000/svg\">\n<title>Topology</title>\n<desc>" +
                      description() + "</desc>\n";
    for (const Edge& e : graph_.edges) cable(out, e);
    for (std::uint32_t v = 0; v < boxes_.size(); ++v) {
      if (boxes_[v].shown) box(out, v);
    }
    return out + rest_ + "</svg>\n";
  }

 private:
  // From all clients at once; from the first vertex where there is none.
  void measure() {
    std::vector<int> distance(graph_.vertices.size(), -1);
    std::deque<std::uint32_t> waiting;
    const auto begin = [&](std::uint32_t v) {
      if (distance[v] >= 0) return;
      distance[v] = 0;
      waiting.push_back(v);
    };
    const auto spread = [&] {
      for (; !waiting.empty(); waiting.pop_front()) {
        for (const std::uint32_t next : neighbours_[waiting.front()]) {
          if (distance[next] >= 0) continue;
          distance[next] = distance[waiting.front()] + 1;
          waiting.push_back(next);
        }
      }
    };
    for (std::uint32_t v = 0; v < graph_.vertices.size(); ++v) {
      if (graph_.vertices[v].role == "client") begin(v);
    }
    spread();
    for (std::uint32_t v = 0; v < graph_.vertices.size(); ++v) {
      begin(v);
      spread();
    }
    for (std::uint32_t v = 0; v < graph_.vertices.size(); ++v) {
      const auto d = static_cast<std::size_t>(distance[v]);
      if (tiers_.size() <= d) tiers_.resize(d + 1);
      tiers_[d].push_back(v);
    }
    for (std::vector<std::uint32_t>& tier : tiers_) {
      std::stable_sort(tier.begin(), tier.end(), [&](std::uint32_t a, std::uint32_t b) {
        return rank(graph_.vertices[a]) < rank(graph_.vertices[b]);
      });
      width_ = std::max(width_, std::min(tier.size(), most_) * kColumn + 20);
    }
  }

  static std::size_t height_of(const Vertex& v) {
    return 26 + kLine * std::min(v.lines.size(), kMostLines);
  }

  void place(const std::vector<std::uint32_t>& tier) {
    const bool cut = tier.size() > most_;
    const std::size_t count = cut ? most_ : tier.size(), shown = cut ? most_ - 1 : count;
    std::size_t tallest = 26;
    const std::size_t step = width_ / (count + 1);
    for (std::size_t i = 0; i < shown; ++i) {
      Box& box = boxes_[tier[i]];
      // Evenly over the width, but never closer than a column.
      box = {step >= kColumn ? step * (i + 1)
                             : (width_ - count * kColumn) / 2 + kColumn * i + kColumn / 2,
             y_, height_of(graph_.vertices[tier[i]]), true};
      tallest = std::max(tallest, box.height);
    }
    if (cut) {
      const std::size_t x = (width_ - count * kColumn) / 2 + kColumn * shown + kColumn / 2;
      for (std::size_t i = shown; i < tier.size(); ++i)
        boxes_[tier[i]] = {x, y_, 26 + kLine, false};
      rest_ += "<rect class=\"rest\" x=\"" + number(x - kWidth / 2) + "\" y=\"" + number(y_) +
               "\" width=\"" + number(kWidth) + "\" height=\"" + number(26 + kLine) + "\"/>\n";
      words(rest_, x, y_ + 17, "name", "and " + number(tier.size() - shown) + " more");
      words(
          rest_, x, y_ + 17 + kLine, "",
          graph_.vertices[tier[shown]].name + " \xe2\x80\xa6 " + graph_.vertices[tier.back()].name);
      tallest = std::max(tallest, 26 + kLine);
    }
    y_ += tallest + kBetween;
  }

  static void words(std::string& out, std::size_t x, std::size_t y, std::string_view classes,
                    const std::string& text) {
    std::string cut = text;
    if (cut.size() > 25) {
      std::size_t end = 23;
      while (end > 0 && (static_cast<unsigned char>(cut[end]) & 0xc0) == 0x80) --end;
      cut = cut.substr(0, end) + "\xe2\x80\xa6";
    }
    out += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\"" +
           (classes.empty() ? "" : " class=\"" + std::string(classes) + "\"") + ">" + escape(cut) +
           "</text>\n";
  }

  void cable(std::string& out, const Edge& e) {
    const Box &a = boxes_[e.a], &b = boxes_[e.b];
    if (!a.shown && !b.shown) return;
    if ((!a.shown || !b.shown) && !rests_.insert({{e.a, e.b}, true}).second) return;
    const bool down = a.y < b.y, level = a.y == b.y;
    const std::size_t ya = level ? a.y + 13 : down ? a.y + a.height : a.y;
    const std::size_t yb = level ? b.y + 13 : down ? b.y : b.y + b.height;
    out += "<line x1=\"" + number(a.x) + "\" y1=\"" + number(ya) + "\" x2=\"" + number(b.x) +
           "\" y2=\"" + number(yb) + "\"><title>" + escape(e.name + ", " + e.label) +
           "</title></line>\n";
  }

  void box(std::string& out, std::uint32_t index) const {
    const Vertex& v = graph_.vertices[index];
    const Box& box = boxes_[index];
    const std::string role = v.is_switch ? "switch" : v.role.empty() ? "host" : v.role;
    out += "<g><title>" + escape(v.name + " (" + role + ")");
    for (const std::string& line : v.lines) out += escape("\n" + line);
    out += "</title><rect class=\"" +
           std::string(role == "client" || role == "router" || role == "director" ||
                               role == "real-server" || role == "switch"
                           ? role
                           : "host") +
           "\" x=\"" + number(box.x - kWidth / 2) + "\" y=\"" + number(box.y) + "\" width=\"" +
           number(kWidth) + "\" height=\"" + number(box.height) + "\" rx=\"" +
           (v.is_switch ? "0" : "7") + "\"/>\n";
    words(out, box.x, box.y + 17, "name", v.name);
    for (std::size_t i = 0; i < std::min(v.lines.size(), kMostLines); ++i) {
      const bool last = i + 1 == kMostLines && v.lines.size() > kMostLines;
      words(out, box.x, box.y + 17 + kLine * (i + 1), "",
            last ? "and " + number(v.lines.size() - i) + " more" : v.lines[i]);
    }
    out += "</g>\n";
  }

  std::string description() const {
    return number(graph_.vertices.size()) + " nodes and " + number(graph_.edges.size()) +
           " links, from the clients at the top down.";
  }

  const Graph& graph_;
  std::size_t most_, width_ = kColumn + 20, y_ = 12;
  std::vector<Box> boxes_;
  std::vector<std::vector<std::uint32_t>> neighbours_, tiers_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, bool> rests_;
  std::string rest_;
};

}  // namespace

std::string to_tiers_svg(const Graph& graph, std::size_t most) { return Tiers(graph, most).draw(); }

std::string tiers_css() {
  return ".lab{display:block;max-width:100%;height:auto;font:12px \"DejaVu Sans\",\"WenQuanYi "
         "Micro "
         "Hei\",system-ui,sans-serif}\n.lab text{fill:var(--ink);text-anchor:middle}\n"
         ".lab .name{font-weight:bold}\n.lab line{stroke:var(--soft);stroke-width:1.5}\n"
         ".lab rect{stroke:var(--soft);fill:var(--paper)}\n.lab .rest{stroke-dasharray:4 3}\n"
         ".lab .client{stroke:var(--s0);stroke-width:2}\n"
         ".lab .router{stroke:var(--s2);stroke-width:2;stroke-dasharray:8 3}\n"
         ".lab .director{stroke:var(--s1);stroke-width:4}\n"
         ".lab .real-server{stroke:var(--s3);stroke-width:2}\n.lab .switch{fill:var(--grid)}\n";
}

}  // namespace lvslab::topology
