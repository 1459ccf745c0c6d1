// The stations as text and as a Mermaid flowchart.
#include "fmt/format.h"
#include "trace/stages.h"

namespace lvslab::trace {
namespace {

std::string_view paint_of(Station::Kind kind) {
  switch (kind) {
    case Station::Kind::kWire:
      return "33";
    case Station::Kind::kArrived:
      return "32";
    case Station::Kind::kDropped:
      return "1;31";
    case Station::Kind::kPassed:
      break;
  }
  return "36";
}

// Mermaid's own signs in a quoted label.
std::string label(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '"':
        safe += "#quot;";
        break;
      case '<':
        safe += "#lt;";
        break;
      case '>':
        safe += "#gt;";
        break;
      case '#':
        safe += "#35;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace

std::string stages_text(const Scene& scene, const StageCollector& seen, bool colour) {
  const lang::Words& t = seen.words();
  const auto paint = [&](std::string_view code, const std::string& text) {
    return colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  };
  std::string out = scene.title.empty() ? "" : scene.title + "\n\n";
  const std::vector<PacketWay> ways = seen.ways();
  if (ways.empty()) return out + t("No packet of such a connection was seen.") + "\n";
  for (const PacketWay& way : ways) {
    out += fmt::format("{}, {}\n", seen.connection_text(), way.title);
    for (const StationVisit& visit : way.visits) {
      const SceneNode& node = scene.nodes[visit.node];
      out += fmt::format("\n  {}{}   {:.9f} s\n", paint("1", node.name),
                         node.is_switch      ? " (" + t("switch") + ")"
                         : node.role.empty() ? ""
                                             : " (" + t(node.role) + ")",
                         visit.since.since_start().in_seconds());
      for (const Station& station : visit.stations) {
        const std::string name = paint(paint_of(station.kind), fmt::format("{:<12}", station.name));
        if (station.lines.empty())
          out +=
              fmt::format("    {} {}\n", name,
                          station.kind == Station::Kind::kWire ? t("as it came in")
                                                               : t("nothing stops or changes it"));
        for (std::size_t i = 0; i < station.lines.size(); ++i)
          out += fmt::format("    {} {}\n", i == 0 ? name : std::string(12, ' '), station.lines[i]);
      }
    }
    out += "\n";
  }
  return out;
}

std::string stages_mermaid(const Scene& scene, const StageCollector& seen) {
  std::string out = "flowchart TB\n";
  std::size_t number = 0;
  for (const PacketWay& way : seen.ways()) {
    std::string before;
    out +=
        fmt::format("  w{}[\"{}, {}\"]\n", number, label(seen.connection_text()), label(way.title));
    before = fmt::format("w{}", number++);
    for (const StationVisit& visit : way.visits) {
      std::string edges;
      out += fmt::format("  subgraph h{}[\"{}\"]\n", number, label(scene.nodes[visit.node].name));
      for (const Station& station : visit.stations) {
        const std::string id = fmt::format("s{}", number++);
        std::string text = "<b>" + label(station.name) + "</b>";
        for (const std::string& line : station.lines) text += "<br/>" + label(line);
        out += fmt::format("    {}[\"{}\"]\n", id, text);
        if (station.kind == Station::Kind::kDropped)
          edges += fmt::format("  style {} fill:#fdd,stroke:#c00\n", id);
        edges += fmt::format("  {} --> {}\n", before, id);
        before = id;
      }
      out += "  end\n" + edges;
    }
  }
  return out;
}

}  // namespace lvslab::trace
