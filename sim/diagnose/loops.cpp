// Findings on the cabling that keep a lab from being built at all.
#include <algorithm>

#include "diagnose/doctor.h"
#include "topology/topology.h"

namespace lvslab::diagnose {

std::vector<Finding> examine(const scenario::Scenario& scenario) {
  topology::Graph graph;
  for (const scenario::HostSpec& host : scenario.hosts)
    graph.vertices.push_back({.name = host.name});
  for (const scenario::SwitchSpec& sw : scenario.switches)
    graph.vertices.push_back({.name = sw.name, .is_switch = true});
  const auto vertex = [&](const scenario::LinkEnd& end) {
    const auto at =
        std::find_if(graph.vertices.begin(), graph.vertices.end(), [&](const topology::Vertex& v) {
          return v.is_switch == end.is_switch && v.name == end.node;
        });
    return static_cast<std::uint32_t>(at - graph.vertices.begin());
  };
  for (const scenario::LinkSpec& link : scenario.links)
    graph.edges.push_back({.a = vertex(link.a), .b = vertex(link.b), .name = link.name});
  Report report;
  for (const topology::Loop& loop : topology::find_loops(graph)) {
    std::string way;
    for (const std::uint32_t v : loop.switches)
      way += (way.empty() ? "" : " - ") + graph.vertices[v].name;
    const scenario::LinkSpec& link = scenario.links[loop.closing_edge];
    report.add({.id = "l2-loop",
                .host = graph.vertices[loop.switches.front()].name,
                .place = link.place,
                .summary = "the link " + link.name + " closes a circle of switches: " + way,
                .symptom = "every broadcast goes round for ever; there is no spanning tree here, "
                           "and such a lab cannot be built",
                .cure = {{"", "remove one link of the circle"}}});
  }
  std::vector<Finding> findings = report.take();
  for (Finding& finding : findings) {
    for (const scenario::Waiver& waiver : scenario.waivers) {
      if (waiver.finding == finding.id) finding.waived = waiver.reason;
    }
  }
  return findings;
}

}  // namespace lvslab::diagnose
