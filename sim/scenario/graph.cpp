#include "scenario/graph.h"

#include <string>
#include <utility>

namespace lvslab::scenario {
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

}  // namespace

topology::Graph graph_of(const Lab& lab) {
  const Scenario& scenario = lab.scenario();
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
  for (const SwitchSpec& spec : scenario.switches) {
    graph.vertices.push_back({.name = spec.name, .role = "switch", .is_switch = true});
  }
  const auto vertex_of = [&](const LinkEnd& end) {
    return static_cast<std::uint32_t>(end.is_switch ? static_cast<int>(scenario.hosts.size()) +
                                                          lab.find_switch(end.node)
                                                    : lab.find_host(end.node));
  };
  for (const LinkSpec& link : scenario.links) {
    graph.edges.push_back({vertex_of(link.a), vertex_of(link.b), link.name, link.a.port,
                           link.b.port, rate_text(link.shape.bits_per_second)});
  }
  return graph;
}

}  // namespace lvslab::scenario
