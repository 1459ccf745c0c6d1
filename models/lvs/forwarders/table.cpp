// The forwarding methods there are. To add one: a file beside this one, its function, its line.
#include <array>

#include "base/check.h"
#include "lvs/forwarder.h"

namespace lvslab::lvs {

const Forwarder& direct_routing();
const Forwarder& masquerading();
const Forwarder& tunnelling();
const Forwarder& local_node();
const Forwarder& bypass();
const Forwarder& full_nat();

namespace {

constexpr std::array kTable = {
    ForwarderEntry{Method::kRoute, "Route", 'g', direct_routing,
                   "direct routing: same packet, the real server's MAC"},
    ForwarderEntry{Method::kMasq, "Masq", 'm', masquerading,
                   "masquerading: the director rewrites requests and replies"},
    ForwarderEntry{Method::kTunnel, "Tunnel", 'i', tunnelling,
                   "tunnelling: the packet inside one to the real server"},
    ForwarderEntry{Method::kLocal, "Local", 0, local_node, "delivered to the director itself"},
    ForwarderEntry{Method::kBypass, "Bypass", 0, bypass,
                   "cache bypass: on to the packet's own destination"},
    ForwarderEntry{Method::kFullNat, "FullNat", 'b', full_nat,
                   "both ends rewritten, from a local address (-P); not in the mainline kernel"},
};

}  // namespace

std::span<const ForwarderEntry> forwarders() { return kTable; }

const ForwarderEntry* find_forwarder(Method method) {
  for (const ForwarderEntry& entry : kTable) {
    if (entry.method == method) return &entry;
  }
  return nullptr;
}

const ForwarderEntry& forwarder(Method method) {
  const ForwarderEntry* entry = find_forwarder(method);
  LVSLAB_CHECK(entry != nullptr);
  return *entry;
}

}  // namespace lvslab::lvs
