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
    ForwarderEntry{Method::kRoute, "Route", 'g', direct_routing, Work::kDr,
                   "direct routing: same packet, the real server's MAC"},
    ForwarderEntry{Method::kMasq, "Masq", 'm', masquerading, Work::kNat,
                   "masquerading: the director rewrites requests and replies"},
    ForwarderEntry{Method::kTunnel, "Tunnel", 'i', tunnelling, Work::kTun,
                   "tunnelling: the packet inside one to the real server"},
    ForwarderEntry{Method::kLocal, "Local", 0, local_node, Work::kNone,
                   "delivered to the director itself"},
    ForwarderEntry{Method::kBypass, "Bypass", 0, bypass, Work::kRoute,
                   "cache bypass: on to the packet's own destination"},
    ForwarderEntry{Method::kFullNat, "FullNat", 'b', full_nat, Work::kFullNat,
                   "both ends rewritten, from a local address (-P); not in the mainline kernel"},
};

/// Places in the table by method; its size where there is none.
constexpr auto kByMethod = [] {
  std::array<std::uint8_t, 8> places{};
  places.fill(kTable.size());
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    places[static_cast<std::size_t>(kTable[i].method)] = static_cast<std::uint8_t>(i);
  }
  return places;
}();

}  // namespace

std::span<const ForwarderEntry> forwarders() { return kTable; }

const ForwarderEntry* find_forwarder(Method method) {
  const auto number = static_cast<std::size_t>(method);
  const std::size_t place = number < kByMethod.size() ? kByMethod[number] : kTable.size();
  return place < kTable.size() ? &kTable[place] : nullptr;
}

const ForwarderEntry& forwarder(Method method) {
  const ForwarderEntry* entry = find_forwarder(method);
  LVSLAB_CHECK(entry != nullptr);
  return *entry;
}

}  // namespace lvslab::lvs
