#include "scenario/director_counts.h"

#include <algorithm>

namespace lvslab::scenario {
namespace {

bool has(const Lab& lab, NodeIndex node, wire::Ipv4 address) {
  const auto interfaces = lab.machine(node).host().interfaces();
  return std::any_of(interfaces.begin(), interfaces.end(),
                     [&](const net::Interface& nic) { return nic.find(address) != nullptr; });
}

}  // namespace

NodeIndex owner_of(const Lab& lab, wire::Ipv4 address, AddressOwners& owners) {
  const auto known = owners.try_emplace(address, kNoNode).first;
  if (known->second != kNoNode && has(lab, known->second, address)) return known->second;
  known->second = kNoNode;
  for (std::size_t host = 0; host < lab.host_count() && known->second == kNoNode; ++host) {
    if (has(lab, static_cast<NodeIndex>(host), address))
      known->second = static_cast<NodeIndex>(host);
  }
  return known->second;
}

std::map<NodeIndex, metrics::Series::Level> director_counts(const Lab& lab, AddressOwners& owners) {
  std::map<NodeIndex, metrics::Series::Level> counts;
  for (std::size_t host = 0; host < lab.host_count(); ++host) {
    const lvs::Director* director = lab.machine(host).director();
    if (director == nullptr) continue;
    for (const lvs::Service* service : director->services()) {
      for (const lvs::Destination* d : service->destinations) {
        const NodeIndex node = owner_of(lab, d->address.address, owners);
        if (node == kNoNode) continue;
        counts[node].active += static_cast<std::uint32_t>(d->active);
        counts[node].inactive += static_cast<std::uint32_t>(d->inactive());
      }
    }
  }
  return counts;
}

void describe_servers(const Lab& lab, metrics::Collector& collector) {
  const Scenario& scenario = lab.scenario();
  for (std::size_t host = 0; host < scenario.hosts.size(); ++host) {
    for (const app::ServeSpec& spec : scenario.hosts[host].serve) {
      if (spec.service.is_zero()) continue;
      const bool steady =
          std::none_of(scenario.timeline.begin(), scenario.timeline.end(), [&](const auto& item) {
            const auto* change = std::get_if<ServeAction>(&item.action);
            return change != nullptr && change->host == scenario.hosts[host].name;
          });
      collector.meter().declare(static_cast<NodeIndex>(host), spec.port, spec.workers, spec.speed,
                                steady);
    }
  }
  collector.set_probe(
      [&lab, owners = AddressOwners{}]() mutable { return director_counts(lab, owners); });
}

}  // namespace lvslab::scenario
