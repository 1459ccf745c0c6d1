// What a director and its host say to each other. The host calls a PacketHook at the five places of
// Linux's packet filter; the hook answers with a verdict value. Routing, ARP and sending are the
// host's; connections, picks and header rewriting are the hook's.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/turn.h"
#include "wire/arp.h"
#include "wire/datagram.h"

namespace lvslab::hook {

enum class Hook : std::uint8_t { kPrerouting, kLocalIn, kForward, kLocalOut, kPostrouting };
std::string_view hook_name(Hook hook);  ///< "PREROUTING" "INPUT" "FORWARD" "OUTPUT" "POSTROUTING"

/// How the frame was addressed at link level. Only kHost packets are scheduled or forwarded.
enum class LinkClass : std::uint8_t { kHost, kBroadcast, kMulticast, kOtherHost, kLoopback };

enum class RouteKind : std::uint8_t { kNone, kLocal, kUnicast, kBroadcast, kMulticast };

/// What connection tracking knows of a packet; it goes with the packet from hook to hook, and
/// through lo. Nothing known: the packet was not looked at yet, or belongs to no connection
/// (INVALID).
struct Track {
  enum class State : std::uint8_t { kNone, kNew, kEstablished, kRelated, kUntracked };
  State state = State::kNone;
  bool reply = false;            ///< goes against the direction of the connection's first packet
  std::uint32_t slot = 0;        ///< of the connection's entry
  std::uint32_t generation = 0;  ///< of the slot: another one means that the entry is gone

  bool tracked() const { return state != State::kNone && state != State::kUntracked; }
  /// Of an error, or a reset, that answers this packet.
  Track related() const {
    if (!tracked()) return {};
    return {State::kRelated, !reply, slot, generation};
  }
};

/// The host's table of connections, as a director may speak to it.
class Tracker {
 public:
  virtual ~Tracker() = default;
  /// The packet's connection is in the table: its first packet went all the way.
  virtual bool confirmed(const Track& track) const = 0;
  /// Puts a new connection into the table now. False: the packet must be dropped.
  virtual bool confirm(const Track& track, Instant now) = 0;
  /// Of a connection not yet confirmed: its replies will come from (or go to) that address and
  /// port.
  virtual void expect_replies_from(const Track& track, wire::Endpoint real) = 0;
  virtual void expect_replies_to(const Track& track, wire::Endpoint address) = 0;
};

struct PacketInfo {
  Hook hook = Hook::kPrerouting;
  LinkClass link = LinkClass::kHost;
  RouteKind route = RouteKind::kNone;  ///< what routing decided so far
  InterfaceIndex in_device = kNoInterface;
  InterfaceIndex out_device = kNoInterface;
  std::uint32_t mark = 0;
  bool ipvs_done = false;  ///< already handled: a director lets it pass
  bool locally_generated = false;
  Track* track = nullptr;      ///< the packet's own; a hook may change it
  Tracker* tracker = nullptr;  ///< null: this host tracks no connections
  wire::Ipv4 next_hop{};       ///< POSTROUTING
};

/// The host's routing table as a director may ask it.
struct RouteAnswer {
  bool found = false;
  bool local = false;     ///< the address is this host's own
  wire::Ipv4 source;      ///< source this host would choose
  wire::Ipv4 next_hop;    ///< gateway, or the destination itself
  std::uint32_t mtu = 0;  ///< of the outgoing device or the path, bytes
  InterfaceIndex device = kNoInterface;
};
class RouteLookup {
 public:
  virtual ~RouteLookup() = default;
  virtual RouteAnswer to(wire::Ipv4 destination) const = 0;
  virtual bool is_local(wire::Ipv4 address) const = 0;
  /// The path MTU towards `destination` once a report of `reported` bytes about it is believed.
  virtual std::uint32_t mtu_after(wire::Ipv4 destination, std::uint32_t reported) const {
    (void)destination;
    return reported;
  }
};

/// What becomes of the packet. The datagram given to the hook may have been rewritten or
/// encapsulated.
struct Verdict {
  enum class Kind : std::uint8_t {
    kAccept,      ///< goes on where it is
    kSendToward,  ///< OUTPUT and POSTROUTING hooks, then the neighbour of the route to `toward`
    kReroute,     ///< (after rewriting a reply) goes on in this hook, its route looked up anew from
                  ///< its own header
    kDrop,        ///< ends here for `reason`
    kReply,       ///< ends here; an ICMP message goes back to its source
  };
  Kind kind = Kind::kAccept;
  wire::Ipv4 toward{};  ///< kSendToward: whom to resolve (the RIP), whatever the header says
  DropReason reason = DropReason::kNone;
  std::uint8_t icmp_type = 0, icmp_code = 0;  ///< kReply: type 0: no message at all
  std::uint32_t icmp_rest = 0;                ///< MTU of fragmentation needed
  wire::Ipv4 icmp_source{};                   ///< 0: the host chooses as for its own errors
  bool consumed = false;     ///< kReply: the packet came for this host and was no drop
  bool leave_alone = false;  ///< kAccept: no director sees it again, nor the packet inside it
  bool remark = false;       ///< kAccept: from here on the packet bears `mark`
  std::uint32_t mark = 0;
  std::uint32_t path_mtu = 0;  ///< kReply: reported about the way to `toward`; 0: nothing was

  static Verdict accept() { return {}; }
  static Verdict send_toward(wire::Ipv4 address) {
    return {.kind = Kind::kSendToward, .toward = address};
  }
  static Verdict drop(DropReason why) { return {.kind = Kind::kDrop, .reason = why}; }
};

/// Asked about every ARP message that this host receives, or sends of itself (arping's frames are
/// not asked about). Messages that go out may be changed.
class ArpHook {
 public:
  virtual ~ArpHook() = default;
  /// False: the message is dropped. `name` of the device it is on.
  virtual bool passes(Turn& turn, bool out, wire::Arp& arp, std::string_view name) = 0;
};

class PacketHook {
 public:
  virtual ~PacketHook() = default;
  /// Called with packets of the hooks it was registered for, in order of priority.
  virtual Verdict inspect(Turn& turn, wire::Datagram& datagram, const PacketInfo& info,
                          const RouteLookup& routes) = 0;
};

}  // namespace lvslab::hook
