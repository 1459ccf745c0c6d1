#include <algorithm>
#include <cstdio>

#include "cli/session.h"
#include "cli/verbs.h"
#include "scenario/scenario.h"
#include "topology/topology.h"

namespace lvslab::cli {
namespace {

std::string rate_text(std::uint64_t bits_per_second) {
  if (bits_per_second == 0) return "unlimited";
  constexpr std::pair<std::uint64_t, const char*> kUnits[] = {
      {1'000'000'000, "Gbps"}, {1'000'000, "Mbps"}, {1'000, "kbps"}};
  for (const auto& [size, unit] : kUnits) {
    if (bits_per_second % size == 0) return std::to_string(bits_per_second / size) + unit;
  }
  return std::to_string(bits_per_second) + "bps";
}

topology::Graph graph_of(const scenario::Lab& lab) {
  const scenario::Scenario& scenario = lab.scenario();
  topology::Graph graph;
  for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
    topology::Vertex vertex{.name = scenario.hosts[i].name, .role = scenario.hosts[i].role};
    for (const net::Interface& nic : lab.machine(i).host().interfaces()) {
      for (const net::Address& address : nic.addresses) {
        if (!address.local.is_loopback())
          vertex.lines.push_back(nic.name + " " + wire::to_string(address.prefix()));
      }
    }
    graph.vertices.push_back(std::move(vertex));
  }
  for (const scenario::SwitchSpec& spec : scenario.switches) {
    graph.vertices.push_back({.name = spec.name, .role = "switch", .is_switch = true});
  }
  const auto vertex_of = [&](const scenario::LinkEnd& end) {
    return static_cast<std::uint32_t>(end.is_switch ? static_cast<int>(scenario.hosts.size()) +
                                                          lab.find_switch(end.node)
                                                    : lab.find_host(end.node));
  };
  for (const scenario::LinkSpec& link : scenario.links) {
    graph.edges.push_back({vertex_of(link.a), vertex_of(link.b), link.name, link.a.port,
                           link.b.port, rate_text(link.shape.bits_per_second)});
  }
  return graph;
}

}  // namespace

// The picture shows addresses as they are once the start scripts have run.
int graph_verb(const Options& options) {
  const auto session = Session::open(options);
  if (session == nullptr) return kBadInput;
  Options at_start = options;
  at_start.until = "0s";
  at_start.quiet = true;
  if (!session->run(at_start, WatchLevel::kNothing)) return kBadInput;
  const topology::Graph graph = graph_of(session->lab());
  const std::string text = options.format == "graphml" ? topology::to_graphml(graph)
                           : options.format == "svg"   ? topology::to_svg(graph)
                                                       : topology::to_dot(graph);
  std::fputs(text.c_str(), stdout);
  return kFine;
}

int schema_verb(const Options&) {
  std::fputs(scenario::json_schema().c_str(), stdout);
  return kFine;
}

}  // namespace lvslab::cli
