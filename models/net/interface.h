// A network interface of a host and the addresses on it. An IPv4 address belongs to the host (weak
// host model); the interface it was put on matters for arp_ignore, source selection and prefix
// routes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/turn.h"
#include "net/sysctl.h"
#include "wire/address.h"

namespace lvslab::net {

/// Numeric scopes as the kernel orders them: a larger number reaches less far.
enum class Scope : std::uint8_t {
  kUniverse = 0,
  kSite = 200,
  kLink = 253,
  kHost = 254,
  kNowhere = 255
};

struct Address {
  wire::Ipv4 local;
  std::uint8_t prefix_length = 32;
  Scope scope = Scope::kUniverse;
  bool secondary = false;  ///< same mask and subnet as an earlier address of the interface
  bool no_prefix_route = false;
  wire::Ipv4 broadcast;  ///< 0: none
  std::string label;     ///< "eth0" or "eth0:1"
  wire::Prefix prefix() const { return {local, prefix_length}; }
};

enum class InterfaceKind : std::uint8_t { kEthernet, kLoopback, kDummy, kIpip, kVlan };

/// What every frame needs comes first: it is one cache line.
struct Interface {
  InterfaceIndex index = 0;  ///< place in Host::interfaces(); lo is 0
  PortIndex port = 0;        ///< cable, for kEthernet (and the parent's for kVlan)
  InterfaceKind kind = InterfaceKind::kEthernet;
  bool up = false;      ///< administratively up
  bool carrier = true;  ///< cable present and its far end up
  bool noarp = false;
  std::uint16_t taps = 0;  ///< how many hear its frames: Host::hear_frames()
  wire::Mac mac;
  std::uint32_t mtu = 1500;
  int ifindex = 1;  ///< as `ip link` numbers them: lo 1, then in order of creation
  // Counters shown by `ip -s link` and ifconfig.
  std::uint64_t rx_packets = 0, rx_bytes = 0, tx_packets = 0, tx_bytes = 0;

  InterfaceConf conf;
  std::string name;
  InterfaceIndex parent = kNoInterface;  ///< kVlan: the device below
  std::uint16_t vlan_id = 0;
  bool promiscuous = false;
  bool removed = false;  ///< `ip link del`: the slot stays, nothing uses it
  int txqueuelen = 1000;
  /// Kernel order: primaries by descending scope number, ties in order of insertion, then
  /// secondaries.
  std::vector<Address> addresses;
  std::uint32_t times_down = 0;    ///< how often it was set down: flows masqueraded behind it end
  bool had_address = false;        ///< conf/default no longer reaches its values
  std::uint64_t conf_written = 0;  ///< bit per interface_keys() entry ever written
  NeighbourConf neigh;
  // IPIP tunnel parameters (kIpip): 0 = any.
  wire::Ipv4 tunnel_local, tunnel_remote;
  std::uint8_t tunnel_ttl = 0;  ///< 0: inherit
  bool tunnel_pmtudisc = true;
  std::uint64_t rx_dropped = 0, tx_dropped = 0;

  bool loopback() const { return kind == InterfaceKind::kLoopback; }
  bool running() const { return up && carrier; }
  const Address* find(wire::Ipv4 local) const {
    for (const Address& a : addresses)
      if (a.local == local) return &a;
    return nullptr;
  }
};

/// Values in force for one interface: `all` combined with the interface's own.
struct EffectiveConf {
  const InterfaceConf& all;
  const InterfaceConf& own;
  static int max(int a, int b) { return a > b ? a : b; }
  int arp_ignore() const { return max(all.arp_ignore, own.arp_ignore); }
  int arp_announce() const { return max(all.arp_announce, own.arp_announce); }
  int arp_accept() const { return max(all.arp_accept, own.arp_accept); }
  int arp_notify() const { return max(all.arp_notify, own.arp_notify); }
  int rp_filter() const { return max(all.rp_filter, own.rp_filter); }
  bool arp_filter() const { return all.arp_filter != 0 || own.arp_filter != 0; }
  bool drop_gratuitous_arp() const {
    return all.drop_gratuitous_arp != 0 || own.drop_gratuitous_arp != 0;
  }
  bool arp_evict_nocarrier() const {
    return all.arp_evict_nocarrier != 0 && own.arp_evict_nocarrier != 0;
  }
  bool proxy_arp() const { return all.proxy_arp != 0 || own.proxy_arp != 0; }
  bool proxy_arp_pvlan() const { return all.proxy_arp_pvlan != 0 || own.proxy_arp_pvlan != 0; }
  bool accept_local() const { return all.accept_local != 0 || own.accept_local != 0; }
  bool route_localnet() const { return all.route_localnet != 0 || own.route_localnet != 0; }
  bool log_martians() const { return all.log_martians != 0 || own.log_martians != 0; }
  bool promote_secondaries() const {
    return all.promote_secondaries != 0 || own.promote_secondaries != 0;
  }
  bool forwarding() const { return own.forwarding != 0; }
  bool send_redirects() const { return all.send_redirects != 0 || own.send_redirects != 0; }
  bool shared_media() const { return all.shared_media != 0 || own.shared_media != 0; }
  bool secure_redirects() const { return all.secure_redirects != 0 || own.secure_redirects != 0; }
  bool drop_unicast_in_l2_multicast() const {
    return all.drop_unicast_in_l2_multicast != 0 || own.drop_unicast_in_l2_multicast != 0;
  }
  bool accept_redirects() const {
    return forwarding() ? (all.accept_redirects != 0 && own.accept_redirects != 0)
                        : (all.accept_redirects != 0 || own.accept_redirects != 0);
  }
};

}  // namespace lvslab::net
