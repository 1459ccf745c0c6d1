// Two directors are there so that one may fail: what else would part clients from real servers?
#include <algorithm>
#include <set>

#include "diagnose/findings/looks.h"
#include "topology/topology.h"

namespace lvslab::diagnose {
namespace {

topology::Graph graph_of(const Survey& survey) {
  const scenario::Scenario& s = survey.lab().scenario();
  topology::Graph graph;
  for (const scenario::HostSpec& host : s.hosts)
    graph.vertices.push_back({.name = host.name, .role = host.role});
  for (const scenario::SwitchSpec& sw : s.switches)
    graph.vertices.push_back({.name = sw.name, .is_switch = true});
  const auto vertex = [&](const scenario::LinkEnd& end) {
    return static_cast<std::uint32_t>(
        end.is_switch
            ? survey.host_count() + static_cast<std::size_t>(survey.lab().find_switch(end.node))
            : static_cast<std::size_t>(survey.lab().find_host(end.node)));
  };
  for (const scenario::LinkSpec& link : s.links)
    graph.edges.push_back({.a = vertex(link.a), .b = vertex(link.b), .name = link.name});
  return graph;
}

}  // namespace

void look_at_redundancy(const Survey& survey, Report& report) {
  std::set<std::size_t> directors, servers, clients;
  for (const Balanced& b : survey.services()) {
    directors.insert(b.director);
    for (const lvs::Destination* d : b.service->destinations) {
      if (const auto owner = survey.owner(d->address.address)) servers.insert(*owner);
    }
  }
  for (const Demand& d : survey.demands()) clients.insert(d.client);
  // Directors for the same address are each other's stand-ins.
  const bool paired =
      std::any_of(survey.services().begin(), survey.services().end(), [&](const Balanced& a) {
        return std::any_of(survey.services().begin(), survey.services().end(),
                           [&](const Balanced& b) {
                             return a.director < b.director && a.vips == b.vips &&
                                    a.service->key == b.service->key;
                           });
      });
  if (!paired || servers.size() < 2 || clients.empty()) return;
  const topology::Graph graph = graph_of(survey);
  for (const std::uint32_t at : topology::articulation_points(graph)) {
    const topology::Vertex& v = graph.vertices[at];
    if (clients.contains(at) || servers.contains(at) || directors.contains(at)) continue;
    report.add({.id = "single-point-of-failure",
                .host = v.name,
                .place = v.is_switch
                             ? survey.lab().scenario().switches[at - survey.host_count()].place
                             : survey.place_of(at),
                .summary = fmt::format("there are two directors, but if {} fails, clients and real "
                                       "servers are parted",
                                       v.name),
                .symptom = "the second director does not help then",
                .cure = {{"", fmt::format("a second {} beside {}",
                                          v.is_switch ? "switch" : "router", v.name)}},
                .assumptions = {"the second director is there for availability"}});
  }
}

}  // namespace lvslab::diagnose
