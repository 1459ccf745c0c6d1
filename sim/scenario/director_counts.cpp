#include "scenario/director_counts.h"

namespace lvslab::scenario {
namespace {

NodeIndex owner_of(const Lab& lab, wire::Ipv4 address) {
  for (std::size_t host = 0; host < lab.host_count(); ++host) {
    for (const net::Interface& nic : lab.machine(host).host().interfaces()) {
      if (nic.find(address) != nullptr) return static_cast<NodeIndex>(host);
    }
  }
  return kNoNode;
}

}  // namespace

std::map<NodeIndex, metrics::Series::Level> director_counts(const Lab& lab) {
  std::map<NodeIndex, metrics::Series::Level> counts;
  for (std::size_t host = 0; host < lab.host_count(); ++host) {
    const lvs::Director* director = lab.machine(host).director();
    if (director == nullptr) continue;
    for (const lvs::Service* service : director->services()) {
      for (const lvs::Destination* d : service->destinations) {
        const NodeIndex node = owner_of(lab, d->address.address);
        if (node == kNoNode) continue;
        counts[node].active += static_cast<std::uint32_t>(d->active);
        counts[node].inactive += static_cast<std::uint32_t>(d->inactive());
      }
    }
  }
  return counts;
}

}  // namespace lvslab::scenario
