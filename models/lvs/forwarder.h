// How a packet is taken to its real server and back: one file per method and one line in
// forwarders/table.cpp. A forwarder edits bytes and answers with a verdict; routing and ARP are the
// host's.
#pragma once

#include <span>
#include <string_view>

#include "hook/hook.h"
#include "lvs/connection.h"
#include "lvs/settings.h"

namespace lvslab::lvs {

struct LocalEnd;

/// What a forwarder may know about the packet at hand.
struct ForwardContext {
  Turn& turn;
  const Connection& connection;
  const hook::PacketInfo& info;
  const hook::RouteLookup& routes;
  const DirectorSettings& settings;
  /// The datagram is an ICMP error about a packet of the connection.
  bool relayed_error = false;
  LocalEnd* local_end = nullptr;  ///< FULLNAT only
};

class Forwarder {
 public:
  virtual ~Forwarder() = default;
  /// A packet from the client. Accept: the real server is this host, go on here.
  virtual hook::Verdict to_real(const ForwardContext& context, wire::Datagram& datagram) const = 0;
  /// A reply that passes the director. Only methods that rewrite the request have something to do.
  virtual hook::Verdict to_client(const ForwardContext& context, wire::Datagram& datagram) const {
    (void)context, (void)datagram;
    return hook::Verdict::accept();
  }
  /// An ICMP error that quotes a reply: on its way to the real server.
  virtual hook::Verdict error_to_real(const ForwardContext& context,
                                      wire::Datagram& datagram) const {
    return to_real(context, datagram);
  }
  /// An ICMP error that quotes a forwarded request: on its way to the client.
  virtual hook::Verdict error_to_client(const ForwardContext& context,
                                        wire::Datagram& datagram) const {
    (void)context, (void)datagram;
    return hook::Verdict::accept();
  }
};

struct ForwarderEntry {
  Method method;
  std::string_view name;  ///< as listings show: "Route" "Masq" "Tunnel" "Local" "FullNat"
  char option;            ///< ipvsadm's: 'g' 'm' 'i' 'b', 0 none
  const Forwarder& (*get)();
  Work work;  ///< what a packet costs the director's processor
  std::string_view about;
};
std::span<const ForwarderEntry> forwarders();
const ForwarderEntry* find_forwarder(Method method);  ///< null: no such method here
/// Aborts for a method that no entry has.
const ForwarderEntry& forwarder(Method method);

/// Which real servers a method can reach.
struct ForwardRules {
  bool local_allowed = true;  ///< the real server may be this host
  bool remote_allowed = true;
  bool redirect_allowed = false;  ///< also for a packet whose own route was not local
  std::uint32_t overhead = 0;     ///< bytes that will be added in front
  bool check_mtu = true;
  bool take_from_ttl = true;
};

struct Prepared {
  hook::Verdict verdict;  ///< Accept: go on
  bool local = false;     ///< the address is this host's
  hook::RouteAnswer route;
};

/// The step all methods share before a packet leaves for its real server: route to `address` (none:
/// host unreachable), boundary, TTL (<= 1: time exceeded, else one less), MTU (DF and too big:
/// fragmentation needed). A local real server skips TTL and MTU.
Prepared prepare_forward(const ForwardContext& context, wire::Datagram& datagram,
                         wire::Ipv4 address, const ForwardRules& rules);

/// ICMP goes back to the packet's source, from the address it was sent to (the VIP).
hook::Verdict reply_with_error(const wire::Datagram& datagram, DropReason reason, std::uint8_t type,
                               std::uint8_t code, std::uint32_t rest = 0);

}  // namespace lvslab::lvs
