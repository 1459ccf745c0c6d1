#include <algorithm>
#include <array>
#include <string_view>

#include "topology/topology.h"

namespace lvslab::topology {
namespace {

std::string escape_xml(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escape_dot(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string_view shape_of(const Vertex& v) {
  if (v.is_switch) return "box";
  return v.role == "director" ? "doubleoctagon" : v.role == "router" ? "diamond" : "ellipse";
}

int tier_of(const Vertex& v, std::size_t degree_of_clients) {
  if (v.role == "client") return 0;
  if (v.is_switch) return degree_of_clients > 0 ? 1 : 3;
  if (v.role == "router") return 2;
  if (v.role == "director") return 4;
  return v.role == "real-server" ? 5 : 2;
}

}  // namespace

std::string to_dot(const Graph& graph) {
  std::string out =
      "graph lab {\n  node [fontname=\"DejaVu Sans\"];\n  edge [fontname=\"DejaVu Sans\", "
      "fontsize=9];\n";
  for (const Vertex& v : graph.vertices) {
    std::string label = escape_dot(v.name);
    for (const std::string& line : v.lines) label += "\\n" + escape_dot(line);
    out += "  \"" + escape_dot(v.name) + "\" [shape=" + std::string(shape_of(v)) + ", label=\"" +
           label + "\"];\n";
  }
  for (const Edge& e : graph.edges) {
    out += "  \"" + escape_dot(graph.vertices[e.a].name) + "\" -- \"" +
           escape_dot(graph.vertices[e.b].name) + "\" [taillabel=\"" + escape_dot(e.port_a) +
           "\", headlabel=\"" + escape_dot(e.port_b) + "\", label=\"" + escape_dot(e.label) +
           "\"];\n";
  }
  return out + "}\n";
}

std::string to_graphml(const Graph& graph) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml "
      "xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
      "  <key id=\"role\" for=\"node\" attr.name=\"role\" attr.type=\"string\"/>\n"
      "  <key id=\"addresses\" for=\"node\" attr.name=\"addresses\" attr.type=\"string\"/>\n"
      "  <key id=\"label\" for=\"edge\" attr.name=\"label\" attr.type=\"string\"/>\n"
      "  <key id=\"ports\" for=\"edge\" attr.name=\"ports\" attr.type=\"string\"/>\n"
      "  <graph id=\"lab\" edgedefault=\"undirected\">\n";
  for (const Vertex& v : graph.vertices) {
    std::string addresses;
    for (const std::string& line : v.lines) addresses += (addresses.empty() ? "" : ", ") + line;
    out += "    <node id=\"" + escape_xml(v.name) + "\"><data key=\"role\">" +
           escape_xml(v.is_switch ? std::string("switch") : v.role) +
           "</data><data key=\"addresses\">" + escape_xml(addresses) + "</data></node>\n";
  }
  for (const Edge& e : graph.edges) {
    out += "    <edge source=\"" + escape_xml(graph.vertices[e.a].name) + "\" target=\"" +
           escape_xml(graph.vertices[e.b].name) + "\"><data key=\"label\">" + escape_xml(e.label) +
           "</data><data key=\"ports\">" + escape_xml(e.port_a + " " + e.port_b) +
           "</data></edge>\n";
  }
  return out + "  </graph>\n</graphml>\n";
}

std::string to_svg(const Graph& graph) {
  std::vector<std::size_t> clients(graph.vertices.size());
  for (const Edge& e : graph.edges) {
    if (graph.vertices[e.a].role == "client") ++clients[e.b];
    if (graph.vertices[e.b].role == "client") ++clients[e.a];
  }
  std::array<std::vector<std::uint32_t>, 6> tiers;
  for (std::uint32_t v = 0; v < graph.vertices.size(); ++v) {
    tiers[static_cast<std::size_t>(tier_of(graph.vertices[v], clients[v]))].push_back(v);
  }
  std::size_t widest = 1;
  for (const auto& tier : tiers) widest = std::max(widest, tier.size());
  constexpr int kColumn = 190, kRow = 110, kWidth = 160;
  const int width = static_cast<int>(widest) * kColumn + 20;
  std::vector<std::pair<int, int>> place(graph.vertices.size());
  int y = 20;
  for (const auto& tier : tiers) {
    if (tier.empty()) continue;
    const int step = width / static_cast<int>(tier.size() + 1);
    for (std::size_t i = 0; i < tier.size(); ++i)
      place[tier[i]] = {step * static_cast<int>(i + 1), y + 25};
    y += kRow;
  }
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(width) +
                    "\" height=\"" + std::to_string(y) +
                    "\" font-family=\"DejaVu Sans, sans-serif\" font-size=\"12\">\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  for (const Edge& e : graph.edges) {
    const auto [x1, y1] = place[e.a];
    const auto [x2, y2] = place[e.b];
    out += "<line x1=\"" + std::to_string(x1) + "\" y1=\"" + std::to_string(y1) + "\" x2=\"" +
           std::to_string(x2) + "\" y2=\"" + std::to_string(y2) + "\" stroke=\"#555\"><title>" +
           escape_xml(e.name + " " + e.label) + "</title></line>\n";
  }
  for (std::uint32_t v = 0; v < graph.vertices.size(); ++v) {
    const Vertex& vertex = graph.vertices[v];
    const auto [x, top] = place[v];
    const int height = 30 + 15 * static_cast<int>(vertex.lines.size());
    const char* fill = vertex.is_switch            ? "#e8e8e8"
                       : vertex.role == "director" ? "#ffd9a0"
                       : vertex.role == "router"   ? "#cfe8cf"
                       : vertex.role == "client"   ? "#cfe0f5"
                                                   : "#f5e6f5";
    out += "<rect x=\"" + std::to_string(x - kWidth / 2) + "\" y=\"" + std::to_string(top - 18) +
           "\" width=\"" + std::to_string(kWidth) + "\" height=\"" + std::to_string(height) +
           "\" rx=\"" + (vertex.is_switch ? "0" : "8") + "\" fill=\"" + fill +
           "\" stroke=\"#333\"/>\n<text x=\"" + std::to_string(x) + "\" y=\"" +
           std::to_string(top) + "\" text-anchor=\"middle\" font-weight=\"bold\">" +
           escape_xml(vertex.name) + "</text>\n";
    for (std::size_t i = 0; i < vertex.lines.size(); ++i) {
      out += "<text x=\"" + std::to_string(x) + "\" y=\"" +
             std::to_string(top + 15 * static_cast<int>(i + 1)) + "\" text-anchor=\"middle\">" +
             escape_xml(vertex.lines[i]) + "</text>\n";
    }
  }
  return out + "</svg>\n";
}

}  // namespace lvslab::topology
