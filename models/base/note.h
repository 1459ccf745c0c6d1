// A note says why: what a node decided about a packet, or what changed in one of its tables. It is
// a plain value (no strings are made on the way of a frame); the trace turns it into a sentence
// with the table in note.cpp, and folds the `State` kinds into tables at any instant.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/packet.h"

namespace lvslab {

/// Why a frame or packet ended without delivery. The kernel's names where it has them.
enum class DropReason : std::uint8_t {
  kNone,
  // links
  kQueueFull,  ///< drop-tail queue of a link direction had no room
  kLinkLoss,   ///< lost by chance on a lossy link
  kLinkDown,   ///< handed to a link that is down, or out of an interface that is down
  kNoLink,     ///< out of an interface without a cable
  // layer 2
  kOtherHost,         ///< frame addressed to another host's MAC
  kBadFrame,          ///< truncated or malformed Ethernet/VLAN
  kUnknownEtherType,  ///< no protocol handler for the EtherType
  kVlanFiltered,      ///< a switch port does not carry that VLAN
  kBridgeReserved,    ///< 802.1D reserved group address
  kSameSegment,       ///< switch: destination is on the port it came from
  kPowerOff,          ///< the machine is off
  // ARP
  kArpMalformed,
  kArpIgnored,        ///< arp_ignore said not to answer
  kArpFiltered,       ///< arp_filter said not to answer
  kArpNotForUs,       ///< a request or reply that concerns another host
  kArpSourceInvalid,  ///< source validation refused the asker
  // IP
  kBadIpHeader,
  kBadIpChecksum,
  kMartianSource,
  kMartianDestination,
  kReversePath,  ///< rp_filter (IPReversePathFilter)
  kNoRoute,
  kNotForwarding,  ///< not for us and forwarding is off (IpInAddrErrors)
  kTtlExceeded,
  kFragmentationNeeded,
  kBlackhole,
  kUnreachableRoute,
  kProhibitedRoute,
  kNoNeighbour,  ///< next hop never answered ARP
  kNeighbourQueueFull,
  kNeighbourTableFull,
  kReassemblyTimeout,
  kReassemblyOverlap,
  kReassemblyMemory,
  kNoProtocol,  ///< no handler for the IP protocol
  kNoTunnel,    ///< IPIP packet without a matching tunnel device
  kBroadcastNotForwarded,
  // transport
  kBadTransportHeader,
  kBadTransportChecksum,
  kNoSocket,  ///< closed port or unknown connection
  kBacklogFull,
  kSocketBufferFull,
  kTcpOutOfWindow,
  kTcpUnacceptable,
  kIcmpIgnored,
  // IPVS
  kIpvsNoDestination,
  kIpvsDeadDestination,
  kIpvsBoundary,
  kIpvsDropEntry,
  kIpvsNoLocalPort,
  // netfilter
  kFiltered,
  kConntrackFull,
  kNatRefused,
  // the processor
  kCpuBacklog,  ///< too many frames wait for a core of the host
  kDropReasonCount
};

/// The name used in expectations and outputs ("no-neighbour") and a sentence for the learner.
std::string_view drop_reason_name(DropReason reason);
std::string_view drop_reason_sentence(DropReason reason);
/// kNone when unknown.
DropReason drop_reason_from_name(std::string_view name);

/// How long a note is wanted: everything, or only what tables per connection are made of.
enum class WatchLevel : std::uint8_t { kNothing, kConnections, kEverything };

enum class NoteKind : std::uint8_t {
  // --- why something happened to the packet at hand -------------------------------------------
  kDropped,    // word: "", x: DropReason, y: detail
  kDelivered,  // word: what took it ("tcp socket", "icmp", "arp", "reassembly"); a: local address,
               // x: port
  kHook,       // word: hook name ("PREROUTING"...), the hooks it passed
  kRoute,  // a: destination, b: next hop (or destination when on-link), x: interface, word: "local"
           // "unicast" ...
  kTtlDecremented,  // x: new TTL
  kNeighbourUsed,   // a: next hop, m: MAC, x: interface, word: state name
  kNeighbourWait,   // a: next hop, x: interface: packet queued until ARP answers
  kArpRequestSent,  // a: target, b: sender IP, m: destination MAC, x: interface, word: why ("first
                    // packet", "retry", "probe", "announce")
  kArpReplySent,    // a: the address asked for, b: asker, m: asker's MAC, x: interface
  kArpRefused,   // a: asked, b: asker, x: interface, y: arp_ignore value, word: rule that refused
  kArpNoEffect,  // a: sender, m: sender MAC, x: interface, word: why no entry changed
  kIcmpSent,     // a: to, b: from, x: type, y: code
  kIcmpSuppressed,    // a: to, x: type, y: code, word: why (rate limit, icmp error, broadcast ...)
  kRedirectAccepted,  // a: destination, b: new gateway, x: interface
  kSourceChosen,      // a: source, b: destination, word: rule
  kFragmented,        // x: fragments, y: mtu
  kReassembled,       // x: fragments, y: length
  kPmtuLearnt,        // a: destination, x: mtu
  kChecksumWrong,     // word: layer
  kMartian,           // a: source, b: destination, x: interface
  kSwitchFlood,       // x: ingress port, y: ports flooded to, m: destination, word: why
  kSwitchForward,     // m: destination MAC, x: ingress port, y: egress port
  kIpvsPicked,        // a: RIP, b: VIP, x: rport, y: vport, z: weight, word: scheduler; v:
                      // active<<32|inactive; m: position<<32|count
  kIpvsFound,         // a: RIP, b: CIP, x: rport, y: cport, word: state, z: 0 a packet of a known
  // connection, 1 a reply, 2 an ICMP error about it; for 1 and 2 where it is rewritten
  // m: VIP<<16|vport, v: 1 both ends are
  kIpvsForwarded,  // a: RIP, word: mode ("Route" "Masq" "Tunnel"...)
  kIpvsRefused,    // b: VIP, y: vport, word: why nothing was scheduled
  kTcpEvent,       // a: local, b: remote, x: local port, y: remote port, word: what ("retransmit",
                   // "duplicate ack", ...)
  kRule,           // word: rule text; x: number, y: table-specific
  kTracked,        // word: state of the packet ("NEW" ...), x: 1 in reply direction
  kTranslated,  // a, x: address and port before, b, y: after, z: 0 source 1 destination, plus 2 if
                // this undoes it for a reply, plus 4 in a packet quoted by an ICMP error; word: the
                // rule of the connection's first packet
  kCpuTime,     // x: core, y: Work, m: what it takes (ps), v: how long the frame waited for it (ps)
  // --- state: what a table of this node holds from now on ------------------------------------
  kStateInterface,  // x: interface, y: flags (1 up, 2 running, 4 created, 8 removed), word: name
  kStateAddress,    // a: address, x: interface, y: prefix length, z: 1 added 0 removed, word: label
  kStateRoute,      // a: prefix, y: prefix length, b: gateway, x: interface, z: 1 added 0 removed,
                    // word: table
  kStateNeighbour,  // a: address, x: interface, m: MAC (0 none), word: new state ("" = removed), y:
                    // old state index, v: old MAC
  kStateMac,        // m: MAC, x: port, y: vlan, z: 1 learnt 2 moved 0 aged, v: old port
  kStateService,    // b: VIP, y: vport or fwmark, z: protocol, x: 1 present 0 removed, word:
                    // scheduler
  kStateDestination,     // b: VIP, y: vport, z: protocol, a: RIP, x: rport, m: weight<<32|mode, v:
                         // active<<32|inactive, word: "" or "removed"
  kStateIpvsConnection,  // a: CIP, x: cport, b: VIP, y: vport, z: protocol, m: RIP<<16|rport, v:
                         // LIP<<32|lport<<16|method, word: state ("" = expired)
  kStateSocket,  // a: local, x: lport, b: remote, y: rport, z: protocol, word: state ("" = gone)
  kStateExpectation,  // reserved for readers
  // --- what apps report, per connection and request (level kConnections) ----------------------
  kAppIntended,     // tag; a: target, x: port, z: protocol: the moment the load wanted to start
  kAppOpened,       // tag; a: local, x: lport, b: target, y: port: first packet leaves
  kAppEstablished,  // tag
  kAppRequestSent,  // tag; v: bytes, m: intended instant (ps) of this request
  kAppFirstByte,    // tag: first byte of the reply
  kAppReply,        // tag; v: bytes of the whole reply: request finished
  kAppClosed,  // tag; word: status (completed reset refused timeout unreachable open), v: bytes up,
               // m: bytes down, x: retransmissions
  kAppServed,  // tag; a: local address the server saw, x: port: a server accepted this connection
               // (node = real server); y 1: a request came to its workers, 2: given up (m: came)
  kAppServerReply,  // tag; v: bytes: the server wrote a reply; one that took time: see app/server.h
  kNoteKindCount
};

struct Note {
  NoteKind kind = NoteKind::kDropped;
  std::uint32_t a = 0, b = 0;         ///< IPv4 addresses as numbers (host order)
  std::uint32_t x = 0, y = 0, z = 0;  ///< small numbers, meaning by kind
  std::uint64_t m = 0, v = 0;         ///< a MAC (low 48 bits) or a large number, meaning by kind
  std::string_view word{};            ///< static storage, or owned by the node for the whole run
  Tag tag{};                          ///< whose packet or connection; 0 = nobody's
};

/// "ipvs-picked"; stable, used in outputs.
std::string_view note_kind_name(NoteKind kind);

}  // namespace lvslab
