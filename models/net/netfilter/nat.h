// Address translation (table nat): the first packet of a connection asks the rules, which settle
// what its source and its destination become; connection tracking remembers it, and every later
// packet, reply and ICMP error is changed accordingly. Source: RFC 3022, RFC 5382 (ports are kept
// where they can be), RFC 5508 (ICMP), and the behaviour of Linux 6.1.
#pragma once

#include <cstdint>
#include <string_view>

#include "hook/hook.h"
#include "net/netfilter/conntrack.h"

namespace lvslab::net::netfilter {

class Table;

/// What a rule allows an end of a connection to become.
struct NatRange {
  bool addresses = false;  ///< from `low` to `high`, else the address stays
  wire::Ipv4 low, high;
  bool ports = false;  ///< from `port_low` to `port_high`, else kept if it is free
  std::uint16_t port_low = 0, port_high = 0;
  bool random = false;      ///< another port even where the packet's own is free
  bool persistent = false;  ///< a client gets the same address for every destination
  bool offset = false;      ///< the port moves as far as it is from `port_base`
  std::uint16_t port_base = 0;
};

/// The mapping of one end of a new connection is settled: an address and port that the range allows
/// and that keep its replies apart from those of all others, if there is one. Nothing happens to a
/// connection that is in the table already.
void settle(Conntrack& tracker, ConntrackEntry& entry, End end, const NatRange& range,
            std::string_view rule, Random& random, Instant now);

/// The kernel's spread of clients over a range of addresses (B. Jenkins' lookup3 over the two
/// addresses).
wire::Ipv4 spread(const NatRange& range, wire::Ipv4 source, wire::Ipv4 destination);

// --- changing packets (nat_rewrite.cpp)
// -----------------------------------------------------------
/// One end of a packet of a translated connection; `tuple` as the packet is to look then. Checksums
/// follow; one of 0 in UDP stays.
void rewrite_end(wire::Datagram& datagram, End end, const Tuple& tuple);
/// An end of the packet that an ICMP error quotes; the error's checksum is computed anew.
void rewrite_quoted_end(wire::Datagram& error, End end, const Tuple& tuple);

/// The four places of table nat.
class Nat final : public hook::PacketHook {
 public:
  Nat(Conntrack& tracker, Table& table, KernelLog& log);
  hook::Verdict inspect(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                        const hook::RouteLookup& routes) override;

 private:
  hook::Verdict ask_rules(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                          ConntrackEntry& entry, End end);
  hook::Verdict translate_error(Turn& turn, wire::Datagram& error, const hook::PacketInfo& info,
                                const ConntrackEntry& entry, End end);
  void translate(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                 const ConntrackEntry& entry, End end);
  bool left_its_device(const hook::PacketInfo& info, const ConntrackEntry& entry) const;

  Conntrack& tracker_;
  Table& table_;
  KernelLog& log_;
  Random random_;
};

}  // namespace lvslab::net::netfilter
